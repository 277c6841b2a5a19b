"""Several windows on one journal, as real processes: one sends for all, and one that is killed is followed."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from crm_tui.domain.intent import IntentState
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from crm_tui.service.windows import TURN
from tests.api.test_two_processes import process, said, tell
from tests.service import readiness
from tests.service.journals import (
    HELD,
    OPPORTUNITIES,
    a_note,
    a_value,
    cards_and_target,
    carried_out,
    newest,
    states,
)
from tests.stillness import Stillness, Time, one_thread
from tests.world import NOW, Sandbox, open_book, running, running_sandbox, until

WINDOW = "tests.service.windowed"


@asynccontextmanager
async def windows(sandbox: Sandbox, journal: Path, count: int) -> AsyncIterator[list[Process]]:
    """Open windows one after the other: the first one is the one that sends."""
    folder = str(sandbox.database.parent)
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(process(WINDOW, folder, str(journal)))
            for _ in range(count)
        ]


async def ask(window: Process, line: str) -> str:
    """Tell a window something and give its answer."""
    tell(window, line)
    return await said(window)


async def arrived(sandbox: Sandbox, count: int) -> None:
    """Wait until so many writes have arrived, by looking into the sandbox's database."""
    for _ in range(4_000):
        if len(sandbox.writes()) >= count:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{len(sandbox.writes())} of {count} writes have arrived")


def some_records(sandbox: Sandbox, count: int) -> list[int]:
    """Give ids of open opportunities."""
    rows = sandbox.query(
        "SELECT o.Id FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId"
        " JOIN crmboards b ON b.Id = c.CrmBoardId WHERE b.Archived = 0 ORDER BY o.Id LIMIT ?",
        count,
    )
    return [record_id for (record_id,) in rows]


