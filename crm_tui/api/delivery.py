"""Brings one request to the server, signed and paced, and again where that can do no harm.

Follows redirects of a read on the same origin only.  Signing in is not repeated: that sends a password, or a token
that is good for one time.  It knows nothing of what a 401, a 403 or a record means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Final

import httpx

from crm_tui.api import wire
from crm_tui.api.address import Address
from crm_tui.api.auth import Secret, SignIn
from crm_tui.api.errors import BadAddress, BadAnswer, ServerFault, Throttled, Unanswered, Unreached
from crm_tui.api.exchange import Answer, Exchange
from crm_tui.api.pacing import MAX_WAIT, Pacing, Priority
from crm_tui.api.retry import Breaker, Budget, jitter, may_repeat, throttle_wait
from crm_tui.api.signals import is_blocked, is_throttled, parse_retry_after

MAX_REDIRECTS: Final = 3

_REDIRECTS: Final = (301, 302, 303, 307, 308)

ATTEMPTS: Final = 3
"""Times that a request is sent in all."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent."""

    method: str
    path: str
    """What follows the base URL."""
    writes: bool
    """Whether it may change something; a method alone does not tell, for commands may be run by GET."""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    priority: Priority = Priority.VISIBLE


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read to its end."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    retry_after: float | None = None
    """Seconds to wait, from the header given as a number or as a date; none without a usable one."""
    throttled: bool = False
    """Whether it was not carried out and may be sent again later."""
    blocked: bool = False
    """Whether a firewall answered, before the service."""


@dataclass(slots=True)
class Left:
    """What is left of the time that an operation may take."""

    seconds: float


class Delivery:
    """Sends the requests of one user to one address."""

    def __init__(
        self,
        address: Address,
        exchange: Exchange,
        sign_in: SignIn,
        *,
        pacing: Pacing,
        random: Random,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._address = address
        try:
            self._origin = httpx.URL(address.url)
            self._origin.host  # noqa: B018 - names of other scripts are decoded only when asked for
        except (httpx.InvalidURL, UnicodeError):
            raise BadAddress("it is not a URL that can be reached") from None
        self._exchange = exchange
        self._sign_in = sign_in
        self._pacing = pacing
        self._random = random
        self._budget = Budget(clock)
        self._breaker = Breaker(clock)
        self._clock = clock
        self._sleep = sleep

    async def deliver(self, request: Request, left: Left) -> tuple[Reply, Secret]:
        """Send a request; give the answer and the header that the request carried.

        Raises `Unreached`, `Unanswered`, `BadAnswer`, `ServerFault` and their kinds, and `Throttled`.
        """
        with self._breaker.watch():
            self._budget.ask()
            header = await self._sign_in.header()
            for attempt in range(1, ATTEMPTS + 1):
                reply = await self._try(request, header, left, attempt)
                if reply is not None:
                    return reply, header
        raise AssertionError  # pragma: no cover - the last try returns or raises

    async def _try(
        self, request: Request, header: Secret, left: Left, attempt: int
    ) -> Reply | None:
        """Send once when it is its turn; none when it has been waited to try again."""
        is_last = attempt == ATTEMPTS
        asked = 0.0
        try:
            await self._pacing.turn(request.priority, write=request.writes)
            reply = await self._timed(request, header, left)
            if reply.status >= httpx.codes.INTERNAL_SERVER_ERROR:
                asked = reply.retry_after or 0.0
                raise ServerFault(wire.words_of(reply.body) or f"HTTP {reply.status}")
        except (Unreached, Unanswered, ServerFault) as error:
            wait = max(asked, jitter(attempt, self._random))
            if is_last or wait >= left.seconds or not may_repeat(error, writes=request.writes):
                raise
            if not self._budget.retry():
                raise
            left.seconds -= wait
            await self._sleep(wait)
            return None
        if not reply.throttled:
            return reply
        # It was not carried out, so that a write may be sent again, too; `turn` waits for the pause to end.
        pause = throttle_wait(reply.retry_after, attempt, self._random)
        await self._pacing.pause(pause)
        if is_last or pause > MAX_WAIT:
            said = "" if reply.retry_after is None else f"for {reply.retry_after:.0f} s"
            raise Throttled(said, reply.retry_after)
        return None

    async def _timed(self, request: Request, header: Secret, left: Left) -> Reply:
        """Send once, at the expense of the time that is left."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            return await self._once(request, header, started + left.seconds)
        finally:
            left.seconds -= loop.time() - started

    async def _once(self, request: Request, header: Secret, ends: float) -> Reply:
        """Do one request and the redirects that it is led along."""
        try:
            url = httpx.URL(self._address.url + request.path, params=request.parameters)
        except (httpx.InvalidURL, UnicodeError):
            raise BadAddress("") from None
        kind = {"Content-Type": "application/json"} if request.body is not None else {}
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._exchange.send(
                request.method,
                url,
                headers={"Authorization": header.reveal(), **kind},
                body=request.body,
                seconds=max(0.0, ends - asyncio.get_running_loop().time()),
            )
            target = answer.headers.get("location")
            if target is None or answer.status not in _REDIRECTS:
                return self._reply(answer)
            url = self._followed(url, target, writes=request.writes)
        raise BadAnswer("it redirects without end")

    def _reply(self, answer: Answer) -> Reply:
        return Reply(
            status=answer.status,
            content_type=answer.headers.get("content-type", ""),
            body=answer.body,
            retry_after=parse_retry_after(answer.headers.get("retry-after"), self._clock()),
            throttled=is_throttled(answer.status, answer.headers, answer.body),
            blocked=is_blocked(answer.status, answer.headers, answer.body),
        )

    def _followed(self, url: httpx.URL, target: str, *, writes: bool) -> httpx.URL:
        """Resolve a redirect, or refuse it: credentials go to no other origin, writes go nowhere else."""
        try:
            moved = url.join(target)
        except httpx.InvalidURL:
            raise BadAnswer("it redirects to nowhere") from None
        same = (moved.scheme, moved.host, moved.port) == (
            self._origin.scheme,
            self._origin.host,
            self._origin.port,
        )
        if not same or writes:
            raise BadAnswer("it redirects elsewhere, which is not followed")
        return moved
