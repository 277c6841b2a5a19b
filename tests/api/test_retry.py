"""What is sent again, how often and when, and when a server is left alone (rows H01 to H11, H20, I11, I13)."""

from __future__ import annotations

import asyncio
import time as real_time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import (
    ApiError,
    BadAnswer,
    NotAsked,
    ServerFault,
    Throttled,
    TooSlow,
    Unanswered,
    Unreached,
    Untrusted,
)
from crm_tui.api.pacing import Pacing, Waiting, Why
from crm_tui.api.retry import Breaker, Budget, jitter, may_repeat, throttle_wait
from crm_tui.api.transport import Transport
from tests.api.faketime import EPOCH, FakeTime
from tests.api.raw_server import Answer, drips, http, raw_server, resets, sends
from tests.api.scripted import Handler, Request, Scripted, reply, scripted

SIGN_IN = Basic("ana", Secret("right"))
BREAKS = {
    "short-body": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
    "bad-chunk": sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "empty": sends(b""),
    "garbage": sends(b"\x00\xff garbage\r\n\r\n"),
    "reset": resets,
}


@asynccontextmanager
async def serving(
    handler: Handler, *, deadline: float = 5.0, seed: int = 1
) -> AsyncIterator[tuple[Scripted, Transport, FakeTime]]:
    time = FakeTime()
    async with scripted(handler) as server:
        transport = Transport(
            Address.parse(server.url, plain_http=True),
            SIGN_IN,
            clock=time,
            sleep=time.sleep,
            deadline=deadline,
            random=Random(seed),
        )
        try:
            yield server, transport, time
        finally:
            await transport.close()


def answers(*given: bytes) -> Handler:
    """Answer with one after the other, in the end with the last."""
    rest = list(given)

    async def handler(_request: Request) -> bytes:
        return rest.pop(0) if len(rest) > 1 else rest[0]

    return handler


# Throttling


@pytest.mark.parametrize("status", [409, 429])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
async def test_H01_H03_a_throttled_request_waits_as_asked_and_that_can_be_seen(
    status: int, method: str
) -> None:
    slow = reply(status=status, headers={"Retry-After": "1"})
    async with serving(answers(slow, slow, reply([]))) as (server, transport, time):
        told: list[Waiting | None] = []
        transport.pacing.on_wait = told.append
        assert (await transport.send(method, "/x")).status == 200
    assert time.seconds == pytest.approx(2)
    assert len(server.requests) == 3
    assert told == [
        Waiting(EPOCH + timedelta(seconds=1), Why.THROTTLED),
        None,
        Waiting(EPOCH + timedelta(seconds=2), Why.THROTTLED),
        None,
    ]


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("Mon, 02 Mar 2026 09:00:05 GMT", 5, 5),
        ("0", 1, 1.5),
        ("-7", 1, 1.5),
        ("soon", 1, 1.5),
        ("", 1, 1.5),
        ("1e9", 1, 1.5),
        (None, 1, 1.5),
        ("60", 60, 60),
    ],
)
async def test_H02_it_is_never_earlier_than_asked(
    value: str | None, least: float, most: float
) -> None:
    headers = {"Retry-After": value} if value is not None else {}
    slow = reply(status=429, headers=headers)
    async with serving(answers(slow, reply([]))) as (_, transport, time):
        await transport.send("PUT", "/x", body=b"{}")
    assert least - 1e-6 <= time.seconds <= most + 1e-6


@pytest.mark.parametrize("value", ["61", "86400", "1000000000", "9" * 400])
async def test_H02_a_long_wait_is_told_and_stays_in_force(value: str) -> None:
    slow = reply(status=409, headers={"Retry-After": value})
    async with serving(answers(slow, reply([]))) as (server, transport, time):
        for _ in range(3):
            with pytest.raises(Throttled) as caught:
                await transport.send("GET", "/x")
            assert (caught.value.retry_after or 0) > 60
        assert len(server.requests) == 1
        time.seconds += caught.value.retry_after or 0
        assert (await transport.send("GET", "/x")).status == 200


async def test_H02_a_person_who_asks_anew_ends_a_long_pause_even_after_a_restart(
    tmp_path: Path,
) -> None:
    slow = reply(status=409, headers={"Retry-After": "1000000000"})
    time = FakeTime()
    async with scripted(answers(slow, slow, reply({"Id": 1}))) as server:

        def started() -> NexudusClient:
            pacing = Pacing(file=tmp_path / "pace", clock=time, sleep=time.sleep)
            address = Address.parse(server.url, plain_http=True)
            return NexudusClient(
                Transport(address, SIGN_IN, clock=time, sleep=time.sleep, pacing=pacing)
            )

        for _ in range(3):
            client = started()
            with pytest.raises(Throttled):
                await client.who_am_i()
            await client.close()
        assert len(server.requests) == 1
        client = started()
        client.again()
        with pytest.raises(Throttled):  # the server still says so, and is believed
            await client.who_am_i()
        with pytest.raises(Throttled):
            await client.who_am_i()
        assert len(server.requests) == 2
        client.again()
        assert await client.who_am_i() == {"Id": 1}
        await client.close()
    assert len(server.requests) == 3
    assert time.seconds <= 1


