"""CrmApp: wires the book, the catalogue and the screens together.  No business here.

The one who alone holds `Crm`: screens are given what they draw, and what they report comes back as commands.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.driver import Driver
from textual.events import Event, Key, Paste
from textual.filter import LineFilter, Monochrome, NoColor
from textual.timer import Timer

from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.keys import written
from crm_tui.commands.spec import Command
from crm_tui.config.settings import Density, Start, Theme
from crm_tui.paths import styles_dir, views_file
from crm_tui.process.collecting import resume
from crm_tui.process.threads import take_turns
from crm_tui.service.crm import Crm
from crm_tui.service.writer import Outcome
from crm_tui.store.habits import Habits
from crm_tui.store.places import Places
from crm_tui.store.sittings import Sittings
from crm_tui.text import safe
from crm_tui.ui import words
from crm_tui.ui.behind import Around, Behind
from crm_tui.ui.clipboard import Way
from crm_tui.ui.desk import Desk
from crm_tui.ui.guard import Guard
from crm_tui.ui.held_key import HeldKey
from crm_tui.ui.keyboard import again, key_name
from crm_tui.ui.keys import KeyNames
from crm_tui.ui.news import News
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.keyed import KeyedScreen
from crm_tui.ui.shell import Shell
from crm_tui.ui.theme import MONO, THEMES, Colourless, begin_in, theme_for
from crm_tui.ui.treatment import PLAIN, Treatment
from crm_tui.ui.typed_ahead import TypedAhead
from crm_tui.ui.whereabouts import Whereabouts
from crm_tui.ui.widgets.line import Pieces

_BOOK: Final = "crm"
"""The worker that loads and sends."""

_KEPT_EVERY: Final = 5.0
"""Seconds between two looks whether where somebody is has to be kept."""


def _styles() -> list[Path]:
    return sorted(styles_dir().glob("*.tcss"))


_FIRST: Final = frozenset({"app", "board", "pane", "work"})
"""Style sheets of the board; the others are read with what lies behind it."""


class CrmApp(Shell):
    """The application on a terminal; it returns the exit code."""

    TITLE = "crm-tui"
    CSS_PATH: ClassVar = [path for path in _styles() if path.stem in _FIRST]
    ENABLE_COMMAND_PALETTE = False  # the framework's own would keep its key from the user
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        crm: Crm,
        *,
        source: str,
        clock: Callable[[], datetime],
        commands: tuple[Command, ...] = CATALOGUE,
        theme: Theme = Theme.DARK,
        density: Density = Density.CARDS,
        start: Start = Start.BOARD,
        greeting: str = "",
        ascii_only: bool = False,
        why_gone: Callable[[], str] = lambda: "",
        treatment: Treatment = PLAIN,
        places: Places | None = None,
        sittings: Sittings | None = None,
        habits: Habits | None = None,
        views: Path | None = None,
        clipboard: Way = Way.TERMINAL,
        steady: Callable[[], float] = time.monotonic,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """Draw `crm`, called `source`, as its profile wants it, and open `start` unless a saved view is to be opened.

        `driver_class` is given by whoever runs it on a real terminal, in a process that has nothing else to do: its
        signals are then ours.
        `why_gone` says why a server of our own has ended, if it has.  `greeting` is what the user should know at the
        start: the status line says it first.  `places` keeps where somebody was on each screen, `sittings` what
        those at the triage queue came to, `habits` what is chosen how often.
        `steady` tells how much time passes, for what a sitting comes to.
        `views` is the file of the saved views, if it is not the user's own.  `clipboard`: how that is reached.
        """
        self._guard = Guard(ascii_only=ascii_only)
        self._colourless = Colourless()
        self._greeting = greeting
        self._ascii_only = ascii_only
        super().__init__(driver_class)
        self._crm = crm
        self._clock = clock
        self._habits = habits or Habits()
        self._desk = Desk(
            crm, clock=clock, why_gone=why_gone, treatment=treatment, habits=self._habits
        )
        self._commands = {command.name: command for command in commands}
        self._source = source
        self._treatment = treatment
        self._key_names = KeyNames.of(commands)
        self._board_screen = BoardScreen(source, commands, density, treatment)
        self._held_key = HeldKey()
        self._typed_ahead = TypedAhead(self, self._send)
        self._countdown: Timer | None = None
        self._has_written = False
        """A command was given that changes something."""
        self._said_of_place = ""
        """Why one is not where the profile wants to begin."""
        self._news = News(crm, self._key_names, self._desk.wall_of)
        self._whereabouts = Whereabouts(places or Places(), self._desk, self._board_screen)
        self._awaits_queue = start is Start.TRIAGE
        self._around = Around(
            source=source,
            commands=commands,
            treatment=treatment,
            clock=clock,
            steady=steady,
            account=self._account,
            whereabouts=self._whereabouts,
            sittings=sittings or Sittings(),
            clipboard=clipboard,
            views=views or views_file(),
            redraw=partial(self._draw, None),
            begins_with_queue=self._awaits_queue,
        )
        for each in THEMES.values():
            self.register_theme(each)
        begin_in(self, theme_for(theme, self.console.color_system))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Put the guard under every widget, after the framework's own filters.

        Where there is to be no colour, none is sent at all: the framework would send shades of grey.
        """
        greys = (Monochrome, NoColor)
        filters = [each for each in super().get_line_filters() if not isinstance(each, greys)]
        return (*filters, *([self._colourless] if self.no_color else []), self._guard)

    def get_default_screen(self) -> BoardScreen:
        """Have the board under all else; an empty screen of the framework's would be painted first."""
        return self._board_screen

    def on_mount(self) -> None:
        """Paint what is known already; what takes long to import and to fetch comes after."""
        self._crm.subscribe(self._draw)
        self._countdown = self.set_interval(1.0, self._count_down, name="countdown", pause=True)
        self._whereabouts.restore()
        self._board_screen.fit(self.size)
        self._show()
        if self._ascii_only:
            self.say(
                "This locale is not UTF-8, so names are in ASCII. LC_ALL=C.UTF-8 shows them whole."
            )
        if self._greeting:
            self.say(self._greeting)
        if _may_be_there(self._around.views):  # so that a view one begins with is the first frame
            self._rooms.begin()
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        rooms = self._rooms
        resume()
        take_turns()
        self.work(self._crm.run(), name=_BOOK)
        self._open_queue()
        self.set_interval(_KEPT_EVERY, self._whereabouts.keep, name="places")
        self.set_interval(_KEPT_EVERY, self._keep_habits, name="habits")
        self.set_interval(_KEPT_EVERY, rooms.look, name="views")

    def _open_queue(self) -> None:
        """Begin with the queue once the whole book is there, unless somebody has begun with something else."""
        if self._awaits_queue and self._desk.is_whole():
            self._awaits_queue = False
            self._rooms.open_queue()

    async def _keep_habits(self) -> None:
        if not self._habits.is_kept:
            await asyncio.to_thread(self._habits.keep)

    def keep_place(self) -> None:
        """Keep where somebody is, and what they chose, when it is left; waits for the disk."""
        self._whereabouts.keep_now()
        self._habits.keep()

    def end_sitting(self) -> list[str]:
        """Keep what the sitting came to, when it is left; say it, if something was decided.  Waits for the disk."""
        return self._rooms.end_sitting() if self._has_rooms else []

    def stand_still(self, worker: str) -> None:
        """Say for good that nothing is loaded or sent any more, when it was the book that failed."""
        if worker == _BOOK:
            self._desk.stand_still()
            self._draw(None)

    # What lies behind the board

    @cached_property
    def _rooms(self) -> Behind:
        from crm_tui.ui.rooms import Rooms  # noqa: PLC0415 - start-up cost: as much as the first frame

        self.stylesheet.read_all([path for path in _styles() if path.stem not in _FIRST])
        self.stylesheet.parse()  # else the next key would wait for it
        return Rooms(self, self._crm, self._desk, self._board_screen, self._around)

    @property
    def _has_rooms(self) -> bool:
        return "_rooms" in self.__dict__

    @property
    def _front(self) -> KeyedScreen:
        """The screen that the user works on, whatever lies over it."""
        return self._rooms.front if self._has_rooms else self._board_screen

    # Commands

    @on(KeyedScreen.Commanded)
    def give_command(self, event: KeyedScreen.Commanded) -> None:
        """Run what a key stands for, once for each time that it was really pressed."""
        self._awaits_queue &= event.command.name == "redraw"
        self._has_written |= event.command.writes
        if self._held_key.repeats(event.command, event.at):
            self.say("A held key counts once: let go, and press it again.")
        else:
            self._rooms.give(event)
        self._rooms.time(event.at)

    async def on_event(self, event: Event) -> None:
        """Take note of keys: of how many there are, and of one that is held; each goes out in its turn."""
        if isinstance(event, (Key, Paste)) and not event.is_forwarded:
            if isinstance(event, Key):
                if self._has_rooms:
                    self._rooms.press()
                self._held_key.press(key_name(event), event.time)
            await self._typed_ahead.take(event)
        else:
            await super().on_event(event)

    async def _send(self, event: Event) -> None:
        """Hand a key or a paste to whoever takes it."""
        in_dialog = not isinstance(self.screen, KeyedScreen)
        if in_dialog and isinstance(event, Key) and self._redraws(event):
            self.draw_again()
        else:
            await super().on_event(event)

    def _redraws(self, event: Key) -> bool:
        """Say whether a key draws the screen anew where others choose and type: one that no text has."""
        is_text = event.character is not None and event.character.isprintable()
        return not is_text and event.key in self._commands["redraw"].keys

    def action_command(self, name: str) -> None:
        """Run a command of the catalogue, on what was under the cursor when the list to choose from was opened."""
        self._rooms.give_named(name)

    async def action_quit(self) -> None:
        """Leave from wherever it is, whichever key the framework bound to it."""
        self._rooms.leave()

    def action_help_quit(self) -> None:
        """Say how to leave."""
        self.say(f"{written(self._commands['quit'].keys[0])} leaves.")

    @on(KeyedScreen.Left)
    def go_back(self) -> None:
        """Go back to what is under the screen in front; from what one began with there is no way back."""
        self._rooms.go_back()

    def on_activity_screen_reached(self) -> None:
        """Fetch older entries of the journal."""
        self._rooms.read_older()

    def say(self, text: str) -> None:
        """Tell the user something in the status line."""
        self._front.say(words.plain(safe(text)))

    def greet(self, news: str) -> None:
        """Say what is to be known at the beginning of a sitting: what an earlier one left, and what is new.

        What was said since the start would be wiped away, so it is said again.  Of what somebody has just done, and
        can still take back, nothing is wiped away.
        """
        parts = (self._greeting, self._said_of_place, self._news.again(), news)
        has_just_written = self._has_written and bool(self._crm.held())
        if not has_just_written and (said := " ".join(filter(None, parts))):
            self.say(said)

    def hand_on(self, event: Key | None) -> None:
        """Have a key taken by the uppermost screen, before all that were pressed after it."""
        if event is not None:
            self._typed_ahead.put_first(again(event))

    def dress(self, theme: str) -> None:
        """Show everything in another theme."""
        self.no_color = theme == MONO.name
        self.theme = theme

    def _account(self) -> tuple[Pieces, Pieces]:
        """Give what the line of chrome says of the account everywhere."""
        return self._treatment.marks, (("muted", f"{safe(self._source)} "),)

    def leave_soon(self, code: int) -> None:
        """Leave with this code, as the process is told to."""
        self._rooms.leave_soon(code)

    # Drawing

    def _draw(self, outcome: Outcome | None) -> None:
        """Hand the screen what it draws."""
        if not self._board_screen.is_mounted:
            return
        if outcome is not None:
            self._rooms.tell(outcome)
        self._show()
        if self._has_rooms:
            self._rooms.have_typed_again(outcome)
            self._open_queue()

    def _show(self) -> None:
        state = self._desk.state()
        self._whereabouts.go_on()
        if state.said:
            self._said_of_place = state.said
            self.say(state.said)
        if news := self._news.take():
            self.say(news)
        if self._has_rooms:
            self._rooms.draw()
        if self._countdown is not None:
            (
                self._countdown.resume
                if state.work.held_until is not None
                else self._countdown.pause
            )()
        if self._front is self._board_screen:  # else it is shown when one comes back to it
            self._board_screen.show(state)

    def _count_down(self) -> None:
        self._front.count_down(self._clock(), self._crm.held_until())


def _may_be_there(path: Path) -> bool:
    """Say whether there is such a file, or it cannot be told."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True
