"""The token endpoint: one form out, tokens or a refusal back.

It asks when it is its turn, keeps nothing, and sends nothing twice: a wrong password that is repeated locks an
account.  When it is told to slow down, everybody of the account does.  No redirect is followed, for a password must
not travel on.

Facts: form-encoded; `client_id` is a header in one edition of the reference and a field in the other, so it is
sent as both; a wrong password is 400 or 401; how a missing second factor is answered is not documented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

from crm_tui.api import wire
from crm_tui.api.address import Address
from crm_tui.api.auth import Secret
from crm_tui.api.errors import BadAnswer, ServerFault, SignInRefused, Throttled
from crm_tui.api.exchange import Answer, Exchange
from crm_tui.api.pacing import Pacing, Priority
from crm_tui.api.retry import throttle_wait
from crm_tui.api.signals import is_throttled, parse_retry_after
from crm_tui.structs import Struct

SHORTEST: Final = 30.0
"""Seconds that a token is taken to live at least, whatever the server says."""

LONGEST: Final = 7 * 86_400.0
"""Seconds that a token is trusted at most; the longest life that is documented."""

UNTOLD: Final = 600.0
"""Seconds that a token is trusted when the server gives no usable number."""

_MAX_WORDS: Final = 500

_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,16384}")

_ABOUT_A_CODE: Final = re.compile(
    r"totp|mfa|otp|two.?factor|2.?fa\b|one.?time|authenticat(or|ion) code|(verification|security) code|second factor",
    re.IGNORECASE,
)


class Grant(Struct, frozen=True):
    """What the server gave."""

    access: Secret
    refresh: Secret | None
    lifetime: float
    """Seconds, between `SHORTEST` and `LONGEST`."""


class Denied(SignInRefused):
    """The token endpoint said no."""

    def __init__(self, detail: str, error: str) -> None:
        super().__init__(detail)
        self.error = error
        """The server's code (`invalid_grant`); foreign text."""

    @property
    def is_about_a_code(self) -> bool:
        """Say whether the server speaks of the code of a second factor, missing or wrong."""
        return bool(_ABOUT_A_CODE.search(f"{self.error} {self.detail}"))

    @property
    def asks_for_a_code(self) -> bool:
        """Say whether the server may want the code of a second factor.

        A refusal without any words may be one; one about the password is not, and must not be tried again.
        """
        return not self.detail or self.is_about_a_code


class TokenEndpoint:
    """`POST /token` of one address, for one installation."""

    def __init__(
        self,
        address: Address,
        client_id: str,
        *,
        pacing: Pacing,
        clock: Callable[[], datetime],
        ca_file: Path | None,
        deadline: float,
    ) -> None:
        self._address = address
        self._pacing = pacing
        self._clock = clock
        self._client_id = client_id
        self._ca_file = ca_file
        self._deadline = deadline

    async def by_password(self, user: str, password: Secret, code: Secret | None) -> Grant:
        """Sign in with a password, and the code of the second factor if there is one."""
        form = {
            "grant_type": "password",
            "username": user,
            "password": password.reveal(),
            **({"totp": code.reveal()} if code is not None else {}),
        }
        return await self._ask(form)

    async def by_refresh(self, refresh: Secret) -> Grant:
        """Exchange a refresh token, which is spent by that."""
        return await self._ask({"grant_type": "refresh_token", "refresh_token": refresh.reveal()})

    async def _ask(self, form: Mapping[str, str]) -> Grant:
        """Send one form.

        Raises `Denied`, `Throttled`, `ServerFault` and whatever an exchange may raise.
        """
        try:
            body = urlencode({**form, "client_id": self._client_id}, errors="surrogateescape")
        except UnicodeEncodeError:
            raise SignInRefused("the password holds something that is not text") from None
        await self._pacing.turn(Priority.WRITER, write=False)
        exchange = Exchange(self._address, ca_file=self._ca_file, deadline=self._deadline)
        try:
            answer = await exchange.send(
                "POST",
                f"{self._address.url}/token",
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "client_id": self._client_id,
                },
                body=body.encode("ascii"),
                seconds=self._deadline,
            )
        finally:
            await exchange.close()
        if is_throttled(answer.status, answer.headers, answer.body):
            asked = parse_retry_after(answer.headers.get("retry-after"), self._clock())
            pause = throttle_wait(asked, 1, Random())  # noqa: S311 - spreads waits
            await self._pacing.pause(pause)
            raise Throttled("at sign-in", asked)
        return _read(answer)


def _read(answer: Answer) -> Grant:
    status = answer.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise BadAnswer("its sign-in redirects elsewhere, which is not followed")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ServerFault(f"HTTP {status} at sign-in")
    if status != HTTPStatus.OK:
        raise _denial(answer)
    content = wire.decode(answer.body)
    access = _token(content, "access_token")
    if access is None:
        raise BadAnswer("a sign-in without a token")
    return Grant(access, _token(content, "refresh_token"), _lifetime(content.get("expires_in")))


def _denial(answer: Answer) -> Denied:
    try:
        content = wire.decode(answer.body)
    except BadAnswer:
        content = None
    if not isinstance(content, dict):
        return Denied(f"HTTP {answer.status}", "")
    words = str(content.get("error_description") or "")[:_MAX_WORDS]
    return Denied(words, str(content.get("error") or "")[:_MAX_WORDS])


def _token(content: Any, key: str) -> Secret | None:
    """Read a token; what could not stand in a header is none."""
    value = content.get(key) if isinstance(content, dict) else None
    return Secret(value) if isinstance(value, str) and _TOKEN.fullmatch(value) else None


def _lifetime(value: Any) -> float:
    """Read `expires_in`, which servers also leave out, write as text, or get wrong."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = Decimal(value.strip())
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return UNTOLD
    number = Decimal(value)
    if not number.is_finite() or number <= 0:
        return UNTOLD
    return float(min(max(number, Decimal(SHORTEST)), Decimal(LONGEST)))
