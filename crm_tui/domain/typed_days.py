"""Typed days read: plain English and dates, as a day of the calendar.

Where people read one writing in two ways, it is decided here: weeks begin on Monday; ``fri`` is the next one and never
today, ``next fri`` the one of next week; the end of a week is its Friday; ``12/11`` is refused, since it is November
to some and December to others, and ``25/12`` is not, nor ``12.11.``, since nobody writes the month first with dots.
What is meant lies ahead wherever no year is given.  Names are English whatever the system's language.

It asks no clock and knows no zone, and nothing of days on which a location is closed (`follow_ups.py`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from crm_tui.domain.typed_words import (
    EXAMPLE,
    SHORT_UNITS,
    DayError,
    no_day,
    position_of,
    quoted,
    words_of,
)
from crm_tui.domain.when import EARLIEST, LATEST, MONTHS, WEEKDAYS

_YEARS_TO_LEAP: Final = 8
"""Years until 29 February comes again at the latest: 1896 to 1904."""

_FEBRUARY: Final = 2
"""The month whose length hangs on the year."""

_WEEK: Final = 7
_FRIDAY: Final = 4


class _Slip(Exception):
    """What was typed has the form of a day and is none."""

    def __init__(self, message: str, example: str, group: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.example = example
        self.group = group
        """Of the form's pattern: the part that is wrong."""


def read_day(text: str, today: date) -> date:
    """Read a typed day, whatever its case: one of `EXAMPLES` and their like; raises `DayError`.

    A day and month without a year, or a day of the month alone, is the next such day, today included.  A month on is
    the same day of that month, or its last one: ``+1m`` on 31 January is the end of February.
    """
    words = words_of(text)
    typed = " ".join(word.text for word in words)
    for pattern, reader in _FORMS:
        if found := re.fullmatch(pattern, typed):
            try:
                day = reader(found, today)
                if not EARLIEST <= day <= LATEST:
                    raise OverflowError(typed)
            except _Slip as slip:
                position = position_of(words, found.start(slip.group))
                raise DayError(slip.message, position, slip.example) from None
            except OverflowError:
                years = f"{EARLIEST.year} to {LATEST.year}"
                message = f"{quoted(text)} is no day of the years {years}"
                raise DayError(message, words[0].position, EXAMPLE) from None
            return day
    raise no_day(text, words[0].position if words else len(text))


# Forms: a pattern over the words and what it means.  To read one more, add a line to `_FORMS`.
# A reader raises `_Slip`, and `OverflowError` for what lies outside the calendar.


def _named(found: re.Match[str], today: date) -> date:
    return today + timedelta(days={"yesterday": -1, "today": 0, "tomorrow": 1}[found[0]])


def _offset(found: re.Match[str], today: date) -> date:
    return _units_on(today, int(found[1]), SHORT_UNITS[found[2]])


def _counted(found: re.Match[str], today: date) -> date:
    return _units_on(today, int(found[1]) * (-1 if found[3] else 1), found[2])


def _iso(found: re.Match[str], _today: date) -> date:
    return _dated(found, int(found[1]), int(found[2]), int(found[3]))


def _dotted(found: re.Match[str], today: date) -> date:
    return _day_and_month(found, today, int(found[1]), int(found[2]), _year(found, 3))


def _slashed(found: re.Match[str], today: date) -> date:
    """Read a day and a month in the order that makes a date; refuse where both do and are two dates."""
    one, two, year = int(found[1]), int(found[2]), _year(found, 3)
    if one != two and max(one, two) <= len(MONTHS) and min(one, two) > 0:
        first, second = (
            f"{day} {MONTHS[month - 1][:3]}" for day, month in ((one, two), (two, one))
        )
        message = f'"{found[0]}" may be {first} or {second}; write the name of the month'
        raise _Slip(message, first.casefold())
    return _day_and_month(found, today, *((two, one) if two > len(MONTHS) else (one, two)), year)


def _day_of_month(found: re.Match[str], today: date) -> date:
    return _worded(found, today, int(found[2]), found[3], 4)


def _month_and_day(found: re.Match[str], today: date) -> date:
    return _worded(found, today, int(found[3]), found[2], 4)


def _worded(found: re.Match[str], today: date, day: int, month: str, year: int) -> date:
    number = [name.casefold() for name in MONTHS].index(month) + 1
    whole = _day_and_month(found, today, day, number, _year(found, year))
    weekday = WEEKDAYS[whole.weekday()]
    if found[1] and found[1] != weekday.casefold():
        said = f"{whole.day} {MONTHS[number - 1][:3]} {whole.year}"
        raise _Slip(f"{said} is a {weekday}, not a {found[1].capitalize()}", said.casefold(), 1)
    return whole


def _year(found: re.Match[str], group: int) -> int | None:
    if not found[group]:
        return None
    if len(found[group]) != len("2026"):
        raise _Slip(f'"{found[group]}" is no year; write all four digits', EXAMPLE, group)
    return int(found[group])


def _day_and_month(
    found: re.Match[str], today: date, day: int, month: int, year: int | None
) -> date:
    """Give a day of a month, the next one where no year is given."""
    if year is not None:
        return _dated(found, year, month, day)
    for near in range(today.year, today.year + _YEARS_TO_LEAP + 1):
        if _is_date(near, month, day) and date(near, month, day) >= today:
            return date(near, month, day)
    # No year has such a day, so the next such month is the one that was meant.
    return _dated(found, today.year + (month < today.month), month, day)


