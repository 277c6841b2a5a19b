"""When to follow up: a chip or a typed day becomes a day on which the location is open, and the instant to be written.

The choice is a value that is shown before it is taken: weekday and date, and which day it was moved from.  Days are
those of the location's calendar, which is given as today and a zone.  It must not read what is typed (`typed_days.py`),
ask a clock, or change an opportunity.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from crm_tui.domain.typed_days import read_day
from crm_tui.domain.typed_words import words_of
from crm_tui.domain.when import (
    LATEST,
    WEEKDAYS,
    Dates,
    absolute_words,
    dated_words,
    day_start,
    due_zone,
)
from crm_tui.structs import Struct

_WEEK: Final = 7

# A text, not compiled: `re` does that when it is first used, and a start need not wait for it.
_WORKING_DAYS: Final = r"(?:(?:in )?0*([1-9][0-9]{0,2})|next) working day"
"""Over the words of a typed day."""


_WEEKEND: Final = frozenset((5, 6))
"""Saturday and Sunday."""


class Week(Struct, frozen=True):
    """On which days a location is closed.

    Raises `ValueError` when it is on all weekdays, or on what is no weekday.
    """

    closed: frozenset[int] = frozenset()
    """Numbers of weekdays, 0 for Monday."""
    days: frozenset[date] = frozenset()
    """Single days, such as holidays."""

    def __post_init__(self) -> None:
        if not self.closed < frozenset(range(_WEEK)):
            raise ValueError(f"closed on {sorted(self.closed)}: some weekday has to be open")

    def is_closed(self, day: date) -> bool:
        """Say whether the location is closed on a day."""
        return day.weekday() in self.closed or day in self.days

    def open_from(self, day: date) -> date:
        """Give a day, or the next one on which the location is open."""
        while self.is_closed(day) and day < LATEST:
            day += timedelta(days=1)
        return day

    def working_days_on(self, day: date, count: int) -> date:
        """Give the day so many working days later; raises `OverflowError`.

        They are the open ones; where nobody has said which are closed, all but Saturday and Sunday.
        """
        week = self if self.closed else Week(_WEEKEND, self.days)
        for _ in range(count):
            day = week.open_from(day + timedelta(days=1))
        return day


class Choice(Struct, frozen=True):
    """A follow-up that was asked for."""

    today: date
    asked: date | None
    """None to have no follow-up any more."""
    day: date | None
    """The day that was asked for, or the next open one."""
    is_always_closed: bool = False
    """Where another day was asked for: every such weekday is closed, not that day alone."""

    @property
    def words(self) -> str:
        """Say it before it is taken: ``Mon 23 Nov``, with the year in another year; ``no follow-up``."""
        if self.day is None:
            return "no follow-up"
        return absolute_words(self.day, self.today) + self._why_moved

    @property
    def whole_words(self) -> str:
        """Say it while it is typed, with the year and how far off it is: ``Mon 14 Dec 2026, +14d``."""
        if self.day is None:
            return "no follow-up"
        days = (self.day - self.today).days
        far = f"+{days}d" if days > 0 else f"{-days}d ago" if days else "today"
        return f"{dated_words(self.day)}, {far}{self._why_moved}"

    @property
    def _why_moved(self) -> str:
        if self.asked is None or self.day == self.asked:
            return ""
        asked = absolute_words(self.asked, self.today)
        weekday = WEEKDAYS[self.asked.weekday()]
        always = f" as all {weekday}s are" if self.is_always_closed else ""
        return f", since {asked} is closed{always}"


class Chip(Struct, frozen=True):
    """A follow-up for one key."""

    key: str
    words: str
    day: Callable[[date], date | None]
    """From today."""


def _monday(today: date) -> date:
    return today + timedelta(days=_WEEK - today.weekday())


def _end_of_month(today: date) -> date:
    return today.replace(day=monthrange(today.year, today.month)[1])


CHIPS: Final = (
    Chip("t", "tomorrow", lambda today: today + timedelta(days=1)),
    Chip("m", "Monday", _monday),
    Chip("w", "one week", lambda today: today + timedelta(weeks=1)),
    Chip("2", "two weeks", lambda today: today + timedelta(weeks=2)),
    Chip("e", "end of month", _end_of_month),
    Chip("0", "clear", lambda _today: None),
)
"""In the order in which they are shown.  Monday is the next one and never today, as for who types it."""

BY_KEY: Final = {chip.key: chip for chip in CHIPS}


def by_chip(key: str, today: date, week: Week) -> Choice:
    """Give what a chip means today; raises `KeyError` for a key that is none."""
    return _choice(BY_KEY[key].day(today), today, week)


def typed(text: str, today: date, week: Week) -> Choice:
    """Give what a typed day means today; raises `typed_words.DayError`.

    Working days are counted here, since only the location's week tells them: ``in 2 working days``.
    """
    words = words_of(text)
    if found := re.fullmatch(_WORKING_DAYS, " ".join(word.text for word in words)):
        day = week.working_days_on(today, int(found[1] or 1))
        return Choice(today, day, day)
    return _choice(read_day(text, today), today, week)


def _choice(asked: date | None, today: date, week: Week) -> Choice:
    """Move a day on to an open one; the last days that can be typed stay, open or not, since none follows."""
    if asked is None or asked > LATEST - timedelta(days=_WEEK):
        return Choice(today, asked, asked)
    return Choice(today, asked, week.open_from(asked), asked.weekday() in week.closed)


def due_on(day: date, zone: tzinfo, dates: Dates) -> datetime:
    """Give the instant, in UTC, that is written for a follow-up on a day of a location in `zone`.

    It is the day's beginning, read back as the same day: on the location's calendar, or by its digits where the
    service writes what the clock on the wall shows.
    """
    return day_start(day, due_zone(zone, dates))
