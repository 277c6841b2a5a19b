"""Days and ages in words."""

from __future__ import annotations

import locale
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.when import (
    EARLIEST,
    LATEST,
    Dates,
    Due,
    absolute_words,
    age,
    day_start,
    day_words,
    due_zone,
    follow_up,
    local_day,
)

LONDON, BERLIN, AUCKLAND = (
    ZoneInfo(name) for name in ("Europe/London", "Europe/Berlin", "Pacific/Auckland")
)

TODAY = date(2026, 11, 21)
"""A Saturday."""

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC", "Europe/London", "America/New_York", "Pacific/Auckland", "Pacific/Apia", "Asia/Beirut",
        "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago",
    )
]  # fmt: skip
"""Among them some whose clocks change at midnight, and by half an hour."""

days = st.dates(EARLIEST, LATEST)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("due", "kind", "away", "words"),
    [
        (None, Due.NONE, 0, ""),
        ("2026-11-17T09:00Z", Due.OVERDUE, -4, "4 d late"),
        ("2026-11-20T23:59Z", Due.OVERDUE, -1, "1 d late"),
        ("2026-11-21T00:00Z", Due.TODAY, 0, "today"),
        ("2026-11-21T23:59Z", Due.TODAY, 0, "today"),
        ("2026-11-22T00:00Z", Due.AHEAD, 1, "tomorrow"),
        ("2026-11-27T12:00Z", Due.AHEAD, 6, "Fri 27 Nov"),
        ("2026-12-31T12:00Z", Due.AHEAD, 40, "Thu 31 Dec"),
        ("2027-01-01T12:00Z", Due.AHEAD, 41, "Fri 1 Jan 2027"),
        ("2025-11-21T12:00Z", Due.OVERDUE, -365, "365 d late"),
    ],
)
def test_a_follow_up_is_said_shortly(due: str | None, kind: Due, away: int, words: str) -> None:
    found = follow_up(None if due is None else at(due), at("2026-11-21T13:00Z"), LONDON)
    assert (found.kind, found.days, found.words) == (kind, away, words)


@given(st.sampled_from(ZONES), days, st.times())
def test_a_walls_clock_means_the_day_that_it_shows_wherever_it_hangs(
    zone: ZoneInfo, day: date, clock: time
) -> None:
    due = datetime.combine(day, clock, tzinfo=UTC)
    noon = datetime.combine(day, time(12), tzinfo=zone)
    assert follow_up(due, noon, zone, Dates.WALLCLOCK).kind is Due.TODAY
    assert due_zone(zone, Dates.UTC) is zone


def test_a_walls_clock_and_a_moment_are_different_days_where_the_zone_is_far_from_utc() -> None:
    new_york, midnight, now = (
        ZoneInfo("America/New_York"),
        at("2026-03-03T00:00Z"),
        at("2026-03-02T17:00Z"),
    )
    assert follow_up(midnight, now, new_york).words == "today"
    assert follow_up(midnight, now, new_york, Dates.WALLCLOCK).words == "tomorrow"


@pytest.mark.parametrize(
    ("zone", "now", "due", "words"),
    [
        # Late in the evening in UTC it is tomorrow in Berlin already.
        (BERLIN, "2026-11-21T22:30Z", "2026-11-21T23:30Z", "tomorrow"),
        (BERLIN, "2026-11-21T23:30Z", "2026-11-21T23:45Z", "today"),
        (BERLIN, "2026-11-21T23:30Z", "2026-11-21T22:45Z", "1 d late"),
        (AUCKLAND, "2026-11-21T11:30Z", "2026-11-20T10:30Z", "2 d late"),
        # The clocks go back on 25 October: 24 hours on is still the same day, 25 hours make a day.
        (LONDON, "2026-10-24T23:30Z", "2026-10-25T23:30Z", "today"),
        (LONDON, "2026-10-24T23:30Z", "2026-10-26T00:30Z", "tomorrow"),
        # They go forward on 29 March: 23 hours make a day.
        (LONDON, "2026-03-29T00:30Z", "2026-03-29T23:15Z", "tomorrow"),
        (LONDON, "2026-03-28T23:30Z", "2026-03-29T22:45Z", "tomorrow"),
        (LONDON, "2026-03-30T11:00Z", "2026-03-28T23:59Z", "2 d late"),
    ],
)
def test_days_are_those_of_the_locations_calendar(
    zone: ZoneInfo, now: str, due: str, words: str
) -> None:
    assert follow_up(at(due), at(now), zone).words == words


@pytest.mark.parametrize("due", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_the_ends_of_the_calendar_are_days_too(due: str) -> None:
    for zone in (AUCKLAND, ZoneInfo("America/New_York")):
        assert follow_up(at(due), at("2026-11-21T13:00Z"), zone).words


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (timedelta(hours=-5), "now"),
        (timedelta(0), "now"),
        (timedelta(minutes=59), "now"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=3, minutes=59), "3 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=11, hours=23), "11 d"),
        (timedelta(days=4000), "4000 d"),
    ],
)
def test_an_age_is_what_went_by_and_never_negative(gone: timedelta, words: str) -> None:
    now = at("2026-11-21T13:00Z")
    assert age(now - gone, now) == words


def test_an_age_that_nobody_knows_is_empty() -> None:
    assert age(None, at("2026-11-21T13:00Z")) == ""


def test_a_day_can_be_said_by_its_date_however_near_it_is() -> None:
    assert absolute_words(TODAY, TODAY) == "Sat 21 Nov"
    assert absolute_words(date(2027, 1, 1), TODAY) == "Fri 1 Jan 2027"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-20", "yesterday"),
        ("2026-11-21", "today"),
        ("2026-11-22", "tomorrow"),
        ("2026-11-28", "Sat 28 Nov"),
        ("2026-05-04", "Mon 4 May"),
        ("2027-11-28", "Sun 28 Nov 2027"),
    ],
)
def test_a_day_is_said_with_its_weekday_and_with_the_year_if_it_is_another(
    day: str, words: str
) -> None:
    assert day_words(date.fromisoformat(day), TODAY) == words


def test_names_of_days_do_not_follow_the_systems_language() -> None:
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert day_words(date(2026, 5, 5), TODAY) == "Tue 5 May"
    finally:
        locale.setlocale(locale.LC_TIME, before)


@given(days, st.sampled_from(ZONES))
def test_a_day_begins_on_itself_and_nothing_of_it_lies_before(day: date, zone: ZoneInfo) -> None:
    begin = day_start(day, zone)
    assert begin.tzinfo is UTC
    if day_start(day + timedelta(days=1), zone) > begin:  # Samoa left out a day
        assert local_day(begin, zone) == day
    assert local_day(begin - timedelta(minutes=1), zone) < day
    assert begin <= day_start(day + timedelta(days=1), zone)


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(ZONES),
)
def test_the_sign_of_the_days_is_the_kind(due: datetime, now: datetime, zone: ZoneInfo) -> None:
    found = follow_up(due, now, zone)
    sign = (found.days > 0) - (found.days < 0)
    assert found.kind == {-1: Due.OVERDUE, 0: Due.TODAY, 1: Due.AHEAD}[sign]
    assert found.words
