"""Keeping to the limits, alone and with others, in fake time (rows H01 to H06)."""

from __future__ import annotations

import asyncio
import os
import stat
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.api import ledger, wire
from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.errors import Throttled
from crm_tui.api.ledger import UNLIMITED, Ledger, Limits
from crm_tui.api.pacing import Pacing, Priority, Waiting, Why
from crm_tui.api.transport import Transport
from tests.api.faketime import EPOCH, FakeTime
from tests.api.scripted import Request, reply, scripted

FLOOR = 200 / 55 * 60
"""Seconds that 200 writes take at least."""


class Limited:
    """A service that enforces the newest documented table: 1 in 100 ms, 120 and 60 writes a minute."""

    def __init__(self, time: FakeTime) -> None:
        self.time = time
        self.throttled = 0
        self.early = 0
        self._all: deque[float] = deque()
        self._writes: deque[float] = deque()
        self._not_before = 0.0

    async def __call__(self, request: Request) -> bytes:
        now = self.time.seconds
        self.early += now < self._not_before
        self._all.append(now)
        if request.method != "GET":
            self._writes.append(now)
        over = [
            _within(self._all, now, 0.1) > 1,
            _within(self._all, now, 60) > 120,
            _within(self._writes, now, 60) > 60,
        ]
        if any(over):
            self.throttled += 1
            self._not_before = now + 1
            return reply(status=409, headers={"Retry-After": "1"})
        return reply({})

    @property
    def count(self) -> int:
        return len(self._all)


def _within(times: Sequence[float], now: float, window: float) -> int:
    return sum(moment > now - window + 1e-6 for moment in times)


def a_transport(url: str, time: FakeTime, pacing: Pacing) -> Transport:
    sign_in = Basic("ana", Secret("right"))
    return Transport(
        Address.parse(url, plain_http=True),
        sign_in,
        clock=time,
        sleep=time.sleep,
        pacing=pacing,
        deadline=60,
    )


async def _bulk(url: str, time: FakeTime, pacing: Pacing, writes: int) -> None:
    """Check and write some records, one after the other."""
    transport = a_transport(url, time, pacing)
    for number in range(writes):
        await transport.send("GET", f"/x/{number}", priority=Priority.WRITER)
        await transport.send("PUT", "/x", body=b"{}")
    await transport.close()


