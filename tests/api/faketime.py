"""Time that passes only when everybody waits: minutes of pacing in milliseconds, and always the same."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeTime:
    """A clock and a sleep.  It moves on when all workers sleep; each worker sleeps in one place at a time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._workers = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def __call__(self) -> datetime:
        return EPOCH + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        """Sleep, in fake time."""
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds + seconds, next(self._numbers), waking))
        self._move_on()
        await waking

    async def run(self, *workers: Coroutine[Any, Any, None]) -> None:
        """Run workers to their end."""
        self._workers = len(workers)

        async def work(worker: Coroutine[Any, Any, None]) -> None:
            try:
                await worker
            finally:
                self._workers -= 1
                self._move_on()

        async with asyncio.TaskGroup() as tasks:
            for worker in workers:
                tasks.create_task(work(worker))

    def _move_on(self) -> None:
        self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[2].done()]
        heapq.heapify(self._sleepers)
        if self._sleepers and len(self._sleepers) >= self._workers:
            until, _, waking = heapq.heappop(self._sleepers)
            self.seconds = max(self.seconds, until)
            waking.set_result(None)
