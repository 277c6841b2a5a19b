"""Lane and place of a single opportunity, given what is known around it.

The place is by lane, then by the day of the follow-up, by value, by how long nobody has written to it, and by id, so
that no two are ever equal.  Values of two currencies are not compared: what counts is how large a value is among those
of its own currency.  A follow-up ahead parks an opportunity, unless something is gravely wrong with it.

It must not hold opportunities, ask a clock, or say anything in words (`reasons.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import IntEnum
from typing import Final

from crm_tui.domain import hygiene
from crm_tui.domain.ageing import Limit, limit_of, weekdays
from crm_tui.domain.enums import LeadSource, Status
from crm_tui.domain.hygiene import Finding
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.domain.when import Dates, day_start, due_zone, local_day
from crm_tui.structs import Struct, field

NEW_FOR: Final = timedelta(hours=48)
"""So long after it came an opportunity is new, unless somebody touches it."""

MADE_WITHIN: Final = timedelta(minutes=1)
"""What is written so soon after an opportunity was made belongs to making it, and is no touch."""

FURTHEST: Final = 60
"""Days ahead up to which a follow-up keeps an opportunity from ageing."""

LOOKED_BACK: Final = timedelta(days=90)
"""So long after a decision what is wrong with it is worth a look; older ones are left alone."""

OUTBOUND: Final = frozenset(
    map(int, (LeadSource.PURCHASED_LIST, LeadSource.DIRECT_EMAIL, LeadSource.EMAIL_MARKETING))
)
"""Lead sources where we wrote first; who came by another one, or by an unknown one, waits for a first answer."""

OPEN: Final = int(Status.IN_PROGRESS)

_DECIDED: Final = frozenset(map(int, (Status.WON, Status.LOST)))

_UNWRITTEN: Final = datetime.min.replace(tzinfo=UTC)
"""Stands for a moment that nobody noted: it waits longest."""

_NO_DAY: Final = date.max.toordinal()
"""Stands for the follow-up of what has none: behind all that have one."""


_LANE: Final = 10**7
"""How far two lanes are apart in a key: more than there are days."""


class Lane(IntEnum):
    """Where an opportunity stands in the queue; a lower one comes first, whatever else is true of it."""

    PINNED = 0
    NEW = 1
    OVERDUE = 2
    TODAY = 3
    NO_STEP = 4
    AGEING = 5
    """Too long in its stage, and followed up so late that this excuses nothing."""
    HYGIENE = 6
    PARKED = 7
    """Not in the queue: its follow-up lies ahead."""


class Scope(Struct, frozen=True, kw_only=True):
    """What is ranked, from when it is seen, and what is known around it."""

    now: datetime
    """An aware instant; each location's today follows from it."""
    zones: Mapping[int, tzinfo]
    """Board → time zone of its location, for the boards in scope; opportunities of others are left out."""
    stages: Mapping[int, Stage]
    dates: Dates = Dates.UTC
    """How the service writes follow-ups down."""
    limits: Mapping[int, Limit] = field(default_factory=dict)
    """Stage → how long is too long there, where history taught it."""
    pinned: frozenset[int] = frozenset()
    """Ids of opportunities that come first, those too whose follow-up lies ahead."""
    undated: frozenset[int] = frozenset()
    """Ids of won opportunities whose whole record is known to lack the date."""

    def ranks_as(self, other: Scope) -> bool:
        """Say whether the same places come of zones, limits and moments; of a moment it is the day that counts."""
        return (self.zones, self.limits) == (other.zones, other.limits) and all(
            local_day(self.now, zone) == local_day(other.now, zone)
            for zone in set(self.zones.values())
        )


Scales = Mapping[str, tuple[float, ...]]
"""Currency → the different values that there are in it, ascending."""

Key = tuple[int, float, datetime, int]
"""Lane and day of the follow-up in one number; less, the more values are no larger; last written; id."""


class Entry(Struct, frozen=True, gc=False):
    """An opportunity in its place.  It is part of no cycle, so nobody need look for one among thousands."""

    key: Key
    row: OpportunityRow
    lane: Lane
    kind: Lane
    """The lane it has or would have when it is not pinned."""


def begin_of(lane: int) -> int:
    """Give the number from which on the keys of a lane begin."""
    return lane * _LANE


def scales_of(rows: Iterable[OpportunityRow]) -> dict[str, tuple[float, ...]]:
    """Give the different values that there are in each currency, ascending."""
    values: dict[str, list[float]] = {}
    for row in rows:
        if row.value is not None:
            if row.currency not in values:
                values[row.currency] = []
            values[row.currency].append(float(row.value))
    return {currency: tuple(sorted(set(each))) for currency, each in values.items()}


