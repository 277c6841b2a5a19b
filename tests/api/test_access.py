"""What a 401 and a 403 mean, what is learned of them, and that a reader never writes (rows B05, B09, L01)."""

from __future__ import annotations

import asyncio

import pytest

from crm_tui.api import entities
from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.errors import Blocked, Forbidden, ReadOnly, ServerFault, SignInRefused
from crm_tui.api.kinds import NAMES
from crm_tui.api.roles import Roles, role_for
from crm_tui.api.transport import Transport
from tests.api.desk import desk, transport_of
from tests.api.raw_server import http, raw_server
from tests.api.scripted import Request, Scripted, reply, scripted

OPPORTUNITIES = "/crm/crmopportunities"
DENIED = {"Message": "Authorization has been denied for this request."}


class Guarded:
    """A service that takes one password, and refuses some paths to everybody."""

    def __init__(self, *, refuses: str = "", status: int = 401, me: bytes | None = None) -> None:
        self.refuses = refuses
        self.status = status
        self.me = me if me is not None else reply({"Id": 7})

    async def __call__(self, request: Request) -> bytes:
        known = request.headers["authorization"] == "Basic YW5hOnJpZ2h0"
        if not known:
            return reply(DENIED, status=401)
        if request.path == "/api/auth/me":
            return self.me
        if self.refuses and request.path.startswith(f"/api{self.refuses}"):
            return reply(DENIED, status=self.status)
        return reply([])


def transport_to(
    server: Scripted, password: str = "right", *, read_only: bool = False
) -> Transport:
    sign_in = Basic("ana", Secret(password))
    return Transport(
        Address.parse(server.url, plain_http=True), sign_in, read_only=read_only, deadline=5
    )


@pytest.mark.parametrize("status", [401, 403])
async def test_a_missing_role_is_named_and_remembered(status: int) -> None:
    async with scripted(Guarded(refuses=OPPORTUNITIES, status=status)) as server:
        transport = transport_to(server)
        assert transport.roles.may("CrmOpportunity-Edit") is None
        with pytest.raises(Forbidden) as caught:
            await transport.send("PUT", OPPORTUNITIES, body=b"{}")
        assert caught.value.role == "CrmOpportunity-Edit"
        assert caught.value.detail == "it needs the role CrmOpportunity-Edit"
        assert transport.roles.may("crmopportunity-update") is False
        await transport.send("GET", "/crm/crmboards")
        assert transport.roles.may("CrmBoard-List") is True
        await transport.close()
    assert len(server.asked("PUT", "/api/crm/crmopportunities")) == 1


async def test_many_refusals_ask_who_we_are_once() -> None:
    async with scripted(Guarded(refuses="/crm")) as server:
        transport = transport_to(server)
        asked = (transport.send("GET", f"/crm/thing{n}") for n in range(10))
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        await transport.close()
    assert {type(outcome) for outcome in outcomes} == {Forbidden}
    assert len(server.asked("GET", "/api/auth/me")) == 1


async def test_B09_a_wrong_password_is_told_apart_and_costs_one_question_more() -> None:
    async with scripted(Guarded()) as server:
        transport = transport_to(server, "wrong")
        asked = (transport.send("GET", f"/crm/thing{n}") for n in range(2))
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        with pytest.raises(SignInRefused):
            await transport.send("GET", "/auth/me")
        await transport.close()
    assert {type(outcome) for outcome in outcomes} == {SignInRefused}
    assert len(server.requests) == 2 + 1 + 1


@pytest.mark.parametrize("me", [reply(status=404), reply("no", status=400)])
async def test_when_nobody_says_who_we_are_a_401_is_taken_at_its_word(me: bytes) -> None:
    async with scripted(Guarded(refuses="/crm", me=me)) as server:
        transport = transport_to(server)
        with pytest.raises(SignInRefused):
            await transport.send("GET", "/crm/thing")
        await transport.close()


async def test_a_question_that_fails_is_told_as_what_it_is() -> None:
    async with scripted(Guarded(refuses="/crm", me=reply(status=500))) as server:
        transport = transport_to(server)
        with pytest.raises(ServerFault):
            await transport.send("PUT", "/crm/thing", body=b"{}")
        await transport.close()


