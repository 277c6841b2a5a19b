"""What others write between our look and our write: found behind it, named, and put back with one call (F15, F16)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crm_tui.api.auth import Basic, Secret
from crm_tui.domain.change import Change, Planned, Set
from crm_tui.domain.intent import Binding
from crm_tui.domain.snapshot import RowState
from crm_tui.service.auditing import UNREAD, WAITS
from crm_tui.service.crm import Crm
from tests.service.journals import OPPORTUNITIES, a_move, a_value, cards_and_target, carried_out
from tests.world import (
    NOW,
    Sandbox,
    Waits,
    forever,
    loaded,
    no_wait,
    open_book,
    running,
    until,
)

ANA = ("ana@example.com", "sandbox")
MINA = ("mina@example.com", "sandbox")


async def written_between(
    sandbox: Sandbox, crm: Crm, plan: Planned, by: tuple[str, str] = MINA, **theirs: Any
) -> None:
    """Have somebody else write when our look was answered and our write has not been carried out."""
    arrived = len(sandbox.writes())
    await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="latency", seconds=1.5)
    crm.submit([plan])
    while len(sandbox.writes()) == arrived:  # noqa: ASYNC110 - the other one is a server
        await asyncio.sleep(0.005)
    async with sandbox.http() as client:
        record = (await client.get(f"{OPPORTUNITIES}/{plan.record_id}")).json()
        answer = await client.put(OPPORTUNITIES, json={**record, **theirs}, auth=by)
        assert answer.json()["WasSuccessful"], answer.text
    await crm.settle()
    assert crm.snapshot.state(plan.record_id) == RowState.SAVED


@pytest.mark.parametrize("kind", ["another field", "the same field", "the stage"])
async def test_f15_what_was_written_over_unseen_is_found_named_and_put_back(
    sandbox: Sandbox, kind: str
) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        plan = a_value(row, "5") if kind != "another field" else a_move(crm, row, target)
        theirs: dict[str, Any] = {"Value": 77}
        if kind == "the stage":
            theirs = {"CrmBoardColumnId": target.id}
        await written_between(sandbox, crm, plan, **theirs)
        await until(crm, lambda: bool(crm.overwritten()))
        (found,) = crm.overwritten()
        field = "stage_id" if kind == "the stage" else "value"
        assert (found.record_id, found.field) == (row.id, field)
        assert (found.theirs, found.by) == (
            str(target.id) if kind == "the stage" else "77",
            "mina@example.com",
        )
        assert crm.restore(found)
        await crm.settle()
        assert crm.overwritten() == []
    if kind == "the stage":
        assert sandbox.stage_of(row.id) == target.id
    else:
        kept = sandbox.query("SELECT Value FROM crmopportunities WHERE Id = ?", row.id)
        assert kept == [("77",)]


async def come_between(sandbox: Sandbox, record_id: int, **theirs: Any) -> None:
    """Have somebody else write the moment after our next look at a record was answered."""
    at = {"method": "GET", "path": f"{OPPORTUNITIES}/{record_id}", "nth": 1}
    edit = {"entity": "CrmOpportunity", "id": record_id, "set": theirs, "at_request": at}
    async with sandbox.http() as client:
        answer = await client.post("/api/_sandbox/edits", json=[edit])
        assert answer.status_code == 200, answer.text


async def looked_behind(sandbox: Sandbox, count: int = 1) -> None:
    """Wait until the trail was asked for that often."""
    while len(sandbox.asked("/api/sys/audittrailentries")) < count:  # noqa: ASYNC110 - the other one is a server
        await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("rounds", "share"),
    [(20, 0.5), pytest.param(500, 1.0, marks=[pytest.mark.long, pytest.mark.timeout(900)])],
)
async def test_f15_every_write_in_the_window_is_found_and_none_is_made_up(
    sandbox: Sandbox, rounds: int, share: float
) -> None:
    chance, theirs = Random(rounds), {}
    async with open_book(sandbox) as crm:
        _, target = cards_and_target(crm, 1)
        ids = [row.id for row in crm.snapshot.rows() if row.board_id == target.board_id]
        for number in range(rounds):
            row = crm.snapshot.row(chance.choice(ids))
            assert row is not None
            if chance.random() < share:
                theirs[number] = (row.id, str(10_000 + number))
                await come_between(sandbox, row.id, Value=10_000 + number)
            is_value = chance.random() < 0.5
            due = NOW + timedelta(minutes=number)
            later = Change((Set("due_on", row.due_on, due),))
            plan = a_value(row, str(number)) if is_value else Planned(row.id, later, "", "")
            (outcome,) = await carried_out(crm, plan)
            assert outcome.state == RowState.SAVED
            crm.refresh()
            await loaded(crm)
        expected = sorted(theirs.values())
        await until(crm, lambda: len(crm.overwritten()) >= len(expected))
        found = crm.overwritten()
        assert sorted((each.record_id, each.theirs) for each in found) == expected
        assert {(each.field, each.by) for each in found} == {("value", "mina@example.com")}


async def test_f15_several_writes_to_one_record_are_all_looked_behind(sandbox: Sandbox) -> None:
    waits = Waits()
    async with open_book(sandbox, sleep=waits) as crm:
        (row, *_), target = cards_and_target(crm)
        waits.pass_freely.clear()
        await come_between(sandbox, row.id, Value=77)
        await carried_out(crm, a_move(crm, row, target))
        now = crm.snapshot.row(row.id)
        assert now is not None
        assert now.value == row.value
        await carried_out(crm, a_value(now, "5"))
        assert crm.overwritten() == []
        waits.pass_freely.set()
        await until(crm, lambda: bool(crm.overwritten()))
        assert [(each.field, each.theirs) for each in crm.overwritten()] == [("value", "77")]


async def test_f15_what_was_written_before_an_end_is_looked_behind_after_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    async with open_book(sandbox, journal=journal, sleep=forever) as crm:
        (row, *_), target = cards_and_target(crm)
        await come_between(sandbox, row.id, Value=77)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang", after_commit=True)
        crm.submit([a_move(crm, row, target)])
        while not sandbox.writes():  # noqa: ASYNC110 - the other one is a server
            await asyncio.sleep(0.005)
    assert sandbox.asked("/api/sys/audittrailentries") == []
    async with open_book(sandbox, journal=journal, sleep=no_wait) as crm:
        await until(crm, lambda: bool(crm.overwritten()))
        (found,) = crm.overwritten()
        assert (found.field, found.theirs, found.by) == ("value", "77", "mina@example.com")
    assert len(sandbox.writes()) == 1


async def test_f15_a_write_that_nobody_came_between_raises_no_alarm(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), target = cards_and_target(crm)
        await carried_out(crm, a_move(crm, row, target))
        await looked_behind(sandbox)
        for amount in ("5", "6"):
            now = crm.snapshot.row(row.id)
            assert now is not None
            await carried_out(crm, a_value(now, amount))
        await looked_behind(sandbox, 3)
        await carried_out(crm)
        assert crm.overwritten() == []


async def test_f06_a_moment_that_moved_without_any_field_is_no_conflict(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        (row, *_), _ = cards_and_target(crm)
        async with sandbox.http() as client:
            edit = {"entity": "CrmOpportunity", "id": row.id}
            answer = await client.post("/api/_sandbox/edits", json=[edit])
            assert answer.status_code == 200, answer.text
        before = sandbox.query("SELECT UpdatedBy FROM crmopportunities WHERE Id = ?", row.id)
        assert before == [("mina@example.com",)]
        (outcome,) = await carried_out(crm, a_value(row, "5"))
        assert (outcome.state, outcome.words) == (RowState.SAVED, "")
    assert len(sandbox.writes()) == 1


async def test_f16_entries_that_come_late_are_still_found(sandbox: Sandbox) -> None:
    waits = Waits()
    async with sandbox.http() as client:
        answer = await client.post("/api/_sandbox/switches", json={"audit_delay": 60})
        assert answer.status_code == 200, answer.text
    async with open_book(sandbox, sleep=waits) as crm:
        (row, *_), target = cards_and_target(crm)
        waits.pass_freely.clear()
        moved = asyncio.create_task(
            written_between(sandbox, crm, a_move(crm, row, target), Value=77)
        )
        while WAITS[0] not in waits.asked:
            await waits.another()
        await moved
        waits.pass_freely.set()
        while WAITS[1] not in waits.asked:
            await waits.another()
        async with sandbox.http() as client:
            await client.post("/api/_sandbox/switches", json={"audit_delay": 0})
        await until(crm, lambda: bool(crm.overwritten()))
        assert crm.overwritten()[0].theirs == "77"


async def test_f16_without_the_role_it_is_said_once_and_moves_are_found_in_their_history(
    sandbox: Sandbox,
) -> None:
    tom = Basic("tom@example.com", Secret("sandbox"))
    crm = sandbox.crm(tom, binding=Binding(sandbox.address.url, tom.user))
    async with running(crm):
        await loaded(crm)
        (row, *_), target = cards_and_target(crm, 1)
        third = next(
            stage
            for stage in crm.snapshot.stages_of(row.board_id)
            if stage.id not in (row.stage_id, target.id) and not stage.wins and not stage.loses
        )
        plan = a_move(crm, row, target)
        await written_between(sandbox, crm, plan, by=ANA, CrmBoardColumnId=third.id)
        await until(crm, lambda: bool(crm.overwritten()))
        (found,) = crm.overwritten()
        assert (found.field, found.theirs) == ("stage", third.name)
        assert crm.notices() == [UNREAD]
        assert crm.restore(found)
        await crm.settle()
    assert sandbox.stage_of(row.id) == third.id
