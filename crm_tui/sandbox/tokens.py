"""Signing in for a token: the password and refresh grants, and who is behind a token afterwards.

Documented: form body, both grants, `totp`, `client_id` as header or parameter with the e-mail as default, one
refresh token per client_id, lives of 7 and 15 days, a refresh leaves access tokens alone, the error bodies.
Inferred: what is said about a second factor, that JSON is answered with 400, that a used refresh token is
refused for good, and that a refresh without client_id is one with the e-mail. Expiry is by the sandbox's clock.
"""

import hmac
import secrets
import sqlite3
from collections.abc import Mapping
from urllib.parse import parse_qsl

from crm_tui.sandbox import totp
from crm_tui.sandbox.database import writing
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.wire import Json

TOKEN_PATH = "/api/token"  # noqa: S105 - an address
"""Where tokens are asked for: the only address that needs no user."""

_FORM = "application/x-www-form-urlencoded"
KINDS = ("access", "refresh", "all")
"""What can be made invalid."""

_WRONG = "The user name or password is incorrect."


class GrantRefusedError(Exception):
    """No token is given; answered with a status and the error object of OAuth 2."""

    def __init__(self, status: int, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error} | ({"error_description": description} if description else {})


def read_form(content_type: str, body: bytes) -> dict[str, str]:
    """Read a form body, names in lower case. Raises GrantRefusedError for any other kind of body."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise GrantRefusedError(400, "unsupported_grant_type")
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name.lower(): value for name, value in pairs}


def grant(
    connection: sqlite3.Connection,
    form: Mapping[str, str],
    client_id: str | None,
    switches: Switches,
    now: float,
) -> Json:
    """Give the token answer for a form; `client_id` is the header's, and `now` in seconds since 1970.

    Raises GrantRefusedError.
    """
    client = client_id or form.get("client_id") or None
    match form.get("grant_type"):
        case "password":
            user_id, email = _by_password(connection, form, switches, now)
        case "refresh_token":
            return _refresh(connection, form.get("refresh_token", ""), client, switches, now)
        case _:
            raise GrantRefusedError(400, "unsupported_grant_type")
    with writing(connection):
        return _issue(connection, user_id, client or email.lower(), switches, now)


def holder(connection: sqlite3.Connection, token: str, now: float) -> int | None:
    """Give the id of the user that an access token stands for, or None when it is unknown or too old."""
    row = connection.execute(
        "SELECT UserId FROM accesstokens WHERE Token = ? AND ExpiresAt > ?", (token, now)
    ).fetchone()
    return None if row is None else int(row[0])


def forget(connection: sqlite3.Connection, kind: str) -> None:
    """Make tokens invalid at once, those of one of the KINDS."""
    with writing(connection):
        if kind in ("access", "all"):
            connection.execute("DELETE FROM accesstokens")
        if kind in ("refresh", "all"):
            connection.execute("DELETE FROM refreshtokens")


def _by_password(
    connection: sqlite3.Connection, form: Mapping[str, str], switches: Switches, now: float
) -> tuple[int, str]:
    row = connection.execute(
        "SELECT Id, Email, Password, TwoFactorSecret FROM users"
        " WHERE Email = ? COLLATE NOCASE AND Active AND APIAccess",
        (form.get("username", ""),),
    ).fetchone()
    given = form.get("password", "")
    if row is None or not hmac.compare_digest(row[2].encode(), given.encode()):
        raise GrantRefusedError(switches.wrong_password_status, "invalid_grant", _WRONG)
    if row[3] is not None and not totp.is_right(row[3], form.get("totp", ""), now):
        asked = "is not valid" if form.get("totp") else "is required"
        raise GrantRefusedError(400, "invalid_grant", f"The two-factor code {asked}.")
    return row[0], row[1]


def _refresh(
    connection: sqlite3.Connection,
    token: str,
    client: str | None,
    switches: Switches,
    now: float,
) -> Json:
    with writing(connection):
        row = connection.execute(
            "SELECT t.UserId, t.ClientId, t.Live, t.ExpiresAt > ?, u.Email FROM refreshtokens t"
            " JOIN users u ON u.Id = t.UserId AND u.Active AND u.APIAccess WHERE t.Token = ?",
            (now, token),
        ).fetchone()
        if row is not None:
            user_id, client_id, is_live, is_young, email = row
            if is_live and is_young and (client or email.lower()) == client_id:
                return _issue(connection, user_id, client_id, switches, now)
            if not is_live and switches.reuse_revokes:
                _end(connection, client_id)
    raise GrantRefusedError(400, "invalid_grant")


def _issue(
    connection: sqlite3.Connection, user_id: int, client_id: str, switches: Switches, now: float
) -> Json:
    """Make a pair of tokens and end the client's earlier refresh token."""
    access, refresh = secrets.token_urlsafe(48), secrets.token_hex(24)
    _end(connection, client_id)
    connection.execute("DELETE FROM accesstokens WHERE ExpiresAt <= ?", (now,))
    connection.execute(
        "INSERT INTO accesstokens (Token, UserId, ExpiresAt) VALUES (?, ?, ?)",
        (access, user_id, now + switches.access_seconds),
    )
    connection.execute(
        "INSERT INTO refreshtokens (Token, UserId, ClientId, ExpiresAt, Live) VALUES (?, ?, ?, ?, 1)",
        (refresh, user_id, client_id, now + switches.refresh_seconds),
    )
    return {
        "access_token": access,
        "token_type": "bearer",
        "expires_in": switches.access_seconds,
        "refresh_token": refresh,
    }


def _end(connection: sqlite3.Connection, client_id: str) -> None:
    """Make a client's refresh token one that was used; its row stays, to know it when it is shown again."""
    connection.execute("UPDATE refreshtokens SET Live = 0 WHERE ClientId = ?", (client_id,))
