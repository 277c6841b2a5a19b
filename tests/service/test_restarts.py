"""What is promised outlives the program: restarts, trouble with the file, lost answers before an end (rows G)."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from crm_tui.domain.intent import Binding, IntentState
from crm_tui.domain.snapshot import RowState
from crm_tui.service.windows import OLD
from crm_tui.service.writer import Outcome
from crm_tui.store.mirror import Mirror
from crm_tui.store.pruning import AGE
from crm_tui.store.tables import VERSION
from tests.service.journals import (
    HELD,
    OPPORTUNITIES,
    a_move,
    a_note,
    a_value,
    cards_and_target,
    carried_out,
    held,
    newest,
    states,
)
from tests.world import (
    NOW,
    SIGN_IN,
    Sandbox,
    Waits,
    forever,
    loaded,
    open_book,
    running,
    until,
)


async def arrived_at(sandbox: Sandbox, count: int) -> None:
    """Wait until so many writes have arrived, by looking into the sandbox's database."""
    for _ in range(2_000):
        if len(sandbox.writes()) >= count:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("no write has arrived")


def harm(journal: Path) -> None:
    """Cut off the end of a journal, behind what it holds."""
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute("CREATE TABLE big (x)")
        connection.execute("INSERT INTO big VALUES (randomblob(200000))")
    journal.write_bytes(journal.read_bytes()[:-4096])


def make_newer(journal: Path) -> bytes:
    """Make a journal of a newer program, and give its bytes."""
    with closing(sqlite3.connect(journal)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
    return journal.read_bytes()


def held_in(journal: Path) -> bytes:
    """Give the bytes of a journal."""
    return journal.read_bytes()


async def test_a_change_is_promised_only_once_it_is_written_down(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_move(crm, row, target)])
        assert crm.snapshot.state(row.id) == RowState.NOTING
        assert crm.snapshot.cards(target.id)[-1].id == row.id
        await held(crm, row)
        with closing(sqlite3.connect(journal)) as connection:
            assert connection.execute("SELECT record_id, state FROM intents").fetchall() == [
                (row.id, "held")
            ]


async def test_what_was_held_at_the_end_is_named_at_the_next_start_and_held_afresh(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_move(crm, row, target)])
    later = NOW + timedelta(hours=2)
    async with open_book(sandbox, journal=journal, hold=HELD, clock=lambda: later) as crm:
        assert [intent.subject for intent in crm.left_over()] == [row.customer]
        shown = crm.snapshot.row(row.id)
        assert shown is not None
        assert shown.stage_id == target.id
        assert crm.snapshot.state(row.id) == RowState.HELD
        assert crm.held_until() in (later + HELD.plain, later + HELD.with_effects)
        assert sandbox.writes() == []
        await crm.settle()
        assert await states(crm) == [IntentState.DONE]
    assert sandbox.stage_of(row.id) == target.id


async def test_what_was_left_over_can_be_taken_back(sandbox: Sandbox, journal: Path) -> None:
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_move(crm, row, target)])
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        assert [intent.record_id for intent in crm.undo()] == [row.id]
        assert crm.snapshot.row(row.id) == row
        await crm.settle()
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        assert crm.left_over() == []
    assert sandbox.writes() == []


