"""One dialect's sandbox with a client of ours, and what the sandbox says it was asked.

The sandbox runs in a loop of its own, which stands still between two questions; time passes when somebody waits.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from crm_tui.api.auth import Basic, Secret
from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import ApiError
from crm_tui.sandbox.dialect import Switches, changed
from tests.api.faketime import FakeTime
from tests.contract.matrix import DIALECTS, RUNS_BY_GET
from tests.contract.pages import BodyField
from tests.world import Sandbox, running_sandbox

T = TypeVar("T")

CARDS: Final = "/api/crm/crmopportunities"

_RARE: Final = """
    UPDATE crmopportunities SET SystemId = 'guid-' || Id, UtmContent = 'Banner', UtmTerm = 'Büro',
    TeamId = (SELECT min(Id) FROM teams), Reminded = 1 WHERE Id % 3 = 0
"""
"""Something for the fields that the seed leaves empty."""

_STAGE: Final = """
    SELECT min(s.Id) FROM crmboardcolumns s JOIN crmboards b ON b.Id = s.CrmBoardId
    WHERE b.Name = 'Sales pipeline' AND s.Name = ?
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as the sandbox noted it."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    user: str
    """Their e-mail; empty when nobody is known."""
    body: Any

    @property
    def line(self) -> tuple[str, str, int]:
        """Give method, path and status."""
        return self.method, self.path, self.status


class World:
    """A running sandbox that speaks one dialect, and a client of it."""

    def __init__(self, runner: asyncio.Runner, name: str, sandbox: Sandbox, time: FakeTime) -> None:
        self._runner = runner
        self._seen = 0
        self.name = name
        self.sandbox = sandbox
        self.time = time
        self.switches = changed(Switches(), DIALECTS[name])
        self.client = sandbox.client(get_commands=name == RUNS_BY_GET)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the sandbox's loop."""
        return self._runner.run(work)

    def refused(self, kind: type[ApiError], work: Coroutine[Any, Any, Any]) -> ApiError:
        """Do something that must fail in one way, and give the error."""
        try:
            self.run(work)
        except kind as error:
            return error
        raise AssertionError(f"it was not refused with {kind.__name__}")

    def client_of(self, user: str) -> NexudusClient:
        """Give a client of another user, who has the same password."""
        return self.sandbox.client(Basic(f"{user}@example.com", Secret("sandbox")))

    def get(self, path: str, **parameters: str) -> Any:
        """Read the very answer, past our client."""

        async def ask() -> Any:
            async with self.sandbox.http() as http:
                return (await http.get(path, params=parameters)).json()

        return self.run(ask())

    def asked(self) -> list[Asked]:
        """Give the requests that came since this was last asked."""
        found = self.sandbox.query(
            "SELECT Id, Method, Path, Query, Status, User, Body FROM requests WHERE Id > ? ORDER BY Id",
            self._seen,
        )
        self._seen = found[-1][0] if found else self._seen
        return [
            Asked(method, path, dict(parse_qsl(query)), status, user or "", _decoded(path, body))
            for _, method, path, query, status, user, body in found
        ]

    def column(self, record_id: int, expression: str) -> Any:
        """Say what the table of opportunities holds for one of them."""
        ((value,),) = self.sandbox.query(
            f"SELECT {expression} FROM crmopportunities r WHERE r.Id = ?", record_id
        )
        return value

    def one(self, sql: str, *values: object) -> Any:
        """Give the single value of a question to the database."""
        ((value,),) = self.sandbox.query(sql, *values)
        return value

    def minimum(self) -> dict[str, Any]:
        """Give the fields that both pages require, filled in."""
        customer = self.one("SELECT min(CoworkerId) FROM crmopportunities")
        stage = self.one(_STAGE, "Enquiry")
        return {"stage_id": stage, "customer_id": customer, "status": 1, "position": 900}

    def value_for(self, field: BodyField) -> Any:
        """Give a value to try in a field of a body."""
        if field.refers_to == "crmboardcolumns":
            return self.one(_STAGE, "Negotiation")
        return (
            self.one(f"SELECT max(Id) FROM {field.refers_to}") if field.refers_to else field.value
        )

    def filled(self, fields: Iterable[BodyField]) -> int:
        """Make an opportunity that has something in every one of these fields."""
        return self.made(**{field.field: self.value_for(field) for field in fields})

    def stored(self, record_id: int) -> dict[str, Any]:
        """Give all that the table holds of an opportunity but who wrote it last, and when."""
        columns = [
            name for _, name, *_ in self.sandbox.query("PRAGMA table_info(crmopportunities)")
        ]
        (row,) = self.sandbox.query("SELECT * FROM crmopportunities WHERE Id = ?", record_id)
        volatile = {"UpdatedOn", "UpdatedBy", "CrmUpdatedOn"}
        return {k: v for k, v in zip(columns, row, strict=True) if k not in volatile}

    def count(self) -> int:
        """Say how many opportunities there are."""
        return int(self.one("SELECT count(*) FROM crmopportunities"))

    def made(self, **values: Any) -> int:
        """Make an opportunity, and forget the requests up to then."""
        record_id = self.run(self.client.opportunities.create({**self.minimum(), **values}))
        self.asked()
        return record_id


class Worlds:
    """The worlds that have been asked for, in one loop."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._worlds: dict[str, World] = {}

    def of(self, name: str) -> World:
        """Give the world of a dialect."""
        if name not in self._worlds:
            self._worlds[name] = self._runner.run(self._made(name))
        world = self._worlds[name]
        world.asked()
        return world

    def close(self) -> None:
        """End them all."""
        self._runner.run(self._stack.aclose())
        self._runner.close()

    async def _made(self, name: str) -> World:
        time = FakeTime()
        switches = changed(Switches(), DIALECTS[name])
        serving = running_sandbox(switches=switches, clock=time, sleep=time.sleep)
        sandbox = await self._stack.enter_async_context(serving)
        sandbox.execute(_RARE)
        world = World(self._runner, name, sandbox, time)
        self._stack.push_async_callback(world.client.close)
        return world


def _decoded(path: str, body: str | None) -> Any:
    """Read a body; that of a sign-in is a form."""
    return json.loads(body) if body and not path.endswith("/token") else body
