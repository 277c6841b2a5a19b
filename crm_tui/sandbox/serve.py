"""Serves the sandbox: on loopback for people, on an inherited socket for a parent program, in a test's loop.

The server ends at once when it is told to, whatever requests are open: nobody's data hangs on them. Reads
no arguments and chooses no paths; the command line does.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from crm_tui.sandbox.app import close_app, create_app, release
from crm_tui.sandbox.database import SandboxDataError, remove
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.faults import SCOPE_TRANSPORT
from crm_tui.sandbox.people import OWNERS, PASSWORD
from crm_tui.sandbox.times import utc_now

_BACKLOG = 128


class SandboxProtocol(H11Protocol):
    """One connection, which shows its transport to the application so that a fault can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note the transport in the state that every request of this connection gets."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, SCOPE_TRANSPORT: transport}


class SandboxServer(Server):
    """A uvicorn server that leaves signals to its caller and stops within milliseconds of `stop`."""

    def __init__(self, app: Starlette) -> None:
        config = Config(
            app,
            http=SandboxProtocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=60,
        )
        super().__init__(config)
        self._stop_asked = asyncio.Event()
        self._sandbox = app

    def stop(self) -> None:
        """Ask the server to end. For the thread of its loop."""
        self._stop_asked.set()

    def capture_signals(self) -> contextlib.nullcontext[None]:  # type: ignore[override]
        """Leave the process's signal handlers alone: a test or a parent has its own."""
        return contextlib.nullcontext()

    async def main_loop(self) -> None:
        """Wait for `stop`, in place of looking ten times a second."""
        await self.on_tick(0)
        await self._stop_asked.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cut every connection and wait for their requests, which all notice."""
        for server in self.servers:
            server.close()
        release(self._sandbox)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)
        close_app(self._sandbox)


@asynccontextmanager
async def serving(app: Starlette, listening: socket.socket) -> AsyncIterator[SandboxServer]:
    """Serve on the running loop while the block runs. The way for tests.

    `listening` is bound and listening, so a client may connect at once; it is closed at the end, and so is
    the application.
    """
    server = SandboxServer(app)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield server
    finally:
        server.stop()
        await task
        listening.close()


def run(
    *,
    database: Path,
    port: int | None,
    fd: int | None,
    lifeline: int | None,
    size: int,
    seed: int,
    reset: bool,
    switches: Switches | None = None,
) -> int:
    """Serve until told to stop, and give the exit status: 0, or 1 with a sentence on stderr.

    Whoever calls holds the data file: a reset deletes it.

    Exactly one of `port` (on 127.0.0.1, 0 for any free one) and `fd` (a listening socket inherited from
    the parent) is given. `lifeline` is the read end of a pipe whose other end the parent holds: when that
    closes, however the parent died, the server ends. With a lifeline Ctrl+C is left to the parent, because
    it reaches every program in the foreground.
    """
    if lifeline is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        listening = _listen(port or 0) if fd is None else socket.socket(fileno=fd)
    except OSError as error:
        return _give_up(f"The sandbox cannot listen: {error.strerror}.")
    try:
        if reset:  # only now: who cannot listen has no use for fresh data either
            remove(database)
        app = create_app(database, clock=utc_now, size=size, seed=seed, switches=switches)
    except SandboxDataError as error:
        listening.close()
        return _give_up(str(error))
    if fd is None:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        user = f"user {OWNERS[0].email}  password {PASSWORD}"
        sys.stdout.write(f"crm-tui sandbox: {address}  {user}\n")
        account = f"--url {address} --user {OWNERS[0].email}"
        sys.stdout.write(f"Its board: crm-tui --plain-http {account}\n")
        sys.stdout.flush()
    asyncio.run(_serve(app, listening, lifeline))
    return 0


async def _serve(app: Starlette, listening: socket.socket, lifeline: int | None) -> None:
    """Serve until a signal or the end of the lifeline."""
    server = SandboxServer(app)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, server.stop)
    if lifeline is None:
        loop.add_signal_handler(signal.SIGINT, server.stop)
    else:
        loop.add_reader(lifeline, _watch, lifeline, server)
    await server.serve(sockets=[listening])


def _watch(lifeline: int, server: SandboxServer) -> None:
    """Stop when the lifeline has ended; whatever a parent may write into it is ignored."""
    if not os.read(lifeline, 4096):
        asyncio.get_running_loop().remove_reader(lifeline)
        server.stop()


def _listen(port: int) -> socket.socket:
    """Open a listening socket on loopback."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _give_up(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1
