"""Tasks for a customer, by keys and typed: what the sandbox's database has of them, and what is said and taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_tui.domain.enums import LeadSource
from crm_tui.domain.intent import IntentState
from crm_tui.service.outbox import Hold
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.preview import PreviewScreen
from tests.ui.conftest import Sit
from tests.ui.test_deciding import ANA, field
from tests.ui.test_offered import newest, refused, typed
from tests.ui.test_triage import begun, current
from tests.world import Sandbox

HELD = Hold(timedelta(seconds=3), timedelta(seconds=15))

TASKS = "/api/crm/coworkertasks"

CALL = (*"call", "space", *"back")


def tasks(sandbox: Sandbox, name: str = "call back") -> list[dict[str, Any]]:
    """Give what the database has of the tasks of a name, oldest first."""
    columns = ("CoworkerId", "BusinessId", "ResponsibleId", "Name", "DueDate", "Completed")
    found = sandbox.query(
        f"SELECT {', '.join(columns)} FROM coworkertasks WHERE Name = ? ORDER BY Id", name
    )
    return [dict(zip(columns, each, strict=True)) for each in found]


def expected(sandbox: Sandbox, record_id: int, due: str | None) -> dict[str, Any]:
    """Give what a task of Ana's for the customer of a card has to be."""
    ((customer, location),) = sandbox.query(
        """SELECT o.CoworkerId, b.BusinessId FROM crmopportunities o
           JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
           JOIN crmboards b ON b.Id = c.CrmBoardId WHERE o.Id = ?""",
        record_id,
    )
    ((ana,),) = sandbox.query(ANA)
    return {
        "CoworkerId": customer,
        "BusinessId": location,
        "ResponsibleId": ana,
        "Name": "call back",
        "DueDate": due,
        "Completed": 0,
    }


@pytest.mark.parametrize(
    ("keys", "due"),
    [
        (("0",), None),
        (("m",), "2026-03-09T00:00:00"),
        (("e",), "2026-03-30T23:00:00"),  # summer time begins on 29 March
        (("space", *"12 nvo", "enter", "end", "backspace", "backspace", *"ov", "enter"), "2026-11-12T00:00:00"),
    ],
)  # fmt: skip
async def test_a_task_is_a_text_and_a_chip_and_nothing_of_the_opportunity_changes(
    sit: Sit, sandbox: Sandbox, keys: tuple[str, ...], due: str | None
) -> None:
    async with sit() as at:
        card = at.record_id
        await at.press_only("+")
        assert "Task for" in at.text()
        await at.press_only(*CALL, "enter")
        assert "call back — by when?" in at.text()
        for key in keys:
            await at.press_only("space" if key == " " else key)
        await at.settled()
        assert isinstance(at.app.screen, BoardScreen)
        assert at.record_id == card
        assert "saved" in at.status
        assert "task: call back" in at.status
    wanted = expected(sandbox, card, None if due is None else f"{due}Z")
    assert tasks(sandbox) == [wanted]
    assert sandbox.writes() == []


