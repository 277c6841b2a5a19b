"""Records are made once, whatever becomes of the answer (rows G06, G08, G09)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from crm_tui.domain.change import Change, Make, Makes, Planned, Value
from crm_tui.domain.intent import IntentState
from crm_tui.domain.pipeline import active_boards, new_card
from crm_tui.domain.snapshot import RowState
from crm_tui.service.creating import ALIKE, ARRIVED, LOOKS, LOST, TASK_ALIKE
from crm_tui.service.crm import Crm
from tests.service.journals import (
    HELD,
    OPPORTUNITIES,
    a_value,
    cards_and_target,
    carried_out,
    newest,
    states,
)
from tests.world import NOW, Sandbox, Waits, forever, open_book, until

NEW: Mapping[str, Value] = {"name": "Studio 3", "value": Decimal("2450.50")}


def a_new_one(sandbox: Sandbox, crm: Crm, values: Mapping[str, Value] = NEW) -> Planned:
    """Plan a new card for a customer, in the first stage."""
    (stage, *_) = crm.snapshot.stages_of(active_boards(crm.snapshot)[0].id)
    ((customer_id,),) = sandbox.query(
        "SELECT CoworkerId FROM crmopportunities WHERE CrmBoardColumnId = ? ORDER BY Id LIMIT 1",
        stage.id,
    )
    return Planned(0, new_card(crm.snapshot, stage, customer_id, values), "Noor Haddad", "new")


def made(sandbox: Sandbox) -> list[tuple[object, ...]]:
    """Give what was made, past everything that is being tested."""
    return sandbox.query(
        "SELECT Name, Value FROM crmopportunities WHERE Name LIKE 'Studio 3%' ORDER BY Id"
    )


def posts(sandbox: Sandbox) -> int:
    """Count the records that were asked to be made."""
    return len(sandbox.asked(OPPORTUNITIES, method="POST"))


async def strip_markers(sandbox: Sandbox) -> None:
    """Have the server drop every marker."""
    async with sandbox.http() as client:
        answer = await client.post("/api/_sandbox/switches", json={"strip_system_id": True})
        assert answer.status_code == 200, answer.text


async def test_a_card_is_made_whole_and_shows_when_it_is_there(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        before = len(crm.snapshot)
        (outcome,) = await carried_out(crm, a_new_one(sandbox, crm))
        assert (outcome.state, outcome.words) == (RowState.SAVED, "")
        assert len(crm.snapshot) == before + 1
        (row,) = [row for row in crm.snapshot.rows() if row.name == "Studio 3"]
        assert (row.value, crm.snapshot.state(row.id)) == (Decimal("2450.50"), RowState.SAVED)
        # It is a record like any other from now on.
        (outcome,) = await carried_out(crm, a_value(row, "7"))
        assert outcome.state == RowState.SAVED
    assert made(sandbox) == [("Studio 3", "7")]


@pytest.mark.parametrize(
    "rounds", [10, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
async def test_g06_a_record_whose_answer_was_lost_is_found_by_its_marker(
    sandbox: Sandbox, journal: Path, rounds: int
) -> None:
    waits = Waits()
    async with open_book(sandbox, journal=journal, sleep=waits) as crm:
        for number in range(1, rounds + 1):
            await sandbox.fault(method="POST", path=OPPORTUNITIES, action="drop", after_commit=True)
            # For a while the server does not list it yet.
            if number % 3 == 0:
                await sandbox.fault(method="GET", path=OPPORTUNITIES, action="status", status=500)
            values = {"name": f"Studio 3 {number:03}"}
            (outcome,) = await carried_out(crm, a_new_one(sandbox, crm, values))
            assert outcome.state == RowState.SAVED
    assert [name for name, _ in made(sandbox)] == [
        f"Studio 3 {number:03}" for number in range(1, rounds + 1)
    ]
    assert posts(sandbox) == rounds


@pytest.mark.parametrize(
    "rounds", [1, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
@pytest.mark.parametrize("is_committed", [True, False], ids=["committed", "lost"])
async def test_g06_an_end_while_a_record_is_made_is_looked_into_and_never_made_again(
    sandbox: Sandbox, journal: Path, is_committed: bool, rounds: int
) -> None:
    for done in range(rounds):
        before = posts(sandbox)
        async with open_book(sandbox, journal=journal, sleep=forever) as crm:
            await sandbox.fault(
                method="POST", path=OPPORTUNITIES, action="hang", after_commit=is_committed
            )
            crm.submit([a_new_one(sandbox, crm)])
            while posts(sandbox) == before:  # noqa: ASYNC110 - the other one is a server
                await asyncio.sleep(0.005)
        waits = Waits()
        async with open_book(sandbox, journal=journal, sleep=waits) as crm:
            await crm.settle()
            entry = await newest(crm)
            assert posts(sandbox) == before + 1
            assert len(made(sandbox)) == done + is_committed
            if is_committed:
                assert entry.state == IntentState.DONE
                continue
            assert (entry.state, entry.words) == (IntentState.UNKNOWN, LOST)
            asked = [seconds for seconds in waits.asked if seconds in (5, 10, 30, 75)]
            assert {5.0, 10.0, 30.0, 75.0} <= set(asked)
            assert sum({5.0, 10.0, 30.0, 75.0}) == LOOKS[-1]
            # Somebody says that it is to be made: then, and only then, it is sent once more.
            assert await crm.journal.resolve(entry.number, "again")
            await crm.settle()
            assert (await newest(crm)).state == IntentState.DONE
        assert posts(sandbox) == before + 2
    assert len(made(sandbox)) == rounds


async def test_a_record_that_is_looked_for_keeps_no_other_one_waiting(
    sandbox: Sandbox, journal: Path
) -> None:
    waits = Waits()
    async with open_book(sandbox, journal=journal, sleep=waits) as crm:
        (row, *_), _ = cards_and_target(crm)
        waits.pass_freely.clear()
        await sandbox.fault(method="POST", path=OPPORTUNITIES, action="drop", after_commit=True)
        (lost,) = crm.submit([a_new_one(sandbox, crm)])
        crm.submit([a_value(row, "7")])
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SAVED)
        assert crm.sending() == crm.unsettled() == [lost]
        assert await states(crm) == [IntentState.SENDING, IntentState.DONE]
        waits.pass_freely.set()
        await crm.settle()
        assert await states(crm) == [IntentState.DONE, IntentState.DONE]
    assert (posts(sandbox), len(made(sandbox))) == (1, 1)
    assert sandbox.query("SELECT Value FROM crmopportunities WHERE Id = ?", row.id) == [("7",)]


async def test_g08_without_a_marker_it_is_known_by_what_it_holds_and_asked_about(
    sandbox: Sandbox, journal: Path
) -> None:
    await strip_markers(sandbox)
    async with open_book(sandbox, journal=journal, sleep=Waits()) as crm:
        await sandbox.fault(method="POST", path=OPPORTUNITIES, action="drop", after_commit=True)
        (outcome,) = await carried_out(crm, a_new_one(sandbox, crm))
        assert (outcome.state, outcome.words) == (RowState.UNKNOWN, ALIKE)
        entry = await newest(crm)
        assert await crm.journal.resolve(entry.number, "done")
        await crm.settle()
        assert await states(crm) == [IntentState.DONE]
    assert posts(sandbox) == 1
    assert len(made(sandbox)) == 1


async def test_g09_two_equal_records_that_were_both_meant_are_two(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal, sleep=Waits()) as crm:
        await sandbox.fault(method="POST", path=OPPORTUNITIES, action="drop", after_commit=True)
        plan = a_new_one(sandbox, crm)
        outcomes = [*await carried_out(crm, plan), *await carried_out(crm, plan)]
        assert [outcome.state for outcome in outcomes] == [RowState.SAVED] * 2
        together = await carried_out(crm, plan, plan)
        assert [outcome.state for outcome in together] == [RowState.SAVED] * 2
    assert len(made(sandbox)) == 4
    assert posts(sandbox) == 4


async def test_what_was_not_sent_is_taken_back_and_what_was_made_stays(sandbox: Sandbox) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        crm.submit([a_new_one(sandbox, crm)])
        assert len(crm.undo()) == 1
        assert posts(sandbox) == 0
        assert len(crm.redo()) == 1
        await crm.settle()
        said: list[str] = []
        crm.subscribe(lambda outcome: said.append(outcome.words) if outcome else None)
        assert crm.undo() == []
        assert len(said) == 1
        assert "stays" in said[0]
        # The key goes on to the step before it only when it is pressed again.
        assert crm.undo() == []
        assert len(said) == 1
    assert len(made(sandbox)) == 1


async def test_a_record_that_is_refused_was_not_made_and_one_that_is_throttled_waits(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        await sandbox.fault(method="POST", path=OPPORTUNITIES, action="refuse", message="no")
        (outcome,) = await carried_out(crm, a_new_one(sandbox, crm))
        assert (outcome.state, outcome.words) == (RowState.FAILED, "no")
        slow = {"Retry-After": "3600"}
        await sandbox.fault(
            method="POST", path=OPPORTUNITIES, action="throttle", headers=slow, times=None
        )
        (outcome,) = await carried_out(crm, a_new_one(sandbox, crm))
        assert outcome.state == RowState.QUEUED
        assert made(sandbox) == []
    await sandbox.heal()
    async with open_book(sandbox, journal=journal) as crm:
        await until(crm, lambda: bool(crm.left_over()))
        await crm.settle()
        assert await states(crm) == [IntentState.FAILED, IntentState.DONE]
    assert len(made(sandbox)) == 1


# Tasks


TASKS = "/api/crm/coworkertasks"


def a_new_task(sandbox: Sandbox, crm: Crm, name: str = "call back") -> Planned:
    """Plan a task for the customer of the first card."""
    row = min(crm.snapshot.rows(), key=lambda each: each.id)
    location = crm.snapshot.boards[row.board_id].location_id
    ((ana,),) = sandbox.query("SELECT Id FROM users WHERE Email = 'ana@example.com'")
    values = {
        "customer_id": row.customer_id,
        "due_on": NOW,
        "location_id": location,
        "name": name,
        "owner_id": ana,
    }
    make = Make(tuple(sorted(values.items())), Makes.TASK)
    return Planned(row.id, Change((make,)), row.customer, f"task: {name}")


def tasks_made(sandbox: Sandbox) -> list[str]:
    """Give the names of the tasks that were made here."""
    found = sandbox.query("SELECT Name FROM coworkertasks WHERE Name LIKE 'call back%' ORDER BY Id")
    return [name for (name,) in found]


def tasks_posted(sandbox: Sandbox) -> int:
    """Count the tasks that were asked to be made."""
    return len(sandbox.asked(TASKS, method="POST"))


async def test_g06_a_task_whose_answer_was_lost_is_found_by_its_marker(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal, sleep=Waits()) as crm:
        for number in range(3):
            await sandbox.fault(method="POST", path=TASKS, action="drop", after_commit=True)
            (outcome,) = await carried_out(crm, a_new_task(sandbox, crm, f"call back {number}"))
            assert (outcome.state, outcome.words) == (RowState.SAVED, ARRIVED)
    assert tasks_made(sandbox) == [f"call back {number}" for number in range(3)]
    assert tasks_posted(sandbox) == 3


@pytest.mark.parametrize("is_committed", [True, False], ids=["committed", "lost"])
async def test_g06_an_end_while_a_task_is_made_is_looked_into_and_never_made_again(
    sandbox: Sandbox, journal: Path, is_committed: bool
) -> None:
    async with open_book(sandbox, journal=journal, sleep=forever) as crm:
        await sandbox.fault(method="POST", path=TASKS, action="hang", after_commit=is_committed)
        crm.submit([a_new_task(sandbox, crm)])
        while not tasks_posted(sandbox):  # noqa: ASYNC110 - the other one is a server
            await asyncio.sleep(0.005)
    async with open_book(sandbox, journal=journal, sleep=Waits()) as crm:
        await crm.settle()
        entry = await newest(crm)
        assert (tasks_posted(sandbox), len(tasks_made(sandbox))) == (1, is_committed)
        if is_committed:
            assert entry.state == IntentState.DONE
            return
        assert (entry.state, entry.words) == (IntentState.UNKNOWN, LOST)
        assert await crm.journal.resolve(entry.number, "again")
        await crm.settle()
        assert (await newest(crm)).state == IntentState.DONE
    assert (tasks_posted(sandbox), len(tasks_made(sandbox))) == (2, 1)


async def test_g08_a_task_without_a_marker_is_known_by_what_it_holds_and_asked_about(
    sandbox: Sandbox, journal: Path
) -> None:
    await strip_markers(sandbox)
    async with open_book(sandbox, journal=journal, sleep=Waits()) as crm:
        await sandbox.fault(method="POST", path=TASKS, action="drop", after_commit=True)
        (outcome,) = await carried_out(crm, a_new_task(sandbox, crm))
        assert (outcome.state, outcome.words) == (RowState.UNKNOWN, TASK_ALIKE)
        assert await crm.journal.resolve((await newest(crm)).number, "done")
        await crm.settle()
        assert await states(crm) == [IntentState.DONE]
    assert (tasks_posted(sandbox), len(tasks_made(sandbox))) == (1, 1)


async def test_a_task_changes_nothing_of_the_book_and_asks_for_no_record(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        before = {row.id: row for row in crm.snapshot.rows()}
        asked = len(sandbox.asked(f"{OPPORTUNITIES}%"))
        (outcome,) = await carried_out(crm, a_new_task(sandbox, crm))
        assert (outcome.state, outcome.words) == (RowState.SAVED, "")
        assert {row.id: row for row in crm.snapshot.rows()} == before
        assert len(sandbox.asked(f"{OPPORTUNITIES}%")) == asked
    assert sandbox.writes() == []
