"""P9 on the screen: the first load of a book, and what keys cost meanwhile.

What it costs beside a bare download is measured in `syncing.py`, without a screen.
"""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Row, Yardstick, median, over_yardstick, p95
from tests.bench.measure import program
from tests.bench.warm import home_of
from tests.bench.yardstick import Yardsticks
from tests.e2e.board import LAUNCHER, STARTED, cards_are_painted

_SIZE = 5000

_KEPT = ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
"""Where a mirror and all that comes of use is kept; the profile is elsewhere."""


class LoadOnScreen:
    """P9: from nothing to a whole book on the board, with a sequence of keys typed all the while."""

    id = "P9"
    title = f"first load of {_SIZE:,} on the screen"

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._painted: list[float] = []
        self._whole: list[float] = []
        self._keys: list[float] = []

    def sample(self, yardsticks: Yardsticks) -> None:
        """Start without a mirror, and press one key after the other until the book is whole."""
        home = home_of(_SIZE)
        with TemporaryDirectory(prefix="bench-first-") as folder:
            fresh = {name: str(Path(folder) / name.lower()) for name in _KEPT}
            with program([LAUNCHER], {**home.environment, **fresh}) as terminal:
                begin = terminal.started
                painted = terminal.first_seen(cards_are_painted, "cards on the board", STARTED)
                self._painted.append((painted - begin) * 1000)
                is_pending = False
                while " loading " in terminal.text():
                    is_pending = not is_pending
                    pressed = terminal.press("g")
                    seen = terminal.first_seen(partial(_is_pending, is_pending), "what is pending")
                    self._keys.append((seen - pressed) * 1000)
                    self._whole.append((seen - begin) * 1000)
                terminal.press(*("g" if is_pending else ""), "q")
                terminal.wait_exit()

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """When the first cards were there, how long it took about, and keys meanwhile against K."""
        key = yardstick.key_ms
        return [
            Row(self.id, f"{self.title}, first cards painted", median(self._painted)),
            Row(self.id, f"{self.title}, the last key while it loads", max(self._whole)),
            Row(self.id, f"{self.title}, keys meanwhile", len(self._keys), "keys"),
            over_yardstick(self.id, f"{self.title}, a key, 95 %", p95(self._keys), 4, key),
            over_yardstick(self.id, f"{self.title}, the slowest key", max(self._keys), 20, key),
        ]


def _is_pending(expected: bool, rows: list[str]) -> bool:
    """Say whether a first ``g`` is waited upon, or not, as expected; arrivals move the cursor, but not that."""
    return (" g … " in rows[-2]) is expected
