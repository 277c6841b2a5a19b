"""A hand on the keyboard that keeps a log of its keys, to be counted task by task."""

from __future__ import annotations

import re

from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.search import SearchScreen
from crm_tui.ui.screens.triage import TriageScreen
from tests.ui.conftest import Sitting


class Hand:
    """Presses keys; all of them are in the log but the text of a note."""

    def __init__(self, at: Sitting) -> None:
        self.at = at
        self.pressed = 0
        """Keys of the whole sitting."""
        self._log: list[str] = []

    async def press(self, *keys: str) -> None:
        """Press keys."""
        self._log += keys
        self.pressed += len(keys)
        await self.at.press(*keys)

    async def choose(self, label: str) -> None:
        """Press the key that the open panel shows beside a choice."""
        await self.at.pilot.pause()
        shown = re.search(rf"[ ▸](\w) {re.escape(label)}(?!\w)", self.at.text())
        assert shown is not None, f"{label} is not among\n{self.at.text()}"
        await self.press(shown[1])

    async def write(self, note: str) -> None:
        """Type the text of a note, which does not count."""
        await self.at.press_only(*("space" if each == " " else each for each in note))

    def taken(self) -> str:
        """Give the keys that were pressed since the last time."""
        log, self._log = self._log, []
        return " ".join(log)

    @property
    def on(self) -> int:
        """The record under the cursor."""
        screen = self.at.app.screen
        assert isinstance(screen, (BoardScreen, SearchScreen, TriageScreen))
        assert screen.record_id is not None
        return screen.record_id

    async def until_ranked(self) -> None:
        """Wait for the queue, which is ranked beside what is drawn."""
        screen = self.at.app.screen
        while not isinstance(screen, TriageScreen) or screen.is_hidden:
            await self.at.pilot.pause()
            screen = self.at.app.screen
        await self.at.pilot.pause()
