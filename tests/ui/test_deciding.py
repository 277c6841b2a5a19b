"""Verbs that decide and edit, by keys only: what the sandbox's database says afterwards, and what is said of it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key, Paste

from crm_tui.domain.enums import LossReason, Status
from crm_tui.domain.follow_ups import Week
from crm_tui.ui.screens.preview import PreviewScreen
from crm_tui.ui.screens.prompt import PromptScreen
from crm_tui.ui.screens.work import WorkScreen
from crm_tui.ui.treatment import Treatment
from tests.ui.conftest import Sit, Sitting
from tests.world import Sandbox

ANA = "SELECT Id FROM users WHERE Email = 'ana@example.com'"


def field(sandbox: Sandbox, record_id: int, name: str) -> Any:
    """What the sandbox's database has in a field of an opportunity."""
    ((value,),) = sandbox.query(
        f"SELECT {name} FROM crmopportunities WHERE Id = ?",
        record_id,
    )
    return value


def put(sandbox: Sandbox, record_id: int, name: str, value: object) -> None:
    """Change a field, as somebody else would."""
    sandbox.execute(f"UPDATE crmopportunities SET {name} = ? WHERE Id = ?", value, record_id)


async def seen(at: Sitting, sandbox: Sandbox, **fields: object) -> int:
    """Give the card under the cursor some fields, and look at it anew."""
    record_id = at.record_id
    for name, value in fields.items():
        put(sandbox, record_id, name, value)
    put(sandbox, record_id, "UpdatedOn", "2026-03-02T09:29:00Z")
    await at.press("R")
    while at.crm.is_loading:
        await at.pilot.pause()
    await at.pilot.pause()
    assert at.record_id == record_id
    return record_id


# Follow-up


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("t", "03-03T00:00:00"),
        ("m", "03-09T00:00:00"),
        ("w", "03-09T00:00:00"),
        ("2", "03-16T00:00:00"),
        ("e", "03-30T23:00:00"),  # summer time begins on 29 March
    ],
)
async def test_a_chip_sets_the_follow_up(sit: Sit, sandbox: Sandbox, key: str, day: str) -> None:
    async with sit() as at:
        card = await seen(at, sandbox, DueDate="2026-02-26T00:00:00Z", Reminded=1)
        await at.press_only("f")
        assert "now Thu 26 Feb" in at.text()
        assert "Mon 9 Mar" in at.text()
        await at.press(key)
        assert "follow-up Thu 26 Feb → " in at.status
    assert field(sandbox, card, "DueDate") == f"2026-{day}Z"
    assert field(sandbox, card, "Reminded") == 0
    assert len(sandbox.writes()) == 1


async def test_a_follow_up_on_a_closed_day_is_on_the_next_open_one_and_says_so(
    sit: Sit, sandbox: Sandbox
) -> None:
    week = Week(frozenset((5, 6, 0)), frozenset((date(2026, 3, 10),)))
    async with sit(treatment=Treatment(week=week), size=(160, 40)) as at:
        card = await seen(at, sandbox, DueDate=None)
        await at.press_only("f")
        assert "Wed 11 Mar, since Mon 9 Mar is closed as all Mondays are" in at.text()
        await at.press("w")
        assert "follow-up none → Wed 11 Mar, since Mon 9 Mar is closed" in at.status
        assert field(sandbox, card, "DueDate") == "2026-03-11T00:00:00Z"
        await at.press("f", "space", *"10", "space", *"mar", "enter")
        assert "It has this follow-up already." in at.status
        await at.press("f", "space", *"2", "space", *"working", "space", *"days", "enter")
    assert field(sandbox, card, "DueDate") == "2026-03-04T00:00:00Z"


