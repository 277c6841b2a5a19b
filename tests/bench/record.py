"""P5: what moving the cursor costs while the record under it is shown beside the board."""

from dataclasses import dataclass, field

from tests.bench.book import SIZES, opened
from tests.bench.figures import Row, Yardstick, median, over_yardstick, p95, unmeasured
from tests.bench.measure import KeyCost, answer_cost, key_cost
from tests.bench.yardstick import Yardsticks, running_bare

_LOADED_MS = 500.0
"""Silence after which a record's parts have all come: longer than the cursor rests before they are asked for."""


@dataclass
class _Costs:
    """What was measured on one book."""

    fresh: list[KeyCost] = field(default_factory=list)
    """Keys that went to a record nobody had looked at."""
    parts: list[KeyCost] = field(default_factory=list)
    """What came afterwards, when its parts were fetched."""
    kept: list[KeyCost] = field(default_factory=list)
    """Keys that went to a record that had been fetched."""


class RecordCursor:
    """P5: cursor keys with the record pane open."""

    id = "P5"
    title = "cursor keys with the record beside the board"

    def __init__(self, samples: int, records: int, rounds: int) -> None:
        """Go to so many records for the first time, and over them again in so many rounds."""
        self.samples = samples
        self._costs = {size: _Costs() for size in SIZES}
        self._records, self._rounds = records, rounds

    def sample(self, yardsticks: Yardsticks) -> None:
        """Open the record, go down over cards that are new, then up and down over the same."""
        for size, costs in self._costs.items():
            with opened(size) as board, running_bare() as bare:
                board.press("Z")
                board.wait_quiet(_LOADED_MS)
                for _ in range(self._records):
                    cost = key_cost(board, "j")
                    parts = answer_cost(board, _LOADED_MS)
                    costs.fresh += [cost] if cost is not None else []
                    costs.parts += [parts] if parts is not None else []
                for number in range(self._rounds):
                    for key in "k" * self._records + "j" * self._records:
                        cost = key_cost(board, key)
                        costs.kept += [cost] if cost is not None else []
                        yardsticks.press(bare, "xy"[number % 2])

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The key's own frame against its limits; what is fetched comes in frames of its own."""
        rows: list[Row] = []
        for size, costs in self._costs.items():
            for what, found in (("kept", costs.kept), ("new", costs.fresh)):
                rows += _moved(f"{size:,} cards, record {what}, cursor", found, yardstick)
            what = f"{size:,} cards, record new, its parts afterwards"
            rows.append(Row("P5", what, p95([cost.bytes for cost in costs.parts] or [0]), "bytes"))
        return rows


def _moved(what: str, costs: list[KeyCost], yardstick: Yardstick) -> list[Row]:
    if not costs:
        return [unmeasured("P5", what, "the key moved nothing")]
    return [
        over_yardstick("P5", what, median([cost.ms for cost in costs]), 2.5, yardstick.key_ms),
        Row("P5", what, p95([cost.bytes for cost in costs]), "bytes", budget=3500),
        Row("P5", what, max(cost.frames for cost in costs), "frames", budget=1),
    ]
