"""Fields and their values in words, as a conflict and an entry of the journal write them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.change import Value
from crm_tui.domain.enums import Status
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.when import Dates
from crm_tui.domain.wording import Wall, field_name, told_apart, value_name

MADRID = Wall(ZoneInfo("Europe/Madrid"))
LATE = datetime(2026, 12, 13, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "field", "words"),
    [
        (MADRID, "due_on", "Mon 14 Dec 2026"),
        (Wall(MADRID.zone, Dates.WALLCLOCK), "due_on", "Sun 13 Dec 2026"),
        (Wall(MADRID.zone, Dates.WALLCLOCK), "won_on", "Mon 14 Dec 2026"),
        (Wall(UTC), "due_on", "Sun 13 Dec 2026"),
    ],
)
def test_a_moment_is_the_day_on_the_locations_wall(wall: Wall, field: str, words: str) -> None:
    assert value_name(Snapshot(), field, LATE, wall) == words


def test_days_that_would_read_alike_are_told_apart_by_the_time() -> None:
    begin = datetime(2026, 12, 13, 23, 0, tzinfo=UTC)
    nine = datetime(2026, 12, 14, 8, 0, tzinfo=UTC)
    before = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    said = told_apart(Snapshot(), "due_on", [before, begin, nine], MADRID)
    assert said == ["Tue 1 Dec 2026", "Mon 14 Dec 2026 00:00", "Mon 14 Dec 2026 09:00"]
    assert told_apart(Snapshot(), "due_on", [begin, begin, before], MADRID)[0] == "Mon 14 Dec 2026"
    within = told_apart(Snapshot(), "due_on", [nine, nine.replace(second=7)], MADRID)
    assert within == ["Mon 14 Dec 2026 09:00:00", "Mon 14 Dec 2026 09:00:07"]


def test_the_last_minute_of_the_calendar_has_words_in_every_zone() -> None:
    never = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    said = told_apart(Snapshot(), "due_on", [never, never.replace(minute=58)], MADRID)
    assert said == ["Fri 31 Dec 9999 23:59", "Fri 31 Dec 9999 23:58"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("due_on", None, "nothing"),
        ("notes", "", "nothing"),
        ("reminded", False, "no"),
        ("completed", True, "yes"),
        ("status", int(Status.IN_PROGRESS), "open"),
        ("status", int(Status.LOST), "Lost"),
        ("value", Decimal("2500.50"), "2,500.50"),
        ("stage_id", 77, "77"),
        ("owner_id", 7, "#7"),
    ],
)
def test_values_are_in_the_words_of_the_rest_of_the_program(
    field: str, value: Value, words: str
) -> None:
    assert value_name(Snapshot(), field, value, MADRID) == words


def test_fields_are_named_as_people_say_them() -> None:
    names = [field_name(each) for each in ("due_on", "stage_id", "lead_source", "won_on", "value")]
    assert names == ["follow-up", "stage", "lead source", "won", "value"]