async def test_a_follow_up_is_cleared_and_taken_back(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = await seen(at, sandbox, DueDate="2026-03-20T09:15:00Z", Reminded=1)
        await at.press("f", "0")
        assert (field(sandbox, card, "DueDate"), field(sandbox, card, "Reminded")) == (None, 0)
        await at.press("u")
    assert field(sandbox, card, "DueDate") == "2026-03-20T09:15:00Z"
    assert field(sandbox, card, "Reminded") == 1


async def test_a_day_is_typed_and_a_slip_can_be_mended(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = await seen(at, sandbox, DueDate=None)
        await at.press_only("f", "space")
        assert isinstance(at.app.screen, PromptScreen)
        await at.press_only(*"12 nvo", "enter")
        assert "is no day" in at.text()
        await at.press("end", *["backspace"] * 2, *"ov", "enter")
    assert field(sandbox, card, "DueDate") == "2026-11-12T00:00:00Z"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("in 2 weeks", "Mon 16 Mar 2026, +14d"),
        ("today", "Mon 2 Mar 2026, today"),
        ("1 feb 2026", "Sun 1 Feb 2026, 29d ago"),
        ("2027-01-01", "Fri 1 Jan 2027, +305d"),
        (" sat ", "Tue 10 Mar 2026, +8d, since Sat 7 Mar is closed as all Saturdays are"),
        ("none", "no follow-up"),
        ("31 apr", "there is no 31 April: April has 30 days"),
        ("12 nvo", '"nvo" is no day; write today, tomorrow, fri'),
    ],
)
async def test_a_typed_day_is_said_by_weekday_and_date_before_it_is_taken(
    sit: Sit, sandbox: Sandbox, line: str, said: str
) -> None:
    week = Week(frozenset((5, 6, 0)), frozenset((date(2026, 3, 9), date(2026, 3, 16))))
    if "Tue" not in said:
        week = Week()
    async with sit(treatment=Treatment(week=week), size=(80, 24)) as at:
        await seen(at, sandbox, DueDate="2026-02-26T00:00:00Z")
        await at.press_only("f", "space")
        assert at.lines()[-2:-1] == [""]
        for each in line:
            await at.press_only("space" if each == " " else each)
        assert at.lines()[-2].startswith(f" {said}")
        assert "Follow up" in at.lines()[-4]
        await at.press_only("escape")
    assert sandbox.writes() == []


async def test_what_is_wrong_with_a_day_is_gone_when_it_is_mended_or_wiped(sit: Sit) -> None:
    async with sit(size=(80, 24)) as at:
        await at.press_only("f", "space", *"fir", "enter")
        assert at.lines()[-2].startswith(' "fir" is no day')
        await at.press_only("backspace", "backspace", *"ri")
        assert at.lines()[-2] == " Fri 6 Mar 2026, +4d"
        await at.press_only(*["backspace"] * 3)
        assert at.lines()[-2] == ""


# Lost, won, open again


