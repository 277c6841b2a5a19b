"""The ladder that tests stand on: clock → sandbox → client → book, all real, on a Unix socket.

Nothing of ours is replaced by a stand-in.  The sandbox's database is the second witness: it is read past the
HTTP that is being tested.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import ssl
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret, SignIn
from crm_tui.api.client import NexudusClient
from crm_tui.api.ledger import UNLIMITED, Limits
from crm_tui.api.pacing import Pacing
from crm_tui.api.transport import Clock, Sleep, Transport
from crm_tui.domain.intent import Binding
from crm_tui.sandbox.app import create_app
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.serve import serving
from crm_tui.service.crm import NO_HOLD, Crm
from crm_tui.service.load import Phase
from crm_tui.service.offering import Kind
from crm_tui.service.outbox import Hold
from crm_tui.store.mirror import Mirror

NOW: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SIGN_IN: Final = Basic("ana@example.com", Secret("sandbox"))

_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Never used on a Unix socket; without it every client would read all of the system's certificates."""


def clock() -> datetime:
    """Stand still at one moment."""
    return NOW


async def no_wait(seconds: float) -> None:
    """Take the time that is waited as passed."""
    await asyncio.sleep(0)


async def forever(_seconds: float) -> None:
    """Let no wait end by itself."""
    await asyncio.Event().wait()


class Waits:
    """Waiting that a test lets pass when it wants to."""

    def __init__(self) -> None:
        self.pass_freely = asyncio.Event()
        """While it is set, waits pass at once."""
        self.pass_freely.set()
        self._begun = asyncio.Event()
        self.asked: list[float] = []
        """How long each was to be, in seconds."""

    async def __call__(self, seconds: float) -> None:
        """Wait until the test lets it pass."""
        self.asked.append(seconds)
        self._begun.set()
        await asyncio.sleep(0)
        await self.pass_freely.wait()

    async def another(self) -> None:
        """Wait until one more wait begins."""
        self._begun.clear()
        await asyncio.wait_for(self._begun.wait(), 20)


class Sandbox:
    """A running sandbox, and what its database says."""

    def __init__(self, folder: Path, clock: Clock = clock, sleep: Sleep = no_wait) -> None:
        self.clock = clock
        self.sleep = sleep
        self.database = folder / "sandbox.sqlite3"
        self.address = Address.parse("http://localhost/api", str(folder / "sock"))

    def client(
        self,
        sign_in: SignIn = SIGN_IN,
        *,
        page_size: int = 1000,
        get_commands: bool = False,
        limits: Limits = UNLIMITED,
        sleep: Sleep | None = None,
    ) -> NexudusClient:
        """Make a client of ours, on real HTTP."""
        sleep = self.sleep if sleep is None else sleep
        transport = Transport(
            self.address,
            sign_in,
            clock=self.clock,
            sleep=sleep,
            pacing=Pacing(limits, clock=self.clock, sleep=sleep),
            random=Random(1),
        )
        return NexudusClient(transport, page_size=page_size, get_commands=get_commands)

    def crm(
        self,
        sign_in: SignIn = SIGN_IN,
        *,
        page_size: int = 1000,
        limits: Limits = UNLIMITED,
        sleep: Sleep | None = None,
        hold: Hold = NO_HOLD,
        mirror: Mirror | None = None,
        every: float | None = None,
        journal: Path | None = None,
        binding: Binding | None = None,
        clock: Clock | None = None,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> Crm:
        """Make a book of ours; what is held back waits by `sleep` too."""
        sleep = self.sleep if sleep is None else sleep
        return Crm(
            lambda: self.client(sign_in, page_size=page_size, limits=limits, sleep=sleep),
            clock=clock or self.clock,
            sleep=sleep,
            hold=hold,
            mirror=mirror,
            every=every,
            journal=journal,
            binding=binding or Binding(self.address.url, SIGN_IN.user),
            new_id=new_id,
        )

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database, past everything that is being tested."""
        with closing(sqlite3.connect(self.database)) as connection:
            return list(connection.execute(sql, values))

    def execute(self, sql: str, *values: object) -> None:
        """Change the database, as somebody else would."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(sql, values)

    def stage_of(self, record_id: int) -> int:
        """Say in which stage an opportunity is."""
        ((stage_id,),) = self.query(
            "SELECT CrmBoardColumnId FROM crmopportunities WHERE Id = ?", record_id
        )
        return int(stage_id)

    def asked(self, path: str = "%", *, method: str = "GET", user: str = SIGN_IN.user) -> list[str]:
        """Give the paths of a user's requests that are LIKE a path, in their order."""
        rows = self.query(
            "SELECT Path FROM requests WHERE Method = ? AND Path LIKE ? AND User = ? ORDER BY Id",
            *(method, path, user),
        )
        return [path for (path,) in rows]

    def writes(self) -> list[dict[str, Any]]:
        """Give the bodies of all PUTs that arrived."""
        rows = self.query("SELECT Body FROM requests WHERE Method = 'PUT' ORDER BY Id")
        return [json.loads(body) for (body,) in rows]

    async def fault(self, **rule: Any) -> None:
        """Order trouble."""
        async with self.http() as client:
            answer = await client.post("/api/_sandbox/faults", json=rule)
            assert answer.status_code == 200, answer.text

    async def heal(self) -> None:
        """End all trouble."""
        async with self.http() as client:
            answer = await client.delete("/api/_sandbox/faults")
            assert answer.status_code == 200, answer.text

    def http(self) -> httpx.AsyncClient:
        """Make a plain HTTP client, for what no client of ours asks."""
        return httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=self.address.socket, verify=_NO_TLS),
            base_url="http://localhost",
            auth=(SIGN_IN.user, SIGN_IN.password.reveal()),
        )


