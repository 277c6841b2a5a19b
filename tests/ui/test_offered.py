"""Verbs that choose what the book does not tell of, by keys and typed: the type of an opportunity.

The sandbox's database is the second witness, and the journal the third.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from crm_tui.cli.perform import Asked, NotDone, Performer
from crm_tui.commands.here import Here
from crm_tui.commands.parse import read_line
from crm_tui.domain.intent import Entry
from crm_tui.domain.snapshot import RowState
from crm_tui.service.offering import Kind
from crm_tui.service.outbox import Hold
from crm_tui.ui.screens.hints import HintScreen
from crm_tui.ui.screens.preview import PreviewScreen
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_deciding import field, put, seen
from tests.world import Sandbox, clock, until

HELD = Hold(timedelta(seconds=3), timedelta(seconds=15))
TYPES = "/api/crm/opportunitytypes"


async def offered(at: Sitting) -> None:
    """Wait until the service has been asked for what verbs offer."""
    await until(at.crm, lambda: all(map(at.crm.offering.knows, Kind)))
    await at.pilot.pause()


def typed(at: Sitting, line: str) -> Asked:
    """Give a command as `crm-tui do` does, to the same book."""
    crm = at.crm
    around = crm.surroundings
    author = crm.snapshot.known_owners().get(around.me or 0, "")
    here = Here(
        clock(),
        lambda board_id: around.zone_of(crm.snapshot.boards.get(board_id)),
        me=around.me,
        author=author,
    )
    return Performer(crm, here, whose="here", is_agreed=True, tell=lambda _: None).perform(
        read_line(line)
    )


def refused(at: Sitting, line: str) -> str:
    """Give a command that is not carried out, and say why."""
    try:
        typed(at, line)
    except NotDone as why:
        return why.words
    raise AssertionError(line)


async def newest(at: Sitting) -> Entry:
    """Give the newest entry of the journal."""
    (entry,) = await at.crm.journal.entries(1)
    return entry


def types_of(sandbox: Sandbox, record_id: int, *, elsewhere: bool = False) -> dict[str, int]:
    """Give name → id of the types of an opportunity's location, or of all others."""
    how = "!=" if elsewhere else "="
    found = sandbox.query(
        f"""SELECT Name, Id FROM opportunitytypes WHERE BusinessId {how} (
            SELECT b.BusinessId FROM crmopportunities o
            JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
            JOIN crmboards b ON b.Id = c.CrmBoardId WHERE o.Id = ?) ORDER BY Id""",
        record_id,
    )
    return dict(found)


# Type


