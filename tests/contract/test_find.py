"""Finding opportunities: every filter and range of the pages, asked for by our client, judged by the tables."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from crm_tui.api import params
from crm_tui.api.client import NexudusClient
from crm_tui.api.params import parameters
from crm_tui.domain.query import Comparison, Condition, Query
from tests.contract.matrix import across, rows
from tests.contract.pages import FIND, FIND_NEWER, RANGES, SOURCE, Filter
from tests.contract.world import CARDS, World


def held_by(world: World, row: Filter) -> dict[int, Any]:
    """Give what the tables hold for every opportunity, in the order of their ids."""
    pairs = world.sandbox.query(f"SELECT r.Id, {row.sql} FROM {SOURCE} ORDER BY r.Id")
    return {record_id: _read(row.kind, value) for record_id, value in pairs}


def _read(kind: str, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case "truth":
            return bool(value)
        case "amount":
            return Decimal(value)
        case "moment":
            return datetime.fromisoformat(value)
    return value


def spelled(value: Any) -> str:
    """Write a value as the pages want it in a query."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)


def lets_through(row: Filter, value: Any, held: Any, *, whole: bool) -> bool:
    """Say whether a record that holds something passes a filter by a value."""
    if held is None:
        return False
    if row.kind == "text" and not whole:
        return str(value).casefold() in held.casefold()
    return str(held).casefold() == str(value).casefold() if row.kind == "text" else held == value


async def listed(client: NexudusClient, filters: dict[str, str]) -> list[int]:
    """Give the ids of what a listing lets through."""
    return [raw["Id"] async for page in client.opportunities.pages(filters) for raw in page.records]


def check_filter(world: World, row: Filter) -> None:
    """See that a filter lets through what the tables say, and that it is the one that was asked for."""
    held = held_by(world, row)
    value = next(each for each in reversed(held.values()) if each is not None)
    whole = world.switches.string_match == "equals"
    wanted = [key for key, each in held.items() if lets_through(row, value, each, whole=whole)]
    assert 0 < len(wanted) < len(held)

    found = world.run(listed(world.client, {row.name: spelled(value)}))
    assert found == wanted
    (asked,) = world.asked()
    assert asked.line == ("GET", CARDS, 200)
    assert asked.query[row.name] == spelled(value)

    said = parameters(Query((Condition(row.field, Comparison.IS, value),)))
    if row.kind == "moment":  # seconds cannot be said: the minute is asked for, from both ends
        assert set(said) == {f"from_{row.name}", f"to_{row.name}"}
    else:
        assert said == {row.name: spelled(value)}


@across("v1", "v2", "v1-nested", "v2-equals", "v2-whole-lists")
@rows(FIND)
def test_filters(world: World, row: Filter) -> None:
    check_filter(world, row)


@across("v2", "v2-nested", "v2-equals", "v2-whole-lists")
@rows(FIND_NEWER)
def test_filters_newer(world: World, row: Filter) -> None:
    check_filter(world, row)


def test_nothing_is_said_that_no_page_documents() -> None:
    said = {*params.FILTERS.values()}
    said |= {
        f"{end}_CrmOpportunity_{name}" for name in params.RANGES.values() for end in ("from", "to")
    }
    assert said == {row.name for row in (*FIND, *FIND_NEWER, *RANGES)}


@across("v1", "v2", "v1-nested")
@rows(RANGES)
def test_ranges(world: World, row: Filter) -> None:
    held = held_by(world, row)
    end, _, _ = row.name.partition("_")
    # Of each value one: the records that other tests have made are many, and alike.
    known = sorted({each for each in held.values() if each is not None})
    value = known[len(known) // 2]
    said = parameters(Query((Condition(row.field, Comparison(end), value),)))
    assert list(said) == [row.name]
    bound = _bound(row, said[row.name])
    wanted = [
        key
        for key, each in held.items()
        if each is not None and (each >= bound if end == "from" else each <= bound)
    ]
    assert 0 < len(wanted) < len(held)
    assert any(held[key] == value for key in wanted)

    assert world.run(listed(world.client, said)) == wanted
    (asked,) = world.asked()
    assert asked.line == ("GET", CARDS, 200)
    assert asked.query[row.name] == said[row.name]


def _bound(row: Filter, text: str) -> Any:
    if row.kind == "moment":
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return Decimal(text)
