"""Whose turn it is: requests wait here until the limits and the server's own wish allow them, the urgent first.

What is spent and how long all pause is shared by the processes of one account through a small file under a lock;
without a file, or when it fails, by nobody.  Waiting is told as it happens.  It sends nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from itertools import count
from pathlib import Path
from typing import Final

from crm_tui.api import ledger, wire
from crm_tui.api.errors import BadAnswer, Throttled
from crm_tui.api.ledger import Ledger, Limits
from crm_tui.api.shared_file import Held, SharedFile
from crm_tui.structs import Struct

MAX_WAIT: Final = 60.0
"""Seconds of a pause that are waited out; a longer one is told to the caller and stays in force."""

_PATIENCE: Final = 2.0
"""Seconds that the shared file is waited for; it is held for a moment only."""


class Priority(IntEnum):
    """Who goes first."""

    WRITER = 0
    VISIBLE = 1
    """A read whose outcome somebody is looking at."""
    SYNC = 2
    PREFETCH = 3


class Why(StrEnum):
    """What is waited for, in words for people."""

    LIMITS = "keeping to the service's limits"
    THROTTLED = "the server asked to wait"


class Waiting(Struct, frozen=True):
    """Somebody waits."""

    until: datetime
    why: Why


class _Place(Struct, order=True):
    """A place in the queue; no two have the same number."""

    priority: Priority
    number: int
    write: bool
    called: asyncio.Future[None]


class Pacing:
    """The pace of one account, as this process keeps it.

    Its file lies in a private folder and belongs to one user at one address.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        file: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits = limits if limits is not None else Limits()
        self._file = SharedFile(file, sleep=sleep) if file is not None else None
        self._memory = Ledger()
        self._clock = clock
        self._sleep = sleep
        self._seen = float("-inf")
        self._slept_to = float("-inf")
        self._numbers = count()
        self._queue: list[_Place] = []
        self._arrived = asyncio.Event()
        self._usher: asyncio.Task[None] | None = None
        self._is_resumed = False
        self.waiting: Waiting | None = None
        """What is waited for now, if anything."""
        self.on_wait: Callable[[Waiting | None], None] = lambda _waiting: None
        """Told whenever `waiting` changes."""

    async def turn(self, priority: Priority, *, write: bool) -> None:
        """Wait until one request may go, and count it.

        Raises `Throttled` when that would be longer than a minute, by a pause or at the end of the day's writes.
        """
        place = _Place(
            priority, next(self._numbers), write, asyncio.get_running_loop().create_future()
        )
        self._queue.append(place)
        self._arrived.set()
        if self._usher is None or self._usher.done():
            # A sign-in before the first paint runs in a loop of its own, to which the old event belongs.
            self._arrived = asyncio.Event()
            self._usher = asyncio.create_task(self._call(), name="api: pacing")
            self._usher.add_done_callback(self._ended)
        try:
            await place.called
        finally:
            if place in self._queue:
                self._queue.remove(place)
                self._arrived.set()

    async def pause(self, seconds: float) -> None:
        """Make everybody of this account wait: the server asked for it."""
        async with self._ledger() as spent:
            spent.pause_for(seconds)
        self._is_resumed = False

    def resume(self) -> None:
        """End a pause that is too long to be waited out, for a person says so; the next turn ends it for all.

        A short one is waited out as it would have been.
        """
        self._is_resumed = True

    async def _call(self) -> None:
        """Call those who wait, one after the other, until nobody does."""
        try:
            while self._queue:
                self._arrived.clear()
                wait, why = await self._next()
                if wait > 0:
                    self._tell(Waiting(self._clock() + timedelta(seconds=wait), why))
                    await self._nap(wait)
        finally:
            self._tell(None)

    def _ended(self, usher: asyncio.Task[None]) -> None:
        """Leave nobody waiting: the program ends, or a fault of our own, which is told as what it is."""
        fault = None if usher.cancelled() else usher.exception()
        if usher is not self._usher:
            return  # another one has taken over
        for place in self._queue:
            if fault is None:
                place.called.cancel()
            elif not place.called.done():
                place.called.set_exception(fault)

    async def _next(self) -> tuple[float, Why]:
        """Call who may go now, or give how long the first has to wait and why."""
        async with self._ledger() as spent:
            best = {place.write: place for place in sorted(self._queue, reverse=True)}
            if self._is_resumed and spent.pause() > MAX_WAIT:
                spent.resume()
            self._is_resumed = False
            paused = spent.pause()
            if paused > MAX_WAIT:
                self._turn_away(best.values(), Throttled(f"for {paused:.0f} s", paused))
                return 0.0, Why.THROTTLED
            if paused > 0:
                return paused, Why.THROTTLED
            waits: list[float] = []
            for place in sorted(best.values()):
                day = spent.day(self._limits) if place.write else 0.0
                if day > 0:
                    words = f"{self._limits.writes_per_day} writes were sent in a day"
                    self._turn_away([place], Throttled(words, day))
                    return 0.0, Why.LIMITS
                wait = spent.wait(self._limits, write=place.write)
                if wait <= 0:
                    spent.spend(self._limits, write=place.write)
                    self._queue.remove(place)
                    if not place.called.done():
                        place.called.set_result(None)
                    return 0.0, Why.LIMITS
                waits.append(wait)
            return min(waits, default=0.0), Why.LIMITS

    def _turn_away(self, places: Iterable[_Place], error: Throttled) -> None:
        for place in tuple(places):
            self._queue.remove(place)
            if not place.called.done():
                place.called.set_exception(error)

    async def _nap(self, seconds: float) -> None:
        """Sleep, but no longer than until somebody else arrives or leaves."""
        begun = self._now()
        sleeping = asyncio.ensure_future(self._sleep(seconds))
        arriving = asyncio.ensure_future(self._arrived.wait())
        try:
            await asyncio.wait({sleeping, arriving}, return_when=asyncio.FIRST_COMPLETED)
            if sleeping.done():
                self._slept_to = begun + seconds
        finally:
            sleeping.cancel()
            arriving.cancel()

    def _now(self) -> float:
        """Give the time; what was slept counts as passed, whatever the clock says."""
        now = self._clock().timestamp()
        if now < self._seen:
            self._slept_to = float("-inf")  # the clock was set back
        self._seen = now
        return max(now, self._slept_to)

    @asynccontextmanager
    async def _ledger(self) -> AsyncIterator[Ledger]:
        """Hold what is spent, brought to now; what is changed in the block is kept, here and for the others."""
        async with AsyncExitStack() as stack:
            held: Held | None = None
            if self._file is not None:
                with suppress(OSError):
                    held = await stack.enter_async_context(self._file.held(patience=_PATIENCE))
            spent = self._shared(held) or self._memory
            spent.bring_to(self._now(), self._limits)
            yield spent
            self._memory = spent
            if held is not None:
                with suppress(OSError):
                    held.write(wire.encode(spent.written()), durable=False)

    @staticmethod
    def _shared(held: Held | None) -> Ledger | None:
        try:
            content = held.read() if held is not None else None
            return ledger.read(wire.decode(content)) if content is not None else None
        except (OSError, BadAnswer):
            return None

    def _tell(self, waiting: Waiting | None) -> None:
        if waiting != self.waiting:
            self.waiting = waiting
            self.on_wait(waiting)
