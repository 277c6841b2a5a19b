"""Listing and reading opportunities: paging, order, records by their ids, and every key of the sample answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from crm_tui.api.collection import Collection
from crm_tui.api.errors import Missing
from crm_tui.domain.records.base import Record
from tests.contract.matrix import across, rows
from tests.contract.pages import BODY_V1, SAMPLE, SampleKey
from tests.contract.world import CARDS, Asked, World

THROTTLING = ("v2-throttle-409", "v1-throttle-409", "v2-throttle-429")
DIRECTIONS = ("v1", "v2", "v1-1/-1", "v2-1/-1")

GONE = 99


def ids_by(world: World, order: str) -> list[int]:
    """Give all ids in an order, ties by id."""
    found = world.sandbox.query(f"SELECT Id FROM crmopportunities ORDER BY {order}, Id")
    return [record_id for (record_id,) in found]


def check_throttled(world: World, refused: list[Asked]) -> None:
    """See that nothing was refused but by the limits that are on."""
    throttle = world.switches.throttle
    assert {str(one.status) for one in refused} <= ({throttle} if throttle != "off" else set())


@dataclass(frozen=True)
class Listing:
    """One of the four parameters of a listing, used once."""

    name: str
    asks: dict[str, Any]
    sends: dict[str, str]
    order: str
    first: int
    """Place of the first record that comes."""


LIST = (
    Listing("dir-Ascending", {"size": 20}, {"orderby": "Id"}, "Id", 0),
    Listing("dir-Descending", {"size": 20, "descending": True}, {"orderby": "Id"}, "Id DESC", 0),
    Listing(
        *("orderby", {"size": 20, "order_by": "Position"}, {"orderby": "Position"}, "Position", 0)
    ),
    Listing("page", {"number": 3, "size": 10}, {"page": "3", "size": "10"}, "Id", 20),
    Listing("size", {"size": 25}, {"page": "1", "size": "25"}, "Id", 0),
    Listing("size-maximum", {"size": 1000}, {"size": "1000"}, "Id", 0),
)
"""v1, "List": its query parameters."""


@across(*DIRECTIONS, *THROTTLING, "v1-nested")
@rows(LIST)
def test_list(world: World, row: Listing) -> None:
    page = world.run(world.client.opportunities.page(**row.asks))
    *_, last = asked = world.asked()
    assert last.line == ("GET", CARDS, 200)
    assert {name: last.query[name] for name in row.sends} == row.sends
    assert page.ordered
    wanted = ids_by(world, row.order)[row.first : row.first + row.asks["size"]]
    assert [raw["Id"] for raw in page.records] == wanted
    assert page.number == row.asks.get("number", 1)
    assert (page.total, page.has_next) == (world.count(), row.name != "size-maximum")
    check_throttled(world, [one for one in asked if one.status != 200])


@across(*DIRECTIONS)
def test_both_directions(world: World) -> None:
    """One after the other, by one client: what the first one taught holds for the second."""
    client = world.sandbox.client()
    up = world.run(client.opportunities.page(size=20))
    down = world.run(client.opportunities.page(size=20, descending=True))
    again = world.run(client.opportunities.page(size=20, descending=True))
    world.run(client.close())
    assert [page.ordered for page in (up, down, again)] == [True] * 3
    assert [raw["Id"] for raw in again.records] == ids_by(world, "Id DESC")[:20]
    assert len(world.asked()) == (4 if "/" in world.name else 3)


@dataclass(frozen=True)
class PagingKey:
    """A key of the envelope, and what stands there for page 2 of 10 records each."""

    name: str
    value: Callable[[int], Any]
    since: str = "v1 v2"


ENVELOPE = (
    PagingKey("CurrentPageSize", lambda _: 10),
    PagingKey("CurrentPage", lambda _: 2),
    PagingKey("CurrentOrderField", lambda _: "Id"),
    PagingKey("CurrentSortDirection", lambda _: 0),
    PagingKey("FirstItem", lambda _: 11),
    PagingKey("HasNextPage", lambda _: True),
    PagingKey("HasPreviousPage", lambda _: True),
    PagingKey("LastItem", lambda _: 20),
    PagingKey("PageNumber", lambda _: 2, "v1"),
    PagingKey("PageSize", lambda _: 10, "v1"),
    PagingKey("TotalItems", lambda total: total),
    PagingKey("TotalPages", lambda total: -(-total // 10)),
)
"""v1, the answer of "List"; the current page's sister pages lack two of them."""