# Failures


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
async def test_H09_what_never_arrived_is_sent_again_whatever_it_is(method: str) -> None:
    async with raw_server(http()) as gone:
        pass
    time = FakeTime()
    transport = Transport(
        Address.parse(gone.url, plain_http=True),
        SIGN_IN,
        clock=time,
        sleep=time.sleep,
        random=Random(1),
    )
    begun = real_time.monotonic()
    with pytest.raises(Unreached):
        await transport.send(method, "/x", body=b"{}" if method != "GET" else None)
    await transport.close()
    assert time.seconds > 0
    assert time.seconds + real_time.monotonic() - begun <= 2


@pytest.mark.parametrize("broken", BREAKS)
async def test_I13_a_read_is_sent_again_after_a_broken_answer(broken: str) -> None:
    async with raw_server(BREAKS[broken], BREAKS[broken], http(b"[1]")) as server:
        time = FakeTime()
        transport = Transport(
            Address.parse(server.url, plain_http=True), SIGN_IN, clock=time, sleep=time.sleep
        )
        assert (await transport.send("GET", "/x")).body == b"[1]"
        await transport.close()
    assert len(server.requests) == 3


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("broken", BREAKS)
async def test_I13_a_write_that_may_have_happened_is_not(broken: str, method: str) -> None:
    async with raw_server(BREAKS[broken], http(b"[1]")) as server:
        time = FakeTime()
        transport = Transport(
            Address.parse(server.url, plain_http=True), SIGN_IN, clock=time, sleep=time.sleep
        )
        with pytest.raises(Unanswered):
            await transport.send(method, "/x", body=b"{}")
        await transport.close()
    assert len(server.requests) == 1
    assert time.seconds == 0


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
async def test_H08_a_fault_does_not_repeat_a_write(method: str) -> None:
    async with serving(answers(reply(status=500), reply([]))) as (server, transport, _):
        with pytest.raises(ServerFault):
            await transport.send(method, "/x", body=b"{}")
    assert len(server.requests) == 1


async def test_a_fault_that_names_a_wait_is_not_asked_again_earlier() -> None:
    fault = reply(status=503, headers={"Retry-After": "3"})
    async with serving(answers(fault, reply([]))) as (_, transport, time):
        await transport.send("GET", "/x")
        assert time.seconds == pytest.approx(3)
    async with serving(answers(fault, reply([])), deadline=2) as (server, transport, _):
        with pytest.raises(ServerFault):
            await transport.send("GET", "/x")
    assert len(server.requests) == 1


