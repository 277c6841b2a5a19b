"""P4: what moving the cursor over the board costs, in time, bytes and frames."""

from dataclasses import dataclass, field

from tests.bench.book import SIZES, opened, shown_cards
from tests.bench.figures import Row, Yardstick, median, over_yardstick, p95, unmeasured
from tests.bench.measure import KeyCost, key_cost
from tests.bench.yardstick import Yardsticks, running_bare
from tests.e2e.terminal import Terminal

MOVES = {
    "down": "jjjj",
    "up": "kkkk",
    "right": "lll",
    "left": "hhh",
}
"""Keys of one round: it ends where it began, and stays where nothing has to scroll."""

SCROLLED = 10
"""A move that changes the text of more rows than this has scrolled its column."""

_COLUMNS = 4
_DOWNS = 40


@dataclass
class _Costs:
    """What was measured on one book."""

    moves: dict[str, list[KeyCost]] = field(default_factory=lambda: {name: [] for name in MOVES})
    scrolls: list[KeyCost] = field(default_factory=list)


class BoardCursor:
    """P4: cursor keys on the board, its record pane closed."""

    id = "P4"
    title = "cursor keys on the board"

    def __init__(self, samples: int, rounds: int, scrolls: int) -> None:
        """Press every key of `MOVES` so many times over, and see so many moves that scroll."""
        self.samples = samples
        self._costs = {size: _Costs() for size in SIZES}
        self._rounds, self._wanted_scrolls = rounds, scrolls

    def sample(self, yardsticks: Yardsticks) -> None:
        """Move about on one board; press the bare application's keys in between."""
        for size, costs in self._costs.items():
            with opened(size) as board, running_bare() as bare:
                for number in range(self._rounds):
                    for name, keys in MOVES.items():
                        for key in keys:
                            cost = key_cost(board, key)
                            if cost is not None and cost.rows_changed <= SCROLLED:
                                costs.moves[name].append(cost)
                        for _ in keys:
                            yardsticks.press(bare, "xy"[number % 2])
                self._scroll(board, costs)

    def _scroll(self, board: Terminal, costs: _Costs) -> None:
        seen = 0
        for _ in range(_COLUMNS):
            for _ in range(_DOWNS):
                cost = key_cost(board, "j")
                if cost is None:  # the end of the column
                    break
                if cost.rows_changed > SCROLLED:
                    costs.scrolls.append(cost)
                    seen += 1
                if seen == self._wanted_scrolls:
                    return
            key_cost(board, "l")

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Times against K, bytes and frames against their limits."""
        rows = shown_cards()
        for size, costs in self._costs.items():
            for name, moves in costs.moves.items():
                rows += _moved(f"{size:,} cards, cursor {name}", moves, yardstick)
            rows += _scrolled(f"{size:,} cards, a move that scrolls", costs.scrolls, yardstick)
        return rows


def _moved(what: str, costs: list[KeyCost], yardstick: Yardstick) -> list[Row]:
    if not costs:
        return [unmeasured("P4", what, "the key moved nothing")]
    times = [cost.ms for cost in costs]
    return [
        over_yardstick("P4", what, median(times), 1.5, yardstick.key_ms),
        over_yardstick("P4", f"{what}, 95 %", p95(times), 3, yardstick.key_ms),
        Row("P4", what, p95([cost.bytes for cost in costs]), "bytes", budget=700),
    ]


def _scrolled(what: str, costs: list[KeyCost], yardstick: Yardstick) -> list[Row]:
    if not costs:
        return [unmeasured("P4", what, "no column was long enough")]
    return [
        Row("P4", what, median([cost.ms for cost in costs]), measure=yardstick.key_ms),
        Row("P4", what, p95([cost.bytes for cost in costs]), "bytes", budget=4500),
        Row("P4", what, max(cost.frames for cost in costs), "frames", budget=1),
    ]
