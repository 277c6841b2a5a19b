"""How long is too long in a stage: weekdays, and what the won ones teach."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.ageing import (
    FEWEST_STAYS,
    SHORTEST,
    UNLEARNED,
    Limit,
    limit_of,
    limits,
    weekdays,
)

MONDAY = date(2026, 11, 16)

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-11-16", "2026-11-16", 0),
        ("2026-11-16", "2026-11-17", 1),
        ("2026-11-16", "2026-11-20", 4),
        ("2026-11-20", "2026-11-21", 0),  # Friday to Saturday
        ("2026-11-20", "2026-11-22", 0),
        ("2026-11-20", "2026-11-23", 1),
        ("2026-11-21", "2026-11-22", 0),
        ("2026-11-16", "2026-11-23", 5),
        ("2026-01-01", "2027-01-01", 261),
        ("2026-11-23", "2026-11-16", 0),
    ],
)
def test_weekends_do_not_count(first: str, last: str, count: int) -> None:
    assert weekdays(date.fromisoformat(first), date.fromisoformat(last)) == count


@given(days, st.integers(0, 400))
def test_weekdays_are_those_that_a_calendar_shows(first: date, length: int) -> None:
    passed = [first + timedelta(days=each) for each in range(1, length + 1)]
    assert weekdays(first, first + timedelta(days=length)) == sum(
        day.weekday() < 5 for day in passed
    )


def stays(*lengths: int, stage: int = 10, first: int = 1) -> list[tuple[int, int, date, date]]:
    """Make one stay of so many weeks each, of opportunities 1, 2, 3 …"""
    return [
        (first + number, stage, MONDAY, MONDAY + timedelta(weeks=length))
        for number, length in enumerate(lengths)
    ]


def test_the_limit_is_what_four_of_five_won_ones_did_not_exceed() -> None:
    won = frozenset(range(1, 11))
    assert limits(stays(1, 2, 3, 4, 9), won) == {10: Limit(20, 5)}
    assert limits(stays(9, 4, 3, 2, 1, 8, 7, 6, 5, 40), won) == {10: Limit(40, 10)}


def test_lost_and_open_ones_teach_nothing_and_few_won_ones_neither() -> None:
    history = stays(1, 2, 3, 4, 5)
    assert limits(history, frozenset(range(1, FEWEST_STAYS))) == {}
    assert limits(history + stays(50, first=90), range(1, 6)) == {10: Limit(20, 5)}
    assert limits([], frozenset()) == {}


def test_however_fast_the_won_ones_were_some_days_are_never_too_long() -> None:
    assert limits(stays(0, 0, 0, 0, 0), range(1, 6)) == {10: Limit(SHORTEST, 5)}


def test_a_stage_without_a_limit_of_its_own_has_the_common_one() -> None:
    known = {10: Limit(20, 5)}
    assert limit_of(known, 10) == Limit(20, 5)
    assert limit_of(known, 11) == Limit(UNLEARNED, stays=0)


@given(st.lists(st.integers(0, 60), min_size=FEWEST_STAYS, max_size=40))
def test_four_of_five_stays_are_within_the_limit_and_no_shorter_one_would_do(
    lengths: list[int],
) -> None:
    found = limits(stays(*lengths), range(1, 100))[10].weekdays
    within = sum(length * 5 <= found for length in lengths)
    assert within * 5 >= len(lengths) * 4
    if found > SHORTEST:
        assert sum(length * 5 < found for length in lengths) * 5 < len(lengths) * 4