@pytest.mark.parametrize(
    "rounds", [4, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
async def test_k05_each_intent_of_two_windows_is_sent_once(
    sandbox: Sandbox, journal: Path, rounds: int
) -> None:
    mine, yours = some_records(sandbox, 2)
    async with windows(sandbox, journal, 2) as (first, second):
        for number in range(1, rounds + 1):
            asked = [ask(first, f"value {mine} {number}"), ask(second, f"value {yours} {number}")]
            assert set(await asyncio.gather(*asked)) == {"held"}
            waited = [ask(first, "settle"), ask(second, "settle")]
            assert set(await asyncio.gather(*waited)) == {"settled"}
    writes = Counter((body["Id"], body["Value"]) for body in sandbox.writes())
    assert set(writes.values()) == {1}
    assert len(writes) == 2 * rounds


async def test_k06_when_the_one_that_sends_is_killed_another_one_does(
    sandbox: Sandbox, journal: Path, record_property: Callable[[str, object], None]
) -> None:
    mine, yours = some_records(sandbox, 2)
    async with windows(sandbox, journal, 2) as (first, second):
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang")
        assert await ask(first, f"value {mine} 1") == "held"
        await arrived(sandbox, 1)
        assert await ask(second, f"value {yours} 2") == "held"
        first.kill()
        await first.wait()
        ended = time.perf_counter()
        await arrived(sandbox, 2)
        record_property(readiness.TAKEN_OVER, time.perf_counter() - ended)
        await arrived(sandbox, 3)
        assert await ask(second, "settle") == "settled"
    kept = sandbox.query("SELECT Id, Value FROM crmopportunities WHERE Id IN (?, ?)", mine, yours)
    assert dict(kept) == {mine: "1", yours: "2"}


async def test_what_one_window_asks_for_again_is_sent_by_the_one_that_sends(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as first:
        (row, *_), _ = cards_and_target(first)
        async with open_book(sandbox, journal=journal) as second:
            await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="refuse", message="no")
            (outcome,) = await carried_out(first, a_value(row, "12.50"))
            assert outcome.state == RowState.FAILED
            # The second window neither made it nor sends it.
            assert await second.journal.retry((await newest(second)).number)
            await second.settle()
            assert await states(first) == [IntentState.DONE]
    kept = sandbox.query("SELECT Value FROM crmopportunities WHERE Id = ?", row.id)
    assert kept == [("12.50",)]


async def test_f02_two_windows_that_began_with_the_same_value_contradict_each_other(
    sandbox: Sandbox, journal: Path
) -> None:
    async with (
        open_book(sandbox, journal=journal, hold=HELD, sleep=asyncio.sleep) as first,
        open_book(sandbox, journal=journal, hold=HELD, sleep=asyncio.sleep) as second,
    ):
        (row, *_), _ = cards_and_target(first)
        first.submit([a_value(row, "1")])
        await until(first, lambda: first.snapshot.state(row.id) == RowState.HELD)
        second.submit([a_value(row, "2")])
        await until(first, lambda: len(first.unsettled()) == 2)
        await first.settle()
        assert await states(first) == [IntentState.DONE, IntentState.CONFLICT]
    kept = sandbox.query("SELECT Value FROM crmopportunities WHERE Id = ?", row.id)
    assert kept == [("1",)]


@asynccontextmanager
async def followed(
    journal: Path, stillness: Stillness, time: Time
) -> AsyncIterator[tuple[Sandbox, Crm, Callable[[], Awaitable[None]]]]:
    """Open two windows; give the second one, and what ends the first one, which sends, before the second has looked."""
    async with (
        running_sandbox(clock=time.clock, sleep=time.sleep) as sandbox,
        AsyncExitStack() as until_it_ends,
    ):
        first = sandbox.crm(journal=journal, sleep=time.sleep)
        await until_it_ends.enter_async_context(running(first))
        await stillness.come()
        async with open_book(sandbox, journal=journal, sleep=time.sleep) as second:
            yield sandbox, second, until_it_ends.aclose


async def a_turn(stillness: Stillness, time: Time) -> None:
    """Let every window look once, and all that follows happen."""
    await stillness.come()
    time.move(time.now + timedelta(seconds=TURN))
    await stillness.come()


async def passages(crm: Crm) -> list[str]:
    """Give what became of the only entry."""
    (entry,) = await crm.journal.entries()
    return [passage.state for passage in entry.passages]


def test_what_one_window_has_done_is_not_done_again_by_the_next_one_that_sends(
    journal: Path,
) -> None:
    async def scenario(stillness: Stillness, time: Time) -> None:
        async with followed(journal, stillness, time) as (sandbox, second, end_the_first):
            (row, *_), _ = cards_and_target(second)
            second.submit([a_value(row, "1")])
            await a_turn(stillness, time)
            assert await passages(second) == ["held", "sending", "done"]
            assert second.unsettled()
            await end_the_first()
            sandbox.execute("UPDATE crmopportunities SET Value = '2' WHERE Id = ?", row.id)
            await a_turn(stillness, time)
            assert second.unsettled() == []
            assert await passages(second) == ["held", "sending", "done"]
            assert second.snapshot.state(row.id) == RowState.SAVED

    with one_thread(NOW) as (runner, stillness, time):
        runner.run(scenario(stillness, time))


def test_what_one_window_had_sent_when_it_ended_can_be_taken_back_in_the_next_one(
    journal: Path,
) -> None:
    async def scenario(stillness: Stillness, time: Time) -> None:
        async with followed(journal, stillness, time) as (sandbox, second, end_the_first):
            (row, *_), _ = cards_and_target(second)
            await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang", after_commit=True)
            second.submit([a_value(row, "1")])
            await a_turn(stillness, time)
            assert await passages(second) == ["held", "sending"]
            await end_the_first()
            await a_turn(stillness, time)
            assert await passages(second) == ["held", "sending", "done"]
            assert len(second.undo()) == 1

    with one_thread(NOW) as (runner, stillness, time):
        runner.run(scenario(stillness, time))


def test_what_is_taken_back_too_late_and_asked_for_again_is_sent_once(journal: Path) -> None:
    async def scenario(stillness: Stillness, time: Time) -> None:
        async with followed(journal, stillness, time) as (sandbox, second, _end):
            (row, *_), _ = cards_and_target(second)
            second.submit([a_note(row, "called")])
            await stillness.come()
            time.move(time.now + timedelta(seconds=TURN))
            while state_in(journal) != IntentState.SENDING:  # noqa: ASYNC110 - by the first window
                await asyncio.sleep(0)
            # The second one has not heard of it yet.
            for _ in range(2):
                assert len(second.undo()) == 1
                assert len(second.redo()) == 1
            while second.unsettled():
                await a_turn(stillness, time)
            done, *others = await states(second)
            assert (done, set(others)) == (IntentState.DONE, {IntentState.CANCELLED})
            kept = sandbox.query("SELECT Notes FROM crmopportunities WHERE Id = ?", row.id)
            assert str(kept[0][0]).splitlines().count("called") == 1
            # It is one step, which can be taken back like any other.
            assert [intent.takes_back for intent in second.undo()] == [True]
            while second.unsettled():
                await a_turn(stillness, time)
            assert second.undo() == []
            kept = sandbox.query("SELECT Notes FROM crmopportunities WHERE Id = ?", row.id)
            assert "called" not in str(kept[0][0])

    with one_thread(NOW) as (runner, stillness, time):
        runner.run(scenario(stillness, time))


def state_in(journal: Path) -> str:
    """Read what became of the only entry, past everything that is being tested."""
    with closing(sqlite3.connect(journal)) as connection:
        ((state,),) = connection.execute("SELECT state FROM intents").fetchall()
    return str(state)


@pytest.mark.parametrize("is_committed", [True, False], ids=["committed", "lost"])
@pytest.mark.parametrize("killed_at", [1, 3, 5])
async def test_l03_a_bulk_that_is_killed_goes_on_with_exactly_the_rest(
    sandbox: Sandbox, journal: Path, killed_at: int, is_committed: bool
) -> None:
    async with open_book(sandbox) as crm:
        _, target = cards_and_target(crm)
        ids = [card for card in some_records(sandbox, 60) if crm.snapshot.row(card) is not None]
        ids = [
            card
            for card in ids
            if (row := crm.snapshot.row(card)) is not None
            and row.board_id == target.board_id
            and row.stage_id != target.id
        ][:5]
    before = Counter(moves(sandbox))
    async with windows(sandbox, journal, 1) as (window,):
        await sandbox.fault(
            method="PUT",
            path=OPPORTUNITIES,
            action="hang",
            after=killed_at - 1,
            after_commit=is_committed,
        )
        assert await ask(window, f"move {target.id} {' '.join(map(str, ids))}") == "held"
        await arrived(sandbox, killed_at)
        window.kill()
        await window.wait()
    async with open_book(sandbox, journal=journal) as crm:
        assert len(crm.left_over()) == 5 - killed_at + 1
        await crm.settle()
        assert await states(crm) == [IntentState.DONE] * 5
        # The bulk is one step still.
        assert len(crm.undo()) == 5
        crm.redo()
        await crm.settle()
    assert [sandbox.stage_of(record_id) for record_id in ids] == [target.id] * 5
    after = Counter(moves(sandbox))
    assert {after[record_id] - before[record_id] for record_id in ids} == {1}


def moves(sandbox: Sandbox) -> list[int]:
    """Give the record of every move that the server noted."""
    rows = sandbox.query("SELECT CrmOpportunityId FROM crmopportunityhistories")
    return [record_id for (record_id,) in rows]