async def test_a_type_is_chosen_by_a_letter_and_cleared(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(size=(160, 40)) as at:
        await offered(at)
        card = await seen(at, sandbox, OpportunityTypeId=None)
        name, type_id = next(iter(types_of(sandbox, card).items()))
        await at.press_only("T")
        assert "Type of" in at.text()
        await at.press(name[0].lower())
        assert f"type none → {name}" in at.status
        assert field(sandbox, card, "OpportunityTypeId") == type_id
        assert len(sandbox.writes()) == 1
        await at.press("T", name[0].lower())
        assert f"Its type is {name} already." in at.status
        await at.press("T", "minus")
        assert field(sandbox, card, "OpportunityTypeId") is None
        await at.press("u")
        assert field(sandbox, card, "OpportunityTypeId") == type_id
        row = at.crm.snapshot.row(card)
        assert row is not None
        assert row.type_id == type_id


async def test_the_record_shows_a_new_type_before_it_is_fetched_anew(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit(size=(160, 40), hold=HELD) as at:
        await offered(at)
        card = await seen(at, sandbox, OpportunityTypeId=None)
        name = next(iter(types_of(sandbox, card)))
        await at.press_only("T", name[0].lower())
        assert any("Type" in line and name in line for line in at.lines()[:-2])
    assert sandbox.writes() == []


async def test_a_type_by_key_and_typed_leaves_the_same_intent_and_the_same_record(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    async with sit(journal=tmp_path / "journal.sqlite3") as at:
        await offered(at)
        card = await seen(at, sandbox, OpportunityTypeId=None)
        name, type_id = next(iter(types_of(sandbox, card).items()))
        await at.press("T", name[0].lower())
        by_key = await newest(at)
        assert field(sandbox, card, "OpportunityTypeId") == type_id
        await at.press("u")
        assert field(sandbox, card, "OpportunityTypeId") is None
        for line in (f"type {card} '{name.upper()}'", f"type {card} '#{type_id}'"):
            typed(at, line)
            await at.settled()
            entry = await newest(at)
            assert (entry.change, entry.said) == (by_key.change, by_key.said)
            assert entry.state == by_key.state
            assert field(sandbox, card, "OpportunityTypeId") == type_id
            await at.press("u")


async def test_types_of_other_locations_are_not_offered_and_refused(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await offered(at)
        card = await seen(at, sandbox, OpportunityTypeId=None)
        own, others = types_of(sandbox, card), types_of(sandbox, card, elsewhere=True)
        foreign = next(name for name in others if name not in own)
        await at.press_only("T")
        assert foreign not in at.text()
        await at.press_only("escape")
        for named in (foreign, f"#{others[foreign]}"):
            assert f"There is no type “{named}” at this location" in refused(
                at, f"type {card} '{named}'"
            )
    assert sandbox.writes() == []


async def test_marks_at_two_locations_get_only_types_of_their_own(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await offered(at)
        snapshot = at.crm.snapshot
        boards = snapshot.boards
        here = await seen(at, sandbox, OpportunityTypeId=None)
        there = next(
            row.id
            for row in snapshot.rows()
            if boards[row.board_id].location_id != boards[snapshot.row(here).board_id].location_id  # type: ignore[union-attr]
        )
        type_id = next(iter(types_of(sandbox, here).values()))
        asked = typed(at, f"type {here} {there} '#{type_id}'")
        await at.settled()
        assert [intent.record_id for intent in asked.intents] == [here]
        ((_, why),) = asked.left_out
        assert why.endswith("is a type of another location.")
    assert [body["Id"] for body in sandbox.writes()] == [here]


async def test_a_type_on_marks_is_shown_first(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await offered(at)
        card = at.record_id
        name, type_id = next(iter(types_of(sandbox, card).items()))
        await at.press("space", "space")
        await at.press_only("T", name[0].lower())
        assert isinstance(at.app.screen, PreviewScreen)
        await at.press("enter")
    assert field(sandbox, card, "OpportunityTypeId") == type_id


async def test_a_type_that_is_gone_is_refused_by_the_server_and_put_back(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await offered(at)
        card = await seen(at, sandbox, OpportunityTypeId=None)
        name, type_id = next(iter(types_of(sandbox, card).items()))
        sandbox.execute(
            "UPDATE crmopportunities SET OpportunityTypeId = NULL WHERE OpportunityTypeId = ?",
            type_id,
        )
        sandbox.execute("DELETE FROM opportunitytypes WHERE Id = ?", type_id)
        await at.press("T", name[0].lower())
        assert "does not exist" in at.status
        assert at.crm.snapshot.state(card) == RowState.FAILED
        row = at.crm.snapshot.row(card)
        assert row is not None
        assert row.type_id is None


async def test_a_record_that_vanished_is_said_and_nothing_is_written(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await offered(at)
        card = await seen(at, sandbox, OpportunityTypeId=None)
        name = next(iter(types_of(sandbox, card)))
        await at.press_only("T")
        assert isinstance(at.app.screen, HintScreen)
        sandbox.execute("DELETE FROM crmopportunityhistories WHERE CrmOpportunityId = ?", card)
        sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", card)
        await at.press(name[0].lower())
        assert at.crm.snapshot.row(card) is None
        assert "it was deleted elsewhere" in at.status
    assert sandbox.writes() == []


async def test_types_that_somebody_else_changed_are_a_conflict(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await offered(at)
        card = await seen(at, sandbox, OpportunityTypeId=None)
        (one, _), (_, other), *_ = types_of(sandbox, card).items()
        put(sandbox, card, "OpportunityTypeId", other)
        await at.press("T", one[0].lower())
        assert at.crm.snapshot.state(card) == RowState.CONFLICT
    assert field(sandbox, card, "OpportunityTypeId") == other


async def test_types_that_may_not_be_listed_are_said_by_their_role(
    sit: Sit, sandbox: Sandbox
) -> None:
    await sandbox.fault(action="status", status=401, path=TYPES, times=None)
    async with sit() as at:
        await offered(at)
        await at.press("T")
        assert "Types cannot be chosen: you may not do this" in at.status
        assert "OpportunityType-List" in at.status
        assert "Types cannot be chosen" in refused(at, f"type {at.record_id} x")
        await sandbox.heal()
        await at.press_only("R")
        await offered(at)
        await at.press_only("T")
        assert isinstance(at.app.screen, HintScreen)


# Canned notes


def macros(sandbox: Sandbox) -> dict[str, str]:
    """Give name → text of the message macros."""
    return dict(sandbox.query("SELECT Name, MessageText FROM cannedresponses ORDER BY Id"))


async def test_a_canned_note_is_put_behind_what_others_wrote_meanwhile(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await offered(at)
        card = await seen(at, sandbox, Notes="Needs parking.")
        await at.press_only("N")
        assert "Hi {FirstName}, please find our" in at.text()
        put(sandbox, card, "Notes", "Needs parking.\nAnd a dog.")
        await at.press("p")
        assert "canned note: Proposal" in at.status
        written = field(sandbox, card, "Notes")
        assert written.startswith("Needs parking.\nAnd a dog.\n2026-03-02 Ana")
        assert written.endswith(f": {macros(sandbox)['Proposal']}")
        await at.press("u")
    assert field(sandbox, card, "Notes") == "Needs parking.\nAnd a dog."


async def test_a_canned_note_by_key_and_typed_leaves_the_same_intent_and_the_same_record(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    async with sit(journal=tmp_path / "journal.sqlite3") as at:
        await offered(at)
        card = await seen(at, sandbox, Notes=None)
        await at.press("N", "p")
        by_key, written = await newest(at), field(sandbox, card, "Notes")
        await at.press("u")
        assert not field(sandbox, card, "Notes")
        typed(at, f"canned-note {card} proposal")
        await at.settled()
        entry = await newest(at)
        assert (entry.change, entry.said, entry.state) == (
            by_key.change,
            by_key.said,
            by_key.state,
        )
        assert field(sandbox, card, "Notes") == written


async def test_a_canned_note_is_repeated_on_the_next_record(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await offered(at)
        await at.press("N", "p", "j")
        card = await seen(at, sandbox, Notes="")
        await at.press(";")
    assert field(sandbox, card, "Notes").endswith(f": {macros(sandbox)['Proposal']}")


async def test_where_there_are_no_canned_notes_that_is_said(sit: Sit, sandbox: Sandbox) -> None:
    sandbox.execute("UPDATE crmboardcolumns SET CannedResponseId = NULL")
    sandbox.execute("DELETE FROM cannedresponses")
    async with sit() as at:
        await offered(at)
        await at.press("N")
        assert "There are no canned notes" in at.status
        assert "There are no canned notes" in refused(at, f"canned-note {at.record_id} x")
    assert sandbox.writes() == []


async def test_a_canned_note_without_a_text_cannot_be_chosen(sit: Sit, sandbox: Sandbox) -> None:
    sandbox.execute("UPDATE cannedresponses SET MessageText = ' \n' WHERE Name = 'Proposal'")
    async with sit() as at:
        await offered(at)
        await at.press_only("N", "p")
        assert isinstance(at.app.screen, HintScreen)
        assert "It has no text." in at.text()
        assert "It has no text." in refused(at, f"canned-note {at.board.record_id} Proposal")
    assert sandbox.writes() == []


async def test_canned_notes_that_may_not_be_listed_are_said_by_their_role(
    sit: Sit, sandbox: Sandbox
) -> None:
    await sandbox.fault(action="status", status=401, path="/api/crm/cannedresponses", times=None)
    async with sit() as at:
        await offered(at)
        await at.press("N")
        assert "Canned notes cannot be chosen" in at.status
        assert "CannedResponse-List" in at.status
