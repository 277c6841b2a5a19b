"""Who is asking: HTTP Basic against the users table, or a bearer token. What they may do is not known here.

Documented: Basic with e-mail and password, bearer tokens, 401 without either, API access as a property of the
user. Inferred: the body of the 401, from the platform the service runs on, and that a user with a second
factor is refused on Basic, which has no place for the code.
"""

import base64
import binascii
import hmac
import sqlite3
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from crm_tui.sandbox.times import Clock
from crm_tui.sandbox.tokens import TOKEN_PATH, holder
from crm_tui.sandbox.wire import dumps, loads

SCOPE_USER = "sandbox.user"
"""The key under which a request's scope carries its User, or None."""

DENIED = {"Message": "Authorization has been denied for this request."}
"""The body of a 401, whether nobody is known or somebody may not."""

_COLUMNS = "Id, Email, IsAdmin, Businesses"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who proved who they are."""

    id: int
    email: str
    is_admin: bool
    businesses: tuple[int, ...]
    """The locations whose records this user sees."""


class Identify:
    """ASGI layer that finds out who is asking and notes it in the scope; refuses nobody."""

    def __init__(self, app: ASGIApp, connection: sqlite3.Connection, clock: Clock) -> None:
        self.app = app
        self.connection = connection
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the user of a request and pass it on."""
        header = Headers(scope=scope).get("authorization", "")
        scope[SCOPE_USER] = find_user(self.connection, header, self.clock().timestamp())
        await self.app(scope, receive, send)


class RequireUser:
    """ASGI layer that answers 401 unless Identify found somebody; asking for a token needs nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope[SCOPE_USER] is not None or scope["path"] == TOKEN_PATH:
            await self.app(scope, receive, send)
            return
        headers = {"WWW-Authenticate": 'Basic realm="sandbox"'}
        response = Response(dumps(DENIED), 401, headers, "application/json; charset=utf-8")
        await response(scope, receive, send)


def find_user(connection: sqlite3.Connection, authorization: str, now: float) -> User | None:
    """Give the user behind an Authorization header, or None unless it is right and has API access.

    `now`, in seconds since 1970, is what the age of a bearer token is counted from.
    """
    scheme, _, proof = authorization.partition(" ")
    match scheme.lower():
        case "basic":
            return _by_password(connection, proof)
        case "bearer":
            return _by_token(connection, proof.strip(), now)
    return None


def _by_password(connection: sqlite3.Connection, encoded: str) -> User | None:
    try:
        email, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    row = connection.execute(
        f"SELECT {_COLUMNS}, Password FROM users WHERE Email = ? COLLATE NOCASE AND Active AND APIAccess"  # noqa: S608
        " AND TwoFactorSecret IS NULL",
        (email,),
    ).fetchone()
    if row is None or not hmac.compare_digest(row[4].encode(), password.encode()):
        return None
    return _user(row)


def _by_token(connection: sqlite3.Connection, token: str, now: float) -> User | None:
    user_id = holder(connection, token, now)
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM users WHERE Id = ? AND Active AND APIAccess",  # noqa: S608 - our names
        (user_id,),
    ).fetchone()
    return None if row is None else _user(row)


def user_named(connection: sqlite3.Connection, email: str) -> User | None:
    """Give the user with an e-mail address, whether they may sign in or not."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM users WHERE Email = ? COLLATE NOCASE",  # noqa: S608 - our names
        (email,),
    ).fetchone()
    return None if row is None else _user(row)


def _user(row: tuple[Any, ...]) -> User:
    return User(row[0], row[1], bool(row[2]), tuple(loads(row[3])))
