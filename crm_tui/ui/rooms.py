"""Rooms: all that lies behind the board, wired together, and how a command gets there.

They are made once the first frame is out, or when something is wanted of them before: importing them takes as long as
painting the board.  It holds no business, and draws nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from textual.events import Key
from textual.screen import Screen

from crm_tui.commands.keys import written
from crm_tui.commands.spec import Command
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from crm_tui.service.writer import Outcome
from crm_tui.ui import words
from crm_tui.ui.activity import Activities
from crm_tui.ui.behind import Around
from crm_tui.ui.clipboard import Clipboard
from crm_tui.ui.desk import Desk
from crm_tui.ui.keys import KeyNames
from crm_tui.ui.leaving import Leaving
from crm_tui.ui.metering import Metering
from crm_tui.ui.saved_views import SavedViews
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.keyed import KeyedScreen
from crm_tui.ui.screens.summary import in_words
from crm_tui.ui.searching import Searches
from crm_tui.ui.surface import AppSurface
from crm_tui.ui.triaging import Triages

_ON_STEPS: Final = ("undo", "redo", "restore")
"""Commands that write whatever is marked."""


class Host(Protocol):
    """What of the application is needed here."""

    @property
    def screen(self) -> Screen[Any]:
        """The uppermost screen."""

    def install_screen(self, screen: Screen[Any], name: str) -> None:
        """Keep a screen under a name."""

    def push_screen(self, screen: Screen[Any] | str, callback: Any = None) -> Any:
        """Lay a screen, or one that is kept, over the others."""

    def pop_screen(self) -> Any:
        """Take the uppermost screen away."""

    def run_worker(
        self,
        work: Any,
        *,
        name: str | None = "",
        group: str = "default",
        exit_on_error: bool = True,
    ) -> Any:
        """Do something in the background."""

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any) -> Any:
        """Call it once all that is due is on the screen."""

    def copy_to_clipboard(self, text: str) -> None:
        """Ask the terminal to keep a text."""

    def exit(self, result: int) -> None:
        """End the application with a code."""

    def say(self, text: str) -> None:
        """Tell the user something."""

    def greet(self, news: str) -> None:
        """Say what is to be known at the beginning of a sitting."""

    def hand_on(self, event: Key | None) -> None:
        """Have a key taken by the uppermost screen."""

    def dress(self, theme: str) -> None:
        """Show everything in another theme."""

    def action_suspend(self) -> None:
        """Give the terminal back to the shell for a while."""

    def draw_again(self) -> None:
        """Send the whole screen."""


class Rooms:
    """Searches, saved views, the queue, the activity list, and whatever is asked on the way."""

    def __init__(
        self, host: Host, crm: Crm, desk: Desk, board: BoardScreen, around: Around
    ) -> None:
        commands, treatment, source = around.commands, around.treatment, around.source
        self._commands = {command.name: command for command in commands}
        self._key_names = KeyNames.of(commands)
        self._host = host
        self._desk = desk
        self._searches = Searches(host, desk, commands, source, treatment)
        self._views = SavedViews(
            host, desk, self._searches, commands, account=around.account, path=around.views
        )
        self._metering = Metering(
            around.sittings,
            clock=around.clock,
            steady=around.steady,
            since=crm.nearby.look_since,
        )
        self._triages = Triages(
            host, desk, crm.snapshot, commands, source, treatment, self._metering
        )
        self._triages.is_root = around.begins_with_queue
        self._activities = Activities(
            host,
            crm,
            commands,
            clock=around.clock,
            account=around.account,
            wall_of=desk.wall_of,
        )
        self._leaving = Leaving(host, crm, desk, self._key_names)
        self._surface = AppSurface(
            host,
            crm,
            desk,
            commands,
            board=board,
            searches=self._searches,
            saved_views=self._views,
            triages=self._triages,
            activities=self._activities,
            leaving=self._leaving,
            clipboard=Clipboard(host, around.clipboard, say=host.say),
            source=source,
            treatment=treatment,
            redraw=around.redraw,
        )
        desk.front = lambda: self.front.where
        around.whereabouts.take_up_search(self._searches)

    @property
    def front(self) -> KeyedScreen:
        """The screen that the user works on, whatever lies over it."""
        return self._surface.front

    def begin(self) -> None:
        """Open the saved view that the program opens with, if any; waits for the disk."""
        self._views.begin()

    def open_queue(self) -> None:
        """Begin with the queue, unless a saved view is to be begun with."""
        if not self._views.has_start:
            self._triages.open()

    # Commands

    def give(self, event: KeyedScreen.Commanded) -> None:
        """Carry out what a key stands for."""
        command = event.command
        if _is_on_marks(command) and not event.marked and (unseen := self.front.marked_unseen):
            self._host.say(words.unseen(unseen, written(self._commands["mark-none"].keys[0])))
        else:
            standing = self._desk.standing(
                self.front.where,
                event.record_id,
                event.marked,
                event.entry,
                event.view,
                event.count,
            )
            self._surface.give(command, standing)

    def give_named(self, name: str) -> None:
        """Run a command of the catalogue, on what was under the cursor when the list to choose from was opened."""
        self._surface.give_named(name)

    def press(self) -> None:
        """Count a key that is pressed now."""
        self._metering.press()

    def time(self, pressed_at: float) -> None:
        """Count how long it takes until what a key has asked for is on the screen, while the meter runs."""
        if self._metering.is_open:
            self._host.call_after_refresh(self._metering.drawn, pressed_at)

    # Drawing

    def draw(self) -> None:
        """Hand every screen that is open what it draws."""
        self._activities.draw()
        self._searches.draw()
        self._views.draw()
        self._triages.draw()

    def tell(self, outcome: Outcome) -> None:
        """Say what became of a change, where somebody works."""
        self.front.say(words.outcome(outcome))
        if outcome.state == RowState.SAVED:
            self.front.unmark({outcome.intent.record_id})

    def have_typed_again(self, outcome: Outcome | None) -> None:
        """Open a line again with what was typed and could not be written down."""
        self._surface.have_typed_again(outcome)

    def read_older(self) -> None:
        """Fetch older entries of the journal."""
        self._activities.read_older()

    async def look(self) -> None:
        """Look whether the file of the saved views was changed by somebody else."""
        await self._views.look()

    # Coming and going

    def go_back(self) -> None:
        """Go back to what is under the screen in front; from what one began with there is no way back."""
        if self.front is self._triages.screen and self._triages.is_root:
            to_board = written(self._commands["on-board"].keys[0])
            self.front.say(words.root(self._key_names.quit, to_board))
        else:
            self._surface.back()

    def leave(self) -> None:
        """Leave once every change has its outcome; asked a second time, leave at once."""
        self._leaving.ask()

    def leave_soon(self, code: int) -> None:
        """Leave with this code, as the process is told to."""
        self._leaving.soon(code)

    def end_sitting(self) -> list[str]:
        """Keep what the sitting came to, when it is left; say it, if something was decided.  Waits for the disk."""
        tally = self._metering.close()
        return in_words(tally) if tally is not None else []


def _is_on_marks(command: Command) -> bool:
    """Say whether a command changes the marked records, or the one under the cursor when there are none."""
    return command.writes and not command.repeats and command.name not in _ON_STEPS
