"""The log of every request, kept in the database: the witness that says what a client really sent.

One row per request, written when it arrives and completed with the status of the answer, so a request that
is never answered shows too (its Status stays null). Requests about the sandbox itself (`/api/_sandbox`)
are left out: looking must not change what is seen. Credentials are never stored.
"""

import sqlite3

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_tui.sandbox.auth import SCOPE_USER
from crm_tui.sandbox.masking import masked_body, masked_query
from crm_tui.sandbox.times import Clock, to_wire
from crm_tui.sandbox.tokens import TOKEN_PATH
from crm_tui.sandbox.wire import Json

OWN_PATH = "/api/_sandbox"
"""Where the sandbox talks about itself."""

KEPT_REQUESTS = 20_000
"""Older rows go, or a demo left open for weeks would fill the disk."""

_COLUMNS = ("Id", "At", "Method", "Path", "Query", "Status", "User", "Body")


class RequestLog:
    """ASGI layer that writes the log. Reads the body of a write and hands it on unchanged."""

    def __init__(self, app: ASGIApp, connection: sqlite3.Connection, clock: Clock) -> None:
        self.app = app
        self.connection = connection
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note a request, pass it on, note the status of its answer."""
        if scope["path"].startswith(OWN_PATH):
            await self.app(scope, receive, send)
            return
        body = None
        if scope["method"] in ("POST", "PUT", "DELETE") or scope["path"].endswith("/runcommand"):
            body = await _read_body(receive)
            if body is None:
                return
            receive = _replay(body, receive)
        request_id = self._arrived(scope, body)

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._answered(request_id, message["status"])
            await send(message)

        returned = False
        try:
            await self.app(scope, receive, send_and_note)
            returned = True
        finally:
            if not returned:  # the answer to a crash is made further out
                self._answered(request_id, 500)

    def _arrived(self, scope: Scope, body: bytes | None) -> int:
        user = scope[SCOPE_USER]
        text = None if body is None else body.decode("utf-8", "replace")
        if text is not None:
            text = masked_body(text, for_token=scope["path"] == TOKEN_PATH)
        values = (
            to_wire(self.clock()),
            scope["method"],
            scope["raw_path"].decode("ascii"),
            masked_query(scope["query_string"].decode("ascii")),
            user.email if user else None,
            text,
        )
        cursor = self.connection.execute(
            "INSERT INTO requests (At, Method, Path, Query, User, Body) VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )
        request_id = cursor.lastrowid or 0
        if request_id % 1000 == 0:
            self.connection.execute(
                "DELETE FROM requests WHERE Id <= ?", (request_id - KEPT_REQUESTS,)
            )
        return request_id

    def _answered(self, request_id: int, status: int) -> None:
        self.connection.execute("UPDATE requests SET Status = ? WHERE Id = ?", (status, request_id))


def read_requests(connection: sqlite3.Connection, after: int) -> list[Json]:
    """Give the log rows whose Id is greater than `after`, oldest first."""
    rows = connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM requests WHERE Id > ? ORDER BY Id",  # noqa: S608 - our names
        (after,),
    )
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


async def _read_body(receive: Receive) -> bytes | None:
    """Read a request's body to its end; None when the client left before, so half a write is no write."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give a channel that delivers a body already read, and afterwards what the real one has."""
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed
