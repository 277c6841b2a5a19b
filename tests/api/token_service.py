"""A service that hands out tokens and takes them, as the reference says: rotating refresh tokens, one per client.

A refresh token that is used a second time revokes the whole family, so that a race is seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.api.scripted import Request, reply

USER = "ana@example.com"
PASSWORD = "canary-p&ss wörd"
CLIENT = "0b9a7c36-7a58-4c0e-9d0b-3f8f6f1f0a11"


@dataclass
class TokenService:
    """Counts what it was asked, and decides."""

    lifetime: Any = 604_799
    """What `expires_in` says; `...` leaves it out."""
    code: str | None = None
    """The second factor that it demands."""
    always_401: bool = False
    """Whether it takes no token at all."""
    role_missing: bool = False
    """Whether it answers 401 to everything but who-am-I."""
    failing: bytes | None = None
    """What the token endpoint answers instead."""
    grants: list[dict[str, str]] = field(default_factory=list)
    refreshing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a refresh was asked for."""
    headers: list[Mapping[str, str]] = field(default_factory=list)
    _number: int = 0
    _access: str = ""
    _refresh: str = ""
    _spent: set[str] = field(default_factory=set)

    def count(self, kind: str) -> int:
        """Say how many grants of a kind were asked for."""
        return sum(form["grant_type"] == kind for form in self.grants)

    def expire(self) -> None:
        """Take the access token no more."""
        self._access = ""

    def revoke(self) -> None:
        """Take no token any more."""
        self._access = self._refresh = ""

    async def __call__(self, request: Request) -> bytes:
        """Answer a request."""
        if request.path == "/api/token":
            return self._token(request)
        if request.bearer != self._access or not self._access or self.always_401:
            return reply({"Message": "Authorization has been denied."}, status=401)
        if self.role_missing and request.path != "/api/auth/me":
            return reply({"Message": "Authorization has been denied."}, status=401)
        return reply({"Id": 1, "FullName": "Ana"})

    def _token(self, request: Request) -> bytes:
        fields = parse_qs(request.body.decode("ascii"), strict_parsing=True)
        form = {name: value for name, (value,) in fields.items()}
        self.grants.append(form)
        self.headers.append(request.headers)
        if self.failing is not None:
            return self.failing
        if form["grant_type"] == "refresh_token":
            self.refreshing.set()
            refresh = form["refresh_token"]
            if refresh in self._spent:
                self.revoke()
            if refresh != self._refresh or not refresh:
                return _denied()
            self._spent.add(refresh)
            return self._grant()
        if (form["username"], form["password"]) != (USER, PASSWORD):
            return _denied("The user name or password is incorrect.")
        if self.code is not None and form.get("totp") != self.code:
            return _denied("A two-factor authentication code is required.")
        return self._grant()

    def _grant(self) -> bytes:
        self._number += 1
        self._access = f"access-canary-{self._number}"
        self._refresh = f"refresh-canary-{self._number}"
        answer = {
            "access_token": self._access,
            "token_type": "bearer",
            "refresh_token": self._refresh,
        }
        if self.lifetime is not ...:
            answer["expires_in"] = self.lifetime
        return reply(answer)


def _denied(words: str | None = None) -> bytes:
    content = {"error": "invalid_grant"}
    if words is not None:
        content["error_description"] = words
    return reply(content, status=400)
