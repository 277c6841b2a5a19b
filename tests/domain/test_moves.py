"""Moves read as visits and as stays: cases as a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.ageing import Limit, limits
from crm_tui.domain.moves import Moved, stays, visits

MADRID = ZoneInfo("Europe/Madrid")
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def zone_of(stage_id: int) -> tzinfo:
    return NEW_YORK if stage_id == 20 else MADRID


@pytest.mark.parametrize(
    ("left", "since", "until", "days"),
    [
        (10, "2026-11-16 09:00", "2026-11-20 17:00", ("2026-11-16", "2026-11-20")),
        (10, "2026-11-16 09:00", "2026-11-16 09:00", ("2026-11-16", "2026-11-16")),
        (10, "2026-11-16 23:30", "2026-11-20 17:00", ("2026-11-17", "2026-11-20")),  # later there
        (20, "2026-11-17 03:00", "2026-11-20 04:59", ("2026-11-16", "2026-11-19")),  # earlier there
        (10, "2026-07-01 21:59", "2026-07-01 22:00", ("2026-07-01", "2026-07-02")),  # summer time
        (None, "2026-11-16 09:00", "2026-11-20 17:00", None),  # the first placement
        (10, "", "2026-11-20 17:00", None),
        (10, "2026-11-16 09:00", "", None),
        (10, "2026-11-20 17:00", "2026-11-16 09:00", None),  # told the wrong way round
    ],
)
def test_a_move_tells_of_a_stay_that_is_over(
    left: int | None, since: str, until: str, days: tuple[str, str] | None
) -> None:
    move = Moved(1, left, 11, at(since), at(until))
    found = list(stays([move], zone_of))
    assert found == ([] if days is None else [(1, left, *map(date.fromisoformat, days))])


def test_a_move_visits_both_its_stages_and_the_first_placement_one() -> None:
    moves = [Moved(1, None, 10, None, None), Moved(1, 10, 11, None, None)]
    assert list(visits(moves)) == [(1, 10), (1, 10), (1, 11)]


def test_stays_of_won_ones_teach_their_stage_its_limit() -> None:
    lasted = ("17", "18", "19", "20", "27")
    moves = [
        Moved(number, 10, 11, at("2026-11-16 09:00"), at(f"2026-11-{day} 09:00"))
        for number, day in enumerate(lasted)
    ]
    assert limits(stays(moves, zone_of), range(5)) == {10: Limit(4, 5)}
    assert limits(stays(moves, zone_of), range(4)) == {}
