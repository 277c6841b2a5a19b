"""What is told of a user's roles before they are tried, for people who may read that and people who may not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from crm_tui.api.auth import Basic, Secret
from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import Forbidden, ServerFault
from crm_tui.api.pacing import Priority
from crm_tui.api.rights import MOST
from crm_tui.api.roles import Roles
from crm_tui.api.token import TokenSignIn
from crm_tui.api.transport import Transport
from tests.api.desk import Person
from tests.api.token_service import CLIENT
from tests.world import Sandbox, clock, no_wait, running_sandbox

EDIT = "CrmOpportunity-Edit"
RITAS = 770685957


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as running:
        yield running


@asynccontextmanager
async def signed_in(sandbox: Sandbox, name: str) -> AsyncIterator[tuple[NexudusClient, Roles]]:
    """Give somebody's client, and what is known of their roles."""
    sign_in = Basic(f"{name}@example.com", Secret("sandbox"))
    transport = Transport(sandbox.address, sign_in, clock=clock, sleep=no_wait)
    try:
        yield NexudusClient(transport), transport.roles
    finally:
        await transport.close()


def asked(sandbox: Sandbox, name: str) -> list[str]:
    """Give what somebody has asked for."""
    return sandbox.asked(user=f"{name}@example.com")


async def write(sandbox: Sandbox, client: NexudusClient) -> None:
    """Write an opportunity back as it is, made from what an administrator fetched."""
    ((record_id,),) = sandbox.query("SELECT min(Id) FROM crmopportunities")
    admin = sandbox.client()
    fetched = await admin.opportunity(record_id, Priority.WRITER)
    await admin.close()
    await client.update_opportunity(fetched, {})


async def test_of_an_administrator_one_request_tells_all(sandbox: Sandbox) -> None:
    async with signed_in(sandbox, "ana") as (client, roles):
        assert roles.may(EDIT) is None
        for _ in range(3):
            await client.know_roles()
        assert roles.may(EDIT) is True
    assert asked(sandbox, "ana") == ["/api/auth/me"]


async def test_of_somebody_without_any_role_one_request_tells_it(sandbox: Sandbox) -> None:
    async with signed_in(sandbox, "nora") as (client, roles):
        await client.know_roles()
        assert roles.may("CrmBoard-List") is False
        with pytest.raises(Forbidden, match=f"it needs the role {EDIT}") as caught:
            await write(sandbox, client)
    assert caught.value.role == EDIT
    assert asked(sandbox, "nora") == ["/api/auth/me"]
    assert sandbox.writes() == []


async def test_who_may_read_roles_is_not_let_try_what_they_lack(sandbox: Sandbox) -> None:
    async with signed_in(sandbox, "rita") as (client, roles):
        for _ in range(2):
            await client.know_roles()
        known = {name: roles.may(f"CrmOpportunity-{name}") for name in ("List", "Read")}
        assert known == {"List": True, "Read": True}
        for name in ("Edit", "Create", "Delete"):
            assert roles.may(f"CrmOpportunity-{name}") is False
        with pytest.raises(Forbidden, match=EDIT):
            await write(sandbox, client)
        with pytest.raises(Forbidden, match="CrmOpportunity-Delete"):
            await client.opportunities.delete(1)
    assert asked(sandbox, "rita") == [
        "/api/auth/me",
        f"/api/security/userroles/{RITAS}",
        "/api/security/roles",
    ]
    assert sandbox.writes() == []
    assert sandbox.asked(method="DELETE", user="rita@example.com") == []


async def test_who_may_not_read_roles_is_asked_once_and_learns_by_trying(sandbox: Sandbox) -> None:
    async with signed_in(sandbox, "mina") as (client, roles):
        await client.know_roles()
        once = asked(sandbox, "mina")
        client.again()
        await client.know_roles()
        assert asked(sandbox, "mina") == once
        assert roles.may("UserRole-Read") is False
        assert roles.may(EDIT) is None
        await write(sandbox, client)
        assert roles.may(EDIT) is True
    assert once == ["/api/auth/me", "/api/security/userroles/770685918"]
    assert len(sandbox.writes()) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_finding_out_spends_no_token(sandbox: Sandbox, status: int) -> None:
    async with sandbox.http() as http:
        await http.post("/api/_sandbox/switches", json={"forbidden_status": status})
    sign_in = TokenSignIn(
        sandbox.address, "mina@example.com", client_id=CLIENT, password=Person("sandbox")
    )
    transport = Transport(sandbox.address, sign_in, sleep=no_wait)
    await NexudusClient(transport).know_roles()
    await transport.close()
    assert transport.roles.may("UserRole-Read") is False
    assert sandbox.query("SELECT count(*) FROM requests WHERE Path = '/api/token'") == [(1,)]


async def test_a_role_that_was_given_meanwhile_counts_when_a_person_asks_again(
    sandbox: Sandbox,
) -> None:
    async with signed_in(sandbox, "rita") as (client, roles):
        await client.know_roles()
        with pytest.raises(Forbidden):
            await write(sandbox, client)
        sandbox.execute(
            "UPDATE userroles SET Roles = (SELECT json_group_array(Id) FROM roles) WHERE Id = ?",
            RITAS,
        )
        with pytest.raises(Forbidden):
            await write(sandbox, client)
        client.again()
        await write(sandbox, client)
        await client.know_roles()
        assert roles.may("CrmOpportunity-Delete") is True
    assert len(sandbox.writes()) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET Businesses = '[1414805912]' WHERE Email = ?",
        f"UPDATE users SET UserRoles = '{[RITAS] * (MOST + 1)}' WHERE Email = ?",
        f"UPDATE users SET UserRoles = '[{RITAS}, null]' WHERE Email = ?",
        "UPDATE users SET UserRoles = 'null' WHERE Email = ?",
        f"UPDATE userroles SET Roles = '[7]' WHERE Id = {RITAS} AND ? <> ''",
    ],
    ids=["of-a-location-unseen", "too-many", "no-id", "untold", "unknown-role"],
)
async def test_what_is_not_told_whole_is_not_taken_for_the_whole(
    sandbox: Sandbox, change: str
) -> None:
    sandbox.execute(change, "rita@example.com")
    async with signed_in(sandbox, "rita") as (client, roles):
        await client.know_roles()
        assert roles.may(EDIT) is None
        assert not roles.is_told
        assert not roles.forbids(EDIT)


async def test_a_server_that_fails_is_asked_another_time(sandbox: Sandbox) -> None:
    await sandbox.fault(action="status", status=500, path="/api/security/*", times=3)
    async with signed_in(sandbox, "rita") as (client, roles):
        with pytest.raises(ServerFault):
            await client.know_roles()
        assert roles.may(EDIT) is None
        await client.know_roles()
        assert roles.may(EDIT) is False


def test_a_list_that_the_server_contradicts_is_not_believed() -> None:
    roles = Roles(["CrmBoard-List"])
    assert roles.forbids(EDIT)
    roles.learn("CrmOpportunity-Read", granted=True)
    assert not roles.forbids(EDIT)
    assert roles.may(EDIT) is None


def test_one_refusal_alone_forbids_nothing() -> None:
    """Row F14: it may have been about one record."""
    roles = Roles()
    roles.learn(EDIT, granted=False)
    assert roles.may(EDIT) is False
    assert not roles.forbids(EDIT)
