"""Fields that are moments, which people see as days: a day begins when it does in the location's zone.

Follow-ups lie in the zone that `Names.due_zone` says.  It asks no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from crm_tui.domain import when
from crm_tui.domain.fields.field import COMPARING, NONE, BadValue, Field, alike
from crm_tui.domain.fields.names import Names
from crm_tui.domain.nearest import nearest
from crm_tui.domain.query import AllOf, Comparison, Condition, Test
from crm_tui.domain.typed_days import read_day
from crm_tui.domain.typed_words import DayError
from crm_tui.domain.when import day_start, local_day

_OVERDUE: Final = "overdue"


def _days(
    name: str, about: str, zone_of: Callable[[Names], tzinfo], *, may_be_late: bool = False
) -> Field:
    """Make the field of a moment that people see as a day, which begins when it does in a zone."""

    def read(operator: str, text: str, names: Names) -> Test:
        typed = text.casefold()
        if operator == ":":
            if typed == NONE:
                return Condition(about, Comparison.IS_EMPTY)
            if typed == _OVERDUE and may_be_late:
                return Condition(about, Comparison.BELOW, day_start(names.today, zone_of(names)))
        try:
            day = read_day(text, names.today)
        except DayError as error:
            raise BadValue(str(error), nearest(typed, _DAY_WORDS)) from None
        begin, end = _ends(day, zone_of(names))
        match operator:
            case "<":
                return Condition(about, Comparison.BELOW, begin)
            case "<=":
                return Condition(about, Comparison.BELOW, end)
            case ">":
                return Condition(about, Comparison.FROM, end)
            case ">=":
                return Condition(about, Comparison.FROM, begin)
        return _whole_day(about, day, zone_of(names))

    def write(test: Test, names: Names) -> tuple[str, str] | None:
        if test == Condition(about, Comparison.IS_EMPTY):
            return ":", NONE
        first = test.tests[0] if isinstance(test, AllOf) and test.tests else test
        if not isinstance(first, Condition) or not isinstance(first.value, datetime):
            return None
        zone = zone_of(names)
        return _written_day(about, local_day(first.value, zone), test, zone)

    words = [word for word in _DAY_WORDS if may_be_late or word != _OVERDUE]
    example = f"{name}<today" if may_be_late else f"{name}>-30d"
    return Field(name, example, COMPARING, read, write, lambda _names: alike(words))


_DAY_WORDS: Final = (
    "today", "tomorrow", "yesterday", "-7d", "-30d", "+7d", _OVERDUE, NONE, "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday",
)  # fmt: skip


def _ends(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)


def _whole_day(about: str, day: date, zone: tzinfo) -> Test:
    begin, end = _ends(day, zone)
    return AllOf(
        (Condition(about, Comparison.FROM, begin), Condition(about, Comparison.BELOW, end))
    )


def _written_day(about: str, last: date, test: Test, zone: tzinfo) -> tuple[str, str] | None:
    """Write a test whose first moment lies on the day `last`.

    Days are written out, since "today" would mean another day tomorrow.  The day before is tried too: it ends where
    this one begins, and where a zone left a day out, both begin together.
    """
    days = [last, last - timedelta(days=1)] if last > date.min else []
    for day in days:
        if not when.EARLIEST <= day <= when.LATEST:
            continue
        begin, end = _ends(day, zone)
        for operator, known in (
            ("<", Condition(about, Comparison.BELOW, begin)),
            (">=", Condition(about, Comparison.FROM, begin)),
            (":", _whole_day(about, day, zone)),
            ("<=", Condition(about, Comparison.BELOW, end)),
            (">", Condition(about, Comparison.FROM, end)),
        ):
            if test == known:
                return operator, day.isoformat()
    return None


def _zone(names: Names) -> tzinfo:
    return names.zone


DAYS: Final = (
    _days("due", "due_on", lambda names: names.due_zone, may_be_late=True),
    _days("created", "created_on", _zone),
    _days("updated", "updated_on", _zone),
    _days("moved", "stage_since", _zone),
    _days("won", "won_on", _zone),
    _days("lost", "lost_on", _zone),
)
