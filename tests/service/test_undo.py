"""Taking back and doing again: before it is sent, after, in bulk, and over a restart."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from crm_tui.domain.intent import IntentState
from crm_tui.domain.pipeline import neighbour_stage
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from crm_tui.structs import replace
from tests.service.journals import (
    HELD,
    OPPORTUNITIES,
    a_move,
    a_value,
    cards_and_target,
    carried_out,
    held,
    settled,
    states,
)
from tests.world import NOW, Sandbox, Waits, no_wait, open_book, until


async def being_refused(sandbox: Sandbox, crm: Crm, row: OpportunityRow) -> None:
    """Have a change on its way that the server is going to refuse."""
    await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="refuse", message="no")
    crm.submit([a_value(row, "12.50")])
    await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SENDING)


async def test_what_was_sent_is_taken_back_by_a_write_that_says_what_has_happened(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.snapshot.stages[target.id] = replace(target, macro_id=1)
        await carried_out(crm, a_move(crm, row, target))
        (intent,) = crm.undo()
        home = crm.snapshot.stages[row.stage_id].name
        assert intent.takes_back
        assert intent.said.startswith(f"back to {home} (already happened: sends a message")
        shown = crm.snapshot.row(row.id)
        assert shown is not None
        assert shown.stage_id == row.stage_id
        await crm.settle()
        assert crm.undo() == []
    assert sandbox.stage_of(row.id) == row.stage_id
    assert [body["Position"] for body in sandbox.writes()][-1] == row.position


@pytest.mark.parametrize("is_restarted", [False, True], ids=["at once", "after a restart"])
async def test_a_stage_that_was_passed_by_has_done_nothing_yet_and_does_it_now(
    sandbox: Sandbox, tmp_path: Path, is_restarted: bool
) -> None:
    def acting(crm: Crm, stage: Stage) -> None:
        crm.snapshot.stages[stage.id] = replace(stage, macro_id=1)

    def taken_back(crm: Crm) -> list[str]:
        return [intent.said for _ in range(2) for intent in crm.undo()]

    journal = tmp_path / "journal.sqlite3"
    async with open_book(sandbox, hold=HELD, journal=journal) as crm:
        (row, *_), between = cards_and_target(crm)
        beyond = neighbour_stage(crm.snapshot, between, 1)
        assert beyond is not None
        acting(crm, between)
        for stage in (between, beyond):
            shown = crm.snapshot.row(row.id)
            assert shown is not None
            crm.submit([a_move(crm, shown, stage)])
        await crm.settle()
        said = [] if is_restarted else taken_back(crm)
    if is_restarted:
        async with open_book(sandbox, hold=HELD, journal=journal) as crm:
            acting(crm, between)
            said = taken_back(crm)
    assert len(sandbox.writes()) == 1
    assert said[0].startswith(f"back to {between.name} (now: sends a message")
    assert "happened" not in said[1]


async def test_a_stage_that_was_passed_by_and_is_entered_on_the_way_back_has_done_something(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        (row, *_), between = cards_and_target(crm)
        beyond = neighbour_stage(crm.snapshot, between, 1)
        assert beyond is not None
        crm.snapshot.stages[between.id] = replace(between, macro_id=1)
        for stage in (between, beyond):
            shown = crm.snapshot.row(row.id)
            assert shown is not None
            crm.submit([a_move(crm, shown, stage)])
        await crm.settle()
        crm.undo()
        await crm.settle()
        (last,) = crm.undo()
    assert len(sandbox.writes()) == 2
    assert "already happened: sends a message" in last.said


async def test_what_a_stage_made_of_the_record_is_taken_back_with_the_move(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        won = next(stage for stage in crm.snapshot.stages_of(row.board_id) if stage.wins)
        await carried_out(crm, a_move(crm, row, won))
        crm.undo()
        await crm.settle()
    kept = sandbox.query(
        "SELECT Status, Completed, WonOn FROM crmopportunities WHERE Id = ?", row.id
    )
    assert kept == [(1, 0, None)]


async def test_undo_keeps_what_others_did_since(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        await carried_out(crm, a_value(row, "12.50"))
        sandbox.execute("UPDATE crmopportunities SET Value = '77' WHERE Id = ?", row.id)
        crm.undo()
        (outcome,) = await settled(crm)
        assert outcome.state == RowState.CONFLICT
        # What could not be taken back can be tried again.
        sandbox.execute("UPDATE crmopportunities SET Value = '12.5' WHERE Id = ?", row.id)
        assert len(crm.undo()) == 1
        (outcome,) = await settled(crm)
        assert outcome.state == RowState.SAVED


async def test_what_is_taken_back_while_it_is_sent_and_fails_leaves_no_trouble_behind(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        await being_refused(sandbox, crm, row)
        (back,) = crm.undo()
        outcomes = await settled(crm)
        assert [(outcome.state, outcome.words, outcome.is_moot) for outcome in outcomes] == [
            (RowState.FAILED, "no", False),
            (RowState.SAVED, "it was not saved: no", True),
        ]
        assert crm.snapshot.state(row.id) == RowState.SAVED
        assert crm.snapshot.row(row.id) == row
        assert (crm.undo(), crm.redo()) == ([], [])
        newest = (await crm.journal.entries())[0]
        assert (newest.marker, newest.state) == (back.marker, IntentState.CANCELLED)
    assert len(sandbox.writes()) == 1


async def test_what_was_made_on_top_of_a_failed_change_and_its_undo_fails_still(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        await being_refused(sandbox, crm, row)
        crm.undo()
        crm.submit([a_value(row, "40")])
        outcomes = await settled(crm)
        assert [outcome.state for outcome in outcomes] == [RowState.FAILED] * 3
        assert crm.snapshot.state(row.id) == RowState.FAILED


async def test_what_somebody_is_asked_about_is_not_sent_meanwhile(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, other, *_), _ = cards_and_target(crm)
        await carried_out(crm, a_value(row, "1"))
        crm.hold_off()
        crm.submit([a_value(row, "2")])
        crm.drop_held()
        go_on = crm.hold_off()
        crm.submit([a_value(other, "3")])
        go_on()
        await until(crm, lambda: crm.snapshot.state(other.id) == RowState.SAVED)
        await crm.settle()
    assert [body["Value"] for body in sandbox.writes()] == [1, 3]


async def test_redo_is_the_undo_of_an_undo(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        await carried_out(crm, a_move(crm, row, target))
        for _ in range(2):
            crm.undo()
            await crm.settle()
            assert sandbox.stage_of(row.id) == row.stage_id
            assert len(crm.redo()) == 1
            await crm.settle()
            assert sandbox.stage_of(row.id) == target.id
        assert crm.redo() == []


async def test_many_steps_are_taken_back_and_done_again_in_their_order(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        for value in ("1", "2", "3"):
            now = crm.snapshot.row(row.id)
            assert now is not None
            await carried_out(crm, a_value(now, value))
        seen = []
        for turn in (crm.undo, crm.undo, crm.redo, crm.undo, crm.undo, crm.redo, crm.redo):
            turn()
            await crm.settle()
            now = crm.snapshot.row(row.id)
            assert now is not None
            seen.append(now.value)
    first = row.value
    assert seen == [2, 1, 2, 1, first, 1, 2]


async def test_a_new_step_ends_what_could_be_done_again(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, other, *_), target = cards_and_target(crm)
        await carried_out(crm, a_move(crm, row, target))
        crm.undo()
        await crm.settle()
        await carried_out(crm, a_move(crm, other, target))
        assert crm.redo() == []


async def test_a_bulk_is_one_step_both_ways(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        rows = list(crm.snapshot.rows())[:12]
        await carried_out(crm, *(a_value(row, "12.50") for row in rows))
        assert len(crm.undo()) == 12
        await crm.settle()
        assert [crm.snapshot.row(row.id) for row in rows] == [
            replace(row, updated_on=now.updated_on)
            for row in rows
            if (now := crm.snapshot.row(row.id)) is not None
        ]
        assert len(crm.redo()) == 12
        await crm.settle()
    values = sandbox.query("SELECT count(*) FROM crmopportunities WHERE Value = '12.50'")
    assert values == [(12,)]


async def test_a_step_that_was_cancelled_can_be_asked_for_again(sandbox: Sandbox) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_move(crm, row, target)])
        crm.undo()
        assert len(crm.redo()) == 1
        await crm.settle()
        assert await states(crm) == [IntentState.CANCELLED, IntentState.DONE]
    assert sandbox.stage_of(row.id) == target.id


async def test_a_taking_back_that_is_still_held_is_dropped_by_redo(sandbox: Sandbox) -> None:
    waits = Waits()
    async with open_book(sandbox, hold=HELD, sleep=waits) as crm:
        (row, *_), target = cards_and_target(crm)
        await carried_out(crm, a_move(crm, row, target))
        waits.pass_freely.clear()
        crm.undo()
        assert len(crm.redo()) == 1
        after = crm.snapshot.row(row.id)
        assert after is not None
        assert after.stage_id == target.id
        waits.pass_freely.set()
        await crm.settle()
        assert len(crm.undo()) == 1
        await crm.settle()
    assert [body["CrmBoardColumnId"] for body in sandbox.writes()] == [target.id, row.stage_id]


async def test_what_is_on_its_way_is_taken_back_behind_it(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_move(crm, row, target)])
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SENDING)
        assert len(crm.undo()) == 1
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED
    assert [body["CrmBoardColumnId"] for body in sandbox.writes()] == [target.id, row.stage_id]


async def test_going_back_while_the_move_is_on_its_way_is_held_as_an_arrival(
    sandbox: Sandbox,
) -> None:
    waits = Waits()
    async with open_book(sandbox, hold=HELD, sleep=waits) as crm:
        (row, *_), target = cards_and_target(crm)
        home = crm.snapshot.stages[row.stage_id]
        crm.snapshot.stages[home.id] = replace(home, macro_id=1)
        waits.pass_freely.clear()
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang")
        crm.submit([a_move(crm, row, target)])
        await waits.another()
        waits.pass_freely.set()
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SENDING)
        waits.pass_freely.clear()
        assert crm.snapshot.would_arrive(row.id, home.id)
        between = crm.snapshot.row(row.id)
        assert between is not None
        crm.submit([a_move(crm, between, crm.snapshot.stages[home.id])])
        assert crm.held_until() == NOW + HELD.with_effects


async def test_what_is_on_its_way_shows_again_when_what_was_held_behind_it_is_taken_back(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang")
        crm.submit([a_move(crm, row, target)])
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SENDING)
        between = crm.snapshot.row(row.id)
        assert between is not None
        crm.submit([a_value(between, "1")])
        assert crm.snapshot.state(row.id) == RowState.HELD
        crm.undo()
        assert crm.snapshot.state(row.id) == RowState.SENDING


async def test_a_clock_that_is_set_back_shortens_no_hold(sandbox: Sandbox) -> None:
    waits, hour = Waits(), timedelta(hours=1)
    times = [NOW]
    async with open_book(sandbox, hold=HELD, sleep=waits, clock=lambda: times[-1]) as crm:
        (row, other, *_), _ = cards_and_target(crm)
        await carried_out(crm, a_value(row, "1"))
        waits.pass_freely.clear()
        times.append(NOW - hour)
        crm.submit([a_value(other, "1")])
        await waits.another()
        assert waits.asked[-1] == HELD.plain.total_seconds()
        assert len(sandbox.writes()) == 1


async def test_g11_a_key_that_is_pressed_twice_is_one_write(sandbox: Sandbox) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        (row, *_), _ = cards_and_target(crm)
        for _ in range(30):
            crm.submit([a_value(row, "12.50")])
        await crm.settle()
    assert len(sandbox.writes()) == 1


async def test_undo_and_redo_reach_over_restarts(sandbox: Sandbox, tmp_path: Path) -> None:
    journal = tmp_path / "journal.sqlite3"
    async with open_book(sandbox, journal=journal) as crm:
        (row, *_), target = cards_and_target(crm)
        await carried_out(crm, a_move(crm, row, target))
        await carried_out(crm, a_value(row, "12.50"))
    async with open_book(sandbox, journal=journal) as crm:
        assert [intent.said for intent in crm.undo()] == ["back: worth 12.50"]
        await crm.settle()
    async with open_book(sandbox, journal=journal) as crm:
        assert len(crm.redo()) == 1
        await crm.settle()
    async with open_book(sandbox, journal=journal) as crm:
        for _ in range(2):
            assert len(crm.undo()) == 1
            await crm.settle()
        assert crm.undo() == []
        after = crm.snapshot.row(row.id)
        assert after is not None
        assert (after.value, after.stage_id) == (row.value, row.stage_id)


async def test_what_was_cancelled_before_a_restart_can_be_asked_for_after_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    async with open_book(sandbox, journal=journal, hold=HELD) as crm:
        (row, *_), _ = cards_and_target(crm)
        crm.submit([a_value(row, "12.50")])
        await held(crm, row)
        crm.undo()
    async with open_book(sandbox, journal=journal, sleep=no_wait) as crm:
        assert crm.left_over() == []
        assert len(crm.redo()) == 1
        await crm.settle()
        after = crm.snapshot.row(row.id)
        assert after is not None
        assert after.value == Decimal("12.50")


async def test_however_often_it_goes_back_and_forth_it_is_said_once(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        await carried_out(crm, a_value(row, "12.50"))
        (first,) = await crm.journal.entries()
        for turn in (crm.undo, crm.redo, crm.undo, crm.redo):
            turn()
            await crm.settle()
        said = [entry.said for entry in await crm.journal.entries()]
    assert said == [*[f"again: {first.said}", f"back: {first.said}"] * 2, first.said]
