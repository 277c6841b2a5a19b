"""What the activity screen asks of the journal, and how what is chosen there is carried out.

It stands between the screen and the service, and holds no rules: what can be done was decided by the handlers and the
journal.  It draws nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from textual.screen import Screen

from crm_tui.commands.spec import Command
from crm_tui.domain.intent import Entry
from crm_tui.domain.merge import Clash
from crm_tui.domain.wording import Wall
from crm_tui.service.crm import Crm
from crm_tui.store.journal import JournalFailed
from crm_tui.ui import words
from crm_tui.ui.diary import Diary
from crm_tui.ui.entry_words import side_words
from crm_tui.ui.screens.activity import ActivityScreen, ActivityState
from crm_tui.ui.screens.compare import CompareScreen
from crm_tui.ui.widgets.line import Pieces


class Host(Protocol):
    """What of the application is needed here."""

    def push_screen(self, screen: Screen[Any], callback: Any = None) -> Any:
        """Lay a screen over the others."""

    def pop_screen(self) -> Any:
        """Take the uppermost screen away."""

    def run_worker(self, work: Awaitable[None], *, name: str, exit_on_error: bool) -> Any:
        """Do something in the background."""

    def say(self, text: str) -> None:
        """Tell the user something."""


class Activities:
    """The activity screen, while it is open."""

    def __init__(
        self,
        host: Host,
        crm: Crm,
        commands: tuple[Command, ...],
        *,
        clock: Callable[[], datetime],
        account: Callable[[], tuple[Pieces, Pieces]],
        wall_of: Callable[[int], Wall],
    ) -> None:
        """Make it; `wall_of`: id of a record → the calendar of its location."""
        self._host = host
        self._crm = crm
        self._commands = commands
        self._clock = clock
        self._account = account
        self._wall_of = wall_of
        self._diary = Diary(crm.journal)
        self._screen: ActivityScreen | None = None
        self._is_reading = False
        self._is_stale = False
        self._wants_older = False

    @property
    def screen(self) -> ActivityScreen | None:
        """The screen, if it is open."""
        return self._screen

    def open(self) -> None:
        """Show the activity screen."""
        if self._screen is None:
            self._diary = Diary(self._crm.journal)
            self._screen = ActivityScreen(self._commands)
            self._host.push_screen(self._screen)
            self.draw()

    def close(self) -> None:
        """Go back to what is under it."""
        if self._screen is not None:
            self._screen = None
            self._host.pop_screen()

    def draw(self) -> None:
        """Something has changed: read anew what is shown, unless that is going on already."""
        self._is_stale = True
        self._read()

    def read_older(self) -> None:
        """Somebody has come near the oldest entry."""
        self._wants_older = True
        self._read()

    def _read(self) -> None:
        if self._screen is not None and not self._is_reading:
            self._is_reading = True
            self._host.run_worker(self._reading(), name="activity", exit_on_error=False)

    async def _reading(self) -> None:
        try:
            while (screen := self._screen) is not None and (self._is_stale or self._wants_older):
                diary = self._diary
                if self._is_stale:
                    self._is_stale = False
                    await diary.read(screen.shown)
                if self._wants_older:
                    self._wants_older = False
                    await diary.read_older()
                if screen is self._screen:
                    screen.show(
                        ActivityState(
                            front=tuple(diary.front),
                            rest=tuple(diary.rest),
                            is_whole=diary.is_whole,
                            snapshot=self._crm.snapshot,
                            wall_of=self._wall_of,
                            overwritten=tuple(self._crm.overwritten()),
                            now=self._clock(),
                            needing=self._crm.journal.needs_somebody,
                            account=self._account(),
                        )
                    )
        except JournalFailed as error:
            self._host.say(f"The journal cannot be read: {error.words}.")
        finally:
            self._is_reading = False

    # What is asked for there

    def compare(self, entry: Entry) -> None:
        """Let somebody choose field by field, for this very entry."""

        def go_on(chosen: Mapping[str, str] | None) -> None:
            if chosen is not None:
                self.settle(entry, chosen)

        wall = self._wall_of(entry.record_id)
        self._host.push_screen(CompareScreen(entry, self._crm.snapshot, wall), go_on)

    def settle(self, entry: Entry, choice: str | Mapping[str, str]) -> None:
        """Say how an entry goes on; what was said of it before is over."""
        if self._screen is not None:
            self._screen.say(words.NOTHING)
        self._host.run_worker(self._settling(entry, choice), name="settling", exit_on_error=False)

    async def _settling(self, entry: Entry, choice: str | Mapping[str, str]) -> None:
        try:
            if not await self._crm.journal.resolve(entry.number, choice, self._sides(entry)):
                self._host.say("It went on meanwhile, so nothing was done; look at it again.")
        except JournalFailed as error:
            self._host.say(f"The journal cannot be read: {error.words}.")
        self.draw()

    def _sides(self, entry: Entry) -> Callable[[Clash], Mapping[str, str]]:
        wall = self._wall_of(entry.record_id)
        return lambda clash: side_words(self._crm.snapshot, clash, wall)

    def take_back(self, entry: Entry) -> Pieces:
        """Take back the step of an entry, and say what happens."""
        taken = self._crm.journal.take_back(entry)
        self.draw()
        if isinstance(taken, str):
            return words.not_taken_back(taken)
        return words.taken_back(taken)