@pytest.mark.parametrize("instances", [1, 2])
async def test_H04_H05_a_bulk_keeps_to_the_documented_limits(
    instances: int, tmp_path: Path
) -> None:
    time = FakeTime()
    service = Limited(time)
    async with scripted(service) as server:
        paces = [
            Pacing(file=tmp_path / "pace", clock=time, sleep=time.sleep) for _ in range(instances)
        ]
        await time.run(*(_bulk(server.url, time, pace, 200 // instances) for pace in paces))
    print(f"{instances}: {time.seconds:.1f} s, {time.seconds / FLOOR:.3f} x, {service.throttled}")
    assert service.count >= 400
    assert time.seconds <= 1.15 * FLOOR
    assert service.throttled <= 0.01 * service.count
    assert service.early == 0


async def _until(event: asyncio.Event) -> None:
    await event.wait()


class TestTurns:
    """Who goes first, and who is told what."""

    async def test_the_urgent_go_first(self) -> None:
        time = FakeTime()
        pacing = Pacing(Limits(per_second=1), clock=time, sleep=time.sleep)
        order: list[str] = []

        async def worker() -> None:
            async def go(priority: Priority, name: str) -> None:
                await pacing.turn(priority, write=False)
                order.append(name)

            await asyncio.gather(
                *(
                    go(Priority[name.split("-")[0]], name)
                    for name in ["PREFETCH-1", "SYNC-1", "VISIBLE-1", "SYNC-2", "WRITER-1"]
                )
            )

        await time.run(worker())
        assert order == ["WRITER-1", "VISIBLE-1", "SYNC-1", "SYNC-2", "PREFETCH-1"]
        assert time.seconds == pytest.approx(4)

    async def test_a_write_that_waits_for_its_own_limit_holds_no_read_up(self) -> None:
        time = FakeTime()
        limits = Limits(per_second=None, per_minute=None, writes_per_minute=1)
        pacing = Pacing(limits, clock=time, sleep=time.sleep)
        told: list[Waiting | None] = []
        pacing.on_wait = told.append
        done: list[str] = []

        async def worker() -> None:
            await pacing.turn(Priority.WRITER, write=True)
            write = asyncio.create_task(pacing.turn(Priority.WRITER, write=True))
            write.add_done_callback(lambda _: done.append("write"))
            await asyncio.sleep(0)
            await pacing.turn(Priority.PREFETCH, write=False)
            done.append("read")
            await write

        await time.run(worker())
        assert done == ["read", "write"]
        assert time.seconds == pytest.approx(60)
        assert Waiting(EPOCH + timedelta(seconds=60), Why.LIMITS) in told
        assert told[-1] is None
        assert pacing.waiting is None

    async def test_who_gives_up_leaves_the_queue(self) -> None:
        time = FakeTime()
        pacing = Pacing(Limits(per_second=1), clock=time, sleep=time.sleep)
        await pacing.turn(Priority.SYNC, write=False)
        waits, waits_no_more = asyncio.Event(), asyncio.Event()
        pacing.on_wait = lambda waiting: (waits if waiting else waits_no_more).set()

        async def worker() -> None:
            first = asyncio.create_task(pacing.turn(Priority.SYNC, write=False))
            await waits.wait()
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            await waits_no_more.wait()

        # A second worker that never sleeps keeps the time from moving on.
        await time.run(worker(), _until(waits_no_more))
        assert time.seconds == 0

    async def test_a_pause_is_for_all_processes_of_the_account(self, tmp_path: Path) -> None:
        time = FakeTime()
        one, two = (
            Pacing(UNLIMITED, file=tmp_path / "pace", clock=time, sleep=time.sleep)
            for _ in range(2)
        )
        told: list[Waiting | None] = []
        two.on_wait = told.append

        async def worker() -> None:
            await one.pause(7)
            await two.turn(Priority.WRITER, write=True)

        await time.run(worker())
        assert time.seconds == pytest.approx(7)
        assert told == [Waiting(EPOCH + timedelta(seconds=7), Why.THROTTLED), None]

    async def test_H02_a_long_pause_turns_everybody_away_until_it_is_over(
        self, tmp_path: Path
    ) -> None:
        time = FakeTime()
        one, two = (Pacing(file=tmp_path / "pace", clock=time, sleep=time.sleep) for _ in range(2))
        await one.pause(3600)
        for pacing in (one, two, one):
            with pytest.raises(Throttled) as caught:
                await pacing.turn(Priority.WRITER, write=True)
            assert caught.value.retry_after == pytest.approx(3600)
        time.seconds = 3599
        await time.run(two.turn(Priority.WRITER, write=True))
        assert time.seconds == pytest.approx(3600)

    async def test_H02_a_person_ends_a_long_pause_for_all(self, tmp_path: Path) -> None:
        time = FakeTime()
        one, two = (Pacing(file=tmp_path / "pace", clock=time, sleep=time.sleep) for _ in range(2))
        await one.pause(3600)
        one.resume()
        await one.turn(Priority.WRITER, write=True)
        await time.run(two.turn(Priority.WRITER, write=True))
        assert time.seconds == pytest.approx(0.1)

    async def test_H02_a_wish_to_go_on_is_about_the_pause_that_was_seen(self) -> None:
        time = FakeTime()
        pacing = Pacing(clock=time, sleep=time.sleep)
        pacing.resume()
        await pacing.turn(Priority.WRITER, write=True)
        await pacing.pause(3600)
        with pytest.raises(Throttled):
            await pacing.turn(Priority.WRITER, write=True)
        pacing.resume()
        await pacing.pause(3600)
        with pytest.raises(Throttled):
            await pacing.turn(Priority.WRITER, write=True)

    async def test_H02_a_short_pause_is_waited_out_whoever_is_in_a_hurry(self) -> None:
        time = FakeTime()
        pacing = Pacing(clock=time, sleep=time.sleep)
        await pacing.pause(60)
        pacing.resume()
        await time.run(pacing.turn(Priority.WRITER, write=True))
        assert time.seconds == pytest.approx(60)

    async def test_H02_no_pause_is_kept_for_longer_than_a_day(self, tmp_path: Path) -> None:
        time = FakeTime()
        path = tmp_path / "pace"
        await Pacing(file=path, clock=time, sleep=time.sleep).pause(1e9)
        assert ledger.read(wire.decode(path.read_bytes())).paused_until == pytest.approx(
            time().timestamp() + 86_400
        )
        # What an older version has left there is cut, too.
        path.write_bytes(wire.encode({"at": time().timestamp(), "paused_until": 1e300}))
        pacing = Pacing(file=path, clock=time, sleep=time.sleep)
        with pytest.raises(Throttled) as caught:
            await pacing.turn(Priority.SYNC, write=False)
        assert caught.value.retry_after == pytest.approx(86_400)
        time.seconds = 86_400 - 1
        await time.run(pacing.turn(Priority.SYNC, write=False))

    async def test_H06_the_day_has_an_end_and_reads_go_on(self) -> None:
        time = FakeTime()
        limits = Limits(per_second=None, per_minute=None, writes_per_minute=None, writes_per_day=3)
        pacing = Pacing(limits, clock=time, sleep=time.sleep)
        for _ in range(3):
            await pacing.turn(Priority.WRITER, write=True)
        with pytest.raises(Throttled, match="3 writes") as caught:
            await pacing.turn(Priority.WRITER, write=True)
        await pacing.turn(Priority.VISIBLE, write=False)
        assert caught.value.retry_after is not None
        assert 86_400 <= caught.value.retry_after <= 90_000
        time.seconds += caught.value.retry_after + 1
        await pacing.turn(Priority.WRITER, write=True)

    async def test_a_clock_that_stands_still_stops_nobody(self) -> None:
        async def no_wait(_seconds: float) -> None:
            return

        pacing = Pacing(clock=lambda: EPOCH, sleep=no_wait)
        for _ in range(300):
            await pacing.turn(Priority.SYNC, write=True)

    def test_it_serves_one_loop_after_the_other(self) -> None:
        async def nap(_seconds: float) -> None:
            for _ in range(3):  # as long as it takes to see that nobody arrives
                await asyncio.sleep(0)

        async def two_turns() -> None:
            for _ in range(2):
                await pacing.turn(Priority.SYNC, write=False)

        pacing = Pacing(Limits(per_second=1), clock=lambda: EPOCH, sleep=nap)
        for _ in range(2):
            asyncio.run(asyncio.wait_for(two_turns(), 5))

    async def test_a_fault_of_our_own_comes_out_as_what_it_is(self) -> None:
        """As a cancellation a task group would take it for an ordinary end, and nobody would ever write again."""

        def broken(_waiting: Waiting | None) -> None:
            raise ZeroDivisionError

        time = FakeTime()
        pacing = Pacing(Limits(per_second=1), clock=time, sleep=time.sleep)
        await pacing.turn(Priority.WRITER, write=True)
        pacing.on_wait = broken

        async def write_twice() -> None:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(2):
                    tasks.create_task(pacing.turn(Priority.WRITER, write=True))

        with pytest.raises(ExceptionGroup) as caught:
            await write_twice()
        assert caught.group_contains(ZeroDivisionError)
        pacing.on_wait = lambda _waiting: None
        await time.run(pacing.turn(Priority.WRITER, write=True))

    @pytest.mark.parametrize("number", ["1" + "0" * 400, "1e400", "1e300", "-1e300"])
    @pytest.mark.parametrize("key", ["at", "all", "writes", "free_at", "paused_until"])
    async def test_no_number_in_the_file_stops_anybody_for_good(
        self, key: str, number: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "pace"
        path.touch(0o600)
        path.write_text(f'{{"{key}":{number},"hours":{{"{"9" * 5000}":1,"{"9" * 400}":1}}}}')
        time = FakeTime()
        pacing = Pacing(file=path, clock=time, sleep=time.sleep)

        pacing.resume()
        await time.run(pacing.turn(Priority.WRITER, write=True))
        assert time.seconds <= 60

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"at":"x","hours":[1]}', b"\xff"])
    async def test_a_spoilt_file_counts_as_nothing_spent(
        self, content: bytes, tmp_path: Path
    ) -> None:
        path = tmp_path / "pace"
        path.touch(0o600)
        path.write_bytes(content)
        time = FakeTime()
        await Pacing(file=path, clock=time).turn(Priority.SYNC, write=True)
        assert time.seconds == 0

    async def test_without_a_usable_file_the_pace_is_kept_alone(self, tmp_path: Path) -> None:
        time = FakeTime()
        pacing = Pacing(
            Limits(per_second=1), file=tmp_path / "no" / "pace", clock=time, sleep=time.sleep
        )

        async def worker() -> None:
            for _ in range(3):
                await pacing.turn(Priority.SYNC, write=False)

        await time.run(worker())
        assert time.seconds == pytest.approx(2)

    async def test_the_file_is_private(self, tmp_path: Path) -> None:
        old = os.umask(0)
        try:
            await Pacing(file=tmp_path / "pace").turn(Priority.SYNC, write=False)
        finally:
            os.umask(old)
        modes = {n: stat.S_IMODE((tmp_path / n).stat().st_mode) for n in os.listdir(tmp_path)}
        assert modes == {"pace": 0o600, "pace.lock": 0o600}


@given(
    st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=200),
    st.sampled_from([Limits(), Limits(5, 60, 30, 100), Limits(50, 600, 20, 2_500)]),
)
def test_the_limits_hold_in_every_window(asked: list[tuple[float, bool]], limits: Limits) -> None:
    assert limits.per_second
    assert limits.per_minute
    assert limits.writes_per_minute
    spent = Ledger()
    now = 1e9
    sent: list[float] = []
    writes: list[float] = []
    for gap, write in asked:
        now += gap
        spent.bring_to(now, limits)
        now += spent.wait(limits, write=write)
        spent.bring_to(now, limits)
        assert spent.wait(limits, write=write) == 0
        spent.spend(limits, write=write)
        sent.append(now)
        if write:
            writes.append(now)
    for times, most in (
        (sent, limits.per_minute + ledger.burst(limits.per_minute)),
        (writes, limits.writes_per_minute + ledger.burst(limits.writes_per_minute)),
    ):
        for number, moment in enumerate(times):
            assert _within(times[: number + 1], moment, 60) <= most + 1
    for before, after in pairwise(sent):
        assert after - before >= 1 / limits.per_second - 1e-5


@given(st.lists(st.floats(-90_000, 90_000), max_size=30))
def test_a_clock_that_jumps_makes_nobody_wait_long(jumps: list[float]) -> None:
    limits = Limits()
    spent = Ledger()
    now = 1e9
    for jump in jumps:
        now += jump
        spent.bring_to(now, limits)
        assert spent.wait(limits, write=True) <= 60
        spent.spend(limits, write=True)
    assert spent.pause() == 0


@given(st.floats(0, ledger.LONGEST_PAUSE), st.floats(-90_000, -2))
def test_a_pause_outlives_a_clock_that_is_set_back(seconds: float, jump: float) -> None:
    spent = Ledger()
    spent.bring_to(1e9, Limits())
    spent.paused_until = spent.at + seconds
    spent.bring_to(1e9 + jump, Limits())
    assert spent.pause() == pytest.approx(seconds, abs=1e-3)
