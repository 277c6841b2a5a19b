"""Lost updates: what others do to a record between the look and the write (rows F)."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from crm_tui.domain.change import Change, Follow, Place, Planned, Set
from crm_tui.domain.intent import IntentState
from crm_tui.domain.snapshot import RowState
from crm_tui.service.activity import BASE, MINE, THEIRS
from tests.service.journals import (
    HELD,
    OPPORTUNITIES,
    a_move,
    a_note,
    a_value,
    cards_and_target,
    carried_out,
    newest,
    settled,
)
from tests.world import Sandbox, open_book


def value_of(sandbox: Sandbox, record_id: int) -> Decimal | None:
    ((value,),) = sandbox.query("SELECT Value FROM crmopportunities WHERE Id = ?", record_id)
    return None if value is None else Decimal(str(value))


def notes_of(sandbox: Sandbox, record_id: int) -> str | None:
    ((notes,),) = sandbox.query("SELECT Notes FROM crmopportunities WHERE Id = ?", record_id)
    return None if notes is None else str(notes)


async def test_f01_another_field_that_somebody_changed_lives_beside_mine(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        sandbox.execute("UPDATE crmopportunities SET Name = 'theirs' WHERE Id = ?", row.id)
        (outcome,) = await carried_out(crm, a_move(crm, row, target))
    assert outcome.state == RowState.SAVED
    kept = sandbox.query("SELECT Name, CrmBoardColumnId FROM crmopportunities WHERE Id=?", row.id)
    assert kept == [("theirs", target.id)]


@pytest.mark.parametrize("choice", [MINE, THEIRS])
async def test_f02_the_same_field_is_a_conflict_and_nothing_is_lost_whichever_is_chosen(
    sandbox: Sandbox, choice: str
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        sandbox.execute("UPDATE crmopportunities SET Value = '77' WHERE Id = ?", row.id)
        (outcome,) = await carried_out(crm, a_value(row, "12.50"))
        assert (outcome.state, outcome.words) == (RowState.CONFLICT, "somebody changed value")
        assert sandbox.writes() == []
        entry = await newest(crm)
        (clash,) = entry.clashes
        assert (clash.base, clash.mine, clash.theirs) == (row.value, Decimal("12.50"), Decimal(77))
        crm.refresh()
        assert crm.snapshot.state(row.id) == RowState.CONFLICT
        assert await crm.journal.resolve(entry.number, choice)
        assert not await crm.journal.resolve(entry.number, choice)
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED
        after = await newest(crm)
    assert value_of(sandbox, row.id) == (Decimal("12.50") if choice == MINE else Decimal(77))
    assert after.state == (IntentState.DONE if choice == MINE else IntentState.CANCELLED)
    assert [p.state for p in after.passages][:2] == [IntentState.HELD, IntentState.CONFLICT]


async def test_f02_a_conflict_is_settled_field_by_field(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        third = next(
            stage
            for stage in crm.snapshot.stages_of(row.board_id)
            if stage.id not in (row.stage_id, target.id) and not stage.wins and not stage.loses
        )
        sandbox.execute(
            "UPDATE crmopportunities SET Value = '77', CrmBoardColumnId = ? WHERE Id = ?",
            *(third.id, row.id),
        )
        both = Change((*a_move(crm, row, target).change.parts, *a_value(row, "5").change.parts))
        await carried_out(crm, Planned(row.id, both, "", ""))
        number = (await newest(crm)).number
        assert not await crm.journal.resolve(number, {"value": MINE})
        assert await crm.journal.resolve(number, {"value": MINE, "stage_id": THEIRS})
        await crm.settle()
    assert value_of(sandbox, row.id) == Decimal(5)
    assert sandbox.stage_of(row.id) == third.id


@pytest.mark.parametrize("choice", [MINE, THEIRS, BASE])
async def test_f02_a_loss_reason_is_written_with_its_status_or_not_at_all(
    sandbox: Sandbox, choice: str
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        sandbox.execute(
            "UPDATE crmopportunities SET Status = 2, Completed = 1 WHERE Id = ?", row.id
        )
        lost = Change(
            (
                Set("status", row.status, 3),
                Follow("completed", "status", False, True),
                Set("loss_reason", None, 4),
            )
        )
        (outcome,) = await carried_out(crm, Planned(row.id, lost, "", ""))
        assert outcome.state == RowState.CONFLICT
        assert await crm.journal.resolve((await newest(crm)).number, choice)
        await crm.settle()
    ((*kept,),) = sandbox.query(
        "SELECT Status, Completed, LossReason FROM crmopportunities WHERE Id = ?", row.id
    )
    wanted = {MINE: [3, 1, 4], THEIRS: [2, 1, None], BASE: [row.status, 0, None]}
    assert kept == wanted[choice]


async def test_f03_the_same_value_is_done_without_a_write(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        sandbox.execute("UPDATE crmopportunities SET Value = '12.5' WHERE Id = ?", row.id)
        (outcome,) = await carried_out(crm, a_value(row, "12.50"))
    assert (outcome.state, sandbox.writes()) == (RowState.SAVED, [])


@pytest.mark.parametrize("seeds", [range(20), pytest.param(range(20, 500), marks=pytest.mark.long)])
async def test_f04_what_changed_between_the_look_and_the_write_is_found_every_time(
    sandbox: Sandbox, seeds: range
) -> None:
    async with open_book(sandbox) as crm:
        for seed in seeds:
            random = Random(seed)
            row = random.choice(list(crm.snapshot.rows()))
            theirs = random.randrange(1_000, 9_000)
            written = len(sandbox.writes())
            sandbox.execute("UPDATE crmopportunities SET Value = ? WHERE Id = ?", theirs, row.id)
            (outcome,) = await carried_out(crm, a_value(row, "12.50"))
            assert outcome.state == RowState.CONFLICT, seed
            assert len(sandbox.writes()) == written, seed
            assert value_of(sandbox, row.id) == Decimal(theirs), seed


async def test_f06_a_record_that_was_only_touched_is_written_without_a_word(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        sandbox.execute(
            "UPDATE crmopportunities SET UpdatedOn = '2026-03-02T09:29:59Z' WHERE Id = ?", row.id
        )
        (outcome,) = await carried_out(crm, a_move(crm, row, target))
    assert (outcome.state, outcome.words) == (RowState.SAVED, "")


async def test_f07_f08_f09_what_no_row_knows_goes_back_as_it_came(sandbox: Sandbox) -> None:
    extra = '{"NewOne": {"x": [1, null, ""]}, "Big": 123456789012345678901234567890}'
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        sandbox.execute(
            "UPDATE crmopportunities SET Notes = 'long', extra = ? WHERE Id = ?", extra, row.id
        )
        async with sandbox.http() as client:
            before = (await client.get(f"{OPPORTUNITIES}/{row.id}")).json()
        await carried_out(crm, a_move(crm, row, target))
    (body,) = sandbox.writes()
    assert body["NewOne"] == {"x": [1, None, ""]}
    assert body["Big"] == 123456789012345678901234567890
    assert (list(body), body["Notes"]) == (list(before), "long")


async def test_f10_empty_and_nothing_are_not_taken_for_each_other(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        sandbox.execute("UPDATE crmopportunities SET Notes='', UtmTerm=NULL WHERE Id=?", row.id)
        await carried_out(crm, a_move(crm, row, target))
    kept = sandbox.query("SELECT Notes, UtmTerm FROM crmopportunities WHERE Id = ?", row.id)
    assert kept == [("", None)]


async def test_f11_what_the_stage_derives_is_no_conflict_and_shows_after_the_save(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        won = next(stage for stage in crm.snapshot.stages_of(row.board_id) if stage.wins)
        await carried_out(crm, a_move(crm, row, won))
        between = crm.snapshot.row(row.id)
        assert between is not None
        assert between.status == 2
        (outcome,) = await carried_out(crm, a_value(between, "9"))
    assert outcome.state == RowState.SAVED


async def test_f12_a_card_that_others_dragged_keeps_the_place_they_gave_it(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        sandbox.execute("UPDATE crmopportunities SET Position = 4321 WHERE Id = ?", row.id)
        await carried_out(crm, a_value(row, "12.50"))
        assert sandbox.writes()[-1]["Position"] == 4321
        place = Place(row.stage_id, 77, row.stage_id, row.position)
        (outcome,) = await carried_out(crm, Planned(row.id, Change((place,)), "", ""))
    assert (outcome.state, sandbox.writes()[-1]["Position"]) == (RowState.SAVED, 77)


async def test_f14_a_right_that_is_lost_parks_and_other_work_goes_on(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, other, *_), target = cards_and_target(crm)
        await sandbox.fault(
            action="status", status=403, body={"Message": "no"}, times=None,
            method="GET", path=f"{OPPORTUNITIES}/{row.id}",
        )  # fmt: skip
        first, second = await carried_out(crm, a_move(crm, row, target), a_move(crm, other, target))
        assert crm.snapshot.state(row.id) == RowState.PARKED
    assert (first.state, second.state) == (RowState.PARKED, RowState.SAVED)
    assert len(sandbox.asked(f"{OPPORTUNITIES}/{row.id}")) == 1
    assert sandbox.stage_of(other.id) == target.id


async def test_f20_of_a_bulk_those_that_changed_meanwhile_are_conflicts_and_the_rest_is_done(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        rows = list(crm.snapshot.rows())[:40]
        changed = {row.id for row in Random(20).sample(rows, 6)}
        for record_id in changed:
            sandbox.execute("UPDATE crmopportunities SET Value = '77' WHERE Id = ?", record_id)
        outcomes = await carried_out(crm, *(a_value(row, "12.50") for row in rows))
        listed = {
            e.record_id for e in await crm.journal.entries() if e.state == IntentState.CONFLICT
        }
    conflicts = {o.intent.record_id for o in outcomes if o.state == RowState.CONFLICT}
    assert conflicts == listed == changed
    assert sum(outcome.state == RowState.SAVED for outcome in outcomes) == 34


async def test_f22_409_without_retry_after_is_refused_and_asked_once(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        body = {"WasSuccessful": False, "Message": "somebody edits it"}
        await sandbox.fault(
            method="PUT", path=OPPORTUNITIES, action="status", status=409, body=body, times=None
        )
        (outcome,) = await carried_out(crm, a_move(crm, row, target))
    assert (outcome.state, outcome.words) == (RowState.FAILED, "somebody edits it")
    assert len(sandbox.writes()) == 1


async def test_h14_an_answer_about_another_record_is_no_success_and_is_looked_into(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        body = {"WasSuccessful": True, "Value": {"Id": row.id + 1}}
        await sandbox.fault(
            method="PUT", path=OPPORTUNITIES, action="status", status=200, body=body
        )
        (outcome,) = await carried_out(crm, a_move(crm, row, target))
        assert outcome.state == RowState.FAILED
    assert sandbox.stage_of(row.id) == row.stage_id


async def test_h08_a_fault_after_which_the_write_had_happened_is_no_failure(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        await sandbox.fault(
            method="PUT", path=OPPORTUNITIES, action="status", status=500, after_commit=True
        )
        (outcome,) = await carried_out(crm, a_move(crm, row, target))
    assert (outcome.state, len(sandbox.writes())) == (RowState.SAVED, 1)


async def test_g18_one_that_is_always_refused_is_parked_and_the_others_go_on(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (row, other, *_), target = cards_and_target(crm)
        errors = [{"PropertyName": "Value", "Message": "too small"}]
        body = {"WasSuccessful": False, "Errors": errors}
        await sandbox.fault(
            method="PUT", path=OPPORTUNITIES, action="status", status=400, body=body, times=2
        )
        (outcome,) = await carried_out(crm, a_value(row, "1"))
        assert (outcome.state, outcome.words) == (RowState.FAILED, "Value: too small")
        assert await crm.journal.retry((await newest(crm)).number)
        (again,) = await settled(crm)
        assert (again.state, again.words) == (RowState.PARKED, "Value: too small")
        (after,) = await carried_out(crm, a_move(crm, other, target))
        assert after.state == RowState.SAVED
        (parked,) = [e for e in await crm.journal.entries() if e.state == IntentState.PARKED]
        assert await crm.journal.retry(parked.number)
        (done,) = await settled(crm)
    assert done.state == RowState.SAVED
    assert value_of(sandbox, row.id) == Decimal(1)


async def test_notes_of_two_people_stand_one_behind_the_other(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        sandbox.execute("UPDATE crmopportunities SET Notes = 'old' WHERE Id = ?", row.id)
        crm.submit([a_note(row, "mine")])
        sandbox.execute("UPDATE crmopportunities SET Notes = 'old\ntheirs' WHERE Id = ?", row.id)
        await crm.settle()
    assert notes_of(sandbox, row.id) == "old\ntheirs\nmine"


async def test_a_note_that_was_taken_back_is_cut_out_and_nothing_else(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        sandbox.execute("UPDATE crmopportunities SET Notes = 'old' WHERE Id = ?", row.id)
        await carried_out(crm, a_note(row, "mine"))
        sandbox.execute(
            "UPDATE crmopportunities SET Notes = Notes || char(10) || 'theirs' WHERE Id = ?", row.id
        )
        assert [intent.takes_back for intent in crm.undo()] == [True]
        await crm.settle()
        assert notes_of(sandbox, row.id) == "old\ntheirs"


async def test_a_note_that_somebody_rewrote_is_not_cut_and_is_a_conflict(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        await carried_out(crm, a_note(row, "mine"))
        sandbox.execute("UPDATE crmopportunities SET Notes = 'mine, edited' WHERE Id = ?", row.id)
        crm.undo()
        (outcome,) = await settled(crm)
        assert outcome.state == RowState.CONFLICT
        assert await crm.journal.resolve((await newest(crm)).number, "drop")
    assert notes_of(sandbox, row.id) == "mine, edited"


async def test_f17_two_edits_of_one_record_do_not_contradict_each_other(sandbox: Sandbox) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        (row, *_), target = cards_and_target(crm)
        crm.submit([a_value(row, "1")])
        crm.submit([a_move(crm, row, target)])
        between = crm.snapshot.row(row.id)
        assert between is not None
        crm.submit([a_value(between, "2")])
        outcomes = await settled(crm)
    assert [outcome.state for outcome in outcomes] == [RowState.SAVED] * 3
    assert [(b["Value"], b["CrmBoardColumnId"]) for b in sandbox.writes()] == [(2, target.id)]
