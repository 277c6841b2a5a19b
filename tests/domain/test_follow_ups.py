"""Chips and typed days as follow-ups: open days, what is shown, and the instant that is written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.follow_ups import CHIPS, Chip, Week, by_chip, due_on, typed
from crm_tui.domain.typed_words import DayError
from crm_tui.domain.when import LATEST, Dates, due_zone, follow_up, local_day

ALWAYS = Week()
WEEKEND = Week(frozenset((5, 6)))

CHRISTMAS = Week(frozenset((5, 6)), frozenset((date(2026, 12, 25), date(2026, 12, 28))))

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC", "Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Beirut", "America/Havana",
        "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago",
    )
]  # fmt: skip

today_days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
weeks = st.frozensets(st.integers(0, 6), max_size=6).map(Week)


@pytest.mark.parametrize(
    ("today", "key", "day"),
    [
        ("2026-11-21", "t", "2026-11-22"),
        ("2026-11-21", "m", "2026-11-23"),
        ("2026-11-21", "w", "2026-11-28"),
        ("2026-11-21", "2", "2026-12-05"),
        ("2026-11-21", "e", "2026-11-30"),
        ("2026-11-21", "0", None),
        ("2026-11-22", "m", "2026-11-23"),
        ("2026-11-23", "m", "2026-11-30"),
        ("2026-12-31", "t", "2027-01-01"),
        ("2026-12-31", "e", "2026-12-31"),
        ("2028-02-01", "e", "2028-02-29"),
        ("2028-02-28", "t", "2028-02-29"),
        ("2026-03-28", "t", "2026-03-29"),
        ("2026-10-18", "w", "2026-10-25"),
    ],
)
def test_a_chip_is_a_day_from_today(today: str, key: str, day: str | None) -> None:
    choice = by_chip(key, date.fromisoformat(today), ALWAYS)
    expected = None if day is None else date.fromisoformat(day)
    assert choice.day == choice.asked == expected


@pytest.mark.parametrize(
    ("text", "week", "words"),
    [
        ("tomorrow", ALWAYS, "Sun 22 Nov"),
        ("tomorrow", WEEKEND, "Mon 23 Nov, since Sun 22 Nov is closed as all Sundays are"),
        ("sat", WEEKEND, "Mon 30 Nov, since Sat 28 Nov is closed as all Saturdays are"),
        ("fri", WEEKEND, "Fri 27 Nov"),
        ("1 jan", ALWAYS, "Fri 1 Jan 2027"),
        (
            "1 jan",
            Week(frozenset((4, 5, 6))),
            "Mon 4 Jan 2027, since Fri 1 Jan 2027 is closed as all Fridays are",
        ),
        ("mon", Week(frozenset(range(6))), "Sun 29 Nov, since Mon 23 Nov is closed as all Mondays are"),
        ("31 jan", WEEKEND, "Mon 1 Feb 2027, since Sun 31 Jan 2027 is closed as all Sundays are"),
        ("29 feb", WEEKEND, "Tue 29 Feb 2028"),
        ("25 dec", CHRISTMAS, "Tue 29 Dec, since Fri 25 Dec is closed"),
        ("26 dec", CHRISTMAS, "Tue 29 Dec, since Sat 26 Dec is closed as all Saturdays are"),
        ("in 2 working days", ALWAYS, "Tue 24 Nov"),
        ("in 5 working days", WEEKEND, "Fri 27 Nov"),
        ("six working days", WEEKEND, "Mon 30 Nov"),
        ("1 business day", Week(frozenset((6, 0))), "Tue 24 Nov"),
        ("next working day", ALWAYS, "Mon 23 Nov"),
        ("in 25 working days", CHRISTMAS, "Tue 29 Dec"),
    ],
)  # fmt: skip
def test_a_closed_day_moves_on_to_the_next_open_one_and_says_so(
    text: str, week: Week, words: str
) -> None:
    assert typed(text, date(2026, 11, 21), week).words == words


def test_no_follow_up_is_said_so_and_nonsense_is_no_choice() -> None:
    assert by_chip("0", date(2026, 11, 21), WEEKEND).words == "no follow-up"
    with pytest.raises(DayError):
        typed("soon", date(2026, 11, 21), WEEKEND)
    with pytest.raises(KeyError):
        by_chip("x", date(2026, 11, 21), WEEKEND)


@pytest.mark.parametrize(
    "text", ["0 working days", "working days", "in 1000 working days", "working"]
)
def test_what_is_no_number_of_working_days_is_refused(text: str) -> None:
    with pytest.raises(DayError):
        typed(text, date(2026, 11, 21), WEEKEND)


def test_the_last_day_that_can_be_typed_stays_where_it_is() -> None:
    closed = Week(frozenset((LATEST.weekday(),)))
    assert typed("2999-12-31", date(2026, 11, 21), closed).day == LATEST


@pytest.mark.parametrize("closed", [range(7), (7,), (-1,)])
def test_a_week_has_an_open_day(closed: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="some weekday has to be open"):
        Week(frozenset(closed))


@given(st.sampled_from(CHIPS), today_days, weeks)
def test_a_choice_is_open_and_nothing_open_lies_before_it(
    chip: Chip, today: date, week: Week
) -> None:
    choice = by_chip(chip.key, today, week)
    if choice.asked is None:
        assert choice.day is None
        return
    assert choice.day is not None
    assert choice.day.weekday() not in week.closed
    between = range(choice.asked.toordinal(), choice.day.toordinal())
    assert all(date.fromordinal(each).weekday() in week.closed for each in between)


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("Europe/London", "2026-03-29", "2026-03-29T00:00Z"),  # the clocks go forward at 1
        ("Europe/London", "2026-03-30", "2026-03-29T23:00Z"),
        ("Europe/London", "2026-10-25", "2026-10-24T23:00Z"),  # they go back at 2
        ("Europe/London", "2026-10-26", "2026-10-26T00:00Z"),
        ("America/New_York", "2026-11-23", "2026-11-23T05:00Z"),
        ("Pacific/Auckland", "2026-11-23", "2026-11-22T11:00Z"),
        (
            "Asia/Beirut",
            "2026-03-29",
            "2026-03-28T22:00Z",
        ),  # there is no midnight: the day begins at 1
        ("America/Havana", "2026-11-01", "2026-11-01T04:00Z"),  # midnight comes twice: the first
        ("Asia/Kolkata", "2026-11-23", "2026-11-22T18:30Z"),
    ],
)
def test_a_follow_up_is_written_as_the_beginning_of_its_day(
    zone: str, day: str, moment: str
) -> None:
    when = datetime.fromisoformat(moment)
    wanted = date.fromisoformat(day)
    assert due_on(wanted, ZoneInfo(zone), Dates.UTC) == when
    midnight = datetime(wanted.year, wanted.month, wanted.day, tzinfo=UTC)
    assert due_on(wanted, ZoneInfo(zone), Dates.WALLCLOCK) == midnight


@given(today_days, st.sampled_from(ZONES), st.sampled_from(Dates))
def test_what_is_written_is_read_back_as_the_same_day(
    day: date, zone: ZoneInfo, dates: Dates
) -> None:
    due = due_on(day, zone, dates)
    assert due.tzinfo is UTC
    assert local_day(due, due_zone(zone, dates)) == day
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    assert follow_up(due, noon, zone, dates).days == 0
