"""Keeps the journal in step with what the user does: in order, and without the event loop ever waiting for a disk.

What the user does is taken in at once and written down behind it; who needs to know waits for it by a call back.  What
is still to be written when the program ends is written then.  It knows no intent and decides nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from crm_tui.store.journal import Journal, JournalFailed, Order

T = TypeVar("T")

_Job = Callable[[Journal], Callable[[], None]]
"""Does something to the journal, waiting for it; gives what is to be done with the answer on the event loop."""


class Keeping:
    """The journal, and what is still to be written to it."""

    def __init__(self, path: Path | None, *, clock: Callable[[], datetime]) -> None:
        """Keep a journal in a file, which is opened by `open`, or in memory without one."""
        self._path = path
        self._clock = clock
        self._journal = Journal(None, clock=clock) if path is None else None
        self._jobs: asyncio.Queue[tuple[_Job, asyncio.Event]] = asyncio.Queue()
        self._is_busy = False

    @property
    def is_kept(self) -> bool:
        """Say whether what is written outlives the program, as far as is known."""
        return self._path is not None if self._journal is None else self._journal.is_kept

    @property
    def path(self) -> Path | None:
        """Where the journal is, once it is open; none in memory."""
        return self._journal.path if self._journal is not None else None

    @property
    def notices(self) -> list[str]:
        """What the user has to be told about the file, as sentences; they may quote names of files."""
        return self._journal.notices if self._journal is not None else []

    async def open(self) -> None:
        """Open the file, unless it is open."""
        if self._journal is None:
            self._journal = await asyncio.to_thread(Journal, self._path, clock=self._clock)

    async def do(self, order: Order[T]) -> T:
        """Carry out an order on the open journal; raises `JournalFailed`."""
        if self._journal is None:
            raise JournalFailed("it is not open")
        return await self._journal.do(order)

    def later(
        self, order: Order[T], then: Callable[[T], None], failed: Callable[[str], None]
    ) -> None:
        """Carry out an order behind those before it, and call one of the two with what came of it.

        In memory nothing can be lost, so that it is done before this returns.
        """

        def job(journal: Journal) -> Callable[[], None]:
            try:
                answer = journal.do_now(order)
            except JournalFailed as error:
                words = error.words
                return lambda: failed(words)
            return lambda: then(answer)

        if self._journal is not None and not self._journal.is_kept and not self._waits():
            job(self._journal)()
        else:
            self._jobs.put_nowait((job, asyncio.Event()))

    def _waits(self) -> bool:
        return self._is_busy or not self._jobs.empty()

    async def run(self) -> None:
        """Write down what is asked for, until cancelled."""
        while True:
            job, done = await self._jobs.get()
            self._is_busy = True
            assert self._journal is not None  # noqa: S101 - `open` comes first
            # Shielded: what was begun is answered, or the user would be promised nothing for what is kept.
            working = asyncio.ensure_future(asyncio.to_thread(job, self._journal))
            try:
                answered = await asyncio.shield(working)
            except asyncio.CancelledError:
                (await working)()
                raise
            finally:
                self._is_busy = False
            answered()
            done.set()

    async def written(self) -> None:
        """Wait until all that was asked for so far has been written down, or has failed."""
        if self._waits():
            done = asyncio.Event()
            self._jobs.put_nowait((lambda _journal: lambda: None, done))
            await done.wait()

    def close(self) -> None:
        """Write what is still to be written, waiting for it, and close the file."""
        if self._journal is None:
            return
        while not self._jobs.empty():
            job, _ = self._jobs.get_nowait()
            job(self._journal)()
        self._journal.close()
