"""P6: a cursor key that is held down: how far the screen lags behind it, and whether every press counts."""

import time

from tests.bench.book import SIZES, opened
from tests.bench.figures import Row, Yardstick, unmeasured
from tests.bench.measure import QUIET_MS
from tests.bench.yardstick import Yardsticks
from tests.e2e.board import cursor_place
from tests.e2e.terminal import Terminal

_PRESSES = 60
_A_SECOND = 30


class HeldKey:
    """P6: `j` held for two seconds."""

    id = "P6"
    title = "a cursor key held down"

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._drained: dict[int, list[float]] = {size: [] for size in SIZES}
        self._lost: dict[int, list[int]] = {size: [] for size in SIZES}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Hold the key, wait for the end of what it causes, and see where the cursor is."""
        for size in SIZES:
            with opened(size) as board:
                begin = cursor_place(board.lines())
                pressed = _hold(board, "j")
                board.wait_quiet(QUIET_MS)
                self._drained[size].append((board.chunks[-1].time - pressed) * 1000)
                self._lost[size].append(begin + _PRESSES - cursor_place(board.lines()))

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The longest lag, and all presses that did nothing: the column is longer than they reach."""
        rows: list[Row] = []
        for size in SIZES:
            what = f"{size:,} cards, held key, last key to last byte"
            if not self._drained[size]:
                rows.append(unmeasured("P6", what, "it was not held"))
                continue
            rows.append(Row("P6", what, max(self._drained[size]), budget=60))
            what = f"{size:,} cards, held key, presses lost"
            rows.append(Row("P6", what, max(map(abs, self._lost[size])), "keys", budget=0))
        return rows


def _hold(board: Terminal, key: str) -> float:
    """Press a key as often as a keyboard repeats it, reading all the while; return the last press's moment."""
    begin = pressed = time.perf_counter()
    for number in range(_PRESSES):
        due = begin + number / _A_SECOND
        while (left := due - time.perf_counter()) > 0:
            board.wait_byte(left)
        pressed = board.press(key)
    return pressed
