"""What was written is read back later, many records at a time: nothing waits for it, and nothing is lost without it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from crm_tui.api.collection import IDS_PER_CALL
from crm_tui.domain.change import Planned
from crm_tui.domain.intent import IntentState
from crm_tui.domain.pipeline import active_boards, move_to
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from crm_tui.service.rereading import GATHERED
from crm_tui.store.mirror import Mirror
from tests.world import Sandbox, Waits, loaded, running, running_sandbox, until

BY_IDS = "SELECT Query FROM requests WHERE Query LIKE '%CrmOpportunity\\_Id=%' ESCAPE '\\'"
ONE = "/api/crm/crmopportunities/%"


@asynccontextmanager
async def a_book(
    sandbox: Sandbox, waits: Waits, *, mirror: Mirror | None = None
) -> AsyncIterator[Crm]:
    """Run a loaded book in which nothing that waits goes on until it is let."""
    crm = sandbox.crm(sleep=waits, mirror=mirror)
    async with running(crm):
        await loaded(crm)
        waits.pass_freely.clear()
        yield crm


def some_cards(crm: Crm, count: int) -> tuple[Sequence[OpportunityRow], Stage]:
    """Give cards of the first board, and a plain stage in which none of them is."""
    board = active_boards(crm.snapshot)[0]
    stages = [each for each in crm.snapshot.stages_of(board.id) if not each.wins | each.loses]
    target = stages[-1]
    rows = [row for stage in stages[:-1] for row in crm.snapshot.cards(stage.id)]
    assert len(rows) >= count
    return rows[:count], target


async def moved(crm: Crm, rows: Sequence[OpportunityRow], stage: Stage) -> None:
    plans = [Planned(each.id, move_to(crm.snapshot, each, stage), "", stage.name) for each in rows]
    crm.submit(plans)
    await crm.settle()


async def test_moves_are_done_before_they_are_read_back_a_hundred_in_one_call() -> None:
    waits = Waits()
    async with running_sandbox(size=800) as sandbox, a_book(sandbox, waits) as crm:
        rows, target = some_cards(crm, IDS_PER_CALL + 5)
        await moved(crm, rows, target)
        assert {crm.snapshot.state(row.id) for row in rows} == {RowState.SAVED}
        assert {sandbox.stage_of(row.id) for row in rows} == {target.id}
        assert len(sandbox.asked(ONE)) == len(rows)  # each once, before it was written
        assert sandbox.query(BY_IDS) == []
        assert GATHERED in waits.asked
        sandbox.execute("UPDATE crmopportunities SET Value = 4321 WHERE Id = ?", rows[0].id)
        waits.pass_freely.set()
        await until(crm, lambda: value_of(crm, rows[0].id) == "4321")
        assert len(sandbox.query(BY_IDS)) == 2
        assert len(sandbox.asked(ONE)) == len(rows)


def value_of(crm: Crm, record_id: int) -> str:
    row = crm.snapshot.row(record_id)
    assert row is not None
    return str(row.value)


async def test_as_long_as_others_come_all_of_them_wait_for_one_call(sandbox: Sandbox) -> None:
    waits = Waits()
    async with a_book(sandbox, waits) as crm:
        rows, target = some_cards(crm, 2)
        for row in rows:
            await moved(crm, [row], target)
        waits.pass_freely.set()
        waits.pass_freely.clear()
        while waits.asked.count(GATHERED) < 2:
            await waits.another()
        assert sandbox.query(BY_IDS) == []
        sandbox.execute("UPDATE crmopportunities SET Value = 4321")
        waits.pass_freely.set()
        await until(crm, lambda: {value_of(crm, row.id) for row in rows} == {"4321"})
        assert len(sandbox.query(BY_IDS)) == 1


async def test_the_mirror_gets_the_whole_record_that_was_read_back(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    waits = Waits()
    mirror = Mirror(tmp_path / "book.sqlite3", "here")
    async with a_book(sandbox, waits, mirror=mirror) as crm:
        (row,), target = some_cards(crm, 1)
        await moved(crm, [row], target)
        sandbox.execute("UPDATE crmopportunities SET Value = 4321 WHERE Id = ?", row.id)
        waits.pass_freely.set()
        await until(crm, lambda: value_of(crm, row.id) == "4321")
    mirror.close()
    again = Mirror(tmp_path / "book.sqlite3", "here")
    found = await again.cards(row.board_id, None, 1000)
    again.close()
    kept = {each.id: each for each in found or ()}
    assert (str(kept[row.id].value), kept[row.id].stage_id) == ("4321", target.id)


async def test_what_a_stage_did_that_nobody_knew_of_is_taken_back_too(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    waits = Waits()
    async with a_book(sandbox, waits) as crm:
        (row,), target = some_cards(crm, 1)
        sandbox.execute("UPDATE crmboardcolumns SET WinOpportunity = 1 WHERE Id = ?", target.id)
        await moved(crm, [row], target)
        assert status_of(sandbox, row) == 2
        waits.pass_freely.set()
        await until(crm, lambda: (found := crm.snapshot.row(row.id)) is None or found.status == 2)
        await until_said(crm, "the server made it won")
        (entry,) = await crm.journal.entries()
        assert entry.state == IntentState.DONE
        crm.undo()
        await crm.settle()
        assert (sandbox.stage_of(row.id), status_of(sandbox, row)) == (row.stage_id, row.status)


async def until_said(crm: Crm, words: str) -> None:
    """Wait until the journal says something of the newest entry."""
    while (await crm.journal.entries())[0].words != words:
        crm.journal.recount()


def status_of(sandbox: Sandbox, row: OpportunityRow) -> int:
    ((status,),) = sandbox.query("SELECT Status FROM crmopportunities WHERE Id = ?", row.id)
    return int(status)


async def test_what_went_wrong_since_stays_said(sandbox: Sandbox) -> None:
    waits = Waits()
    async with a_book(sandbox, waits) as crm:
        (row, other), target = some_cards(crm, 2)
        await moved(crm, [row, other], target)
        await sandbox.fault(method="PUT", action="refuse", message="Tuesdays only")
        again = crm.snapshot.row(row.id)
        assert again is not None
        await moved(crm, [again], crm.snapshot.stages[row.stage_id])
        await sandbox.heal()
        assert crm.snapshot.state(row.id) == RowState.FAILED
        sandbox.execute("UPDATE crmopportunities SET Value = 4321")
        waits.pass_freely.set()
        await until(crm, lambda: value_of(crm, other.id) == "4321")
        assert crm.snapshot.state(row.id) == RowState.FAILED
