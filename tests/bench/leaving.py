"""P20: how long the shell waits for its prompt after `q`."""

import time

from tests.bench.book import opened
from tests.bench.figures import Row, Yardstick, median, over_yardstick
from tests.bench.measure import NotMeasuredError
from tests.bench.yardstick import Yardsticks

_SIZE = 5000


class Leaving:
    """P20: from `q` to the end of the process, its sandbox's included."""

    id = "P20"
    title = "from q to the shell's prompt"

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._times: list[float] = []

    def sample(self, yardsticks: Yardsticks) -> None:
        """Leave a board once that has come to rest."""
        with opened(_SIZE) as board:
            pressed = board.press("q")
            board.wait_exit()
            self._times.append((time.perf_counter() - pressed) * 1000)
            if wrong := board.unrestored():
                raise NotMeasuredError(f"the terminal was left with {', '.join(wrong)}")

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The median against half of T."""
        return [over_yardstick("P20", self.title, median(self._times), 0.5, yardstick.paint_ms)]
