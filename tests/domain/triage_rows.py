"""A small world for the triage queue: two boards in two zones and currencies, and opportunities on them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from crm_tui.domain.ageing import Limit
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.domain.triage.lanes import Scope
from crm_tui.structs import replace
from tests.domain.rows import a_row

NOW = datetime(2026, 11, 21, 13, tzinfo=UTC)
"""A Saturday."""

LONDON, AUCKLAND = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Auckland")

ENQUIRY, TOUR, WON, LOST, FAR = 10, 11, 12, 13, 20

STAGES = {
    ENQUIRY: Stage(ENQUIRY, 1, "Enquiry", 0, "GBP"),
    TOUR: Stage(TOUR, 1, "Office tour", 1, "GBP"),
    WON: Stage(WON, 1, "Won", 2, "GBP", wins=True),
    LOST: Stage(LOST, 1, "Lost", 3, "GBP", loses=True),
    FAR: Stage(FAR, 2, "Enquiry", 0, "NZD"),
}

SCOPE = Scope(
    now=NOW,
    zones={1: LONDON, 2: AUCKLAND},
    stages=STAGES,
    limits={TOUR: Limit(12, stays=25)},
)

ELSEWHERE = 3
"""A board that is not in scope."""


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def opportunity(record_id: int = 1, **facts: Any) -> OpportunityRow:
    """Make an open opportunity of the first board that nothing is wrong with, and that has no follow-up."""
    usual: dict[str, Any] = {
        "created_on": ago(30),
        "updated_on": ago(5),
        "stage_since": ago(6),
    }
    return replace(a_row(record_id, ENQUIRY), **usual | facts)


def a_chance_one(record_id: int, seed: int) -> OpportunityRow:
    """Make an opportunity in any state, few of each, so that many tie."""
    chance = random.Random(seed)
    stage = chance.choice(sorted(STAGES))

    def moment(least: int, most: int) -> datetime | None:
        hours = chance.randint(least * 24, most * 24)
        return chance.choice((None, *[NOW + timedelta(hours=hours)] * 4))

    return replace(
        a_row(record_id, stage, currency=STAGES[stage].currency),
        board_id=chance.choice([STAGES[stage].board_id] * 7 + [ELSEWHERE]),
        status=chance.choice([1, 1, 1, 1, 2, 3, 3, 9]),
        customer_id=chance.randint(0, 5),
        name=chance.choice(["", "Desk", " desk "]),
        value=chance.choice([None, Decimal(5), Decimal(chance.randint(0, 10**8)) / 100]),
        owner_id=chance.choice([None, 3, 3, 3, 3]),
        due_on=moment(-4, 90),
        lead_source=chance.choice([None, 1, 9]),
        loss_reason=chance.choice([None, None, 4]),
        created_on=moment(-4, 0),
        updated_on=moment(-4, 0),
        stage_since=moment(-120, 0),
    )


def opportunities(record_id: int) -> st.SearchStrategy[OpportunityRow]:
    """Draw an opportunity in any state."""
    return _SEEDS.map(lambda seed: a_chance_one(record_id, seed))


def books() -> st.SearchStrategy[list[OpportunityRow]]:
    """Draw up to a dozen opportunities with different ids, in any order."""
    return st.dictionaries(st.integers(1, 20), _SEEDS, max_size=12).map(
        lambda seeds: [a_chance_one(each, seed) for each, seed in seeds.items()]
    )


_SEEDS = st.integers(0, 10**6)


def scopes() -> st.SearchStrategy[Scope]:
    """Draw pins and what is known of won ones."""
    some = st.frozensets(st.integers(1, 20), max_size=5)
    return st.builds(
        lambda pinned, undated: replace(SCOPE, pinned=pinned, undated=undated), some, some
    )
