"""Headers and roles: what every call of the pages demands, and what our client says when it is refused."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import Forbidden, Missing, SignInRefused
from crm_tui.api.transport import Transport
from tests.api.scripted import Request, reply, scripted
from tests.contract.matrix import across, rows
from tests.contract.world import CARDS, World

Call = Callable[[NexudusClient, int], Awaitable[Any]]


@dataclass(frozen=True)
class Endpoint:
    """One call of the pages: the role it requires, in v1's spelling, and how our client makes it."""

    name: str
    role: str
    method: str
    path: str
    call: Call


ENDPOINTS = (
    Endpoint("Find", "crmopportunity-list", "GET", CARDS, lambda c, _: c.opportunities.all({"Id": "1"})),
    Endpoint("List", "crmopportunity-list", "GET", CARDS, lambda c, _: c.opportunities.page()),
    Endpoint(
        *("By-range", "crmopportunity-list", "GET", CARDS),
        lambda c, _: c.opportunities.page(filters={"from_CrmOpportunity_Value": "1"}),
    ),
    Endpoint("List-by-Ids", "crmopportunity-list", "GET", CARDS, lambda c, i: c.opportunities.by_ids([i])),
    Endpoint("One-by-Id", "crmopportunity-read", "GET", f"{CARDS}/ID", lambda c, i: c.opportunities.one(i)),
    Endpoint("Create", "crmopportunity-create", "POST", CARDS, lambda c, _: c.opportunities.create({})),
    Endpoint("Update", "crmopportunity-edit", "PUT", CARDS, lambda c, i: c.opportunities.update({"Id": i}, {})),
    Endpoint("Delete", "crmopportunity-delete", "DELETE", f"{CARDS}/ID", lambda c, i: c.opportunities.delete(i)),
    Endpoint("Commands", "crmopportunity-list", "GET", f"{CARDS}/commands", lambda c, _: c.opportunities.commands()),
    Endpoint(
        *("Run-Command", "crmopportunity-edit", "POST", f"{CARDS}/runcommand"),
        lambda c, i: c.opportunities.run_command("X", [i]),
    ),
)  # fmt: skip


def call(world: World, client: NexudusClient, row: Endpoint, record_id: int) -> Any:
    """Make a call by some client, which is closed then."""

    async def work() -> Any:
        try:
            return await row.call(client, record_id)
        finally:
            await client.close()

    return work()


@across("v1", "v2", "v2-403")
@rows(ENDPOINTS)
def test_role(world: World, row: Endpoint) -> None:
    """Who is known and has no role is told which; one more question, who we are, tells 401 from 401."""
    record_id = world.made()
    before = world.stored(record_id), world.count()
    error = world.refused(Forbidden, call(world, world.client_of("nora"), row, record_id))
    assert isinstance(error, Forbidden)
    assert (error.role or "").casefold() == row.role
    refused, *question = world.asked()
    status = world.switches.forbidden_status
    assert refused.line == (row.method, row.path.replace("ID", str(record_id)), status)
    assert refused.user == "nora@example.com"
    assert [each.line for each in question] == (
        [("GET", "/api/auth/me", 200)] if status == 401 else []
    )
    assert (world.stored(record_id), world.count()) == before


@across("v1", "v2", "v2-403")
@rows(ENDPOINTS)
def test_authorization(world: World, row: Endpoint) -> None:
    """Who is not known is refused everywhere, and told so."""
    record_id = world.made()
    stranger = world.sandbox.client(Basic("ana@example.com", Secret("wrong")))
    world.refused(SignInRefused, call(world, stranger, row, record_id))
    assert [(each.status, each.user) for each in world.asked()] == [(401, "")] * 2


@across("v1", "v2")
@pytest.mark.parametrize("user", ["mina", "jules"])
def test_another_locations_record_is_not_there(world: World, user: str) -> None:
    """Which records one sees is bounded by one's locations, whatever the roles."""
    client = world.client_of(user)
    sees, hidden = (
        world.one(
            "SELECT min(r.Id) FROM crmopportunities r JOIN crmboardcolumns s ON s.Id = r.CrmBoardColumnId"
            " JOIN crmboards b ON b.Id = s.CrmBoardId JOIN users u ON u.Email = ?"
            f" WHERE (b.BusinessId = u.DefaultBusinessId) = {seen}",
            f"{user}@example.com",
        )
        for seen in (1, 0)
    )
    assert world.run(client.opportunities.one(sees)).record.id == sees
    world.refused(Missing, client.opportunities.one(hidden))
    world.run(client.close())


@dataclass(frozen=True)
class Header:
    """A header of every call."""

    name: str
    value: str
    writes_only: bool = False


HEADERS = (
    Header("Authorization", f"Basic {b64encode(b'ana:secret').decode()}"),
    # v1 calls it `Content`, which is taken for a misprint.
    Header("Content-Type", "application/json", writes_only=True),
    Header("Accept", "application/json"),
)


EMPTY: dict[str, Any] = {"Records": [], "TotalItems": 0}
ANSWERS: dict[str, Any] = {
    "Find": EMPTY,
    "List": EMPTY,
    "By-range": EMPTY,
    "List-by-Ids": EMPTY,
    "One-by-Id": {"Id": 5, "CrmBoardColumnId": 1, "CoworkerId": 1},
    "Commands": [],
}


@rows(HEADERS)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_header(row: Header, endpoint: Endpoint) -> None:
    async def work() -> Request:
        async def answer(_request: Request) -> bytes:
            return reply(ANSWERS.get(endpoint.name, {"WasSuccessful": True, "Value": {"Id": 5}}))

        async with scripted(answer) as server:
            transport = Transport(
                Address.parse(server.url, plain_http=True), Basic("ana", Secret("secret"))
            )
            client = NexudusClient(transport)
            await endpoint.call(client, 5)
            await client.close()
        return server.requests[0]

    request = asyncio.run(work())
    has_body = endpoint.method in ("POST", "PUT")
    expected = row.value if has_body or not row.writes_only else None
    assert request.headers.get(row.name.lower()) == expected
    assert bool(request.body) == has_body
