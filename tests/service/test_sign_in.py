"""A sign-in that is refused while the book is open: tried once, and anew when a person asks (row B09)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import SignInRefused
from crm_tui.api.token import TokenSignIn
from crm_tui.api.transport import Transport
from crm_tui.service.crm import Crm
from tests.api.desk import Person
from tests.api.token_service import CLIENT
from tests.world import Sandbox, clock, loaded, no_wait, running_sandbox


def tried(sandbox: Sandbox) -> int:
    """Say how often a password has arrived."""
    ((count,),) = sandbox.query("SELECT count(*) FROM requests WHERE Path = '/api/token'")
    return int(count)


async def test_B09_a_wrong_password_is_tried_once_for_each_time_a_person_asks() -> None:
    async with running_sandbox() as sandbox:
        person = Person("wrong", "wrong too", "sandbox")
        sign_in = TokenSignIn(
            sandbox.address,
            "ana@example.com",
            client_id=CLIENT,
            password=person,
            clock=lambda: datetime.now(UTC),
        )
        transport = Transport(sandbox.address, sign_in, clock=clock, sleep=no_wait)
        crm = Crm(lambda: NexudusClient(transport), clock=clock)
        running = asyncio.create_task(crm.run())
        try:
            for times in (1, 2):
                await loaded(crm)
                assert isinstance(crm.failure, SignInRefused)
                assert crm.failure.detail == "The user name or password is incorrect."
                assert (tried(sandbox), person.asked) == (times, times)
                crm.refresh()
            await loaded(crm)
            assert crm.failure is None
            assert crm.snapshot.boards
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert tried(sandbox) == 3
