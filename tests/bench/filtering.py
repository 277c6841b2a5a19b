"""P14's core: what choosing rows by a filter costs, in large books; painting them is the screen's part of it."""

import random
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from crm_tui.domain.fields.names import Names, names_of
from crm_tui.domain.language import read_query
from crm_tui.domain.matching import select
from crm_tui.domain.ordering import ordered
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.when import Dates
from tests.bench.figures import Row, Yardstick, median, over_yardstick
from tests.bench.yardstick import Yardsticks

_BUDGETS: Final = {50_000: 8, 100_000: 14}
"""Rows in the book → times K, from the key to the painted result."""

_TEXTS: Final = ("acme", "status:open owner:me value>2000 due<today acme", "acme sort:-value")

_NOW: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_FIRST: Final = ("Noor", "Ana", "Tom", "Mika", "Jo", "Élodie")
_LAST: Final = ("Haddad", "Weber", "Kallio", "Ruiz", "Prince")
_COMPANIES: Final = ("Acme", "Haddad & Co", "Northwind", "Globex", "Initech", "Umbrella")


class Filtering:
    """P14: filters over a whole book, without painting."""

    id = "P14"
    title = "choosing rows by a filter"

    def __init__(self, samples: int, rounds: int) -> None:
        """Apply each filter so many times in each sample."""
        self.samples = samples
        self._rounds = rounds
        self._books: dict[int, tuple[Snapshot, Names]] = {}
        self._costs: dict[tuple[int, str], list[float]] = {}
        self._first: dict[int, float] = {}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Apply every filter to every book; the words of the rows are folded before the first."""
        for size in _BUDGETS:
            if size not in self._books:
                self._books[size] = _book(size)
                snapshot = self._books[size][0]
                begun = time.perf_counter()
                snapshot.folded.fill(snapshot.rows())
                self._first[size] = (time.perf_counter() - begun) * 1000
            for text in _TEXTS:
                self._costs.setdefault((size, text), []).extend(self._applied(size, text))

    def _applied(self, size: int, text: str) -> list[float]:
        snapshot, names = self._books[size]
        taken = []
        for _ in range(self._rounds):
            begun = time.perf_counter()
            query = read_query(text, names)
            ordered(select(query, snapshot), query, snapshot)
            taken.append((time.perf_counter() - begun) * 1000)
        return taken

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Each filter against the whole budget of a key, and what folding the words costs once."""
        found = [
            over_yardstick(
                self.id, f"{size:,} rows, {text}", median(costs), _BUDGETS[size], yardstick.key_ms
            )
            for (size, text), costs in self._costs.items()
        ]
        folded = (
            Row(self.id, f"{size:,} rows, words folded once", cost)
            for size, cost in self._first.items()
        )
        return [*found, *folded]


def _book(size: int) -> tuple[Snapshot, Names]:
    """Make a book of rows as a large operator has them, the same each time."""
    snapshot = Snapshot()
    seeded = random.Random(size)
    snapshot.put(_row(number, seeded) for number in range(1, size + 1))
    today = _NOW.date()
    return snapshot, names_of(snapshot, today=today, zone=UTC, me=3, dates=Dates.UTC)


def _row(number: int, seeded: random.Random) -> OpportunityRow:
    board_id = number % 20 + 1
    return OpportunityRow(
        id=number,
        stage_id=board_id * 10 + number % 6,
        stage="Enquiry",
        board_id=board_id,
        position=number,
        status=seeded.choice((1, 2, 3, 3, 3)),
        customer_id=number,
        customer=f"{seeded.choice(_FIRST)} {seeded.choice(_LAST)}",
        company=f"{seeded.choice(_COMPANIES)} {number % 997}",
        email=f"user{number}@example.com",
        name="" if number % 3 else "Studio",
        value=Decimal(seeded.randrange(9_000)),
        currency="GBP",
        owner_id=number % 9,
        owner="Ana Ruiz",
        due_on=_NOW + timedelta(days=seeded.randrange(-60, 60)) if number % 4 else None,
        lead_source=1,
        loss_reason=None,
        created_on=_NOW,
        updated_on=_NOW,
        stage_since=_NOW,
    )
