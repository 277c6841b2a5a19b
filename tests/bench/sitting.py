"""P17 and P21: what a decision in the triage queue costs, and what a sitting of many sends to the terminal.

P21 counts bytes and shapes no link.  One of 256 kbit/s carries 32 kB a second, so that its 250 kB are 8 seconds of it,
spread over the whole sitting; its 200 ms come on top of each key whatever the program sends, and change no byte: keys
that do not wait for their echo are P6 and the tests' of typing ahead.  It presses without pausing, so that of the
countdown, which writes some bytes a second while something is held, little is in the sum.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.bench.figures import Row, Yardstick, median, over_yardstick, p95, p99
from tests.bench.measure import KeyCost, NotMeasuredError, key_cost, program
from tests.bench.verbs import answered, hanging
from tests.bench.warm import Home, home_of
from tests.bench.yardstick import Yardsticks
from tests.e2e.board import LAUNCHER, STARTED, cards_are_painted
from tests.e2e.surroundings import BOARD_FIRST, write_settings
from tests.e2e.terminal import Terminal

_SETTLED_MS = 1500.0

_SENT_MS = 4500.0
"""Silence after which nothing is held any more: longer than a hold whose countdown has just been written."""

_SENT_SECONDS = 600.0
"""How long sending may take: as many writes as the service's limits allow in that time."""

_LONG_HOLD: Final = "hold_seconds = 60\n"
"""So that on a slow machine, too, nothing is on its way to the silent server when it is taken back."""

_DECISIONS: Final = 60

_DECIDED: Final = (
    ("f", "w"), (";",), ("x", "p"), ("f", "m"), (".",),
    ("a", *"called", "enter"), (";",), ("f", "2"), ("i",), (";",),
)  # fmt: skip
"""Keys of decisions, in turn: follow-ups, a loss, a move, a note, an owner, and what was decided last once more."""

_UNFIT: Final = 30
"""Rows that may be left out because the decision whose turn it is does not fit them."""


class Deciding:
    """P17: a follow-up, and the next record beside the queue."""

    id = "P17"
    title = "a decision in the triage queue"

    def __init__(self, samples: int, sizes: tuple[int, ...], rounds: int) -> None:
        """Decide so many times in each sample, in mirrors of some sizes."""
        self.samples = samples
        self._rounds = rounds
        self._times: dict[int, list[float]] = {size: [] for size in sizes}
        self._bytes: dict[int, list[int]] = {size: [] for size in sizes}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Decide on a record, take it back and skip it, so that the next round begins with a new one."""
        for size in self._times:
            home = home_of(size)
            with hanging(home), _settings(home, _LONG_HOLD):
                self._decide(size, home)

    def _decide(self, size: int, home: Home) -> None:
        with program([LAUNCHER], home.environment) as terminal:
            terminal.first_seen(cards_are_painted, "cards on the board", STARTED)
            terminal.wait_quiet(_SETTLED_MS)
            _open(terminal)
            for _ in range(self._rounds):
                terminal.press("f")
                terminal.wait_quiet()
                before = len(terminal.chunks)
                self._times[size].append(answered(terminal, "w"))
                sent = terminal.chunks[before:]
                self._bytes[size].append(sum(len(each.data) for each in sent))
                for key in ("u", "S"):
                    terminal.press(key)
                    terminal.wait_quiet()
            terminal.press("q", "q")
            terminal.wait_exit()

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Times against K, bytes against their limit: those of all frames, the one that says "held" too."""
        rows, key = [], yardstick.key_ms
        for size, times in self._times.items():
            what = f"mirror of {size:,}, server silent, verb to next record"
            rows += [
                over_yardstick(self.id, f"{what}, median", median(times), 3, key),
                over_yardstick(self.id, f"{what}, p99", p99(times), 8, key),
                Row(self.id, what, p95(self._bytes[size]), "bytes", budget=4000),
            ]
        return rows


class Sitting:
    """P21: a sitting from the start of the program to its end."""

    id = "P21"
    title = f"a sitting of {_DECISIONS} decisions"

    def __init__(self, samples: int, sizes: tuple[int, ...]) -> None:
        """Sit at queues over mirrors of some sizes."""
        self.samples = samples
        self._all: dict[int, list[int]] = {size: [] for size in sizes}
        self._decisions: dict[int, list[KeyCost]] = {size: [] for size in sizes}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Decide so many times, with a server that answers, and wait until everything is saved."""
        for size in self._all:
            with _opened(home_of(size)) as terminal:
                self._decisions[size] += _sit(terminal)
                terminal.wait_quiet(_SENT_MS, timeout=_SENT_SECONDS)
                terminal.press("q")
                terminal.wait_exit()
                self._all[size].append(len(terminal.raw))

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """All bytes against their limit, and how many of them the last key of a decision brings."""
        rows = []
        for size, sent in self._all.items():
            what = f"mirror of {size:,}, {self.title}"
            one = median([cost.bytes for cost in self._decisions[size]])
            rows += [
                Row(self.id, what, median(sent), "bytes", budget=250_000),
                Row(self.id, f"{what}, the last key of each", one, "bytes"),
            ]
        return rows


@contextmanager
def _opened(home: Home) -> Iterator[Terminal]:
    """Start a program that opens with the queue."""
    with _settings(home, 'start = "triage"\n'), program([LAUNCHER], home.environment) as terminal:
        terminal.wait_for(r"^ ▸", STARTED)
        terminal.wait_quiet(_SETTLED_MS)
        yield terminal


@contextmanager
def _settings(home: Home, text: str) -> Iterator[None]:
    """Have other settings for a while than the home's other programs have."""
    write_settings(home.environment, text)
    try:
        yield
    finally:
        write_settings(home.environment, BOARD_FIRST)


def _sit(terminal: Terminal) -> list[KeyCost]:
    """Decide as often as wanted; where the one whose turn it is does not fit a row, that is left out."""
    costs: list[KeyCost] = []
    for number in range(_DECISIONS + _UNFIT):
        if len(costs) == _DECISIONS:
            return costs
        before = _in_hand(terminal)
        *first, last = _DECIDED[number % len(_DECIDED)]
        for key in first:
            terminal.press(key)
            terminal.wait_quiet()
        cost = key_cost(terminal, last)
        if cost is None:
            raise NotMeasuredError(f"the queue does not answer to {last}")
        if _in_hand(terminal) == before:
            terminal.press("S")
            terminal.wait_quiet()
        else:
            costs.append(cost)
    raise NotMeasuredError(f"{len(costs)} decisions of {_DECISIONS}: the rest did not fit")


def _in_hand(terminal: Terminal) -> tuple[int, str]:
    """Where the cursor is on the screen, and what is said there."""
    lines = terminal.lines()
    return next((y, line) for y, line in enumerate(lines) if line.startswith(" ▸"))


def _open(terminal: Terminal) -> None:
    """Open the queue, and wait until it is ranked and its first record has come."""
    terminal.press("t")
    terminal.wait_until(lambda: "Looking for" not in terminal.text(), "the ranked queue")
    terminal.wait_quiet(_SETTLED_MS)
