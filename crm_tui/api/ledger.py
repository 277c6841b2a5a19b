"""How much of the limits is spent: token buckets, a spacing, a count of the day and a pause, as plain numbers.

Pure arithmetic on seconds since the epoch; it neither waits nor reads a clock.  A clock that was set back takes
everything along with it, so that nobody waits for a day that has been already; one that was set forward fills the
buckets once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from crm_tui.structs import Struct, field

HOUR: Final = 3600.0

_HOURS: Final = 25
"""Hours that a day reaches into, at most."""

_LONGEST_HOUR: Final = 9
"""Digits of an hour since the epoch; ours have six."""

_SHARE: Final = 0.08
"""Part of a minute's allowance that may be spent at once.

The service is told to take 120 a minute and 60 writes, nine per cent more than we send: a burst must fit in
there, or the first minute would be over its limit.
"""

LONGEST_PAUSE: Final = 86_400.0
"""Seconds that a pause is kept at most: after a day the server may be asked whether it still means it."""

_SET_BACK: Final = 1.0
"""Seconds by which a clock may go back without it meaning anything."""


class Limits(Struct, frozen=True):
    """What we allow ourselves; `None` is no limit."""

    per_second: float | None = 10
    per_minute: float | None = 110
    writes_per_minute: float | None = 55
    writes_per_day: int | None = 2_500


UNLIMITED: Final = Limits(None, None, None, None)
"""For a server on this machine: only what it asks for itself is waited out."""


class Ledger(Struct):
    """What was spent, and until when everybody pauses."""

    at: float = 0.0
    """When this was last brought up to date."""
    all_spent: float = 0.0
    """Of a minute's burst."""
    writes_spent: float = 0.0
    free_at: float = 0.0
    """When the next request may go, for the spacing within a second."""
    paused_until: float = 0.0
    hours: dict[int, int] = field(default_factory=dict)
    """Writes by hours since the epoch."""

    def bring_to(self, now: float, limits: Limits) -> None:
        """Let time pass until now."""
        if now < self.at - _SET_BACK:
            back = self.at - now
            self.free_at -= back
            self.paused_until -= back
            self.at = now
        passed = max(0.0, now - self.at)
        self.all_spent = max(0.0, self.all_spent - passed * (limits.per_minute or 0) / 60)
        self.writes_spent = max(
            0.0, self.writes_spent - passed * (limits.writes_per_minute or 0) / 60
        )
        self.at = max(self.at, now)
        # Whatever was found written down, it takes no longer than it can have taken.
        self.all_spent = min(self.all_spent, limits.per_minute or math.inf)
        self.writes_spent = min(self.writes_spent, limits.writes_per_minute or math.inf)
        self.paused_until = min(self.paused_until, self.at + LONGEST_PAUSE)
        soon = max(self.at, self.paused_until) + (1 / limits.per_second if limits.per_second else 0)
        self.free_at = min(self.free_at, soon)
        current = int(now // HOUR)
        kept: dict[int, int] = {}
        for hour, count in self.hours.items():
            # What was noted under a clock that ran ahead counts as noted now.
            if hour > current - _HOURS:
                kept[min(hour, current)] = kept.get(min(hour, current), 0) + count
        self.hours = kept

    def wait(self, limits: Limits, *, write: bool) -> float:
        """Give the seconds until one more request fits the limits, pauses and days left aside."""
        waits = [0.0]
        if limits.per_second:
            waits.append(self.free_at - self.at)
        if limits.per_minute:
            over = self.all_spent + 1 - burst(limits.per_minute)
            waits.append(over * 60 / limits.per_minute)
        if write and limits.writes_per_minute:
            over = self.writes_spent + 1 - burst(limits.writes_per_minute)
            waits.append(over * 60 / limits.writes_per_minute)
        # A remainder that is only an error of rounding is no wait.
        return max(waits) if max(waits) > 1e-6 else 0.0

    def pause(self) -> float:
        """Give the seconds for which everybody pauses."""
        return max(0.0, self.paused_until - self.at)

    def pause_for(self, seconds: float) -> None:
        """Make everybody pause, unless they do so longer already."""
        until = self.at + min(seconds, LONGEST_PAUSE)
        self.paused_until = max(self.paused_until, until)
        # Who comes next after the pause still keeps the distance of a second's limit.
        self.free_at = max(self.free_at, self.paused_until)

    def resume(self) -> None:
        """End the pause."""
        self.paused_until = self.free_at = self.at

    def day(self, limits: Limits) -> float:
        """Give the seconds until one more write fits the day."""
        if limits.writes_per_day is None or sum(self.hours.values()) < limits.writes_per_day:
            return 0.0
        excess = sum(self.hours.values()) - limits.writes_per_day + 1
        for hour in sorted(self.hours):
            excess -= self.hours[hour]
            if excess <= 0:
                return max(1.0, (hour + _HOURS) * HOUR - self.at)
        return _HOURS * HOUR  # no write at all is allowed

    def spend(self, limits: Limits, *, write: bool) -> None:
        """Note a request that goes now."""
        self.all_spent += 1
        if limits.per_second:
            self.free_at = max(self.at, self.free_at) + 1 / limits.per_second
        if write:
            self.writes_spent += 1
            hour = int(self.at // HOUR)
            self.hours[hour] = self.hours.get(hour, 0) + 1

    def written(self) -> dict[str, Any]:
        """Give it as what can be written down."""
        return {
            "at": self.at,
            "all": self.all_spent,
            "writes": self.writes_spent,
            "free_at": self.free_at,
            "paused_until": self.paused_until,
            "hours": {str(hour): count for hour, count in self.hours.items()},
        }


def read(content: Any) -> Ledger:
    """Read what was written down; what is not whole counts as nothing spent."""
    if not isinstance(content, dict):
        return Ledger()
    hours = content.get("hours")
    return Ledger(
        at=_number(content, "at"),
        all_spent=_number(content, "all"),
        writes_spent=_number(content, "writes"),
        free_at=_number(content, "free_at"),
        paused_until=_number(content, "paused_until"),
        hours={
            int(hour): count
            for hour, count in (hours if isinstance(hours, dict) else {}).items()
            if str(hour).isdecimal() and len(hour) <= _LONGEST_HOUR and type(count) is int
        },
    )


def burst(per_minute: float) -> float:
    """Give how many may go at once."""
    return max(1.0, float(int(per_minute * _SHARE)))


def finite(value: Any) -> float | None:
    """Take a number that was written down as one to reckon with; none when it is none, or beyond all measure."""
    if not isinstance(value, (int, Decimal)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _number(content: Mapping[str, Any], key: str) -> float:
    return finite(content.get(key)) or 0.0