async def test_lost_takes_two_keys_and_the_card_stays(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = await seen(at, sandbox, Status=1, Completed=0, LossReason=None, LostOn=None)
        stage_id = sandbox.stage_of(card)
        await at.press("x", "p")
        assert "lost: Price" in at.status
    names = ("Status", "Completed", "LossReason", "LostOn", "WonOn")
    assert [field(sandbox, card, name) for name in names] == [
        *(Status.LOST, 1, LossReason.PRICE, "2026-03-02T09:30:00Z", None)
    ]
    assert sandbox.stage_of(card) == stage_id
    assert len(sandbox.writes()) == 1


@pytest.mark.parametrize("where", ["board", "search"])
async def test_keys_typed_ahead_of_a_panel_go_to_what_lies_under_it(
    sit: Sit, sandbox: Sandbox, where: str
) -> None:
    async with sit() as at:
        if where == "search":
            await at.press("/", *"status:open", "enter")
        screen = at.app.screen
        assert isinstance(screen, WorkScreen)
        first = screen.record_id
        assert first is not None
        for key in ("x", "p", "p", "j"):  # as they come in one read of the terminal
            at.app.post_message(Key(key, key))
        while screen.record_id == first:
            await at.pilot.pause()
        await at.settled()
        assert at.app.screen is screen
        assert field(sandbox, first, "LossReason") == LossReason.PRICE
        assert len(sandbox.writes()) == 1


async def test_what_was_lost_is_opened_again_with_all_that_follows(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card = await seen(
            at, sandbox, Status=3, Completed=1, LossReason=4, LostOn="2026-02-01T10:00:00Z"
        )
        await at.press("o")
        names = ("Status", "Completed", "LossReason", "LostOn")
        assert [field(sandbox, card, name) for name in names] == [1, 0, None, None]
        await at.press("u")
        assert [field(sandbox, card, name) for name in names] == [
            *(3, 1, 4, "2026-02-01T10:00:00Z")
        ]


async def test_won_takes_one_key_and_asks_for_a_value_that_is_missing(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card = await seen(at, sandbox, Status=1, Completed=0, WonOn=None, Value=None)
        await at.press_only("w")
        assert "worth?" in at.text()
        await at.press_only("minus")
        assert "won, without a value" in at.text()
        await at.press("backspace", *"2.500", "enter")
        assert "no amount" in at.text()
        await at.press_only(*["backspace"] * 5, *"2,500")
        assert at.lines()[-2] == " £2,500"
        await at.press("enter")
        assert (field(sandbox, card, "Status"), field(sandbox, card, "Completed")) == (2, 1)
        assert field(sandbox, card, "WonOn") == "2026-03-02T09:30:00Z"
        assert float(field(sandbox, card, "Value")) == 2500
        await at.press("w")
        assert at.status == " It is won already."
    assert len(sandbox.writes()) == 1


async def test_won_after_lost_leaves_nothing_of_the_loss(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        lost = {"Status": 3, "Completed": 1, "LossReason": 4, "LostOn": "2026-02-01T10:00:00Z"}
        card = await seen(at, sandbox, Value="100", **lost)
        await at.press("w")
    names = ("Status", "Completed", "LossReason", "LostOn", "WonOn")
    assert [field(sandbox, card, name) for name in names] == [
        *(2, 1, None, None, "2026-03-02T09:30:00Z")
    ]


async def test_the_reason_that_is_taken_most_comes_first_with_the_letter_that_it_had(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    habits = tmp_path / "habits.json"
    async with sit(habits=habits) as at:
        await at.press_only("x")
        usual = await seen_first(at)
        await at.press_only("escape")
        await at.press("x", "t")
        await at.press_only("x")
        assert usual.startswith("p Price")
        assert (await seen_first(at)).startswith("t Timing")
        await at.press_only("escape")
        at.app.keep_place()
    async with sit(habits=habits) as at:
        await at.press_only("x")
        assert (await seen_first(at)).startswith("t Timing")
        await at.press("p")
        assert ": Price" in at.status


async def seen_first(at: Sitting) -> str:
    """Read the choices of the panel, from the first one on."""
    lines = at.lines()
    title = next(place for place, line in enumerate(lines) if "Lost — why?" in line)
    return lines[title + 1].strip()


# Owner, value, source, note


async def test_an_owner_is_chosen_by_a_letter_and_me_by_one_key(sit: Sit, sandbox: Sandbox) -> None:
    ((ana,),) = sandbox.query(ANA)
    async with sit() as at:
        card = await seen(at, sandbox, ResponsibleId=None)
        await at.press("i")
        assert field(sandbox, card, "ResponsibleId") == ana
        assert "owner nobody → Ana" in at.status
        await at.press("i")
        assert "owns it already" in at.status
        await at.press_only("r")
        count = at.crm.snapshot.loads()[ana]
        assert re.search(rf"i me +Ana \w+, {count} open", at.text())
        await at.press("minus")
        assert field(sandbox, card, "ResponsibleId") is None
        other, name = next(
            (key, name) for key, name in at.crm.snapshot.known_owners().items() if key != ana
        )
        await at.press_only("r", "space", *name.split()[0].casefold())
        await at.press("enter")
        assert field(sandbox, card, "ResponsibleId") == other
        row = at.crm.snapshot.row(card)
        assert row is not None
        assert row.owner == name


async def test_a_value_is_typed(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = await seen(at, sandbox, Value="780")
        await at.press_only("v", *"1950.50")
        assert at.lines()[-2] == " £1,950.50"
        await at.press("enter")
        assert float(field(sandbox, card, "Value")) == 1950.5
        assert "780 → " in at.status
        await at.press_only("v", "minus")
        assert at.lines()[-2] == " no value"
        await at.press("enter")
    assert field(sandbox, card, "Value") is None


async def test_what_was_refused_stays_to_be_mended(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = await seen(at, sandbox, Value="780")
        await at.press("v", *"2,50", "enter")
        assert "no amount" in at.text()
        await at.press("0", "enter")
    assert float(field(sandbox, card, "Value")) == 2500


async def test_a_lead_source_is_chosen_by_a_letter(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = await seen(at, sandbox, LeadSource=99)
        await at.press("s", "r")
        assert "lead source Other → Referral" in at.status
        assert field(sandbox, card, "LeadSource") == 5
        await at.press("s", "minus")
    assert field(sandbox, card, "LeadSource") is None


async def test_a_note_is_put_behind_what_others_wrote_meanwhile(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = await seen(at, sandbox, Notes="Needs parking.")
        await at.press_only("a")
        put(sandbox, card, "Notes", "Needs parking.\nAnd a dog.")
        await at.press(*"called", "space", *"back", "enter")
        written = field(sandbox, card, "Notes")
        assert written.startswith("Needs parking.\nAnd a dog.\n2026-03-02 Ana")
        assert written.endswith(": called back")
        await at.press("u")
    assert field(sandbox, card, "Notes") == "Needs parking.\nAnd a dog."


# Marks


async def test_a_verb_on_marks_is_shown_first_and_is_one_step(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        first = at.record_id
        await at.press("space", "space", "space")
        await at.press_only("x", "t")
        assert isinstance(at.app.screen, PreviewScreen)
        assert sandbox.writes() == []
        await at.press("enter")
        assert len(sandbox.writes()) == 3
        assert field(sandbox, first, "LossReason") == LossReason.TIMING
        before = {body["Id"] for body in sandbox.writes()}
        await at.press("u")
        assert {body["Id"] for body in sandbox.writes()[3:]} == before
    assert field(sandbox, first, "Status") == Status.IN_PROGRESS


async def test_letters_of_reasons_stay_when_the_services_names_are_others(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        at.crm.snapshot.labels.lay(LossReason, {4: "Zu teuer", 77: "Hund"})
        card = at.record_id
        await at.press_only("x")
        assert "p Zu teuer" in at.text()
        assert "Hund" in at.text()
        await at.press("p")
    assert field(sandbox, card, "LossReason") == 4


async def test_verbs_act_on_what_search_has_under_its_cursor(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press_only("/", "enter")
        card = getattr(at.app.screen, "record_id", None)
        assert isinstance(card, int)
        await at.press("f", "w")
    assert field(sandbox, card, "DueDate") == "2026-03-09T00:00:00Z"


async def test_G13_a_note_that_could_not_be_written_down_stands_in_its_line_again(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.db"
    async with sit(journal=journal) as at:
        card = at.record_id
        with closing(sqlite3.connect(journal, isolation_level=None)) as blocking:
            blocking.execute("BEGIN IMMEDIATE")
            await at.press_only("a", *"desks", "enter")
            while not isinstance(at.app.screen, PromptScreen):
                await at.pilot.pause()
            blocking.execute("ROLLBACK")
        assert "desks" in at.text()
        assert at.crm.unsettled() == []
        assert sandbox.writes() == []
        await at.press("end", *" too", "enter")
    assert field(sandbox, card, "Notes").endswith(": desks too")
    assert len(sandbox.writes()) == 1


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("Wants six desks.\r\n\n  From March on.\n", "Wants six desks. From March on. Soon"),
        ("six  desks\n", "six  desks Soon"),
        ("", " Soon"),
        ("\n\n", " Soon"),
    ],
)
async def test_of_what_is_pasted_as_a_note_every_line_is_kept(
    sit: Sit, sandbox: Sandbox, pasted: str, kept: str
) -> None:
    async with sit() as at:
        card = at.record_id
        await at.press_only("a")
        at.app.post_message(Paste(pasted))
        await at.press(*" Soon", "enter")
    assert field(sandbox, card, "Notes").endswith(f": {kept.strip()}")
