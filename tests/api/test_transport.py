"""One `send` against servers that misbehave below and above HTTP (rows H, I of the acceptance matrix)."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from crm_tui.api import delivery as module
from crm_tui.api import exchange
from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.errors import (
    ApiError,
    BadAnswer,
    Throttled,
    TooLarge,
    TooSlow,
    Unanswered,
    Unreached,
)
from crm_tui.api.signals import parse_retry_after
from crm_tui.api.transport import Transport
from tests.api.raw_server import Answer, RawServer, drips, hangs, http, raw_server, resets, sends

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CANARY = "hunter2-canary"


class Waits:
    """Notes how long it was asked to sleep, and does not."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def meeting(
    *answers: Answer, deadline: float = 5.0, waits: Waits | None = None
) -> AsyncIterator[tuple[RawServer, Transport]]:
    async with raw_server(*answers) as server:
        transport = Transport(
            Address.parse(server.url, plain_http=True),
            Basic("ana@example.com", Secret(CANARY)),
            clock=lambda: NOW,
            sleep=waits or Waits(),
            deadline=deadline,
        )
        try:
            yield server, transport
        finally:
            await transport.close()


async def test_a_reply_is_read_whole_and_the_user_is_named_in_the_request() -> None:
    async with meeting(http(b'{"a":1}')) as (server, transport):
        reply = await transport.send("GET", "/crm/crmboards", parameters={"q": "a&b c#\r\nX: y"})
    assert (reply.status, reply.body) == (200, b'{"a":1}')
    head = server.requests[0].decode()
    assert head.startswith("GET /api/crm/crmboards?q=a%26b+c%23%0D%0AX%3A+y HTTP/1.1\r\n")
    assert "authorization: basic " in head.lower()
    assert "crm-tui/" in head


async def test_a_packed_reply_is_unpacked_though_a_server_of_this_machine_is_not_asked_for_it() -> (
    None
):
    packed = gzip.compress(b"[" + b"1," * 50_000 + b"1]")
    async with meeting(http(packed, headers=["Content-Encoding: gzip"])) as (server, transport):
        reply = await transport.send("GET", "/x")
    assert len(reply.body) == 100_003
    assert "accept-encoding: identity\r\n" in server.requests[0].decode().lower()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"fffff\r\n" + b"x" * 0xFFFFF + b"\r\n"
                  + (b"fffff\r\n" + b"x" * 0xFFFFF + b"\r\n") * 17),
            TooLarge, id="I10-endless-chunks",
        ),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\n" + b"X-Much: " + b"y" * 1_000_000 + b"\r\n\r\n{}"),
            ApiError, id="I10-huge-header",
        ),
        pytest.param(http(b"x", headers=["Content-Encoding: br"]), BadAnswer, id="other-packing"),
        pytest.param(
            http(b"not gzip", headers=["Content-Encoding: gzip"]), BadAnswer, id="I13-bad-packing"
        ),
        pytest.param(
            http(gzip.compress(b"x" * 9999)[:-20], headers=["Content-Encoding: gzip"]),
            Unanswered, id="I13-packing-ends-early",
        ),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), Unanswered, id="I13-short-body"
        ),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            Unanswered, id="I13-bad-chunk",
        ),
        pytest.param(sends(b""), Unanswered, id="I13-empty-reply"),
        pytest.param(sends(b"\x00\xff garbage\r\n\r\n"), Unanswered, id="I13-garbage"),
        pytest.param(resets, Unanswered, id="I13-reset"),
    ],
)  # fmt: skip
async def test_a_sick_answer_ends_as_a_named_error(answer: Answer, error: type[ApiError]) -> None:
    async with meeting(answer) as (_, transport):
        with pytest.raises(error) as caught:
            await transport.send("GET", "/x")
    assert CANARY not in repr(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(hangs, id="silent"),
        pytest.param(drips(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 500, 0.02), id="in-the-headers"),
        pytest.param(
            drips(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"y" * 500, 0.02),
            id="in-the-body",
        ),
    ],
)
async def test_I11_a_drip_is_stopped_at_the_total_deadline(answer: Answer) -> None:
    async with meeting(answer, deadline=0.3) as (_, transport):
        start = time.monotonic()
        with pytest.raises(TooSlow):
            await transport.send("GET", "/x")
        assert time.monotonic() - start < 5


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("changed", ["port", "host", "scheme"])
async def test_I05_nothing_is_sent_to_another_origin(
    status: str, method: str, changed: str
) -> None:
    """Another port, the same port under another name of the host, and the same under another scheme."""
    body = b"{}" if method in ("POST", "PUT") else None
    async with raw_server(http()) as other:

        async def answer(writer: asyncio.StreamWriter) -> None:
            here = server.url
            place = {
                "port": other.url,
                "host": here.replace("127.0.0.1", "localhost"),
                "scheme": here.replace("http:", "https:"),
            }[changed]
            moved = http(status=f"{status} Moved", headers=[f"Location: {place}/x"])
            await moved(writer)

        async with meeting(answer) as (server, transport):
            with pytest.raises(BadAnswer, match="redirects elsewhere"):
                await transport.send(method, "/x", body=body)
        assert len(server.requests) == 1
        assert server.requests[0].startswith(f"{method} /api/x ".encode())
        assert other.requests == []