WHOLE = reply({"WasSuccessful": True, "Value": {"Id": 7}})


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
@pytest.mark.parametrize("cut", [0, *range(1, len(WHOLE), len(WHOLE) // 18), len(WHOLE) - 1])
async def test_H10_a_kept_connection_that_dies_loses_no_read_and_repeats_no_write(
    method: str, cut: int
) -> None:
    body = b"{}" if method != "GET" else None
    async with serving(answers(WHOLE, WHOLE, WHOLE[:cut], WHOLE)) as (server, transport, _):
        for _ in range(2):
            await transport.send("GET", "/x")
        assert server.connections == 1
        if method == "GET":
            assert (await transport.send(method, "/y")).status == 200
        else:
            with pytest.raises(Unanswered):
                await transport.send(method, "/y", body=body)
    assert len(server.asked(method, "/api/y")) == (2 if method == "GET" else 1)


async def test_H10_a_connection_that_was_closed_while_idle_is_not_used() -> None:
    closing = reply([], headers={"Connection": "close"})
    async with serving(answers(closing)) as (server, transport, _):
        for _ in range(3):
            await transport.send("PUT", "/x", body=b"{}")
    assert server.connections == 3
    assert len(server.requests) == 3


@pytest.mark.parametrize("pause", [0.15, 0.4])
async def test_H20_the_sum_of_all_tries_keeps_to_the_deadline(pause: float) -> None:
    async def slow(_request: Request) -> bytes:
        await asyncio.sleep(pause)
        return reply(status=503)

    async with scripted(slow) as server:
        transport = Transport(
            Address.parse(server.url, plain_http=True), SIGN_IN, deadline=0.5, random=Random(3)
        )
        begun = real_time.monotonic()
        with pytest.raises((TooSlow, ServerFault)):
            await transport.send("GET", "/x")
        took = real_time.monotonic() - begun
        await transport.close()
    assert took <= 0.5 + 0.5  # what a busy machine adds


@pytest.mark.parametrize(
    "answer",
    [
        drips(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 500, 0.02),
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"y" * 500, 0.02),
    ],
    ids=["in-the-headers", "in-the-body"],
)
async def test_I11_a_drip_is_not_asked_for_twice(answer: Answer) -> None:
    async with raw_server(answer) as server:
        transport = Transport(Address.parse(server.url, plain_http=True), SIGN_IN, deadline=0.3)
        with pytest.raises(TooSlow):
            await transport.send("GET", "/x")
        await transport.close()
    assert len(server.requests) == 1


# Outages


async def test_H07_five_minutes_of_faults_see_little_more_than_nothing_and_end_soon() -> None:
    time = FakeTime()
    seen: list[float] = []
    at_once = 0
    most_at_once = 0

    async def service(_request: Request) -> bytes:
        nonlocal at_once, most_at_once
        seen.append(time.seconds)
        at_once += 1
        if 30 < time.seconds < 300:
            most_at_once = max(most_at_once, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return reply(status=503) if time.seconds < 300 else reply([])

    async with scripted(service) as server:
        transport = Transport(
            Address.parse(server.url, plain_http=True),
            SIGN_IN,
            clock=time,
            sleep=time.sleep,
            random=Random(1),
        )
        asked = 0
        well_at: list[float] = []

        async def user(offset: float) -> None:
            nonlocal asked
            await time.sleep(offset)
            while time.seconds < 360:
                asked += time.seconds < 300
                try:
                    await transport.send("GET", "/x")
                    well_at.append(time.seconds)
                except (ServerFault, NotAsked):
                    pass
                await time.sleep(1)

        await time.run(*(user(number / 4) for number in range(4)))
        await transport.close()
    assert asked >= 1000
    during = [moment for moment in seen if moment < 300]
    assert len(during) <= 1.1 * asked
    assert len(during) <= 40
    assert most_at_once == 1
    assert well_at
    assert well_at[0] - 300 <= 30


def test_H07_the_breaker_lets_one_probe_through_at_a_time() -> None:
    time = FakeTime()
    breaker = Breaker(time)
    for _ in range(Breaker.FAILURES):
        _fail(breaker)
    assert breaker.is_open
    with pytest.raises(NotAsked) as caught, breaker.watch():
        raise AssertionError
    assert caught.value.retry_after == pytest.approx(Breaker.FIRST_REST)
    time.seconds += Breaker.FIRST_REST
    with breaker.watch(), pytest.raises(NotAsked), breaker.watch():  # the first is the probe
        raise AssertionError
    assert not breaker.is_open


def test_H07_the_rests_grow_but_not_beyond_what_recovers_in_time() -> None:
    time = FakeTime()
    breaker = Breaker(time)
    for _ in range(20):
        _fail(breaker)
        time.seconds += Breaker.LONGEST_REST
    _fail(breaker)
    with pytest.raises(NotAsked) as caught, breaker.watch():
        raise AssertionError
    assert caught.value.retry_after == Breaker.LONGEST_REST


def test_a_probe_that_is_given_up_lets_the_next_one_through() -> None:
    time = FakeTime()
    breaker = Breaker(time)
    for _ in range(Breaker.FAILURES):
        _fail(breaker)
    time.seconds += Breaker.FIRST_REST
    with pytest.raises(asyncio.CancelledError), breaker.watch():
        raise asyncio.CancelledError
    with breaker.watch():
        pass
    assert not breaker.is_open


def test_a_clock_that_is_set_back_keeps_no_breaker_open() -> None:
    time = FakeTime()
    breaker = Breaker(time)
    for _ in range(Breaker.FAILURES):
        _fail(breaker)
    time.seconds -= 86_400
    with breaker.watch():
        pass
    assert not breaker.is_open


def _fail(breaker: Breaker) -> None:
    with pytest.raises(ServerFault), breaker.watch():
        raise ServerFault


def test_the_budget_is_a_tenth_of_what_was_asked_lately() -> None:
    time = FakeTime()
    budget = Budget(time)
    for _ in range(200):
        budget.ask()
    assert sum(budget.retry() for _ in range(100)) == 20
    time.seconds += Budget.WINDOW
    assert sum(budget.retry() for _ in range(100)) == Budget.FLOOR


@pytest.mark.parametrize(
    ("writes", "error", "repeats"),
    [
        (False, Unanswered(), True),
        (False, TooSlow(), True),
        (False, ServerFault(), True),
        (True, Unreached(), True),
        (True, Unanswered(), False),
        (True, ServerFault(), False),
        (False, Untrusted(), False),
        (False, NotAsked(), False),
        (False, BadAnswer(), False),
    ],
)
def test_H11_only_what_can_help_is_tried_again(
    writes: bool, error: ApiError, repeats: bool
) -> None:
    assert may_repeat(error, writes=writes) == repeats


def test_waits_are_spread_over_an_interval_that_doubles() -> None:
    random = Random(7)
    for attempt, most in ((1, 0.5), (2, 1.0), (3, 2.0), (9, 20.0)):
        waits = [jitter(attempt, random) for _ in range(300)]
        assert 0 <= min(waits) < 0.1 * most
        assert 0.9 * most < max(waits) <= most
    assert throttle_wait(7.0, 1, random) == 7.0
    assert all(1 <= throttle_wait(None, 1, random) <= 1.5 for _ in range(99))
