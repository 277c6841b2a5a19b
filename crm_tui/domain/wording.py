"""How the fields of an opportunity, and their values, are called in a sentence: one word for each, wherever it is said.

Texts come out as the record has them: foreign.  It knows no screen, and no days but those that a zone gives it.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Final

from crm_tui.domain.audit import value_of
from crm_tui.domain.change import Value
from crm_tui.domain.enums import OPEN, LeadSource, LossReason, Status
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.when import Dates, dated_words, due_zone, local_day
from crm_tui.structs import Struct

NOTHING: Final = "nothing"

_CALLED: Final = {"due_on": "follow-up"}

_ENUMS: Final = {"status": Status, "lead_source": LeadSource, "loss_reason": LossReason}


class Wall(Struct, frozen=True):
    """The calendar and the clock on a location's wall."""

    zone: tzinfo
    dates: Dates = Dates.UTC
    """What the service means by the moment of a follow-up."""

    def zone_of(self, field: str) -> tzinfo:
        """Give the zone in which a field's moment falls on the day that is meant."""
        return due_zone(self.zone, self.dates) if field == "due_on" else self.zone


def field_name(field: str) -> str:
    """Write the name of a field as people say it."""
    return _CALLED.get(field) or field.removesuffix("_id").removesuffix("_on").replace("_", " ")


def value_name(snapshot: Snapshot, field: str, value: Value, wall: Wall) -> str:
    """Write the value of a field as people know it; moments are days of the wall's calendar."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return _number_name(snapshot, field, value)
    if isinstance(value, datetime):
        return dated_words(local_day(value, wall.zone_of(field)))
    if isinstance(value, Decimal):
        return f"{value:,}" if abs(value) < 10**15 else f"{value:.4g}"
    return str(value)


def _number_name(snapshot: Snapshot, field: str, value: int) -> str:
    if field == "stage_id" and value in snapshot.stages:
        return snapshot.stages[value].name
    if field == "owner_id":
        return snapshot.owners().get(value, f"#{value}")
    if field == "type_id":
        return snapshot.offers.type_called(value)
    if field == "status" and value == Status.IN_PROGRESS:
        return OPEN
    if field in _ENUMS:
        return snapshot.labels.of(_ENUMS[field], value)
    return str(value)


def spelled_name(snapshot: Snapshot, field: str, spelled: str | None, wall: Wall) -> str:
    """Write a value that the audit trail has spelled; what cannot be read stays as it is spelled."""
    value = value_of(field, spelled)
    return value_name(snapshot, field, spelled if value is None else value, wall)


def told_apart(snapshot: Snapshot, field: str, values: Sequence[Value], wall: Wall) -> list[str]:
    """Write values that somebody chooses between: days with the time, too, where two would read alike."""
    names = [value_name(snapshot, field, value, wall) for value in values]
    zone = wall.zone_of(field)
    moments: dict[str, set[datetime]] = {}
    for name, value in zip(names, values, strict=True):
        if isinstance(value, datetime):
            moments.setdefault(name, set()).add(value)
    return [
        f"{name} {_time(value, moments[name], zone)}"
        if isinstance(value, datetime) and len(moments[name]) > 1
        else name
        for name, value in zip(names, values, strict=True)
    ]


def _time(moment: datetime, others: Set[datetime], zone: tzinfo) -> str:
    """Write the time on a zone's clock, with as much of it as tells a moment from the others."""
    for spelled in ("%H:%M", "%H:%M:%S"):
        if len({_there(each, zone).strftime(spelled) for each in others}) == len(others):
            return _there(moment, zone).strftime(spelled)
    return _there(moment, zone).strftime("%H:%M:%S.%f %z")


def _there(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # some write "never" as the calendar's last minute; no zone can move that
        return moment.astimezone(UTC)
