"""P7: what it costs to turn much of the screen over: a page, another board, the record beside it."""

from collections.abc import Iterator

from tests.bench.book import SIZES, opened
from tests.bench.figures import Row, Yardstick, median, over_yardstick, p95, unmeasured
from tests.bench.measure import KeyCost, key_cost
from tests.bench.yardstick import Yardsticks, running_bare
from tests.e2e.terminal import Terminal

_SETTLED_MS = 500.0

_TURNS = {
    "a page": ("ctrl+d", "ctrl+d", "ctrl+u", "ctrl+u"),
    "another board": (")", ")", "(", "("),
    "open a record": ("Z",),
}


class Turns:
    """P7: the keys that change most of the screen."""

    id = "P7"
    title = "a page, another board, a record"

    def __init__(self, samples: int, rounds: int) -> None:
        self.samples = samples
        self._rounds = rounds
        self._costs: dict[tuple[int, str], list[KeyCost]] = {
            (size, name): [] for size in SIZES for name in _TURNS
        }

    def sample(self, yardsticks: Yardsticks) -> None:
        """Turn to and fro; press the bare application's keys in between."""
        for size in SIZES:
            with opened(size) as board, running_bare() as bare:
                for number in range(self._rounds):
                    for name, keys in _TURNS.items():
                        self._costs[size, name] += _pressed(board, keys)
                        for _ in keys:
                            yardsticks.press(bare, "xy"[number % 2])
                    board.wait_quiet(_SETTLED_MS)
                    for _ in range(2):  # the record goes below, then away
                        key_cost(board, "Z")

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Times against K, bytes and frames against their limits."""
        rows: list[Row] = []
        for (size, name), costs in self._costs.items():
            what = f"{size:,} cards, {name}"
            if not costs:
                rows.append(unmeasured("P7", what, "the key changed nothing"))
                continue
            rows += [
                over_yardstick(
                    "P7", what, median([cost.ms for cost in costs]), 12, yardstick.key_ms
                ),
                Row("P7", what, p95([cost.bytes for cost in costs]), "bytes", budget=20_000),
                Row("P7", what, max(cost.frames for cost in costs), "frames", budget=1),
            ]
        return rows


def _pressed(board: Terminal, keys: tuple[str, ...]) -> Iterator[KeyCost]:
    for key in keys:
        cost = key_cost(board, key)
        if cost is not None:
            yield cost