@asynccontextmanager
async def running_sandbox(
    *,
    size: int = 60,
    seed: int = 1,
    switches: Switches | None = None,
    clock: Clock = clock,
    sleep: Sleep = no_wait,
) -> AsyncIterator[Sandbox]:
    """Serve a fresh sandbox on a Unix socket while the block runs; it and its clients share the clock.

    The folder is short-lived and its name short: the address of a Unix socket holds some hundred bytes.
    """
    with tempfile.TemporaryDirectory(prefix="crm-") as folder:
        sandbox = Sandbox(Path(folder), clock, sleep)
        listening = socket.socket(socket.AF_UNIX)
        assert sandbox.address.socket is not None
        listening.bind(sandbox.address.socket)
        listening.listen()
        app = create_app(sandbox.database, clock=clock, size=size, seed=seed, switches=switches)
        async with serving(app, listening):
            yield sandbox


async def until(crm: Crm, condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, looking whenever the book says that something changed."""
    changed = asyncio.Event()
    end = crm.subscribe(lambda _outcome: changed.set())
    try:
        while not condition():
            await asyncio.wait_for(changed.wait(), 20)
            changed.clear()
    finally:
        end()


async def loaded(crm: Crm) -> None:
    """Wait until nothing is being loaded any more."""
    await until(crm, lambda: not crm.is_loading and crm.reference.phase != Phase.WAITING)


async def learned(crm: Crm) -> None:
    """Wait for all that comes behind the book by itself: what can be chosen, and what history teaches."""
    await until(crm, lambda: bool(crm.surroundings.weights) and all(map(crm.offering.knows, Kind)))


@asynccontextmanager
async def open_book(
    sandbox: Sandbox,
    *,
    page_size: int = 1000,
    hold: Hold = NO_HOLD,
    sleep: Sleep | None = None,
    journal: Path | None = None,
    binding: Binding | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Crm]:
    """Run a book until the block ends; it is loaded when the block begins.

    What is held back stays so until it is settled, unless a `sleep` lets it pass.  With a `journal` it goes on where
    the last one on that file has ended; then waits are real, unless a `sleep` is given.
    """
    if sleep is None:
        sleep = forever if hold != NO_HOLD else no_wait if journal is None else asyncio.sleep
    crm = sandbox.crm(
        page_size=page_size,
        hold=hold,
        sleep=sleep,
        journal=journal,
        binding=binding,
        clock=clock,
    )
    async with running(crm):
        await loaded(crm)
        yield crm


@asynccontextmanager
async def running(crm: Crm) -> AsyncIterator[None]:
    """Run a book until the block ends."""
    task = asyncio.create_task(crm.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
