"""P16: what it costs to rank a whole book, and to rank one opportunity anew after a verb."""

import random
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.domain.triage.lanes import Scope
from crm_tui.domain.triage.queue import Queue, queue
from crm_tui.structs import replace
from tests.bench.figures import Row, Yardstick, median, over_yardstick
from tests.bench.yardstick import Yardsticks

_NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_OPEN, _WON, _LOST = 1, 2, 3
_ZONES = ("Europe/London", "Europe/Madrid", "America/New_York")
_CURRENCIES = ("GBP", "EUR", "USD")
_STAGES_A_BOARD = 8
_BOARDS = 12


class Ranking:
    """P16: the whole queue, 20 % of the book open, and one row of it."""

    id = "P16"
    title = "the triage queue"
    sizes: Final[dict[int, float | None]] = {5_000: None, 50_000: 12, 100_000: 24}
    """Opportunities of a book → times K to rank it; none for a figure without a budget."""

    def __init__(self, samples: int, *, rounds: int) -> None:
        self.samples = samples
        self._rounds = rounds
        self._whole: dict[int, list[float]] = {size: [] for size in self.sizes}
        self._one: dict[int, list[float]] = {size: [] for size in self.sizes}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Rank each book several times, and every time some opportunities at its head once more."""
        for size in self.sizes:
            for _ in range(self._rounds):
                self._whole[size].append(_ranked(size))
                self._one[size] += _put_off(_queue(size))

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The median of each against K."""
        rows = []
        for size, times in self.sizes.items():
            what = f"book of {size:,}, 20 % open"
            whole, one = median(self._whole[size]), median(self._one[size])
            key = yardstick.key_ms
            rows += [
                Row(self.id, f"{what}, ranked", whole, measure=key)
                if times is None
                else over_yardstick(self.id, f"{what}, ranked", whole, times, key),
                over_yardstick(self.id, f"{what}, one ranked anew", one, 0.5, key),
            ]
        return rows


def _ranked(size: int) -> float:
    """Rank a book; milliseconds."""
    rows, scope = _book(size)
    begin = time.perf_counter()
    queue(rows, scope)
    return (time.perf_counter() - begin) * 1000


def _put_off(ranked: Queue) -> list[float]:
    """Give ten opportunities at the head a follow-up ahead, one by one; milliseconds of each."""
    times = []
    for entry in ranked.order[:10]:
        changed = replace(entry.row, due_on=_NOW + timedelta(days=7), updated_on=_NOW)
        begin = time.perf_counter()
        ranked = ranked.with_row(changed)
        times.append((time.perf_counter() - begin) * 1000)
    return times


@cache
def _queue(size: int) -> Queue:
    return queue(*_book(size))


@cache
def _book(size: int) -> tuple[list[OpportunityRow], Scope]:
    """Make up a book of two years on twelve boards at three locations."""
    chance = random.Random(16)
    zones = {board: ZoneInfo(_ZONES[board % len(_ZONES)]) for board in range(_BOARDS)}
    stages = {
        number: Stage(
            number,
            number // _STAGES_A_BOARD,
            f"Stage {number}",
            number % _STAGES_A_BOARD,
            currency=_CURRENCIES[number // _STAGES_A_BOARD % len(_CURRENCIES)],
            wins=number % _STAGES_A_BOARD == _STAGES_A_BOARD - 2,
            loses=number % _STAGES_A_BOARD == _STAGES_A_BOARD - 1,
        )
        for number in range(_BOARDS * _STAGES_A_BOARD)
    }
    rows = [_row(chance, number, size, stages) for number in range(size)]
    return rows, Scope(now=_NOW, zones=zones, stages=stages)


def _row(chance: random.Random, number: int, size: int, stages: dict[int, Stage]) -> OpportunityRow:
    status = _OPEN if chance.random() < 0.2 else chance.choice((_WON, _LOST))
    place = {_WON: 6, _LOST: 7}.get(status, chance.randrange(6))
    stage = stages[chance.randrange(_BOARDS) * _STAGES_A_BOARD + place]
    since = _NOW - timedelta(minutes=chance.randrange((60 if status == _OPEN else 730) * 24 * 60))
    due = _NOW + timedelta(hours=chance.randrange(-10 * 24, 40 * 24))
    return OpportunityRow(
        id=number,
        stage_id=stage.id,
        stage=stage.name,
        board_id=stage.board_id,
        position=number,
        status=status,
        customer_id=1 + chance.randrange(size),
        customer="Noor Haddad",
        company="Haddad & Co",
        email="noor@example.com",
        name="",
        value=Decimal(chance.randrange(10_000, 900_000)) / 100 if chance.random() < 0.9 else None,
        currency=stage.currency,
        owner_id=chance.randrange(1, 9) if chance.random() < 0.95 else None,
        owner="Ana Ruiz",
        due_on=due if chance.random() < (0.7 if status == _OPEN else 0.1) else None,
        lead_source=chance.choice((1, 2, 5, 11)),
        loss_reason=4 if status == _LOST and chance.random() < 0.95 else None,
        created_on=since - timedelta(days=3),
        updated_on=since + timedelta(hours=3),
        stage_since=since,
    )
