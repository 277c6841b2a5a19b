"""P17 and P21: what a decision in the triage queue costs, and what a sitting of many sends to the terminal.

P21 counts bytes and shapes no link: on one of 256 kbit/s they take as long as they are many.  It presses without
pausing, so that of the countdown, which writes some bytes a second while something is held, little is in the sum.
"""

from typing import Final

from tests.bench.book import SIZES, opened
from tests.bench.figures import Row, Yardstick, median, over_yardstick, p95, p99
from tests.bench.measure import KeyCost, NotMeasuredError, key_cost, program
from tests.bench.verbs import answered, hanging
from tests.bench.warm import home_of
from tests.bench.yardstick import Yardsticks
from tests.e2e.board import LAUNCHER, STARTED, cards_are_painted
from tests.e2e.terminal import Terminal

_SETTLED_MS = 1500.0

_SENT_MS = 4500.0
"""Silence after which nothing is held any more: longer than a hold whose countdown has just been written."""

_DECISIONS: Final = 60

_DECIDED: Final = (("f", "w"), (";",), ("f", "m"), (";",))
"""Keys of decisions, in turn: a follow-up, and the same once more."""


class Deciding:
    """P17: a follow-up, and the next record beside the queue."""

    id = "P17"
    title = "a decision in the triage queue"

    def __init__(self, samples: int, *, size: int, rounds: int) -> None:
        self.samples = samples
        self._size = size
        self._rounds = rounds
        self._times: list[float] = []
        self._bytes: list[int] = []

    def sample(self, yardsticks: Yardsticks) -> None:
        """Decide on a record, take it back and skip it, so that the next round begins with a new one."""
        home = home_of(self._size)
        with hanging(home), program([LAUNCHER], home.environment) as terminal:
            terminal.first_seen(cards_are_painted, "cards on the board", STARTED)
            terminal.wait_quiet(_SETTLED_MS)
            _open(terminal)
            for _ in range(self._rounds):
                terminal.press("f")
                terminal.wait_quiet()
                before = len(terminal.chunks)
                self._times.append(answered(terminal, "w"))
                self._bytes.append(sum(len(each.data) for each in terminal.chunks[before:]))
                for key in ("u", "S"):
                    terminal.press(key)
                    terminal.wait_quiet()
            terminal.press("q", "q")
            terminal.wait_exit()

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Times against K, bytes against their limit: those of all frames, the one that says "held" too."""
        what, key = (
            f"mirror of {self._size:,}, server silent, verb to next record",
            yardstick.key_ms,
        )
        return [
            over_yardstick(self.id, f"{what}, median", median(self._times), 3, key),
            over_yardstick(self.id, f"{what}, p99", p99(self._times), 8, key),
            Row(self.id, what, p95(self._bytes), "bytes", budget=4000),
        ]


class Sitting:
    """P21: a sitting from the start of the program to its end."""

    id = "P21"
    title = f"a sitting of {_DECISIONS} decisions"

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._all: list[int] = []
        self._decisions: list[KeyCost] = []

    def sample(self, yardsticks: Yardsticks) -> None:
        """Decide so many times, with a server that answers, and wait until everything is saved."""
        with opened(SIZES[0], settings="") as terminal:  # which opens with the queue
            for number in range(_DECISIONS):
                *before, last = _DECIDED[number % len(_DECIDED)]
                for key in before:
                    terminal.press(key)
                    terminal.wait_quiet()
                cost = key_cost(terminal, last)
                if cost is None:
                    raise NotMeasuredError(f"the queue does not answer to {last}")
                self._decisions.append(cost)
            terminal.wait_quiet(_SENT_MS, timeout=180)
            terminal.press("q")
            terminal.wait_quiet()
            self._all.append(len(terminal.raw))

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """All bytes against their limit, and how many of them the last key of a decision brings."""
        one = median([cost.bytes for cost in self._decisions])
        return [
            Row(self.id, self.title, median(self._all), "bytes", budget=250_000),
            Row(self.id, f"{self.title}, the last key of each", one, "bytes"),
        ]


def _open(terminal: Terminal) -> None:
    """Open the queue, and wait until it is ranked and its first record has come."""
    terminal.press("t")
    terminal.wait_until(lambda: "Looking for" not in terminal.text(), "the ranked queue")
    terminal.wait_quiet(_SETTLED_MS)