@across("v1", "v2")
@rows(ENVELOPE)
def test_envelope(world: World, row: PagingKey) -> None:
    answer = world.get(CARDS, page="2", size="10")
    if world.name in row.since:
        assert answer[row.name] == row.value(world.count())
    else:
        assert row.name not in answer
    page = world.run(world.client.opportunities.page(2, size=10))
    assert list(page.records) == answer["Records"]
    assert (page.number, page.has_next, page.total) == (2, True, world.count())


@across("v1", "v2", "v2-form", "v2-envelope", "v2-array", "v1-array", "v1-nested")
@pytest.mark.parametrize("there", [2, 0], ids=["200", "404"])
def test_by_ids(world: World, there: int) -> None:
    wanted = ids_by(world, "Id DESC")[:there]
    found = world.run(world.client.opportunities.by_ids([*wanted, GONE]))
    assert sorted(raw["Id"] for raw in found) == sorted(wanted)
    (asked,) = world.asked()
    assert asked.line == ("GET", CARDS, 200 if there else 404)
    assert asked.query["CrmOpportunity_Id"] == f"[{','.join(map(str, [*wanted, GONE]))}]"


@across("v1", "v2", "v1-nested", "v2-nested", "v2-whole-lists", *THROTTLING)
@pytest.mark.parametrize("status", [200, 404])
def test_one_by_id(world: World, status: int) -> None:
    record_id = ids_by(world, "Id")[0] if status == 200 else GONE
    one = world.client.opportunities.one(record_id)
    if status == 200:
        assert world.run(one).record.id == record_id
    else:
        world.refused(Missing, one)
    *throttled, last = world.asked()
    assert last.line == ("GET", f"{CARDS}/{record_id}", status)
    check_throttled(world, throttled)


@across("v1", "v2", "v1-nested", "v2-nested")
@rows(SAMPLE)
def test_sample(world: World, row: SampleKey) -> None:
    """Every key of the sample record is read, from a record that has something in all of them."""
    record_id = world.filled(BODY_V1)
    whole = world.run(world.client.opportunities.one(record_id))
    is_nested = world.switches.record_shape == "nested"
    assert (row.name if is_nested or not row.is_relation else f"{row.name}Id") in whole.raw
    kept = world.column(record_id, row.column)
    read = getattr(whole.record, row.field)
    assert kept is not None
    if row.field.endswith("_on"):
        assert f"{read:%Y-%m-%dT%H:%M:%SZ}" == kept
    else:
        assert read == (Decimal(kept) if row.field == "value" else kept)


@across("v1", "v2")
def test_one_by_unique_id(world: World) -> None:
    record_id = world.made(status=2)
    unique_id = world.column(record_id, "r.UniqueId")
    found = world.run(world.client.opportunities.by_unique_id(unique_id))
    (asked,) = world.asked()
    assert asked.line == ("GET", CARDS, 200)
    assert asked.query["UniqueId"] == unique_id
    assert found is not None
    assert (found.id, found.unique_id) == (record_id, unique_id)
    unknown = "00000000-0000-4000-8000-000000000000"
    assert world.run(world.client.opportunities.by_unique_id(unknown)) is None


@dataclass(frozen=True)
class Kind:
    """A kind of record that opportunities and their stages lead to, and our name for it."""

    name: str
    field: str
    path: str

    @property
    def table(self) -> str:
        """Where the sandbox keeps it."""
        return self.path.rpartition("/")[2]


RELATED = (
    Kind("CrmBoard", "board_records", "crm/crmboards"),
    Kind("CrmBoardColumn", "stage_records", "crm/crmboardcolumns"),
    Kind("OpportunityType", "types", "crm/opportunitytypes"),
    Kind("CoworkerTask", "tasks", "crm/coworkertasks"),
    Kind("TaskList", "task_lists", "crm/tasklists"),
    Kind("TaskItem", "task_items", "crm/taskitems"),
    Kind("CannedResponse", "message_macros", "crm/cannedresponses"),
)


@across("v1", "v2")
@rows(RELATED)
def test_related(world: World, row: Kind) -> None:
    collection: Collection[Record] = getattr(world.client, row.field)
    found = world.run(collection.all())
    (asked,) = world.asked()
    assert asked.line == ("GET", f"/api/{row.path}", 200)
    ids = [record_id for (record_id,) in world.sandbox.query(f"SELECT Id FROM {row.table}")]
    assert ids
    assert sorted(record.id for record in found) == sorted(ids)
    whole = world.run(collection.one(ids[0]))
    assert whole.record.id == ids[0]
