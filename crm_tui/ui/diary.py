"""What of the journal the activity screen shows: its newest pages, and in front of them what needs somebody.

Pages are fetched as somebody scrolls to them.  What stood in front when the screen was opened stays there, whatever
becomes of it, so that nothing moves under the cursor.  It decides and draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crm_tui.domain.intent import Entry
from crm_tui.service.activity import Activity

PAGE: Final = 100
"""Entries that are fetched at once."""


class Diary:
    """The entries that have been fetched."""

    def __init__(self, journal: Activity) -> None:
        self._journal = journal
        self._front: dict[int, Entry] = {}
        self._rest: dict[int, Entry] = {}
        self.is_whole = False
        """The oldest entry has been fetched."""

    @property
    def front(self) -> list[Entry]:
        """Those that need somebody, or did when they were first seen; the newest of the first look first."""
        return list(self._front.values())

    @property
    def rest(self) -> list[Entry]:
        """All others that were fetched, the newest first."""
        numbers = sorted(
            (number for number in self._rest if number not in self._front), reverse=True
        )
        return [self._rest[number] for number in numbers]

    async def read(self, shown: Sequence[int]) -> None:
        """Fetch what is new, and those on the screen once more; raises `JournalFailed`."""
        top = max(self._rest, default=0)
        for entry in await self._journal.needing():
            self._front[entry.number] = entry
        before: int | None = None
        while True:
            page = await self._journal.entries(PAGE, before)
            self._rest |= {entry.number: entry for entry in page}
            if len(page) < PAGE:
                self.is_whole = True
            if not page or not top or page[-1].number <= top + 1 or len(page) < PAGE:
                break
            before = page[-1].number
        numbers = [*self._front, *shown]
        for start in range(0, len(numbers), PAGE):
            for entry in await self._journal.these(numbers[start : start + PAGE]):
                self._rest[entry.number] = entry
                if entry.number in self._front:
                    self._front[entry.number] = entry

    async def read_older(self) -> None:
        """Fetch the page below the oldest entry; raises `JournalFailed`."""
        page = await self._journal.entries(PAGE, min(self._rest, default=None))
        self._rest |= {entry.number: entry for entry in page}
        self.is_whole = self.is_whole or len(page) < PAGE
