"""A bulk of many records: killed again and again, and with every kind of outcome; the server's trail is the witness."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from crm_tui.domain.intent import IntentState
from crm_tui.domain.snapshot import RowState
from tests.api.test_two_processes import process, said, tell
from tests.service.journals import OPPORTUNITIES, a_value, carried_out, states
from tests.service.judging import newest_of_trail, trail
from tests.world import Sandbox, open_book, running_sandbox

WINDOW = "tests.service.windowed"

KILLS = (1, 120, 121, 300, 499)
"""Which write of a bulk of 500 is on its way when its window is killed, one after the other."""


async def arrived(sandbox: Sandbox, count: int) -> None:
    """Wait until so many writes have arrived, by looking into the sandbox's database."""
    async with asyncio.timeout(120):
        while puts(sandbox) < count:  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.005)


def puts(sandbox: Sandbox) -> int:
    """Count the writes that have arrived."""
    ((count,),) = sandbox.query("SELECT count(*) FROM requests WHERE Method = 'PUT'")
    return int(count)


def records_in_use(sandbox: Sandbox, count: int) -> list[int]:
    """Give ids of opportunities on boards in use."""
    rows = sandbox.query(
        """SELECT o.Id FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
           JOIN crmboards b ON b.Id = c.CrmBoardId WHERE b.Archived = 0 ORDER BY o.Id LIMIT ?""",
        count,
    )
    assert len(rows) == count, "the seed is too small"
    return [record_id for (record_id,) in rows]


def effective(sandbox: Sandbox, records: list[int], since: int) -> Counter[int]:
    """Count how often each record was given a value of ours."""
    found = trail(sandbox, records, since)
    return Counter(each.record_id for each in found if each.field == "value" and each.is_ours)


def values(sandbox: Sandbox, records: list[int]) -> set[float]:
    """Give the values that some records have."""
    marks = ", ".join("?" * len(records))
    sql = f"SELECT Value FROM crmopportunities WHERE Id IN ({marks})"
    return {float(value) for (value,) in sandbox.query(sql, *records)}


async def a_window_killed_at(
    sandbox: Sandbox, journal: Path, nth: int, *, is_committed: bool, line: str = ""
) -> None:
    """Open a window, perhaps tell it something, and kill it while its nth write is on its way."""
    before = puts(sandbox)
    await sandbox.fault(
        method="PUT",
        path=OPPORTUNITIES,
        action="hang",
        after=nth - 1,
        after_commit=is_committed,
    )
    async with process(WINDOW, str(sandbox.database.parent), str(journal)) as window:
        if line:
            tell(window, line)
            assert await said(window) == "held"
        await arrived(sandbox, before + nth)
        window.kill()
        await window.wait()
    await sandbox.heal()


async def resumed(sandbox: Sandbox, journal: Path, records: list[int], since: int) -> None:
    """Let a window finish what killed ones have left, and look what the server saw of all of them."""
    async with open_book(sandbox, journal=journal) as crm:
        await crm.settle()
        entries = await crm.journal.entries(len(records) + 1)
        assert Counter(entry.state for entry in entries) == {IntentState.DONE: len(records)}
    assert effective(sandbox, records, since) == dict.fromkeys(records, 1)
    assert values(sandbox, records) == {4321}


@pytest.mark.timeout(240)
async def test_L03_a_bulk_of_500_killed_five_times_writes_each_record_once(journal: Path) -> None:
    async with running_sandbox(size=600) as sandbox:
        records = records_in_use(sandbox, 500)
        since = newest_of_trail(sandbox)
        line = f"bulk 4321 {' '.join(map(str, records))}"
        written = 0
        for number, at in enumerate(KILLS):
            is_committed = number % 2 == 0
            nth = at - written
            await a_window_killed_at(sandbox, journal, nth, is_committed=is_committed, line=line)
            line = ""
            written = at if is_committed else at - 1
            assert len(effective(sandbox, records, since)) == written
        await resumed(sandbox, journal, records, since)


@pytest.mark.long
@pytest.mark.timeout(240)
@pytest.mark.parametrize("is_committed", [True, False], ids=["committed", "lost"])
@pytest.mark.parametrize("at", range(1, 41))
async def test_L03_a_bulk_killed_at_any_write_goes_on_with_exactly_the_rest(
    sandbox: Sandbox, journal: Path, at: int, is_committed: bool
) -> None:
    records = records_in_use(sandbox, 40)
    since = newest_of_trail(sandbox)
    line = f"bulk 4321 {' '.join(map(str, records))}"
    await a_window_killed_at(sandbox, journal, at, is_committed=is_committed, line=line)
    async with open_book(sandbox, journal=journal) as crm:
        assert len(crm.left_over()) == 40 - at + 1
    await resumed(sandbox, journal, records, since)


@pytest.mark.parametrize("is_committed", [True, False], ids=["committed", "lost"])
async def test_L03_a_bulk_that_stops_at_any_write_goes_on_with_exactly_the_rest(
    sandbox: Sandbox, tmp_path: Path, is_committed: bool
) -> None:
    for at in range(1, 6):
        journal = tmp_path / f"{at}.sqlite3"
        records = records_in_use(sandbox, 5)
        sandbox.execute("UPDATE crmopportunities SET Value = '1'")
        since, before = newest_of_trail(sandbox), puts(sandbox)
        await sandbox.fault(
            method="PUT",
            path=OPPORTUNITIES,
            action="hang",
            after=at - 1,
            after_commit=is_committed,
        )
        async with open_book(sandbox, journal=journal) as crm:
            rows = [row for each in records if (row := crm.snapshot.row(each)) is not None]
            crm.submit([a_value(row, "4321") for row in rows])
            await arrived(sandbox, before + at)
        await sandbox.heal()
        await resumed(sandbox, journal, records, since)
        assert puts(sandbox) - before == 5 + (not is_committed)


async def test_L04_mixed_outcomes_of_a_bulk_add_up_and_each_record_has_one(
    sandbox: Sandbox, journal: Path
) -> None:
    async with open_book(sandbox, journal=journal) as crm:
        records = records_in_use(sandbox, 20)
        rows = [row for each in records if (row := crm.snapshot.row(each)) is not None]
        conflict, gone, refused, lost = (rows[place].id for place in (1, 2, 3, 4))
        sandbox.execute("UPDATE crmopportunities SET Value = '77' WHERE Id = ?", conflict)
        sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", gone)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="refuse", after=1)
        await sandbox.fault(
            method="PUT", path=OPPORTUNITIES, action="drop", after=2, after_commit=True
        )
        await sandbox.fault(
            method="GET", path=f"{OPPORTUNITIES}/{lost}", action="drop", after=1, times=None
        )
        outcomes = await carried_out(crm, *(a_value(row, "4321") for row in rows))
        shown = {each.intent.record_id: each.state for each in outcomes}
        assert len(outcomes) == len(shown) == 20
        assert shown.pop(conflict) == RowState.CONFLICT
        assert shown.pop(gone) == RowState.PARKED
        assert shown.pop(refused) == RowState.FAILED
        assert shown.pop(lost) == RowState.UNKNOWN
        assert set(shown.values()) == {RowState.SAVED}
        assert Counter(await states(crm)) == {
            IntentState.DONE: 16,
            IntentState.CONFLICT: 1,
            IntentState.PARKED: 1,
            IntentState.FAILED: 1,
            IntentState.UNKNOWN: 1,
        }
    assert values(sandbox, list(shown)) == {4321}
    assert values(sandbox, [conflict]) == {77}
    assert 4321 not in values(sandbox, [refused])
