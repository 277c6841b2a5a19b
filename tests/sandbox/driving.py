"""What the tests of the sandbox hold in their hands: a clock to set, a client, the database file."""

import json
import sqlite3
import ssl
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

ANA = httpx.BasicAuth("ana@example.com", "sandbox")
MINA = httpx.BasicAuth("mina@example.com", "sandbox")
CARDS = "/crm/crmopportunities"


class Bearer(httpx.Auth):
    """Signs requests with an access token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Never used on a Unix socket; without it every client would read all of the system's certificates."""

SIZE = 120
"""Opportunities in the sandbox that most tests get."""


class SetClock:
    """A clock that stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 14, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> str:
        """Move on and give the new moment as the service writes it."""
        self.now += timedelta(**by)
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


def decode(text: bytes | str) -> Any:
    """JSON with the digits of its numbers, read without the sandbox's own reader."""
    return json.loads(text, parse_float=Decimal)


def encode(value: Any) -> str:
    """JSON with the digits of its decimals, made without the sandbox's own writer."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return f"{{{','.join(f'{encode(key)}:{encode(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(encode(inner) for inner in value)}]"
    return json.dumps(value)


def connected(
    path: Path | str, auth: httpx.Auth | None = ANA, **settings: Any
) -> httpx.AsyncClient:
    """A client of the sandbox that listens on a Unix socket."""
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(path), verify=_NO_TLS),
        base_url="http://sandbox/api",
        auth=auth,
        **{"timeout": 5, **settings},
    )


@dataclass
class Sandbox:
    """A running sandbox: a client of it, the same file opened beside the server, its clock."""

    client: httpx.AsyncClient
    database: Path
    socket_path: Path
    clock: SetClock

    async def get(self, path: str, **params: Any) -> Any:
        """GET that must work; numbers come back with their digits."""
        response = await self.client.get(path, params=params)
        assert response.status_code == 200, response.text
        return decode(response.content)

    async def ids(self, path: str = CARDS, **params: Any) -> list[int]:
        """The ids of every record that a filter lets through, in the order of the answer."""
        page = await self.get(path, size=1000, **params)
        assert page["TotalItems"] == len(page["Records"])
        return [record["Id"] for record in page["Records"]]

    async def post(self, body: dict[str, Any]) -> httpx.Response:
        return await self.client.post(CARDS, content=encode(body))

    async def put(self, record: dict[str, Any], **settings: Any) -> httpx.Response:
        """PUT as the service wants it: the whole record, on the collection."""
        return await self.client.put(CARDS, content=encode(record), **settings)

    async def saved(self, record: dict[str, Any]) -> Any:
        """PUT that must work, and the record as it is afterwards."""
        response = await self.put(record)
        assert response.status_code == 200, response.text
        assert response.json()["WasSuccessful"] is True
        return await self.get(f"{CARDS}/{record['Id']}")

    async def switch(self, **switches: Any) -> None:
        """Turn switches; a wrong name or value fails here."""
        response = await self.client.post("/_sandbox/switches", json=switches)
        assert response.status_code == 200, response.text

    async def fault(self, **rule: Any) -> None:
        """Order trouble; what may go wrong with the order goes wrong here."""
        response = await self.client.post("/_sandbox/faults", json=rule)
        assert response.status_code == 200, response.text

    async def whole_records(self) -> list[dict[str, Any]]:
        """Every opportunity as get-one answers it."""
        return [await self.get(f"{CARDS}/{record_id}") for record_id in await self.ids()]

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database file itself."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> Any:
        """The single value of a question to the database file."""
        ((value,),) = self.rows(statement, *values)
        return value

    def change(self, statement: str, *values: Any) -> None:
        """Put something into the database that no request could."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement, values)

    def stage(self, name: str, board: str = "Sales pipeline") -> int:
        """A stage's id by its name."""
        found = self.one(
            "SELECT s.Id FROM crmboardcolumns s JOIN crmboards b ON b.Id = s.CrmBoardId"
            " WHERE s.Name = ? AND b.Name = ?",
            *(name, board),
        )
        return int(found)

    async def card(self, stage: str, board: str = "Sales pipeline") -> dict[str, Any]:
        """The whole record of some opportunity on a stage."""
        record_id = self.one(
            "SELECT min(Id) FROM crmopportunities WHERE CrmBoardColumnId = ?",
            self.stage(stage, board),
        )
        record: dict[str, Any] = await self.get(f"{CARDS}/{record_id}")
        return record
