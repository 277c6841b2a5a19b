"""Sign-in by token: got with a password, renewed before it expires or when it is refused, shared by all windows.

Whatever happens, there is one renewal at a time in this process and among the processes that share the file, at
most one refresh in 30 seconds, and one try with a password until a person asks again, unless it never arrived or was
told to come later.  The password is asked for only when nothing else helps, and dropped once it was answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from crm_tui.api.address import Address
from crm_tui.api.auth import Secret
from crm_tui.api.errors import (
    ApiError,
    BadAnswer,
    CodeRefused,
    ServerFault,
    SignInNeeded,
    SignInRefused,
    Throttled,
    Unanswered,
)
from crm_tui.api.grants import Denied, Grant, TokenEndpoint
from crm_tui.api.ledger import UNLIMITED
from crm_tui.api.pacing import Pacing
from crm_tui.api.token_store import Kept, Tokens, TokenStore

REST: Final = 30.0
"""Seconds between two refreshes, whatever the server says about how long a token lives."""

MARGIN: Final = 300.0
"""Seconds before its end at which a token is renewed; for one that lives shortly, a tenth of its life."""

Ask = Callable[[], Awaitable[Secret | None]]
"""Gives a secret, perhaps by asking a person; none when there is none to be had.

What it raises comes out of whatever needed the token, and is not taken for an answer: it is asked again next time.
"""


class TokenSignIn:
    """Sign-in of one user by access and refresh token.

    `client_id` is the installation's own: the service keeps one refresh token for each.  `file` lies in a
    private folder and is shared by all processes of this user at this address; without it tokens live in
    memory only.  `pacing` is the pace that its requests keep to, which the account's other requests share.
    """

    def __init__(
        self,
        address: Address,
        user: str,
        *,
        client_id: str,
        password: Ask,
        code: Ask | None = None,
        file: Path | None = None,
        ca_file: Path | None = None,
        pacing: Pacing | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        deadline: float = 30.0,
    ) -> None:
        self._user = user
        self._password = password
        self._code = code
        self._clock = clock
        self._endpoint = TokenEndpoint(
            address,
            client_id,
            pacing=pacing or Pacing(UNLIMITED, clock=clock, sleep=sleep),
            clock=clock,
            ca_file=ca_file,
            deadline=deadline,
        )
        self._store = TokenStore(file, (address.url, user, client_id), sleep=sleep)
        self._tokens: Tokens | None = None
        self._dead = ""
        """The access token that the server refused last."""
        self._flight: asyncio.Task[Tokens] | None = None
        self._typed: Secret | None = None
        """A password that nobody has answered yet."""
        self._refusal: ApiError | None = None
        """Why the last password was refused, or that nobody knows whether it was; it is not tried again."""
        self._spent: str | None = None
        """The refresh token that was refused last; it is not sent again."""
        self._trouble: tuple[float, ApiError] | None = None
        """When a renewal was last asked for in vain, and how that ended."""

    async def header(self) -> Secret:
        """Give the value of the `Authorization` header, signing in or renewing if need be."""
        tokens = self._tokens
        if tokens is None or not self._serves(tokens):
            tokens = await self._renewed()
        return Secret(f"Bearer {tokens.access.reveal()}")

    async def renew(self, refused: Secret) -> bool:
        """After a 401: renew the token unless that has been done since or just before."""
        tokens = self._tokens
        if tokens is not None and refused.reveal() == f"Bearer {tokens.access.reveal()}":
            if tokens.renewed and self._since(tokens.issued_at) < REST:
                return False  # a fresh token is refused: another one would be, too
            self._dead = tokens.access.reveal()
            await self._renewed()
        return True

    def again(self) -> None:
        """A person asks anew: what was refused may be tried once more."""
        self._refusal = self._trouble = self._spent = None

    async def forget(self) -> None:
        """Sign out: keep no token, here and for the other processes of this user.

        Raises `OSError` when the file cannot be removed.
        """
        self._tokens = self._typed = None
        await self._store.forget()

    def _since(self, moment: float) -> float:
        """Give the seconds since a moment; one that lies ahead, for the clock was set back, is long ago."""
        seconds = self._clock().timestamp() - moment
        return seconds if seconds >= 0 else float("inf")

    def _serves(self, tokens: Tokens) -> bool:
        """Say whether a token may be sent: not refused, and not due, unless it was renewed just now."""
        if tokens.access.reveal() == self._dead:
            return False
        if tokens.renewed and self._since(tokens.issued_at) < REST:
            return True
        return self._clock().timestamp() < tokens.renew_at

    async def _renewed(self) -> Tokens:
        """Wait for the one renewal that is going on, or begin it.

        It goes on when who waits for it is cancelled: a refresh token that was sent is spent.
        """
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._renew_once(), name="api: signing in")
            self._flight.add_done_callback(_look_at)
        return await asyncio.shield(self._flight)

    async def _renew_once(self) -> Tokens:
        if self._trouble is not None and self._since(self._trouble[0]) < REST:
            raise self._trouble[1]
        self._trouble = None
        async with self._store.held() as kept:
            tokens = kept.read()
            if tokens is None or not self._serves(tokens):
                try:
                    tokens = await self._refreshed(kept, tokens) or await self._by_password()
                except (Unanswered, BadAnswer, ServerFault, Throttled) as error:
                    self._trouble = (self._clock().timestamp(), error)
                    raise
                kept.write(tokens)
            self._tokens = tokens
            return tokens

    async def _refreshed(self, kept: Kept, tokens: Tokens | None) -> Tokens | None:
        """Spend the refresh token; none when there is no good one."""
        # Who keeps to no lock may have refreshed meanwhile: then there is another one to try.
        for _ in range(2):
            if tokens is None or tokens.refresh is None or tokens.refresh.reveal() == self._spent:
                return None
            try:
                return self._taken(await self._endpoint.by_refresh(tokens.refresh), tokens)
            except Denied:
                self._spent = tokens.refresh.reveal()
            tokens = kept.read()
        return None

    async def _by_password(self) -> Tokens:
        if self._refusal is not None:
            raise type(self._refusal)(self._refusal.detail)
        self._typed = self._typed or await self._password()
        if self._typed is None:
            raise self._refused(SignInRefused("no password was given"))
        try:
            grant = await self._by_code(self._typed)
        except SignInRefused as error:
            self._typed = None
            raise self._refused(error) from None
        except (Unanswered, BadAnswer, ServerFault) as error:
            # It may have been looked at, and a wrong one that is repeated locks the account.
            self._refusal = type(error)(error.detail)
            raise
        self._typed = None
        return self._taken(grant, None)

    async def _by_code(self, password: Secret) -> Grant:
        """Send the password, and a second time with a code if that is what the server wants."""
        try:
            return await self._endpoint.by_password(self._user, password, None)
        except Denied as denied:
            first = denied
        code = await self._code() if self._code is not None and first.asks_for_a_code else None
        if code is None:
            raise first
        try:
            return await self._endpoint.by_password(self._user, password, code)
        except Denied as second:
            raise CodeRefused(second.detail) if first.is_about_a_code else second from None

    def _refused(self, error: SignInRefused) -> SignInRefused:
        """Remember a refusal by its words alone; the error itself knows where it came from."""
        kind = SignInNeeded if isinstance(error, SignInNeeded) else SignInRefused
        if isinstance(error, CodeRefused) or (isinstance(error, Denied) and error.is_about_a_code):
            kind = CodeRefused
        self._refusal = kind(error.detail)
        return kind(error.detail)

    def _taken(self, grant: Grant, before: Tokens | None) -> Tokens:
        """Note when a grant came; a server that gives no new refresh token leaves the old one good."""
        now = self._clock().timestamp()
        return Tokens(
            access=grant.access,
            refresh=grant.refresh or (before.refresh if before is not None else None),
            issued_at=now,
            renew_at=now + grant.lifetime - min(MARGIN, grant.lifetime / 10),
            renewed=before is not None,
        )


def _look_at(task: asyncio.Task[Tokens]) -> None:
    """Look at a failure that nobody may be left to see."""
    if not task.cancelled():
        task.exception()
