"""How far many changes are on their way: how many of how many, how many in a minute, and how long the rest takes.

It is told how many are left whenever that is looked at, and when; it asks no clock and knows no change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from crm_tui.structs import Struct, replace

_LEAST: Final = timedelta(seconds=2)
"""For so long it is watched before a pace is said."""

_MINUTE: Final = timedelta(minutes=1)


class Progress(Struct, frozen=True):
    """What is on its way, since there was nothing."""

    total: int = 0
    left: int = 0
    since: datetime | None = None
    """When the first of it was over: what was held back before then says nothing about the pace."""
    begun_with: int = 0
    """How many were left then."""
    at: datetime | None = None
    """When it was looked at last."""

    def seen(self, left: int, now: datetime) -> Progress:
        """Take note of how many are left at an aware instant; once there are none it begins anew."""
        if left == 0:
            return Progress()
        if left >= self.left:
            more = left - self.left
            return replace(
                self,
                total=self.total + more,
                left=left,
                begun_with=self.begun_with + more * (self.since is not None),
                at=now,
            )
        if self.since is None:
            return replace(self, left=left, since=now, begun_with=left, at=now)
        return replace(self, left=left, at=now)

    @property
    def over(self) -> int:
        """How many have their outcome."""
        return self.total - self.left

    @property
    def in_a_minute(self) -> float:
        """How many get theirs in a minute; 0 as long as nobody knows."""
        if self.since is None or self.at is None or self.at - self.since < _LEAST:
            return 0.0
        return (self.begun_with - self.left) / ((self.at - self.since) / _MINUTE)

    @property
    def remaining(self) -> timedelta | None:
        """How long the rest takes at that pace; none as long as nobody knows."""
        pace = self.in_a_minute
        return _MINUTE * (self.left / pace) if pace > 0 else None
