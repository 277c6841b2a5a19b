"""The sandbox as one ASGI application: the database opened, the layers put in order. Serves nothing itself."""

import sqlite3
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from crm_tui.sandbox.answers import error_answers
from crm_tui.sandbox.auth import Identify, RequireUser
from crm_tui.sandbox.database import SandboxDataError, connect, prepare
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.edits import Edit, EditInjection
from crm_tui.sandbox.faults import FaultInjection, Faults
from crm_tui.sandbox.inspection import own_routes
from crm_tui.sandbox.routes import routes
from crm_tui.sandbox.seed import DEFAULT_SEED, DEFAULT_SIZE, fill
from crm_tui.sandbox.throttle import Throttle
from crm_tui.sandbox.times import Clock
from crm_tui.sandbox.traffic import RequestLog

_COMPRESSED_FROM = 1024
_COMPRESSION_LEVEL = (
    1  # a page of 1,000 records shrinks to a tenth already; the best level costs 5 times as much
)


class FoldPath:
    """ASGI layer that makes paths case-insensitive and forgives a slash at the end."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Fold the path of a request and pass it on."""
        scope["path"] = scope["path"].lower().rstrip("/") or "/"
        await self.app(scope, receive, send)


def create_app(
    database: Path,
    *,
    clock: Clock,
    size: int = DEFAULT_SIZE,
    seed: int = DEFAULT_SEED,
    switches: Switches | None = None,
) -> Starlette:
    """Open the database file, filling it when it is new, and give the application over it.

    `size` (opportunities) and `seed` matter only for a new file; `switches` are those in force at the start, the
    default ones when none are given. Raises SandboxDataError. The application
    holds a connection: whoever has served it calls `close_app`.
    """
    connection = connect(database)
    try:
        prepare(connection, lambda new: fill(new, clock=clock, size=size, seed=seed))
    except SandboxDataError:
        connection.close()
        raise
    faults = Faults()
    edits: list[Edit] = []
    app = Starlette(
        routes=[
            *own_routes(),
            *routes(),
        ],  # the service's patterns would take the own addresses, too
        exception_handlers=dict(error_answers()),
        middleware=[
            # Outermost first. Compression is outside the log; trouble comes before the password is
            # looked at, because what blocks requests in front of the real service does not know users.
            Middleware(GZipMiddleware, _COMPRESSED_FROM, _COMPRESSION_LEVEL, 1 << 30),
            Middleware(FoldPath),
            Middleware(Identify, connection, clock),
            Middleware(RequestLog, connection, clock),
            Middleware(FaultInjection, faults),
            Middleware(Throttle, clock),
            Middleware(RequireUser),
            Middleware(EditInjection, connection, clock, edits),
        ],
    )
    app.state.connection = connection
    app.state.faults = faults
    app.state.edits = edits
    app.state.switches = switches or Switches()
    app.state.clock = clock
    return app


def release(app: Starlette) -> None:
    """Let go whatever waits on purpose, because the server is about to end."""
    faults: Faults = app.state.faults
    faults.closing.set()


def close_app(app: Starlette) -> None:
    """Close the application's database; no request is open any more."""
    connection: sqlite3.Connection = app.state.connection
    connection.close()
