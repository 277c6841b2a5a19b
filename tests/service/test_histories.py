"""Random histories of two windows, one foreign writer, trouble and crashes: nothing is lost unsaid (F18, goal G1)."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from crm_tui.domain.change import Change, Planned, Set
from tests.service.histories import TROUBLE, Play
from tests.service.judging import (
    Evidence,
    Told,
    Wanted,
    Written,
    idle,
    take_down_the_order,
    unended,
    wrongly_made,
)
from tests.stillness import one_thread
from tests.world import NOW, Sandbox, running_sandbox

LENGTH: Final = 30
RECORDS: Final = 3

MEMORY: Final = Path("/dev/shm")
"""Where a file is synced at once: what a disk does is another test's business."""

window = st.integers(0, 1)
record = st.integers(0, RECORDS - 1)
kind = st.sampled_from(["value", "value", "due_on", "notes", "move", "reorder", "make", "make"])
theirs = st.sampled_from(["value", "value", "due_on", "notes", "move"])
choice = st.integers(1, 4)
seconds = st.sampled_from([0, 1, 4, 4, 6, 20])
turns = st.integers(0, 120)

OPERATIONS: Final[dict[str, tuple[int, list[st.SearchStrategy[Any]]]]] = {
    "ask": (8, [window, record, kind, choice]),
    "others": (6, [record, theirs, choice, st.sampled_from([0, 0, 1, 1, 1, 2, 3])]),
    "trouble": (
        4,
        [
            st.sampled_from(["PUT", "PUT", "GET", "POST", "POST"]),
            st.sampled_from(sorted(TROUBLE)),
            st.sampled_from([0, 0, 0, 1, 2]),
        ],
    ),
    "undo": (2, [window]),
    "redo": (1, [window]),
    "resolve": (2, [window, st.sampled_from(["mine", "theirs", "again", "done", "drop"])]),
    "restore": (1, [window]),
    "crash": (2, [window, seconds, turns]),
    "go_on": (4, [seconds, turns]),
    "rest": (1, []),
}
"""Name → how often it happens, and what is drawn with it."""

NAMES: Final = [name for name, (often, _) in OPERATIONS.items() for _ in range(often)]


@st.composite
def operations(draw: st.DrawFn) -> tuple[Any, ...]:
    """Draw one thing that happens."""
    name = draw(st.sampled_from(NAMES))
    return (name, *map(draw, OPERATIONS[name][1]))


History = list[tuple[Any, ...]]
HISTORY = st.lists(operations(), min_size=LENGTH, max_size=LENGTH)


class Theatre:
    """One sandbox for all histories, which has forgotten each when the next one begins."""

    def __init__(self, world: tuple[Any, Any, Any]) -> None:
        self._runner, self._stillness, self._time = world
        self._served = running_sandbox(size=60, clock=self._time.clock, sleep=self._time.sleep)
        self._sandbox: Sandbox = self._runner.run(self._served.__aenter__())
        take_down_the_order(self._sandbox)
        leave_little(self._sandbox)
        self._played_before = 0
        self._pristine = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self._sandbox.database)) as connection:
            connection.backup(self._pristine)

    def play(self, history: History) -> None:
        """Carry out one history and judge it, an hour after the one before."""
        self._time.move(self._time.now + timedelta(hours=1))
        self._played_before += 1
        with closing(sqlite3.connect(self._sandbox.database)) as connection:
            self._pristine.backup(connection)
        place = str(MEMORY) if MEMORY.is_dir() else None
        with tempfile.TemporaryDirectory(prefix="crm-", dir=place) as folder:
            self._runner.run(self._played(Path(folder) / "journal.sqlite3", history))

    async def _played(self, journal: Path, history: History) -> None:
        play = Play(self._sandbox, journal, self._stillness, self._time)
        try:
            await play.begin(RECORDS)
            for name, *arguments in history:
                done = getattr(play, name)(*arguments)
                if done is not None:
                    await done
            await play.heal()
            await play.rest()
            await play.look_behind()
            await judged(play)
            await taken_back(play, self._played_before % RECORDS)
        finally:
            await play.heal()
            await play.end()

    def close(self) -> None:
        """End the sandbox."""
        self._runner.run(self._served.__aexit__(None, None, None))
        self._pristine.close()


