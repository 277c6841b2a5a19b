"""T and K: what a bare Textual application costs, taken in between everything else.

The machine is never quiet, so every round of measuring begins with a bare start, and keys of the
bare application are pressed in turn with those of the program.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Row, Yardstick, median, p95
from tests.bench.measure import KeyCost, NotMeasuredError, empty_home, key_cost, program
from tests.e2e.terminal import Terminal

BARE = [sys.executable, str(Path(__file__).with_name("bare.py"))]

_KEYS = "abcdefgh"


@contextmanager
def running_bare() -> Iterator[Terminal]:
    """Run the bare application beside what is measured, to have its keys pressed in turn."""
    with empty_home() as environment, program(BARE, environment) as bare:
        bare.first_seen(bare_is_painted, "the bare application")
        bare.wait_quiet()
        yield bare


class Yardsticks:
    """The samples of T and K so far."""

    def __init__(self) -> None:
        self.paints: list[float] = []
        self.keys: list[KeyCost] = []

    def sample(self) -> None:
        """Start the bare application once and press some keys in it."""
        with empty_home() as environment, program(BARE, environment) as terminal:
            painted = terminal.first_seen(bare_is_painted, "the bare application")
            self.paints.append((painted - terminal.started) * 1000)
            terminal.wait_quiet()
            for key in _KEYS:
                self.press(terminal, key)

    def press(self, bare: Terminal, key: str) -> None:
        """Press one key in a bare application that is already running."""
        cost = key_cost(bare, key)
        if cost is None:
            raise NotMeasuredError("the bare application does not answer to keys")
        self.keys.append(cost)

    def yardstick(self) -> Yardstick:
        """T and K of this run."""
        return Yardstick(median(self.paints), median([cost.ms for cost in self.keys]))

    def rows(self) -> list[Row]:
        """The yardsticks as lines of the report."""
        milliseconds = [cost.ms for cost in self.keys]
        return [
            Row("T", "bare application, first paint", median(self.paints)),
            Row("K", "bare application, key echo", median(milliseconds)),
            Row("K", "bare application, key echo, 95 %", p95(milliseconds)),
            Row("K", "bare application, key echo", median([c.bytes for c in self.keys]), "bytes"),
        ]


def bare_is_painted(rows: list[str]) -> bool:
    """Whether the bare application has painted its line."""
    return rows[0] == "bare"
