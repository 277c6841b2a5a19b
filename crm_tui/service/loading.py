"""When the book is loaded: at the start, when somebody asks, when another board is looked at, and every so often.

How it is loaded is `Sync`'s business, and how long one waits is `Rhythm`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from crm_tui.service.remote import Remote
from crm_tui.service.rhythm import Rhythm
from crm_tui.service.sync import Sync


class Loading:
    """Takes wishes to load, and has them carried out one after the other."""

    def __init__(self, sync: Sync, rhythm: Rhythm, *, changed: Callable[[], None]) -> None:
        self._sync = sync
        self._rhythm = rhythm
        self._changed = changed
        self._asked = asyncio.Event()
        self._asked.set()
        self._afresh = True
        """What was asked for is everything, not only a board that is not loaded otherwise."""
        self._by_hand = False
        """Somebody asked for it, so that the board they look at is listed again."""
        self._loaded = asyncio.Event()

    @property
    def is_going_on(self) -> bool:
        """Say whether something is being loaded or about to be."""
        return self._asked.is_set()

    def want(self, board_id: int) -> None:
        """Load this board before the others."""
        if self._sync.want(board_id):
            self._asked.set()

    def refresh(self) -> None:
        """Load everything anew."""
        self._afresh = self._by_hand = True
        self._asked.set()

    async def asked_again(self) -> None:
        """What was asked for cannot be done: wait until it is asked for anew."""
        self._asked.clear()
        await self._asked.wait()

    async def done(self) -> None:
        """Wait until what was asked for next has been loaded, or has failed."""
        await self._loaded.wait()
        self._loaded.clear()

    async def run(self, remote: Remote, afresh: Callable[[], None]) -> None:
        """Load until cancelled; `afresh` is called whenever somebody asks for everything."""
        while True:
            is_asked = await self._rhythm.next(self._asked)
            await self._load(remote, afresh, is_asked=is_asked)
            self._rhythm.note(self._sync.error)

    async def _load(self, remote: Remote, afresh: Callable[[], None], *, is_asked: bool) -> None:
        """Load what was asked for; or, when it is time and nobody asks, look whether anything has changed."""
        if is_asked and self._afresh:
            anew, self._by_hand, self._afresh = self._by_hand, False, False
            afresh()
            await self._sync.run(remote, anew=anew)
        elif is_asked:
            await self._sync.catch_up(remote)
        elif self._sync.is_whole:
            await self._sync.look(remote)
            return
        else:
            await self._sync.run(remote, quietly=True)
        if not self._afresh:
            self._asked.clear()
        self._loaded.set()
        self._changed()