async def test_I05_a_write_follows_no_redirect_at_all() -> None:
    moved = http(status="307 Moved", headers=["Location: /api/elsewhere"])
    async with meeting(moved) as (server, transport):
        with pytest.raises(BadAnswer):
            await transport.send("PUT", "/x", body=b"{}")
    assert len(server.requests) == 1


async def test_I05_a_read_follows_a_redirect_on_the_same_origin_but_not_for_ever() -> None:
    moved = http(status="302 Moved", headers=["Location: /api/elsewhere"])
    async with meeting(moved, http(b"[1]")) as (server, transport):
        reply = await transport.send("GET", "/x")
    assert reply.body == b"[1]"
    assert server.requests[1].startswith(b"GET /api/elsewhere ")
    async with meeting(moved) as (server, transport):
        with pytest.raises(BadAnswer):
            await transport.send("GET", "/x")
    assert len(server.requests) == module.MAX_REDIRECTS + 1


@pytest.mark.parametrize("status", ["409 Conflict", "429 Too Many Requests"])
async def test_H01_throttling_is_waited_out_as_long_as_the_server_asks(status: str) -> None:
    waits = Waits()
    throttled = http(b"", status=status, headers=["Retry-After: 7"])
    async with meeting(throttled, throttled, http(b"[]"), waits=waits) as (server, transport):
        reply = await transport.send("PUT", "/x", body=b"{}")
    assert reply.status == 200
    assert waits.seconds == [7.0, 7.0]
    assert len(server.requests) == 3


async def test_H01_the_third_refusal_is_told() -> None:
    waits = Waits()
    async with meeting(http(b"", status="409 Conflict"), waits=waits) as (server, transport):
        with pytest.raises(Throttled):
            await transport.send("GET", "/x")
    assert len(server.requests) == module.ATTEMPTS
    first, second = waits.seconds
    assert 1 <= first <= 1.5
    assert 2 <= second <= 3


async def test_H02_a_wait_that_cannot_be_read_is_still_a_wait() -> None:
    waits = Waits()
    answer = http(b'{"Message":"no"}', status="409 Conflict", headers=["Retry-After: 1.5"])
    async with meeting(answer, http(b"[]"), waits=waits) as (server, transport):
        assert (await transport.send("PUT", "/x", body=b"{}")).status == 200
    assert len(server.requests) == 2
    assert 1 <= waits.seconds[0] <= 1.5


async def test_I17_a_cookie_of_an_answer_that_was_too_large_is_not_sent_back_either() -> None:
    packed = gzip.compress(bytes(exchange.MAX_BODY + 1), 1)
    answer = http(packed, headers=["Content-Encoding: gzip", "Set-Cookie: s=1; Path=/"])
    async with meeting(answer, http()) as (server, transport):
        with pytest.raises(TooLarge):
            await transport.send("GET", "/x")
        await transport.send("GET", "/x")
    assert b"cookie" not in server.requests[1].lower()


async def test_H02_a_long_wait_is_told_and_not_waited_out() -> None:
    waits = Waits()
    answer = http(b"", status="429 Slow", headers=["Retry-After: 86400"])
    async with meeting(answer, waits=waits) as (server, transport):
        with pytest.raises(Throttled) as caught:
            await transport.send("GET", "/x")
    assert caught.value.retry_after == 86400
    assert (len(server.requests), waits.seconds) == (1, [])


async def test_F22_a_conflict_with_words_is_not_throttling() -> None:
    answer = http(b'{"Message":"no"}', status="409 Conflict")
    async with meeting(answer) as (server, transport):
        reply = await transport.send("PUT", "/x", body=b"{}")
    assert reply.status == 409
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1.0),
        (" 30 ", 30.0),
        ("Mon, 02 Mar 2026 09:00:05 GMT", 5.0),
        ("Mon, 02 Mar 2026 08:59:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
        (None, None),
    ],
)
def test_H02_retry_after_is_a_number_or_a_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


async def test_H09_nobody_listening_is_told_as_not_reached() -> None:
    async with raw_server(http()) as server:
        url = server.url
    transport = Transport(Address.parse(url, plain_http=True), Basic("a", Secret("b")))
    with pytest.raises(Unreached) as caught:
        await transport.send("GET", "/x")
    assert caught.value.detail == "connection refused"
    await transport.close()


async def test_I17_a_cookie_is_not_sent_back() -> None:
    async with meeting(http(headers=["Set-Cookie: s=1; Path=/"])) as (server, transport):
        await transport.send("GET", "/x")
        await transport.send("GET", "/x")
    assert b"cookie" not in server.requests[1].lower()


async def test_a_caller_that_gives_up_leaves_no_request_behind() -> None:
    async with meeting(hangs) as (server, transport):
        task = asyncio.create_task(transport.send("GET", "/x"))
        await server.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
