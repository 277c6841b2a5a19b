"""How long is too long in a stage: learned from those that were won, counted in weekdays.

A limit is what four of five stays of won opportunities in a stage did not exceed.  Where too few were won to learn
from, a fixed one holds, and it says so.  It must not look at a name or the place of a stage, nor decide what becomes
of an opportunity that has been there for too long.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Final

from crm_tui.structs import Struct

FEWEST_STAYS: Final = 5
"""Stays of won opportunities that a stage needs for a limit of its own; with fewer, one more would turn it over."""

SHORTEST: Final = 3
"""Weekdays that nothing is called too long for, however fast the won ones were."""

UNLEARNED: Final = 10
"""Weekdays that hold where there is nothing to learn from: two weeks."""

_PERCENT: Final = 80

_WEEK: Final = 7
_WEEKDAYS: Final = 5


class Limit(Struct, frozen=True):
    """How long an opportunity may be in a stage before it counts as ageing."""

    weekdays: int
    """So long is not too long yet."""
    stays: int = 0
    """Of won opportunities, from which it was learned; 0 where it was not."""


def limit_of(limits: Mapping[int, Limit], stage_id: int) -> Limit:
    """Give a stage's limit: its own, or the one that holds for all that have none."""
    return limits.get(stage_id, _ANYWHERE)


_ANYWHERE: Final = Limit(UNLEARNED)


def weekdays(first: date, last: date) -> int:
    """Count the days from Monday to Friday after `first` up to and with `last`; 0 when `last` is not later."""
    return max(0, _weekdays_until(last) - _weekdays_until(first))


def _weekdays_until(day: date) -> int:
    """Count the weekdays of the calendar up to a day: its first day was a Monday."""
    weeks, rest = divmod(day.toordinal(), _WEEK)
    return weeks * _WEEKDAYS + min(rest, _WEEKDAYS)


def limits(stays: Iterable[tuple[int, int, date, date]], won: Container[int]) -> dict[int, Limit]:
    """Give stage id → limit, for the stages that enough won opportunities have left.

    A stay is (opportunity id, stage id, day of coming, day of leaving), days of the location's calendar; each stay
    counts by itself, also where a card came twice.  Those of opportunities that are not in `won` do not count.  The
    limit is the 80th percentile of their weekdays (nearest rank), and `SHORTEST` at least.
    """
    lengths: dict[int, list[int]] = {}
    for opportunity_id, stage_id, came, left in stays:
        if opportunity_id in won:
            lengths.setdefault(stage_id, []).append(weekdays(came, left))
    return {
        stage_id: Limit(max(SHORTEST, _percentile(each)), len(each))
        for stage_id, each in lengths.items()
        if len(each) >= FEWEST_STAYS
    }


def _percentile(lengths: list[int]) -> int:
    return sorted(lengths)[-(-_PERCENT * len(lengths) // 100) - 1]