def days_in_stage(row: OpportunityRow, scope: Scope) -> int | None:
    """Count the weekdays an opportunity of a board in scope is in its stage; none when nobody noted since when."""
    if row.stage_since is None:
        return None
    zone = scope.zones[row.board_id]
    return weekdays(local_day(row.stage_since, zone), local_day(scope.now, zone))


def is_ageing(row: OpportunityRow, scope: Scope) -> bool:
    """Say whether an opportunity of a board in scope is in its stage for too long."""
    days = days_in_stage(row, scope)
    return days is not None and days > limit_of(scope.limits, row.stage_id).weekdays


class Judge:
    """Finds lane and place of opportunities; what is the same for many is reckoned once."""

    def __init__(self, scope: Scope, scales: Scales) -> None:
        self.scope = scope
        self.scales = scales
        self._pinned = scope.pinned
        self._new_since = scope.now - NEW_FOR
        self._decided_since = scope.now - LOOKED_BACK
        self._begins: dict[int, datetime] = {}
        self._days: dict[int, dict[datetime, int]] = {}
        self._due_zones: dict[int, tzinfo] = {}
        self._todays: dict[int, int] = {}
        shared: dict[tzinfo, dict[datetime, int]] = {}
        for board, zone in scope.zones.items():
            today, of_due = local_day(scope.now, zone), due_zone(zone, scope.dates)
            self._due_zones[board] = of_due
            self._days[board] = shared.setdefault(of_due, {})
            self._todays[board] = today.toordinal()
            self._begins[board] = day_start(today, of_due)

    def entry(self, row: OpportunityRow, twins: Container[int]) -> Entry | None:
        """Give the place of any opportunity; none when nobody has to look at it.

        `twins` are the ids of the open opportunities that have one.
        """
        if row.board_id not in self._todays:
            return None
        if row.status == OPEN:
            return self.open_entry(row, twins)
        since = row.stage_since
        if (since is not None and since <= self._decided_since) or not self.findings(row, twins):
            return None
        day = _NO_DAY if row.due_on is None else self._day(row.board_id, row.due_on)
        return self._placed(row, Lane.HYGIENE, day)

    def open_entry(self, row: OpportunityRow, twins: Container[int]) -> Entry:
        """Give the place of an open opportunity of a board in scope."""
        board, due, came = row.board_id, row.due_on, row.created_on
        if due is None:
            day, lane = _NO_DAY, _NO_STEP
        else:
            day = self._days[board].get(due) or self._day(board, due)
            today = self._todays[board]
            if day > today:
                return self._placed(row, self._lane_ahead(row, day - today, twins), day)
            lane = _TODAY if day == today else _OVERDUE
        if came is not None and came > self._new_since and _is_untouched(row, came):
            lane = Lane.NEW
        return self._placed(row, lane, day)

    def findings(self, row: OpportunityRow, twins: Container[int]) -> tuple[Finding, ...]:
        """Give what is wrong with an opportunity of a board in scope, gravest first."""
        stage = self.scope.stages.get(row.stage_id)
        if row.status == OPEN:
            return hygiene.of_open(row, stage, has_twin=row.id in twins)
        if row.status in _DECIDED:
            undated = row.id in self.scope.undated
            return hygiene.of_decided(row, stage, today=self._begins[row.board_id], undated=undated)
        return ()

    def _day(self, board: int, due: datetime) -> int:
        """Give the ordinal of the day of a follow-up; many follow-ups share an instant, so it is remembered."""
        day = local_day(due, self._due_zones[board]).toordinal()
        self._days[board][due] = day
        return day

    def _lane_ahead(self, row: OpportunityRow, days: int, twins: Container[int]) -> Lane:
        if days > FURTHEST and is_ageing(row, self.scope):
            return Lane.AGEING
        stage = self.scope.stages.get(row.stage_id)
        is_grave = hygiene.is_grave(row, stage, has_twin=row.id in twins)
        return Lane.HYGIENE if is_grave else _PARKED

    def _placed(self, row: OpportunityRow, kind: Lane, day: int) -> Entry:
        lane = Lane.PINNED if row.id in self._pinned else kind
        written = row.updated_on or row.stage_since or row.created_on or _UNWRITTEN
        if lane is _PARKED:  # They wait for their day alone.
            share = 0.0
        elif row.value is None:
            share = 1.0
        else:
            values = self.scales.get(row.currency, ())
            share = -bisect_right(values, float(row.value)) / (len(values) + 1)
        return Entry((lane * _LANE + day, share, written, row.id), row, lane, kind)


def _is_untouched(row: OpportunityRow, came: datetime) -> bool:
    """Say whether it came by itself and nobody has written to it since."""
    written = row.updated_on
    return (written is None or written - came <= MADE_WITHIN) and row.lead_source not in OUTBOUND


# Looked up once and not for each of thousands.
_OVERDUE, _TODAY, _NO_STEP, _PARKED = Lane.OVERDUE, Lane.TODAY, Lane.NO_STEP, Lane.PARKED
