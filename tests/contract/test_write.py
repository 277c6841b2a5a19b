"""Creating and updating opportunities: every field of the bodies, set by our client and found in the tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from crm_tui.api.errors import Invalid
from tests.contract.matrix import across, rows
from tests.contract.pages import BODY_NEWER, BODY_V1, BodyField
from tests.contract.world import CARDS, World

NEWER = ("v2", "v2-nested", "v2-put-by-id")
OLDER = ("v1", "v1-nested")
REQUIRED = [field for field in BODY_V1 if field.required or field.name == "Status"]
OPTIONAL = [field for field in BODY_V1 if field not in REQUIRED]


def check_create(world: World, row: BodyField) -> None:
    """See that a field of a new opportunity goes out under its name, alone, and is kept."""
    value, least = world.value_for(row), world.minimum()
    record_id = world.run(world.client.opportunities.create({**least, row.field: value}))
    (asked,) = world.asked()
    assert asked.line == ("POST", CARDS, 200)
    assert asked.body[row.name] == row.sent(value)
    assert len(asked.body) == len(least | {row.field: value})
    assert world.column(record_id, row.name) == row.kept(value)


def check_update(world: World, row: BodyField, value: Any) -> None:
    """See that a changed field goes out under its name in a whole record, and that nothing else is changed."""
    record_id = world.filled(BODY_V1)
    whole = world.run(world.client.opportunities.one(record_id))
    before = world.stored(record_id)
    world.run(world.client.opportunities.update(whole.raw, {row.field: value}))
    read, asked = world.asked()
    assert read.line == ("GET", f"{CARDS}/{record_id}", 200)
    assert asked.line == ("PUT", CARDS, 200)
    assert asked.body[row.name] == row.sent(value)
    assert asked.body["Id"] == record_id
    assert world.stored(record_id) == {**before, row.name: row.kept(value)}
    again = world.run(world.client.opportunities.one(record_id))
    assert getattr(again.record, row.field) == value


@across(*OLDER, *NEWER)
@rows(BODY_V1)
def test_create(world: World, row: BodyField) -> None:
    check_create(world, row)


@across(*NEWER)
@rows(BODY_NEWER)
def test_create_newer(world: World, row: BodyField) -> None:
    check_create(world, row)


@across(*OLDER, *NEWER)
@rows(BODY_V1)
def test_update(world: World, row: BodyField) -> None:
    check_update(world, row, _other(world, row, world.value_for(row)))


@across("v2", "v2-put-by-id")
@rows(BODY_NEWER)
def test_update_newer(world: World, row: BodyField) -> None:
    check_update(world, row, world.value_for(row))


def _other(world: World, row: BodyField, value: Any) -> Any:
    """Give another value than the record has."""
    if row.refers_to == "crmboardcolumns":
        return world.minimum()["stage_id"]
    if row.refers_to:
        return world.one(f"SELECT min(Id) FROM {row.refers_to}")
    if isinstance(value, bool):
        return not value
    if isinstance(value, datetime):
        return value.replace(day=9)
    return f"{value}, too" if isinstance(value, str) else value - 1


@across(*OLDER, *NEWER)
@rows(OPTIONAL)
def test_clear(world: World, row: BodyField) -> None:
    """A field that may be empty can be emptied."""
    check_update(world, row, False if isinstance(row.value, bool) else None)


# What is required


@across(*OLDER, *NEWER)
@pytest.mark.parametrize("verb", ["POST", "PUT"])
@rows(REQUIRED)
def test_required(world: World, row: BodyField, verb: str) -> None:
    """The older page lets a status be left out; whatever else is missing is named in either's words."""
    collection, before = world.client.opportunities, world.count()
    if verb == "POST":
        least = world.minimum()
        del least[row.field]
        work: Any = collection.create(least)
    else:
        whole = world.run(collection.one(world.made()))
        before += 1
        work = collection.update(whole.raw, {row.field: None})
    is_v1 = world.switches.is_v1
    if is_v1 and row.name == "Status":
        world.run(work)
        return
    error = world.refused(Invalid, work)
    assert isinstance(error, Invalid)
    name = row.name.removesuffix("Id") if is_v1 else row.name
    words = "may not be null" if is_v1 else "is a required field"
    assert [(each.field, each.message) for each in error.fields] == [(name, words)]
    assert error.detail == f"{name}: {words}"
    *_, asked = world.asked()
    assert asked.line == (verb, CARDS, 400)
    assert world.count() == before
