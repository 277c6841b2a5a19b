"""P14 and P15: what a letter typed into the search costs, what a cursor key in its table does, and opening it."""

from typing import Final

from tests.bench.figures import Row, Yardstick, median, over_yardstick, p95
from tests.bench.measure import KeyCost, key_cost, program
from tests.bench.warm import home_of
from tests.bench.yardstick import Yardsticks, running_bare
from tests.e2e.board import LAUNCHER, STARTED, cards_are_painted
from tests.e2e.terminal import Terminal

_SETTLED_MS = 1500.0

_TYPED: Final = "acme"
_BUDGETS: Final = {5_000: 4, 50_000: 8, 100_000: 14}
"""Opportunities in the mirror → times K, from a letter to the painted result."""

_CURSOR: Final = "jjjjkkkk"


class Searching:
    """P14 and P15: typing into the search screen, and moving in its table."""

    id = "P15"
    title = "the search screen"

    def __init__(self, samples: int, sizes: tuple[int, ...], rounds: int) -> None:
        """Type and move so many times in each sample, in mirrors of some sizes."""
        self.samples = samples
        self._rounds = rounds
        self._letters: dict[int, list[KeyCost]] = {size: [] for size in sizes}
        self._moves: dict[int, list[KeyCost]] = {size: [] for size in sizes}
        self._openings: dict[int, list[KeyCost]] = {size: [] for size in sizes}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Open the table, type a word, take it back, and move about; press the bare application's keys in between."""
        for size in self._letters:
            with (
                program([LAUNCHER], home_of(size).environment) as terminal,
                running_bare() as bare,
            ):
                terminal.first_seen(cards_are_painted, "cards on the board", STARTED)
                terminal.wait_quiet(_SETTLED_MS)
                for number in range(self._rounds):
                    self._openings[size] += _costs(terminal, ["/"])
                    self._letters[size] += _costs(terminal, [*_TYPED])
                    _costs(terminal, ["ctrl+u", "enter"])
                    self._moves[size] += _costs(terminal, [*_CURSOR])
                    _costs(terminal, ["q"])
                    for _ in _CURSOR:
                        yardsticks.press(bare, "xy"[number % 2])
                terminal.press("q")
                terminal.wait_exit()

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Times against K, bytes and frames against their limits."""
        key = yardstick.key_ms
        rows: list[Row] = []
        for size, letters in self._letters.items():
            of, moves = f"mirror of {size:,}", self._moves[size]
            typed = median([cost.ms for cost in letters])
            rows.append(
                over_yardstick("P14", f"{of}, a letter to its result", typed, _BUDGETS[size], key)
            )
            moved = [cost.ms for cost in moves]
            rows += [
                over_yardstick(
                    "P15", f"{of}, cursor in the table, median", median(moved), 1.5, key
                ),
                over_yardstick("P15", f"{of}, cursor in the table, p95", p95(moved), 3, key),
                Row(
                    "P15",
                    f"{of}, cursor in the table",
                    median([cost.bytes for cost in moves]),
                    "bytes",
                    budget=900,
                ),
            ]
            opened = median([cost.ms for cost in self._openings[size]])
            rows.append(over_yardstick("P15", f"{of}, opening the table", opened, 20, key))
        return rows


def _costs(terminal: Terminal, keys: list[str]) -> list[KeyCost]:
    costs = [key_cost(terminal, key) for key in keys]
    return [cost for cost in costs if cost is not None]
