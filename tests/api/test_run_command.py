"""A server command is a write by whatever method it is run (rows G10, H06, L01); the older edition runs it by GET."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import (
    ApiError,
    BadAnswer,
    Forbidden,
    ReadOnly,
    ServerFault,
    Throttled,
    Unanswered,
)
from crm_tui.api.ledger import Limits
from crm_tui.api.pacing import Pacing
from crm_tui.api.roles import Roles
from crm_tui.api.transport import Transport
from tests.api.faketime import FakeTime
from tests.api.scripted import Request, Scripted, reply, scripted

DONE = reply({"WasSuccessful": True, "Message": "Done"})
RUN = "/api/crm/crmopportunities/runcommand"
by_both = pytest.mark.parametrize("get_commands", [False, True], ids=["by-post", "by-get"])


@asynccontextmanager
async def answering(
    *answers: bytes, get_commands: bool, **settings: Any
) -> AsyncIterator[tuple[Scripted, NexudusClient]]:
    rest = list(answers)

    async def handler(_request: Request) -> bytes:
        return rest.pop(0) if len(rest) > 1 else rest[0]

    time = FakeTime()
    async with scripted(handler) as server:
        transport = Transport(
            Address.parse(server.url, plain_http=True),
            Basic("ana", Secret("right")),
            clock=time,
            sleep=time.sleep,
            deadline=5,
            **settings,
        )
        client = NexudusClient(transport, get_commands=get_commands)
        try:
            yield server, client
        finally:
            await client.close()


@by_both
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", Unanswered),
        (DONE[:-4], Unanswered),
        (reply(status=503), ServerFault),
        (reply(status=307, headers={"Location": f"{RUN}?again"}), BadAnswer),
        (reply(status=302, headers={"Location": RUN}), BadAnswer),
    ],
    ids=["no-answer", "half-an-answer", "fault", "same-verb-redirect", "redirect"],
)
async def test_G10_it_is_never_sent_a_second_time_by_itself(
    answer: bytes, error: type[ApiError], get_commands: bool
) -> None:
    async with answering(answer, DONE, get_commands=get_commands) as (server, client):
        with pytest.raises(error):
            await client.opportunities.run_command("X", [7])
    assert len(server.requests) == 1


@by_both
async def test_L01_a_reader_runs_none(get_commands: bool) -> None:
    async with answering(DONE, get_commands=get_commands, read_only=True) as (server, client):
        with pytest.raises(ReadOnly):
            await client.opportunities.run_command("X", [7])
    assert server.requests == []


@by_both
async def test_who_may_not_edit_sends_none(get_commands: bool) -> None:
    roles = Roles(["CrmOpportunity-List", "CrmOpportunity-Read"])
    async with answering(DONE, get_commands=get_commands, roles=roles) as (server, client):
        with pytest.raises(Forbidden, match="CrmOpportunity-Edit"):
            await client.opportunities.run_command("X", [7])
    assert server.requests == []


@by_both
async def test_what_it_teaches_is_about_editing(get_commands: bool) -> None:
    roles = Roles()
    async with answering(DONE, get_commands=get_commands, roles=roles) as (_, client):
        await client.opportunities.run_command("X", [7])
    assert roles.may("CrmOpportunity-Edit") is True
    assert roles.may("CrmOpportunity-List") is None


@by_both
async def test_H06_it_counts_as_a_write_of_the_day(get_commands: bool) -> None:
    pacing = Pacing(Limits(writes_per_day=1), clock=FakeTime())
    async with answering(DONE, get_commands=get_commands, pacing=pacing) as (server, client):
        await client.opportunities.run_command("X", [7])
        with pytest.raises(Throttled):
            await client.opportunities.run_command("X", [7])
    assert len(server.requests) == 1
