"""A screen that is worked by the catalogue's keys: it makes commands of them, one at a time.

It tells what was asked for and on what, and knows neither what a command does nor what the screen shows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from textual.events import Key, ScreenResume
from textual.message import Message
from textual.screen import Screen

from crm_tui.commands.spec import Command, Marking, Motion, Where
from crm_tui.domain.intent import Entry
from crm_tui.ui import keys, words
from crm_tui.ui.keyboard import Dropped, Given, Keyboard, Pending, key_name
from crm_tui.ui.notice import is_small
from crm_tui.ui.reader import Reader
from crm_tui.ui.widgets.ground import Ground
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.status_line import StatusLine

_LEAVES: Final = "quit"
"""The command that acts on a screen that is too small to show anything."""


class KeyedScreen(Ground, Screen[None]):
    """A screen under the user's keys, with a status line that says what is pending."""

    AUTO_FOCUS = ""

    where: Where
    """Which of the commands can be given here."""

    class Left(Message):
        """Somebody goes back."""

    class Commanded(Message):
        """A command was given by key, for what it was pressed on."""

        def __init__(
            self,
            command: Command,
            *,
            record_id: int | None,
            marked: tuple[int, ...],
            entry: Entry | None,
            view: str,
            count: int,
            at: float,
        ) -> None:
            super().__init__()
            self.command = command
            self.record_id = record_id
            self.marked = marked
            self.entry = entry
            self.view = view
            self.count = count
            self.at = at
            """When its key was pressed, in seconds of a steady clock."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__()
        self._commands = commands
        self._key_names = keys.KeyNames.of(commands)
        self._keyboard = Keyboard(keys.commands_of(commands, self.where))
        self._status = StatusLine(id="status")
        self._worn = ""
        """The theme in which every widget here was dressed last."""

    def on_mount(self) -> None:
        """Take note of the theme in which every widget was dressed as it was mounted."""
        self._worn = self.app.theme

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Come to the front, or come there again; all widgets are dressed anew only when it is in another theme."""
        event.refresh_styles = self._worn != self.app.theme
        self._worn = self.app.theme

    # What the user stands on

    @property
    def record_id(self) -> int | None:
        """The record under the cursor."""
        return None

    @property
    def marked(self) -> tuple[int, ...]:
        """The marked records, in the order in which they are shown."""
        return ()

    @property
    def marked_unseen(self) -> int:
        """How many are marked and not shown now."""
        return 0

    @property
    def entry(self) -> Entry | None:
        """The entry of the journal under the cursor."""
        return None

    @property
    def view_name(self) -> str:
        """The name of the saved view under the cursor."""
        return ""

    # What every such screen can be told

    def say(self, message: Pieces) -> None:
        """Show a message until the next one."""
        self._status.say(message)

    def move(self, motion: Motion, count: int) -> None:
        """Move the cursor."""
        raise NotImplementedError

    def mark(self, how: Marking) -> None:
        """Set marks or take them off, where there are any."""

    def unmark(self, record_ids: set[int]) -> None:
        """Take marks off records that are done with, where there are any."""

    def return_to(self, record_id: int) -> None:
        """Go back to a record on which something is taken back, where one goes from record to record."""

    def edit_filter(self, read: Reader, text: str | None = None, *, anew: bool = False) -> None:
        """Let a filter be typed, where there is one; `read` makes a query of it, or raises `QueryError`.

        The line begins with `text`, else with what is in force, `anew` so that the first letter takes its place.
        """

    def change_pane(self) -> None:
        """Put the record elsewhere or away, where it is shown."""

    def scroll_pane(self, lines: int) -> None:
        """Move what is seen of a long record, or of whatever else stands beside the list."""

    def count_down(self, now: datetime, held_until: datetime | None) -> None:
        """Say how long something is held back, where that is said."""

    def peel(self) -> None:
        """Go back one step: escape was pressed with nothing pending."""
        raise NotImplementedError

    # Keys

    def on_key(self, event: Key) -> None:
        """Take a key; while a text is typed all keys are its own."""
        if self.focused is not None:
            return
        event.stop()
        event.prevent_default()
        self._take(event)

    def _take(self, event: Key) -> None:
        """Make of a key what it stands for; a command is told to whoever carries it out."""
        key = key_name(event)
        match self._keyboard.press(key):
            case Given(command, _) if is_small(self.size) and command.name != _LEAVES:
                self._status.expect(words.NOTHING)  # nobody acts on what they cannot see
            case Given(command, count):
                self._status.expect(words.NOTHING)
                self.post_message(
                    self.Commanded(
                        command,
                        record_id=self.record_id,
                        marked=self.marked,
                        entry=self.entry,
                        view=self.view_name,
                        count=count,
                        at=event.time,
                    )
                )
            case Pending(typed, follow):
                self._status.expect(words.pending(typed, follow, self._key_names))
            case Dropped(reason):
                self._status.expect(words.NOTHING)
                self.say((("text", f" {reason}"),) if reason else words.NOTHING)
            case None if key == "escape":
                self.peel()
            case None:
                self.say(words.no_key(key, self._key_names))
