"""A world in one thread whose clock moves only while everybody waits, so that load cannot change what happens.

The server, our windows and whoever plays with them share one loop.  `Stillness` sees that nothing is under way: no
call back is ready, and nothing lies in any socket; there are no threads, since `Prompt` does at once what they would.
Then the next thing to happen is a wait that ends, and `Time` ends it.  Nothing here is of ours.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

import pytest


class Stillness(selectors.DefaultSelector):
    """What a loop waits with; it tells when there is nothing left but waiting."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[asyncio.Future[None]] = []

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Give what has happened at the sockets; before anything is waited for, tell that nothing has."""
        found = super().select(0)
        if found or (timeout is not None and timeout <= 0):
            return found
        if not self._waiting:
            return super().select(timeout)
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.done():
                each.set_result(None)
        return []

    async def come(self) -> None:
        """Wait until nothing is under way."""
        still = asyncio.get_running_loop().create_future()
        self._waiting.append(still)
        await still


class Prompt(ThreadPoolExecutor):
    """No thread at all: what is to be done in one is done at once, and its answer comes a turn of the loop later."""

    def submit(self, what: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it, and give what came of it as a thread would."""
        future: Future[Any] = Future()
        with _Fault(future):
            future.set_result(what(*args, **kwargs))
        return future


class _Fault:
    """Puts a fault into a future, where whoever waits for it finds it."""

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> bool:
        """Keep the fault, whatever it is."""
        if fault is not None:
            self._future.set_exception(fault)
        return True


class Time:
    """A clock that is moved by hand, and the waits that hang on it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._numbers = count()
        self._waits: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def clock(self) -> datetime:
        """Say what time it is."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait until so many seconds have passed."""
        due = self.now + timedelta(seconds=max(seconds, 0.0))
        ended = asyncio.get_running_loop().create_future()
        heappush(self._waits, (due, next(self._numbers), ended))
        await ended

    def next_due(self) -> datetime | None:
        """Say when the next wait ends; none when nobody waits."""
        while self._waits and self._waits[0][2].done():  # given up meanwhile
            heappop(self._waits)
        return self._waits[0][0] if self._waits else None

    def move(self, to: datetime) -> None:
        """Let it be later, and end all waits that are over by then."""
        self.now = max(self.now, to)
        while (due := self.next_due()) is not None and due <= self.now:
            heappop(self._waits)[2].set_result(None)


@contextmanager
def one_thread(now: datetime) -> Iterator[tuple[asyncio.Runner, Stillness, Time]]:
    """Give such a loop, what tells its stillness, and its clock; threads of journals are done away with meanwhile."""
    stillness = Stillness()
    runner = asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(stillness))
    with pytest.MonkeyPatch.context() as patch, runner:
        patch.setattr("crm_tui.store.owner.ThreadPoolExecutor", Prompt)
        runner.get_loop().set_default_executor(Prompt(1))
        yield runner, stillness, Time(now)