@pytest.mark.parametrize(
    ("headers", "content_type", "body"),
    [
        ([], "text/html; charset=utf-8", b"<html>Request blocked</html>"),
        ([], "application/json", b"\n<!DOCTYPE html>"),
        (["Server: CloudFront"], "text/plain", b"blocked"),
        (["Server: CloudFront"], "application/json", b"{}"),
        (["X-Amz-Cf-Id: abc"], "text/plain", b""),
        (["X-Cache: Error from cloudfront"], "text/plain", b"no"),
    ],
)
async def test_a_firewall_is_not_a_missing_role(
    headers: list[str], content_type: str, body: bytes
) -> None:
    page = http(body, status="403 Forbidden", headers=headers, content_type=content_type)
    async with raw_server(page) as server:
        transport = Transport(
            Address.parse(server.url, plain_http=True), Basic("ana", Secret("right"))
        )
        with pytest.raises(Blocked):
            await transport.send("PUT", OPPORTUNITIES, body=b"{}")
        assert transport.roles.may("CrmOpportunity-Edit") is None
        await transport.close()
    assert len(server.requests) == 1


async def test_headers_of_the_edge_on_the_services_own_403_mean_a_missing_role() -> None:
    answer = http(
        b'{"Message":"no"}', status="403 Forbidden", headers=["X-Amz-Cf-Id: abc", "Server: Kestrel"]
    )
    async with raw_server(answer) as server:
        transport = Transport(
            Address.parse(server.url, plain_http=True), Basic("ana", Secret("right"))
        )
        with pytest.raises(Forbidden):
            await transport.send("GET", OPPORTUNITIES)
        await transport.close()


async def test_B05_a_token_that_is_always_refused_stops_with_one_renewal() -> None:
    async with desk(always_401=True) as at, transport_of(at, at.sign_in()) as transport:
        for _ in range(5):
            with pytest.raises(SignInRefused):
                await transport.send("PUT", OPPORTUNITIES, body=b"{}")
        assert at.service.count("refresh_token") == 1
        assert len(at.service.grants) == 2


async def test_B05_a_missing_role_costs_no_more_than_one_renewal() -> None:
    async with desk(role_missing=True) as at, transport_of(at, at.sign_in()) as transport:
        for _ in range(5):
            with pytest.raises(Forbidden):
                await transport.send("PUT", OPPORTUNITIES, body=b"{}")
        assert at.service.count("refresh_token") == 1
        assert len(at.service.grants) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get"])
async def test_L01_a_reader_sends_no_write_whoever_asks(method: str) -> None:
    async with scripted(Guarded()) as server:
        transport = transport_to(server, read_only=True)
        with pytest.raises(ReadOnly):
            await transport.send(method, OPPORTUNITIES, body=b"{}")
        await transport.send("GET", OPPORTUNITIES)
        await transport.close()
    assert [request.method for request in server.requests] == ["GET"]


# Roles


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/crm/crmopportunities", "CrmOpportunity-List"),
        ("GET", "/CRM/CrmOpportunities/7", "CrmOpportunity-Read"),
        ("GET", "/crm/crmopportunities/commands", "CrmOpportunity-List"),
        ("POST", "/crm/crmopportunities", "CrmOpportunity-Create"),
        ("POST", "/crm/crmopportunities/runcommand", "CrmOpportunity-Edit"),
        ("GET", "/crm/crmopportunities/runcommand", "CrmOpportunity-Edit"),
        ("PUT", "/crm/crmopportunities", "CrmOpportunity-Edit"),
        ("DELETE", "/crm/crmopportunities/7", "CrmOpportunity-Delete"),
        ("GET", "/spaces/coworkers", "Coworker-List"),
        ("GET", "/auth/me", None),
        ("GET", "/", None),
        ("GET", "", None),
    ],
)
def test_a_request_needs_a_role(method: str, path: str, name: str | None) -> None:
    assert role_for(method, path) == name


def test_roles_are_compared_without_case_and_update_is_edit() -> None:
    roles = Roles(["crmopportunity-edit", "CrmBoard-LIST", "Coworker-Update"])
    assert roles.may("CrmOpportunity-Update") is True
    assert roles.may("crmboard-list") is True
    assert roles.may("Coworker-Edit") is True
    assert roles.may("CrmOpportunity-Delete") is False


def test_what_the_server_does_counts_for_more_than_its_list() -> None:
    roles = Roles(is_admin=True)
    assert roles.may("Team-List") is True
    roles.learn("Team-List", granted=False)
    assert roles.may("team-list") is False
    roles.learn("Team-List", granted=True)
    assert roles.may("team-list") is True
    unknown = Roles()
    assert unknown.may("Team-List") is None
    unknown.know(["Team-List"])
    assert unknown.may("Team-List") is True


def test_every_kind_of_record_has_its_roles() -> None:
    kinds = [kind for kind in vars(entities).values() if isinstance(kind, entities.Entity)]
    assert {kind.path for kind in kinds} == NAMES.keys()
    for kind in kinds:
        assert role_for("PUT", kind.path) == f"{kind.name}-Edit"
