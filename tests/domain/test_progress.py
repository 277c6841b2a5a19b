"""How far many changes are: counted, with their pace and what is left of the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.progress import Progress

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_pace_is_that_since_the_first_was_over_and_not_of_the_hold() -> None:
    going = Progress().seen(500, NOW).seen(500, after(3))
    assert (going.over, going.total, going.in_a_minute, going.remaining) == (0, 500, 0, None)
    going = going.seen(499, after(4))
    assert (going.over, going.remaining) == (1, None)
    going = going.seen(449, after(64))
    assert (going.over, going.in_a_minute) == (51, 50)
    assert going.remaining == timedelta(minutes=449 / 50)


def test_more_that_is_asked_for_meanwhile_is_added_and_none_left_begins_anew() -> None:
    going = Progress().seen(10, NOW).seen(8, after(1)).seen(28, after(31)).seen(18, after(61))
    assert (going.over, going.total, going.in_a_minute) == (12, 30, 10)
    assert going.seen(0, after(62)) == Progress()


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 60)), max_size=20))
def test_what_is_over_and_left_is_always_the_whole(looks: list[tuple[int, float]]) -> None:
    going, now = Progress(), NOW
    for left, seconds in looks:
        now += timedelta(seconds=seconds)
        going = going.seen(left, now)
        assert going.left == left
        assert going.over >= 0
        assert going.in_a_minute >= 0
        assert going.remaining is None or going.remaining >= timedelta(0)