def leave_little(sandbox: Sandbox) -> None:
    """Leave one board with few cards: whoever opens a window asks for all there are."""
    for statement in (
        "DELETE FROM crmboards WHERE Id != (SELECT CrmBoardId FROM crmboardcolumns JOIN crmopportunities o"
        " ON o.CrmBoardColumnId = crmboardcolumns.Id GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)",
        "DELETE FROM crmboardcolumns WHERE CrmBoardId NOT IN (SELECT Id FROM crmboards)",
        "DELETE FROM crmopportunities WHERE CrmBoardColumnId NOT IN (SELECT Id FROM crmboardcolumns)",
        "DELETE FROM crmopportunityhistories"
        " WHERE CrmOpportunityId NOT IN (SELECT Id FROM crmopportunities)",
        "DELETE FROM audittrailentries",
        "VACUUM",
    ):
        sandbox.execute(statement)


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with one_thread(NOW) as world:
        theatre = Theatre(world)
        try:
            yield theatre
        finally:
            theatre.close()


async def judged(play: Play) -> None:
    """See that nothing was lost unsaid, and that all that was promised has ended."""
    entries = await play.entries()
    assert unended(entries) == []
    assert set(play.asked) - {entry.marker for entry in entries} == set()
    evidence, wanted = Evidence(play.sandbox, play.records), Wanted(entries, play.asked)
    overwritten = evidence.overwritten()
    silent = [
        each.written
        for each in evidence.replaced()
        if each.written not in overwritten
        and not wanted.leads(
            each.written.record_id,
            each.written.field,
            each.written.before,
            each.written.after,
            each.sent_at,
        )
    ]
    assert silent == []
    assert [each for each in evidence.replaced() if wanted.is_older(each)] == []
    assert (
        named(each for each in overwritten if not evidence.is_put_back(each)) - play.told == set()
    )
    assert play.told - named(overwritten) == set()
    assert idle(entries, play.had, evidence.written, wanted) == []
    assert wrongly_made(play.sandbox, entries) == []


def named(written: Iterator[Written] | list[Written]) -> set[Told]:
    """Give what has to be told of what was replaced."""
    return {Told(each.record_id, each.field, each.before) for each in written}


async def taken_back(play: Play, number: int) -> None:
    """See that undo gives back what was there, when nobody comes between."""
    crm = play.windows[0].crm
    crm.refresh()
    await play.rest()
    row = crm.snapshot.row(play.records[number])
    assert row is not None
    change = Change((Set("value", row.value, Decimal(number)),))
    crm.submit([Planned(row.id, change, row.customer, "value")])
    await play.rest()
    assert len(crm.undo()) == 1
    await play.rest()
    kept = play.sandbox.query("SELECT Value FROM crmopportunities WHERE Id = ?", row.id)
    assert [None if value is None else Decimal(value) for (value,) in kept] == [row.value]


EACH: Final = 50
"""Histories of one part."""

PARTS: Final = (
    *range(4),
    *(pytest.param(part, marks=pytest.mark.long) for part in range(4, 40)),
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS)
def test_f18_nothing_is_lost_unsaid_in_any_history(theatre: Theatre, part: int) -> None:
    @seed(part)
    @settings(
        max_examples=EACH,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(history=HISTORY)
    def histories(history: History) -> None:
        theatre.play(history)

    histories()


def test_f18_there_and_back_again_within_the_hold_is_done_without_a_write(theatre: Theatre) -> None:
    theatre.play([("ask", 0, 2, "move", 3), ("ask", 0, 2, "move", 4), ("rest",)])