async def test_a_day_behind_the_text_needs_no_chip_and_a_slip_can_be_mended(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card = at.record_id
        await at.press_only("+", *CALL, "space", *"@fir", "enter")
        assert "is no day" in at.text()
        await at.press_only("end", "backspace", "backspace", *"ri")
        assert at.lines()[-2] == " by Fri 6 Mar 2026, +4d"
        await at.press_only("enter")
        await at.settled()
        assert "task: call back, by Fri 6 Mar" in at.status
    assert tasks(sandbox) == [expected(sandbox, card, "2026-03-06T00:00:00Z")]


async def test_a_task_by_key_and_typed_leaves_the_same_intent_and_an_equal_record(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    async with sit(journal=tmp_path / "journal.sqlite3") as at:
        card = at.record_id
        for keys, line in (
            (("space", *"@fri", "enter"), f"task {card} 'call back @fri'"),
            (("enter", "0"), f"task {card} 'call back'"),
        ):
            await at.press_only("+", *CALL)
            await at.press(*keys)
            by_key = await newest(at)
            typed(at, line)
            await at.settled()
            entry = await newest(at)
            assert entry.number > by_key.number
            assert (entry.change, entry.said) == (by_key.change, by_key.said)
            assert entry.state == by_key.state == IntentState.DONE
        assert "is no day" in refused(at, f"task {card} 'call back @someday'")
    dated, again, bare, last = tasks(sandbox)
    assert dated == again == expected(sandbox, card, "2026-03-06T00:00:00Z")
    assert bare == last == expected(sandbox, card, None)


async def test_a_task_on_marks_is_shown_first_and_each_customer_gets_one(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        cards = []
        for _ in range(3):
            cards.append(at.record_id)
            await at.press_only("space")
        await at.press_only("+", *CALL, "enter", "m")
        assert isinstance(at.app.screen, PreviewScreen)
        assert tasks(sandbox) == []
        await at.press("enter")
        assert at.board.marked == ()
    due = "2026-03-09T00:00:00Z"
    assert tasks(sandbox) == [expected(sandbox, card, due) for card in cards]


async def test_a_task_is_no_decision_so_the_one_before_is_repeated(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await at.press("+", *CALL, "enter", "0", ";")
        assert "Nothing was decided yet that could be repeated." in at.status
        await at.press("s", "r", "+", *CALL, "enter", "m", "j")
        second = at.record_id
        await at.press(";")
        assert "→ Referral" in at.status
    assert len(tasks(sandbox)) == 2
    assert field(sandbox, second, "LeadSource") == LeadSource.REFERRAL


async def test_a_task_is_for_who_is_named_behind_it(sit: Sit, sandbox: Sandbox) -> None:
    ((tom,),) = sandbox.query("SELECT Id FROM users WHERE Email = 'tom@example.com'")
    async with sit() as at:
        card = at.record_id
        await at.press_only("+", *CALL)
        assert at.lines()[-2] == ""
        await at.press_only("space", *"@tom", "space", *"@fri")
        assert at.lines()[-2] == " by Fri 6 Mar 2026, +4d, for Tom Okafor"
        await at.press("enter")
        assert "task: call back, for Tom Okafor, by Fri 6 Mar" in at.status
        line = "task call back @6 mar @Tom Okafor"
        await at.press(":", *("space" if each == " " else each for each in line), "enter")
        await at.press("+", *CALL, "space", *"@tom", "enter", "0")
        await at.press("+", *CALL, "space", *"@me", "space", *"@fri", "enter")
        assert "for" not in at.status.split("task:")[1]
        await at.press_only("+", *CALL, "space", *"@fri", "space", *"@x", "enter")
        assert "nobody's name" in at.text()
        await at.press("escape")
    wanted = expected(sandbox, card, "2026-03-06T00:00:00Z")
    of_tom = {**wanted, "ResponsibleId": tom}
    assert tasks(sandbox) == [of_tom, of_tom, {**of_tom, "DueDate": None}, wanted]


async def test_what_was_not_sent_is_taken_back_unheard_and_what_is_made_stays(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit(hold=HELD, size=(160, 40)) as at:
        await at.press_only("+", *CALL, "enter", "0")
        assert "held" in at.status
        await at.press_only("u")
        await at.settled()
        assert sandbox.asked(TASKS, method="POST") == []
        await at.press("+", *CALL, "enter", "0")
        await at.press_only("u")
        assert "it is made and stays" in at.status
        await at.press("+", *CALL, "enter", "0")
        await at.press("g", "a")
        while "a new task" not in at.text():
            await at.pilot.pause()
        await at.press_only("u")
        assert "it is made and stays" in at.text()
    assert len(tasks(sandbox)) == 2


async def test_in_triage_a_task_leaves_one_at_the_record(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(size=(160, 40)) as at:
        await begun(at)
        card = current(at)
        await at.press("+", *CALL, "enter", "0")
        assert current(at) == card
    assert tasks(sandbox) == [expected(sandbox, card, None)]


async def test_a_task_that_may_not_be_made_waits_for_somebody_and_is_named_in_the_activity(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    await sandbox.fault(method="POST", path=TASKS, action="status", status=401, times=None)
    async with sit(journal=tmp_path / "journal.sqlite3", size=(160, 40)) as at:
        await at.press("+", *CALL, "enter", "m")
        assert "CoworkerTask-Create" in at.status
        assert (await newest(at)).state == IntentState.PARKED
        await at.press("g", "a")
        while "a new task" not in at.text():
            await at.pilot.pause()
        assert "call back" in at.text()
        assert "9 Mar 2026" in at.text()
    assert tasks(sandbox) == []


async def test_a_record_that_vanished_before_the_answer_makes_no_task(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card = at.record_id
        await at.press_only("+", *CALL, "enter")
        at.crm.snapshot.forget([card])
        await at.press("0")
        assert "There is no card here to change." in at.status
    assert sandbox.asked(TASKS, method="POST") == []