async def test_what_is_asked_for_in_the_last_moment_is_kept(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        rows = list(crm.snapshot.rows())[:20]
        for row in rows:
            crm.submit([a_value(row, "12.50")])
        assert crm.snapshot.state(rows[-1].id) == RowState.NOTING
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        assert {intent.record_id for intent in crm.left_over()} == {row.id for row in rows}


@pytest.mark.parametrize("arrived", [True, False], ids=["arrived", "lost"])
@pytest.mark.parametrize("kind", ["move", "note"])
async def test_g03_g04_an_end_while_a_write_is_on_its_way_is_looked_into_at_the_next_start(
    sandbox: Sandbox, journal: Path, kind: str, arrived: bool
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        (row, *_), target = cards_and_target(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang", after_commit=arrived)
        crm.submit([a_move(crm, row, target) if kind == "move" else a_note(row, "mine")])
        await arrived_at(sandbox, 1)
    async with open_book(sandbox, journal=journal) as crm:
        assert len(crm.left_over()) == 1
        await crm.settle()
        assert await states(crm) == [IntentState.DONE]
        # What was found out at the second start can be taken back like anything else.
        assert len(crm.undo()) == 1
        await crm.settle()
    assert len(sandbox.writes()) == (2 if arrived else 3)
    assert sandbox.stage_of(row.id) == row.stage_id
    notes = sandbox.query("SELECT Notes FROM crmopportunities WHERE Id = ?", row.id)
    assert "mine" not in str(notes)


async def test_g02_what_is_neither_as_it_was_nor_as_asked_for_after_an_end_is_unknown(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        (row, *_), _ = cards_and_target(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang")
        crm.submit([a_value(row, "12.50")])
        await arrived_at(sandbox, 1)
    sandbox.execute("UPDATE crmopportunities SET Value = '77' WHERE Id = ?", row.id)
    async with open_book(sandbox, journal=journal) as crm:
        await crm.settle()
        entry = await newest(crm)
        assert entry.state == IntentState.UNKNOWN
        assert await crm.journal.resolve(entry.number, "done")
        assert (await newest(crm)).state == IntentState.DONE
    assert len(sandbox.writes()) == 1


async def test_an_edit_made_on_top_of_one_whose_answer_was_lost_is_still_sent(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        (row, *_), target = cards_and_target(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang", after_commit=True)
        crm.submit([a_move(crm, row, target)])
        await arrived_at(sandbox, 1)
        crm.submit([a_value(row, "12.50")])
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.HELD)
    async with open_book(sandbox, journal=journal) as crm:
        await crm.settle()
        assert await states(crm) == [IntentState.DONE, IntentState.DONE]
    kept = sandbox.query("SELECT CrmBoardColumnId, Value FROM crmopportunities WHERE Id=?", row.id)
    assert kept == [(target.id, "12.50")]


async def test_f17_what_cannot_be_sent_waits_and_goes_out_in_order_when_the_server_is_back(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        (row, *_), target = cards_and_target(crm)
        await sandbox.fault(action="throttle", headers={"Retry-After": "3600"}, times=None)
        (outcome,) = await carried_out(crm, a_move(crm, row, target))
        assert outcome.state == RowState.QUEUED
        assert crm.snapshot.state(row.id) == RowState.QUEUED
        crm.submit([a_value(row, "12.50")])
        await held(crm, row)
        assert await states(crm) == [IntentState.QUEUED, IntentState.HELD]
    await sandbox.heal()
    async with open_book(sandbox, journal=journal) as crm:
        assert len(crm.left_over()) == 2
        await crm.settle()
    kept = sandbox.query("SELECT CrmBoardColumnId, Value FROM crmopportunities WHERE Id=?", row.id)
    assert kept == [(target.id, "12.50")]


async def test_g13_what_cannot_be_written_down_is_not_asked_for_and_the_user_is_told(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        (row, other, *_), target = cards_and_target(crm)
        told: list[Outcome] = []
        crm.subscribe(lambda outcome: told.append(outcome) if outcome else None)
        with closing(sqlite3.connect(journal, isolation_level=None)) as blocking:
            blocking.execute("BEGIN IMMEDIATE")
            crm.submit([a_move(crm, row, target)])
            assert crm.snapshot.state(row.id) == RowState.NOTING
            await until(crm, lambda: bool(told))
            blocking.execute("ROLLBACK")
        assert told[0].words == "it could not be written down: database is locked"
        assert (told[0].state, crm.snapshot.state(row.id)) == (RowState.FAILED, RowState.FAILED)
        assert crm.snapshot.row(row.id) == row
        assert crm.unsettled() == []
        crm.submit([a_value(other, "1")])
        await held(crm, other)
        await crm.settle()
    assert [body["Id"] for body in sandbox.writes()] == [other.id]


async def test_g16_beside_a_journal_of_a_newer_program_nothing_is_promised(
    sandbox: Sandbox, journal: Path
) -> None:
    before = make_newer(journal)
    async with open_book(sandbox, journal=journal) as crm:
        assert not crm.keeps_changes
        assert "is of a newer crm-tui" in crm.notices()[0]
        (row, *_), target = cards_and_target(crm)
        (outcome,) = await carried_out(crm, a_move(crm, row, target))
    assert outcome.state == RowState.SAVED
    assert held_in(journal) == before


async def test_k01_where_nothing_can_be_kept_nothing_waits_for_the_server(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with open_book(sandbox, journal=tmp_path / "missing" / "journal") as crm:
        (row, *_), target = cards_and_target(crm)
        await sandbox.fault(action="throttle", headers={"Retry-After": "3600"}, times=None)
        (outcome,) = await carried_out(crm, a_move(crm, row, target))
        assert (outcome.state, crm.keeps_changes) == (RowState.FAILED, False)
        assert len(crm.notices()) == 1


async def test_g15_what_was_salvaged_is_shown_and_not_sent_by_itself(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_move(crm, row, target)])
    harm(journal)
    async with open_book(sandbox, journal=journal) as crm:
        assert "1 of its changes could be read" in crm.notices()[0]
        assert crm.left_over() == []
        assert crm.snapshot.state(row.id) == RowState.PARKED
        assert await crm.journal.retry((await newest(crm)).number)
        await crm.settle()
    assert sandbox.stage_of(row.id) == target.id


async def test_what_is_done_before_the_journal_is_open_is_taken_back_before_what_was_left_over(
    sandbox: Sandbox, journal: Path, tmp_path: Path
) -> None:
    with closing(Mirror(tmp_path / "book.sqlite3", "ana")) as mirror:
        crm = sandbox.crm(journal=journal, hold=HELD, mirror=mirror)
        async with running(crm):
            await loaded(crm)
            (row, other, *_), target = cards_and_target(crm)
            crm.submit([a_move(crm, row, target)])
        crm = sandbox.crm(journal=journal, hold=HELD, mirror=mirror)
        crm.recall()
        crm.submit([a_move(crm, other, target)])
        async with running(crm):
            await until(crm, lambda: len(crm.left_over()) == 1)
            assert [each.record_id for each in crm.undo()] == [other.id]
            assert [each.record_id for each in crm.undo()] == [row.id]
            await crm.settle()
    assert sandbox.writes() == []


async def test_what_is_done_again_after_a_restart_is_called_so(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        (row, *_), _ = cards_and_target(crm)
        await carried_out(crm, a_value(row, "12.50"))
        crm.undo()
        await crm.settle()
    async with open_book(sandbox, journal=journal) as crm:
        (again,) = crm.redo()
        assert again.said == "again: worth 12.50"
        await crm.settle()


async def test_g19_what_was_meant_for_somebody_else_is_never_sent_and_is_told(
    sandbox: Sandbox, journal: Path
) -> None:
    mine = Binding(sandbox.address.url, SIGN_IN.user, "midtown")
    async with open_book(sandbox, journal=journal, hold=HELD, binding=mine) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_move(crm, row, target)])
    for other in (
        Binding("https://elsewhere.example/api", mine.user, "midtown"),
        Binding(mine.origin, "bob@example.com", "midtown"),
        Binding(mine.origin, mine.user, "riverside"),
    ):
        async with open_book(sandbox, journal=journal, binding=other) as crm:
            assert (crm.left_over(), crm.undo()) == ([], [])
            assert await crm.journal.entries() == []
            assert crm.notices() == [
                "1 change for another address, user or location stays in the journal, unsent."
            ]
            await crm.settle()
    assert sandbox.writes() == []
    async with open_book(sandbox, journal=journal) as crm:
        assert len(crm.left_over()) == 1


async def test_g20_what_is_older_than_a_week_asks_before_it_is_sent(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_move(crm, row, target)])
    later = NOW + OLD + timedelta(seconds=1)
    async with open_book(sandbox, journal=journal, clock=lambda: later) as crm:
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.PARKED
        entry = await newest(crm)
        assert "asks before it is sent" in entry.words
        assert sandbox.writes() == []
        assert await crm.journal.retry(entry.number)
        await crm.settle()
    assert sandbox.stage_of(row.id) == target.id


async def test_what_is_long_over_is_let_go_of_at_a_start_and_what_can_be_taken_back_stays(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        (row, other, *_), target = cards_and_target(crm)
        crm.submit([a_value(row, "1")])
        await held(crm, row)
        crm.undo()
        crm.submit([a_move(crm, row, target)])  # nobody can do the first again from here on
        await crm.settle()
        crm.submit([a_value(other, "2")])
        await held(crm, other)
        assert await states(crm) == [IntentState.CANCELLED, IntentState.DONE, IntentState.HELD]
    later = NOW + AGE + timedelta(seconds=1)
    async with open_book(sandbox, journal=journal, clock=lambda: later, sleep=forever) as crm:
        while len(await states(crm)) == 3:  # noqa: ASYNC110 - the journal is pruned in a thread
            await asyncio.sleep(0)
        assert await states(crm) == [IntentState.DONE, IntentState.PARKED]
        assert [intent.takes_back for intent in crm.undo()] == [True]
        await crm.settle()
    assert sandbox.stage_of(row.id) == row.stage_id


async def test_g12_g22_whoever_no_longer_waits_for_a_write_does_not_end_it(
    sandbox: Sandbox, journal: Path
) -> None:
    waits = Waits()
    async with open_book(sandbox, journal=journal, sleep=waits) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_move(crm, row, target)])
        waiting = asyncio.create_task(crm.settle())
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SENDING)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SAVED)
        assert await states(crm) == [IntentState.DONE]
    assert sandbox.stage_of(row.id) == target.id


async def test_who_ends_during_the_look_before_a_write_begins_no_write(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        (row, *_), target = cards_and_target(crm)
        path = f"{OPPORTUNITIES}/{row.id}"
        await sandbox.fault(method="GET", path=path, action="latency", seconds=0.5)
        crm.submit([a_move(crm, row, target)])
        while not sandbox.asked(path):  # noqa: ASYNC110 - the other one is a server
            await asyncio.sleep(0.005)
        await crm.close(20)
        assert sandbox.writes() == []
        assert await states(crm) == [IntentState.HELD]
        assert [intent.record_id for intent in crm.unsettled()] == [row.id]
    async with open_book(sandbox, journal=journal) as crm:
        assert len(crm.left_over()) == 1
        await crm.settle()
        assert await states(crm) == [IntentState.DONE]
    assert sandbox.stage_of(row.id) == target.id


async def test_what_was_proved_while_the_journal_could_not_be_written_is_looked_into_at_the_next_start(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        (row, *_), target = cards_and_target(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="latency", seconds=0.5)
        outcomes: list[Outcome] = []
        crm.subscribe(lambda outcome: outcomes.append(outcome) if outcome else None)
        crm.submit([a_move(crm, row, target)])
        await arrived_at(sandbox, 1)
        # It is claimed and on its way; from here on every commit is refused.
        with closing(sqlite3.connect(journal)) as other, other:
            other.execute(
                "CREATE TRIGGER full BEFORE INSERT ON passages"
                " BEGIN SELECT raise(ABORT, 'no room'); END"
            )
        await crm.settle()
        assert [outcome.state for outcome in outcomes] == [RowState.SAVED]
        assert "the journal cannot be written" in outcomes[0].words
        assert await states(crm) == [IntentState.SENDING]
    with closing(sqlite3.connect(journal)) as other, other:
        other.execute("DROP TRIGGER full")
    async with open_book(sandbox, journal=journal) as crm:
        assert len(crm.left_over()) == 1
        await crm.settle()
        assert await states(crm) == [IntentState.DONE]
        assert (await newest(crm)).words == "it had arrived after all"
    assert len(sandbox.writes()) == 1
