"""A server of a few lines: a function answers each request, over kept connections, with or without TLS.

For what a test wants to decide request by request; what is below HTTP is `raw_server`'s.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request, read to its end."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case names."""
    body: bytes

    @property
    def bearer(self) -> str:
        """Give what is behind `Bearer`."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")


Handler = Callable[[Request], Awaitable[bytes]]
"""Gives the bytes of an answer; fewer than it promises, or none, end the connection."""


@dataclass
class Scripted:
    """Where it listens, and what it was asked."""

    port: int
    scheme: str
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/api"

    def asked(self, method: str, path: str) -> list[Request]:
        """Give the requests of one kind."""
        return [r for r in self.requests if (r.method, r.path.partition("?")[0]) == (method, path)]


def reply(
    value: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> bytes:
    """Make an answer of JSON, or an empty one."""
    body = b"" if value is None else json.dumps(value).encode()
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Length: {len(body)}"]
    fields = {"Content-Type": "application/json", **(headers or {})}
    lines += [f"{name}: {text}" for name, text in fields.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Read one request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


def _is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    lengths = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    return bool(lengths) and len(body) == lengths[0] and b"connection: close" not in head.lower()


@asynccontextmanager
async def scripted(
    handler: Handler, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Scripted]:
    """Serve on loopback while the block runs."""
    running: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        server.connections += 1
        try:
            whole = True
            while whole:
                request = await read_request(reader)
                server.requests.append(request)
                answer = await handler(request)
                writer.write(answer)
                await writer.drain()
                whole = _is_whole(answer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()
            with suppress(
                OSError
            ):  # the loop may end soon: what is still open then is complained about
                await writer.wait_closed()
            running.discard(task)

    listening = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server = Scripted(port, "http" if tls is None else "https")
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await listening.wait_closed()
