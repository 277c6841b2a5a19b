"""A desk to sign in at: a service with tokens, a clock that is moved by hand, and people who are asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crm_tui.api.address import Address
from crm_tui.api.auth import Secret
from crm_tui.api.pacing import Pacing
from crm_tui.api.token import Ask, TokenSignIn
from crm_tui.api.transport import Transport
from tests.api.scripted import Scripted, scripted
from tests.api.token_service import CLIENT, PASSWORD, USER, TokenService

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def jump(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Person:
    """Answers from a list, and counts how often it was asked; in the end it knows nothing."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self) -> Secret | None:
        self.asked += 1
        return Secret(self.answers.pop(0)) if self.answers else None


class Desk:
    """A service, its clock, and sign-ins made for it."""

    def __init__(self, server: Scripted, service: TokenService) -> None:
        self.server = server
        self.service = service
        self.clock = Clock()

    def sign_in(
        self,
        person: Ask | None = None,
        *,
        file: Path | None = None,
        code: Person | None = None,
        pacing: Pacing | None = None,
    ) -> TokenSignIn:
        """Make a sign-in, as one process would."""
        return TokenSignIn(
            Address.parse(self.server.url, plain_http=True),
            USER,
            client_id=CLIENT,
            password=person or Person(PASSWORD),
            code=code,
            file=file,
            pacing=pacing,
            clock=self.clock,
            deadline=5,
        )


@asynccontextmanager
async def desk(**settings: Any) -> AsyncIterator[Desk]:
    service = TokenService(**settings)
    async with scripted(service) as server:
        yield Desk(server, service)


@asynccontextmanager
async def transport_of(
    at: Desk, sign_in: TokenSignIn, *, pacing: Pacing | None = None
) -> AsyncIterator[Transport]:
    transport = Transport(
        Address.parse(at.server.url, plain_http=True),
        sign_in,
        clock=at.clock,
        pacing=pacing,
        deadline=5,
    )
    try:
        yield transport
    finally:
        await transport.close()
