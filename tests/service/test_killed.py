"""Our process is killed at any system call of a save: nothing promised is lost, nothing is sent twice (G01, G02)."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

import pytest

from crm_tui.domain.change import Value
from crm_tui.domain.intent import Entry, IntentState
from tests.service import readiness
from tests.service.judging import newest_of_trail, trail
from tests.world import Sandbox, no_wait, open_book

ROOT: Final = Path(__file__).parents[2]

CALLS: Final = {
    "pwrite64": (1700, 100),
    "fdatasync": (290, 70),
    "unlink": (58, 40),
    "sendto": (66, 30),
    "recvfrom": (260, 60),
}
"""System call → up to which one there is to be killed, and at how many: a run makes a few more in one thread."""


def points() -> list[tuple[str, int]]:
    """Give where to kill, no place twice, in an order in which every call soon has its turn."""
    random = Random("points")
    found = {
        call: random.sample(range(1, most + 1), count) for call, (most, count) in CALLS.items()
    }
    first = [(call, found[call].pop()) for call in CALLS for _ in range(5)]
    rest = [(call, number) for call, numbers in found.items() for number in numbers]
    random.shuffle(rest)
    return [*first, *rest]


_POINTS: Final = points()

POINTS: Final = [
    *(pytest.param(*point) for point in _POINTS[:24]),
    *(pytest.param(*point, marks=pytest.mark.long) for point in _POINTS[24:]),
]


def why_not() -> str:
    """Say why nothing can be killed by strace here; empty when it can."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed"
    tried = subprocess.run([strace, "-qq", "-o", "/dev/null", "true"], check=False)
    return "strace may not trace here" if tried.returncode else ""


@pytest.fixture(scope="module", autouse=True)
def strace() -> None:
    if reason := why_not():
        pytest.skip(reason)


async def killed_at(sandbox: Sandbox, journal: Path, call: str, number: int) -> set[str]:
    """Run the operations until a system call, and give the markers of what was promised by then."""
    running = await asyncio.create_subprocess_exec(
        # Not with --seccomp-bpf: then strace 6.1 sends no signal, and says nothing.
        *("strace", "-f", "-qq", "-o", "/dev/null"),
        *(f"--trace={call}", f"--inject={call}:signal=KILL:when={number}"),
        *(sys.executable, "-m", "tests.service.killed"),
        *(str(sandbox.database.parent), str(journal), "9000"),
        cwd=ROOT,
        stdout=PIPE,
    )
    said, _ = await asyncio.wait_for(running.communicate(), 90)
    lines = said.decode().splitlines()
    assert "over" not in lines, "it came to its end: nobody was killed"
    return {line.split()[1] for line in lines}


def asked_for(entries: list[Entry]) -> Counter[tuple[int, str, Value]]:
    """Count what the entries that are done put into the fields of their records."""
    return Counter(
        (entry.record_id, field, assigned)
        for entry in entries
        if entry.state == IntentState.DONE
        for part in entry.change.parts
        for field, assigned in part.assignments().items()
        if field in part.bases() and part.bases()[field] != assigned
    )


def made_often(sandbox: Sandbox, entries: list[Entry], state: IntentState) -> set[int]:
    """Say how often those that were to be made, and have come so far, are there."""
    count = "SELECT count(*) FROM crmopportunities WHERE SystemId = ?"
    return {
        often
        for entry in entries
        if entry.state == state and entry.change.made is not None
        for (often,) in sandbox.query(count, entry.marker)
    }


@pytest.mark.parametrize(("call", "number"), POINTS)
async def test_g01_g02_whoever_is_killed_has_lost_nothing_and_sends_nothing_twice(
    sandbox: Sandbox,
    tmp_path: Path,
    call: str,
    number: int,
    record_property: Callable[[str, object], None],
) -> None:
    journal = tmp_path / "journal.sqlite3"
    since = newest_of_trail(sandbox)
    promised = await killed_at(sandbox, journal, call, number)
    begun = time.perf_counter()
    async with open_book(sandbox, journal=journal, sleep=no_wait) as crm:
        record_property(readiness.AGAIN, time.perf_counter() - begun)
        assert crm.notices() == []
        await crm.settle()
        entries = list(reversed(await crm.journal.entries(100)))
        assert promised <= {entry.marker for entry in entries}
        # Of what was to be made nobody may know; then it was not, and somebody has to ask for it.
        assert made_often(sandbox, entries, IntentState.UNKNOWN) <= {0}
        for entry in entries:
            if entry.state == IntentState.UNKNOWN and entry.change.made is not None:
                assert await crm.journal.resolve(entry.number, "again")
        await crm.settle()
        entries = list(reversed(await crm.journal.entries(100)))
        assert {entry.state for entry in entries} <= {IntentState.DONE}
        assert made_often(sandbox, entries, IntentState.DONE) <= {1}
    records = list({entry.record_id for entry in entries})
    done = Counter(
        (each.record_id, each.field, each.after) for each in trail(sandbox, records, since)
    )
    assert done == asked_for(entries)
    with closing(sqlite3.connect(journal)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
