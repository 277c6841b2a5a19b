"""P8: what the program does when nobody does anything: nothing."""

import os
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench.book import SIZES, opened
from tests.bench.figures import Row, Yardstick, unmeasured
from tests.bench.measure import NotMeasuredError
from tests.bench.yardstick import Yardsticks
from tests.e2e.terminal import Terminal

_SECONDS = 10.0

_RESTING = 0.02
"""Seconds of a processor that a program at rest uses at most while it is looked at for a second."""

_LOADING = 60.0
"""Seconds after which a program that never comes to rest is given up."""


class Idle:
    """P8: ten seconds without a key, on a board that has all its cards and what is learned from them."""

    id = "P8"
    title = "nothing to do for ten seconds"

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._bytes: dict[int, list[int]] = {size: [] for size in SIZES}
        self._shares: dict[int, list[float]] = {size: [] for size in SIZES}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Let a board of each size lie for the same ten seconds."""
        with ExitStack() as stack:
            boards = {size: stack.enter_context(opened(size)) for size in SIZES}
            for board in boards.values():
                _wait_for_rest(board)
            begin = time.perf_counter()
            before = {
                size: (len(board.raw), _cpu_seconds(board.pid)) for size, board in boards.items()
            }
            while (left := begin + _SECONDS - time.perf_counter()) > 0:
                for board in boards.values():
                    board.wait_byte(left / len(boards))
            elapsed = time.perf_counter() - begin
            for size, board in boards.items():
                written, used = before[size]
                board.wait_byte(0)
                self._bytes[size].append(len(board.raw) - written)
                self._shares[size].append(100 * (_cpu_seconds(board.pid) - used) / elapsed)

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The most of all samples."""
        rows: list[Row] = []
        for size in SIZES:
            what = f"{size:,} cards, idle for 10 s"
            if not self._bytes[size]:
                rows.append(unmeasured("P8", what, "it never came to rest"))
                continue
            rows.append(Row("P8", what, max(self._bytes[size]), "bytes", budget=0))
            rows.append(Row("P8", what, max(self._shares[size]), "% CPU", budget=0.5))
        return rows


def _wait_for_rest(board: Terminal) -> None:
    """Wait until the program has stopped working, which is later than the last byte it writes."""
    deadline = time.monotonic() + _LOADING
    while time.monotonic() < deadline:
        used = _cpu_seconds(board.pid)
        board.wait_quiet(1000)
        if _cpu_seconds(board.pid) - used <= _RESTING:
            return
    raise NotMeasuredError(f"it was still at work after {_LOADING:g} s")


def _cpu_seconds(pid: int) -> float:
    """Seconds of a processor that a process has used so far, in its own code and in the system's."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError as error:
        raise NotMeasuredError("there is no /proc to read it from") from error
    fields = text[text.rindex(")") + 2 :].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
