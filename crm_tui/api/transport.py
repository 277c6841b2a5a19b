"""One `send`: a request out, a good answer back, and the same few errors for everything that may come between.

Here is decided what a 401 and a 403 mean, that who only reads never writes, and that a write is not sent for which
the server has told the role to be missing.  It knows nothing of records: bodies are bytes.  Sending, waiting and trying
again are `delivery`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Final

from crm_tui.api.address import Address
from crm_tui.api.auth import Secret, SignIn
from crm_tui.api.delivery import Delivery, Left, Reply, Request
from crm_tui.api.errors import Blocked, Forbidden, ReadOnly, SignInRefused
from crm_tui.api.exchange import Exchange
from crm_tui.api.ledger import UNLIMITED, Limits
from crm_tui.api.pacing import Pacing, Priority
from crm_tui.api.roles import Roles, role_for

DEADLINE: Final = 30.0
"""Seconds that one operation may take in all: redirects, retries and the waits between them included.

What the server or the limits make everybody wait is not; that is told as it happens.
"""

WHO_AM_I: Final = "/auth/me"
"""What every user may ask; it tells a missing role from a sign-in that is not good."""

_VERDICT_HOLDS: Final = 60.0
"""Seconds for which it is remembered whether a header was good."""

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


class Transport:
    """Sends requests of one user to one address."""

    def __init__(
        self,
        address: Address,
        sign_in: SignIn,
        *,
        clock: Clock = lambda: datetime.now(UTC),
        sleep: Sleep = asyncio.sleep,
        deadline: float = DEADLINE,
        pacing: Pacing | None = None,
        random: Random | None = None,
        read_only: bool = False,
        ca_file: Path | None = None,
        roles: Roles | None = None,
    ) -> None:
        self.roles = roles if roles is not None else Roles()
        """What this user may do, as far as it is known."""
        self._sign_in = sign_in
        self._clock = clock
        self._deadline = deadline
        self._read_only = read_only
        self._exchange = Exchange(address, ca_file=ca_file, deadline=deadline)
        self.pacing = pacing if pacing is not None else _own_pace(address, clock, sleep)
        """Whose turn it is; tells who waits and why."""
        self._delivery = Delivery(
            address,
            self._exchange,
            sign_in,
            pacing=self.pacing,
            random=random if random is not None else Random(),  # noqa: S311 - spreads waits
            clock=clock,
            sleep=sleep,
        )
        self._asking = asyncio.Lock()
        self._verdict: tuple[str, bool, datetime] | None = None
        """The last header that was doubted, whether it was good, and when."""
        self._has_turned_away = False
        """Whether a write was not sent for want of a role."""

    async def close(self) -> None:
        """Close the connections."""
        await self._exchange.close()

    def again(self) -> None:
        """A person asks anew: forget why the sign-in was refused, a long pause, and whether a role was missing."""
        self._sign_in.again()
        self.pacing.resume()
        self._verdict = None
        if self._has_turned_away:
            self._has_turned_away = False
            self.roles.doubt()

    async def send(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: bytes | None = None,
        priority: Priority = Priority.VISIBLE,
        trial: bool = False,
        writes: bool = False,
    ) -> Reply:
        """Send one request and read its answer: 200, 400, 404, 409 and what else belongs to the record.

        `path` follows the base URL (``/crm/crmboards``).  A write goes first whatever its priority; everything but
        a GET is one, and a GET that `writes`.
        On `trial`, which follows a request that showed the sign-in to be good, a 401 is taken for a missing
        role, and no token is spent on finding out.

        Raises `Unreached`, `Unanswered`, `BadAnswer` and their kinds; of `Refused` it raises `SignInRefused`,
        `Forbidden`, `Throttled`, `ServerFault` and `ReadOnly`.
        """
        writes = writes or method != "GET"
        if self._read_only and writes:
            raise ReadOnly
        role = role_for(method, path)
        if writes:
            priority = Priority.WRITER
            if role is not None and self.roles.forbids(role):
                self._has_turned_away = True
                raise Forbidden(role=role)
        request = Request(method, path, writes, parameters or {}, body, priority)
        left = Left(self._deadline)
        reply, header = await self._delivery.deliver(request, left)
        is_doubted = reply.status == HTTPStatus.UNAUTHORIZED and not trial
        if is_doubted and await self._sign_in.renew(header):
            reply, header = await self._delivery.deliver(request, left)
            is_doubted = reply.status == HTTPStatus.UNAUTHORIZED
        if reply.blocked:
            raise Blocked("HTTP 403")
        if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            if is_doubted and (path == WHO_AM_I or not await self._is_good(header)):
                raise SignInRefused
            if role is not None:
                self.roles.learn(role, granted=False)
            raise Forbidden(role=role)
        if role is not None and reply.status == HTTPStatus.OK:
            self.roles.learn(role, granted=True)
        return reply

    async def _is_good(self, header: Secret) -> bool:
        """Ask who we are, once for all who doubt the same header: some editions answer 401 for a role, too."""
        async with self._asking:
            if self._verdict is not None:
                doubted, verdict, at = self._verdict
                age = abs((self._clock() - at).total_seconds())
                if doubted == header.reveal() and age < _VERDICT_HOLDS:
                    return verdict
            question = Request("GET", WHO_AM_I, writes=False, priority=Priority.WRITER)
            reply, _ = await self._delivery.deliver(question, Left(self._deadline))
            if reply.blocked:
                raise Blocked("HTTP 403")
            verdict = reply.status == HTTPStatus.OK
            self._verdict = (header.reveal(), verdict, self._clock())
            return verdict


def _own_pace(address: Address, clock: Clock, sleep: Sleep) -> Pacing:
    """Make a pace that no other process shares; a server on this machine sets its limits itself."""
    limits = Limits() if address.leaves_this_machine else UNLIMITED
    return Pacing(limits, clock=clock, sleep=sleep)


__all__ = ["DEADLINE", "WHO_AM_I", "Clock", "Priority", "Reply", "Sleep", "Transport"]
