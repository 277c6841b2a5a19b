"""Follow-up dates and ages in words, and the days in which they are counted.

A follow-up is an instant, but people count days: those of the calendar on the location's wall, where a day may
have 23 hours or 25.  So the zone is always given, and the clock too: nothing here asks what time it is.  Names of
days and months are English whatever the system's language.  How the service writes a follow-up down is decided here
and nowhere else (`due_zone`).  It must not decide what a day means for a filter or a
queue, read what is typed (`typed_days.py`), nor know how wide a word is on the screen.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from crm_tui.structs import Struct

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2999, 12, 31)
"""Typed days lie between these: far enough from the ends of the calendar that any zone and one day more fit."""


class Due(StrEnum):
    """Where a follow-up lies, seen from today."""

    NONE = "none"
    OVERDUE = "overdue"
    TODAY = "today"
    AHEAD = "ahead"


class Dates(StrEnum):
    """What the service means by the moment of a follow-up."""

    UTC = "utc"
    """The moment that it writes."""
    WALLCLOCK = "wallclock"
    """What the clock on the location's wall shows then; the `Z` behind it is false."""


def due_zone(zone: tzinfo, dates: Dates) -> tzinfo:
    """Give the zone in which a follow-up's moment, taken as it is written, falls on the day that is meant.

    `zone` is the location's.  Of a wall's clock the digits are the truth, and they are those of UTC.
    """
    return UTC if dates == Dates.WALLCLOCK else zone


class FollowUp(Struct, frozen=True):
    """A follow-up as a card shows it."""

    kind: Due
    days: int = 0
    """Calendar days from today, in the location's zone; negative when overdue."""
    day: date | None = None
    """The day on the location's calendar."""

    @property
    def words(self) -> str:
        """Say it shortly: ``4 d late``, ``today``, ``tomorrow``, ``Fri 28 Nov``; empty when there is none."""
        if self.day is None:
            return ""
        if self.kind == Due.OVERDUE:
            return f"{-self.days} d late"
        return day_words(self.day, self.day - timedelta(days=self.days))


def follow_up(
    due: datetime | None, now: datetime, zone: tzinfo, dates: Dates = Dates.UTC
) -> FollowUp:
    """Place a follow-up among the location's days; `due` and `now` are aware, in any zone."""
    if due is None:
        return FollowUp(Due.NONE)
    day = local_day(due, due_zone(zone, dates))
    days = (day - local_day(now, zone)).days
    if days < 0:
        return FollowUp(Due.OVERDUE, days, day)
    return FollowUp(Due.AHEAD if days else Due.TODAY, days, day)


def age(since: datetime | None, now: datetime) -> str:
    """Say how long ago something was: ``now`` (under an hour), ``3 h``, ``11 d``; empty when it is not known.

    This is time that went by, not days of a calendar.  What seems to lie ahead, because two clocks differ, is now.
    """
    if since is None:
        return ""
    gone = now - since
    if gone < timedelta(hours=1):
        return "now"
    if gone < timedelta(days=1):
        return f"{gone // timedelta(hours=1)} h"
    return f"{gone.days} d"


def day_words(day: date, today: date) -> str:
    """Say a day: ``today``, ``tomorrow``, ``yesterday``, ``Fri 28 Nov``, and ``Fri 28 Nov 2027`` in another year."""
    named = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
    return absolute_words(day, today) if named is None else named


def absolute_words(day: date, today: date) -> str:
    """Say a day by weekday and date, however near it is: ``Fri 28 Nov``, and ``Fri 28 Nov 2027`` in another year."""
    said = dated_words(day)
    return said.removesuffix(f" {day.year}") if day.year == today.year else said


def dated_words(day: date) -> str:
    """Say a day by weekday, date and year, which leaves nothing to be guessed: ``Fri 28 Nov 2026``."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def local_day(moment: datetime, zone: tzinfo) -> date:
    """Give the day that a zone's calendar shows at an aware moment."""
    try:
        return moment.astimezone(zone).date()
    except (
        OverflowError
    ):  # Some write "never" as the calendar's last minute; no zone can move that.
        return moment.date()


def day_start(day: date, zone: tzinfo) -> datetime:
    """Give the instant, in UTC, at which a day begins in a zone.

    Where the clock jumps over midnight that is the moment of the jump; where midnight comes twice, the first one.
    `day` lies between `EARLIEST` and the day after `LATEST`.
    """
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
