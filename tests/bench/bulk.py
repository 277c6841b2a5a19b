"""P12: a change of 500 rows and its undo, from the last key to the painted frame, while the server answers nothing."""

from tests.bench.figures import Row, Yardstick, median, over_yardstick
from tests.bench.measure import program
from tests.bench.verbs import answered, hanging
from tests.bench.warm import home_of
from tests.bench.yardstick import Yardsticks
from tests.e2e.board import LAUNCHER, STARTED, cards_are_painted

_SETTLED_MS = 1500.0

_ROWS = 500

_DAY = "2029-12-24"
"""A follow-up that none of the rows has, whatever day it is."""


class Bulk:
    """P12: owner of many rows, after the preview."""

    id = "P12"
    title = f"a change of {_ROWS} rows"

    def __init__(self, samples: int, *, size: int, rounds: int) -> None:
        self.samples = samples
        self._size = size
        self._rounds = rounds
        self._changes: list[float] = []
        self._undos: list[float] = []

    def sample(self, yardsticks: Yardsticks) -> None:
        """Mark the rows, then change them and take it back, again and again."""
        home = home_of(self._size)
        with hanging(home), program([LAUNCHER], home.environment) as terminal:
            terminal.first_seen(cards_are_painted, "cards on the board", STARTED)
            terminal.wait_quiet(_SETTLED_MS)
            terminal.press("V", *str(_ROWS - 1), "j", "V")
            terminal.wait_for(rf"{_ROWS} marked")
            for _ in range(self._rounds):
                terminal.press("f", "space")
                terminal.wait_for("enter takes it")
                terminal.type(_DAY)
                terminal.press("enter")
                terminal.wait_for(rf"{_ROWS} to write")
                terminal.wait_quiet()
                self._changes.append(answered(terminal, "enter"))
                self._undos.append(answered(terminal, "u"))
                terminal.wait_quiet(_SETTLED_MS)
            terminal.press("q")
            terminal.wait_exit()

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The middle of each against K."""
        of = f"mirror of {self._size:,}, server silent, {_ROWS} rows"
        return [
            over_yardstick(self.id, f"{of} {what}", median(times), 12, yardstick.key_ms)
            for what, times in (("changed", self._changes), ("taken back", self._undos))
        ]
