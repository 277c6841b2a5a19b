"""A server below HTTP: it reads one request and answers with the bytes it was told, or drips or drops them.

Real sockets on loopback; for what no well-behaved server can be made to do.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """Where it listens, and what it was sent."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a request has come."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"


def sends(raw: bytes) -> Answer:
    """Answer with these bytes and close."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return answer


def http(
    body: bytes = b"{}",
    *,
    status: str = "200 OK",
    headers: Sequence[str] = (),
    content_type: str = "application/json",
) -> Answer:
    """Answer with a well-formed reply."""
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return sends("\r\n".join(head).encode() + b"\r\n\r\n" + body)


def drips(raw: bytes, pause: float) -> Answer:
    """Answer byte by byte."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for byte in raw:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


async def hangs(writer: asyncio.StreamWriter) -> None:
    """Never answer; leave when the client has gone."""
    await writer.wait_closed()


async def resets(writer: asyncio.StreamWriter) -> None:
    """Begin an answer and tear the connection down, so that the client sees a reset and no end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head + await reader.readexactly(length)


@asynccontextmanager
async def raw_server(*answers: Answer) -> AsyncIterator[RawServer]:
    """Serve: the n-th request gets the n-th answer, later ones the last."""
    running: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            server.requests.append(await _read_request(reader))
            server.asked.set()
            await answers[min(len(server.requests), len(answers)) - 1](writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()
            with suppress(
                OSError
            ):  # the loop may end soon: what is still open then is complained about
                await writer.wait_closed()
            running.discard(task)

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    server = RawServer(listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await listening.wait_closed()
