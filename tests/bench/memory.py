"""P19: the most memory that the program takes with a book in its mirror, once all of it was read and looked through."""

from pathlib import Path
from typing import Final

from tests.bench.figures import Row, Yardstick
from tests.bench.measure import NotMeasuredError, program
from tests.bench.warm import home_of
from tests.bench.yardstick import Yardsticks
from tests.e2e.board import LAUNCHER, STARTED, cards_are_painted
from tests.e2e.terminal import Terminal

_BUDGETS: Final = {5_000: 90, 50_000: 150, 100_000: 210}
"""Opportunities in the mirror → megabytes."""

_SETTLED_MS = 1500.0

_LOOK: Final = 10.0
"""Milliseconds between two looks for the first request."""

_LOOKED: Final = ("/", *"acme", "ctrl+u", "enter", "q")


class Memory:
    """P19: a start with a mirror, the first look for changes behind it, and a search through all rows."""

    id = "P19"
    title = "memory"

    def __init__(self, samples: int, sizes: tuple[int, ...]) -> None:
        """Take mirrors of some sizes, those for which there is a budget."""
        self.samples = samples
        self._megabytes: dict[int, list[float]] = {size: [] for size in sizes}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Start with each mirror, search, and see how much it took at the most."""
        for size, taken in self._megabytes.items():
            home = home_of(size)
            before = home.requests()
            with program([LAUNCHER], home.environment) as terminal:
                terminal.first_seen(cards_are_painted, "cards on the board", STARTED)
                while home.requests() == before:  # it is asked when every row is read
                    terminal.wait_quiet(_LOOK)
                terminal.wait_quiet(_SETTLED_MS)
                for key in _LOOKED:
                    terminal.press(key)
                    terminal.wait_quiet()
                taken.append(_most(terminal))
                terminal.press("q")
                terminal.wait_exit()

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The most of all samples against its limit."""
        return [
            Row("P19", f"mirror of {size:,}, {self.title}", max(taken), "MB", budget=_BUDGETS[size])
            for size, taken in self._megabytes.items()
        ]


def _most(terminal: Terminal) -> float:
    """Megabytes that the program's process had in memory at the most, so far."""
    try:
        status = Path(f"/proc/{terminal.pid}/status").read_text()
    except OSError as error:
        raise NotMeasuredError("there is no /proc to read it from") from error
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
