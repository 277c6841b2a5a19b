"""The book of people who may not do everything: told when it is there, and refused without a write being sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from crm_tui.api.auth import Basic, Secret
from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import Forbidden
from crm_tui.api.roles import Roles
from crm_tui.api.transport import Transport
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from tests.service.test_crm import a_card, moved
from tests.world import Sandbox, clock, loaded, no_wait, running_sandbox, until

REFUSED = "you may not do this: it needs the role CrmOpportunity-Edit"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as running:
        yield running


@asynccontextmanager
async def book_of(sandbox: Sandbox, name: str) -> AsyncIterator[tuple[Crm, Roles]]:
    """Run somebody's book; it is loaded, or has failed, when the block begins."""
    sign_in = Basic(f"{name}@example.com", Secret("sandbox"))
    transport = Transport(sandbox.address, sign_in, clock=clock, sleep=no_wait)
    crm = Crm(lambda: NexudusClient(transport), clock=clock)
    running = asyncio.create_task(crm.run())
    try:
        await loaded(crm)
        yield crm, transport.roles
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_readers_move_is_refused_unsent_until_the_role_is_there(sandbox: Sandbox) -> None:
    async with book_of(sandbox, "rita") as (crm, roles):
        await until(crm, lambda: roles.is_told)
        row, target = a_card(crm)
        outcome = await moved(crm, row, target)
        assert (outcome.state, outcome.words, outcome.put_back) == (RowState.PARKED, REFUSED, True)
        assert sandbox.writes() == []
        sandbox.execute("UPDATE users SET IsAdmin = 1 WHERE Email = 'rita@example.com'")
        crm.refresh()
        await loaded(crm)
        row, target = a_card(crm)
        assert (await moved(crm, row, target)).state == RowState.SAVED
    assert len(sandbox.writes()) == 1


async def test_roles_are_asked_for_when_the_book_is_there_and_once(sandbox: Sandbox) -> None:
    async with book_of(sandbox, "ana") as (crm, roles):
        await until(crm, lambda: roles.is_told)
        crm.refresh()
        await loaded(crm)
        row, target = a_card(crm)
        assert (await moved(crm, row, target)).state == RowState.SAVED
    asked = sandbox.asked()
    assert asked.count("/api/auth/me") == 1
    assert not [path for path in asked if path.startswith("/api/security")]
    loading = asked[: asked.index("/api/auth/me")]
    assert {"/api/crm/crmboards", "/api/crm/crmopportunities"} <= set(loading)


async def test_who_sees_no_board_is_told_why_and_not_asked_for_more(sandbox: Sandbox) -> None:
    async with book_of(sandbox, "nora") as (crm, _):
        assert isinstance(crm.failure, Forbidden)
        assert crm.failure.role == "CrmBoard-List"
    asked = set(sandbox.asked(user="nora@example.com"))
    assert asked == {"/api/crm/crmboards", "/api/auth/me"}