def _is_date(year: int, month: int, day: int) -> bool:
    return 1 <= month <= len(MONTHS) and 1 <= day <= monthrange(year, month)[1]


def _dated(found: re.Match[str], year: int, month: int, day: int) -> date:
    if not EARLIEST.year <= year <= LATEST.year:
        raise OverflowError(year)
    if not 1 <= month <= len(MONTHS):
        raise _Slip(f"there is no month {month}; they go from 1 to 12", EXAMPLE)
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        name = MONTHS[month - 1]
        said = f"{name} {year}" if month == _FEBRUARY else name
        example = f"{last} {name[:3].casefold()}"
        raise _Slip(f"there is no {day} {name}: {said} has {last} days", example)
    return date(year, month, day)


def _ordinal(found: re.Match[str], today: date) -> date:
    """Give the next such day of a month, in the next month that is long enough."""
    day = int(found[1])
    for ahead in range(3):
        first = _months_on(today.replace(day=1), ahead)
        if 1 <= day <= monthrange(first.year, first.month)[1] and first.replace(day=day) >= today:
            return first.replace(day=day)
    raise _Slip(f"no month has a {found[0]}", "1st")


def _bare_number(found: re.Match[str], _today: date) -> date:
    number = int(found[0])
    example = f"{number} nov" if 1 <= number <= 30 else EXAMPLE
    raise _Slip(f'"{found[0]}" of which month? Write {example}', example)


def _weekday(found: re.Match[str], today: date) -> date:
    ahead = (_weekday_number(found[0]) - today.weekday()) % _WEEK
    return today + timedelta(days=ahead or _WEEK)


def _next_weekday(found: re.Match[str], today: date) -> date:
    return _monday_after(today) + timedelta(days=_weekday_number(found[1]))


def _weekday_number(name: str) -> int:
    return [each.casefold() for each in WEEKDAYS].index(name)


def _next(found: re.Match[str], today: date) -> date:
    """Give the first day of the next week, month or year."""
    if found[1] == "week":
        return _monday_after(today)
    if found[1] == "month":
        return _months_on(today.replace(day=1), 1)
    return _months_on(today.replace(day=1, month=1), 12)


def _end(found: re.Match[str], today: date) -> date:
    """Give the last day of this or the next week, month or year; of a week its Friday that is not over."""
    is_next = bool(found[1])
    if found[2] == "week":
        friday = _monday_after(today) - timedelta(days=_WEEK - _FRIDAY)
        return friday + timedelta(days=_WEEK) if is_next or friday < today else friday
    months = 1 if found[2] == "month" else 12
    first = today.replace(day=1) if months == 1 else today.replace(day=1, month=1)
    return _months_on(first, months * (2 if is_next else 1)) - timedelta(days=1)


def _end_of_month(found: re.Match[str], today: date) -> date:
    month = [name.casefold() for name in MONTHS].index(found[1]) + 1
    year = _year(found, 2)
    if year is None:
        year = today.year + (month < today.month)
    if not EARLIEST.year <= year <= LATEST.year:
        raise OverflowError(year)
    return date(year, month, monthrange(year, month)[1])


def _monday_after(today: date) -> date:
    return today + timedelta(days=_WEEK - today.weekday())


def _units_on(day: date, count: int, unit: str) -> date:
    if unit in ("month", "year"):
        return _months_on(day, count * (12 if unit == "year" else 1))
    return day + timedelta(days=count * (_WEEK if unit == "week" else 1))


def _months_on(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not EARLIEST.year <= year <= LATEST.year + 1:
        raise OverflowError(count)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _forms() -> Iterator[tuple[str, Callable[[re.Match[str], date], date]]]:
    weekday = "|".join(name.casefold() for name in WEEKDAYS)
    month = "|".join(name.casefold() for name in MONTHS)
    number = r"([0-9]{1,2})(?:st|nd|rd|th)?"
    year = r"(?: ([0-9]{1,12}))?"
    yield r"today|tomorrow|yesterday", _named
    yield r"([+-][0-9]+)([dwm])", _offset
    yield r"(?:in )?([0-9]+) (day|week|month|year)( ago)?", _counted
    yield r"([0-9]{4})-([0-9]+)-([0-9]+)", _iso
    yield r"([0-9]+)/([0-9]+)(?:/([0-9]+))?", _slashed
    yield r"([0-9]+)\.([0-9]+)\.?([0-9]+)?", _dotted
    yield rf"(?:({weekday}) )?{number} ({month}){year}", _day_of_month
    yield rf"(?:({weekday}) )?({month}) {number}{year}", _month_and_day
    yield r"([0-9]{1,2})(?:st|nd|rd|th)", _ordinal
    yield r"[0-9]+", _bare_number
    yield rf"{weekday}", _weekday
    yield rf"next ({weekday})", _next_weekday
    yield r"next (week|month|year)", _next
    yield r"end (next )?(week|month|year)", _end
    yield rf"end ({month}){year}", _end_of_month


_FORMS: Final = tuple(_forms())
"""Patterns as texts: `re` keeps what it has compiled, and a start need not wait for it."""
