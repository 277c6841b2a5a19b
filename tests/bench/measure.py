"""How the costs are taken: a start, a key, a command. What they are set against is not known here."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.escapes import frames
from tests.e2e.surroundings import BOARD_FIRST, throwaway_environment
from tests.e2e.terminal import Terminal

QUIET_MS = 80.0
"""Silence that ends the answer to a key."""

ANSWER_SECONDS = 2.0
"""How long an answer may take to begin: a busy machine is measured too, and says so in K."""

COLS, ROWS = 120, 40

LONGEST = 60.0
"""Seconds after which a command that should only print is given up."""


class NotMeasuredError(Exception):
    """A figure that could not be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class KeyCost:
    """What one key press caused."""

    ms: float
    """Until the last byte."""
    bytes: int
    frames: int
    rows_changed: int
    """Rows of the screen whose text is another now."""


@contextmanager
def empty_home(settings: str = BOARD_FIRST) -> Iterator[dict[str, str]]:
    """Give the environment of somebody who has never run the program, but may have these settings."""
    with TemporaryDirectory(prefix="bench-") as folder:
        yield throwaway_environment(Path(folder), settings=settings)


@contextmanager
def program(argv: Sequence[str | Path], environment: Mapping[str, str]) -> Iterator[Terminal]:
    """Run a program in a terminal of the size that all budgets are for."""
    with Terminal.start(argv, environment, COLS, ROWS) as terminal:
        yield terminal


def key_cost(terminal: Terminal, key: str) -> KeyCost | None:
    """Press a key and wait until its answer is over; None if there was no answer."""
    before = terminal.lines()
    count = len(terminal.chunks)
    return _cost(terminal, before, count, terminal.press(key), QUIET_MS)


def answer_cost(terminal: Terminal, quiet_ms: float) -> KeyCost | None:
    """Wait for what comes without another key, until it is quiet for so long; None if nothing came."""
    return _cost(terminal, terminal.lines(), len(terminal.chunks), time.perf_counter(), quiet_ms)


def _cost(
    terminal: Terminal, before: list[str], count: int, pressed: float, quiet_ms: float
) -> KeyCost | None:
    terminal.wait_byte(ANSWER_SECONDS)
    terminal.wait_quiet(quiet_ms)
    answer = terminal.chunks[count:]
    if not answer:
        return None
    data = b"".join(chunk.data for chunk in answer)
    changed = sum(old != new for old, new in zip(before, terminal.lines(), strict=True))
    return KeyCost((answer[-1].time - pressed) * 1000, len(data), frames(data), changed)


def command_ms(argv: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run a command that ends by itself; return its milliseconds from start to end."""
    begin = time.perf_counter()
    result = subprocess.run(
        argv, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST
    )
    elapsed = time.perf_counter() - begin
    if result.returncode:
        said = result.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise NotMeasuredError(f"{argv[-1]} ended with {result.returncode}: {' '.join(said)}")
    return elapsed * 1000
