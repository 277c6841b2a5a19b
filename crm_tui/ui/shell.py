"""Shell: an application that has a process and a terminal to itself, and is not brought down by either in disorder.

It hears signals, faults and the loss of the terminal, and hands on what is to be said or left.  It knows nothing of
what is shown.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, ClassVar, Final

from textual import on
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Resize
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from crm_tui.process import HUNG_UP
from crm_tui.process.crash import report_from_threads
from crm_tui.process.endings import leave_on_signals
from crm_tui.process.terminal import has_shell_behind, terminal_is_gone
from crm_tui.process.threads import Unawaited
from crm_tui.ui import words
from crm_tui.ui.driver import TerminalDriver
from crm_tui.ui.frames import Frames

_MOST_FAULTS: Final = 10
"""Faults that are kept; those that follow tell no more."""

_TO_END: Final = 0.1
"""Seconds that what was done in the background gets to end when the application does."""

_RESIZED: Final = 0.05
"""Seconds after which a window of another size has been drawn by the toolkit, if it is of another size."""


class Shell(App[int]):
    """The outer side of the application."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend", show=False, system=True, priority=True)
    ]

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        """Run on a terminal by `driver_class`; given one, the process's signals are ours, too."""
        self.faults: list[Exception] = []
        """Faults of our own; who has run the application tells them."""
        super().__init__(driver_class=driver_class)
        self._is_alone = driver_class is not None
        self._is_unseen = False
        self._frames = Frames()
        # Every screen would have a widget for each, with sheets of their own; what we say is in the status line.
        self._disable_tooltips = self._disable_notifications = True
        self._works: list[Worker[None]] = []

    # What the application does about it

    def say(self, text: str) -> None:
        """Tell the user something."""
        raise NotImplementedError

    def leave_soon(self, code: int) -> None:
        """Leave with this code, as the process is told to."""
        raise NotImplementedError

    def stand_still(self, worker: str) -> None:
        """Take note that the worker of that name has ended by a fault."""
        raise NotImplementedError

    # What goes on in the background

    def work(self, what: Coroutine[Any, Any, None], *, name: str) -> None:
        """Do something for as long as the application runs."""
        self._works.append(self.run_worker(what, name=name, group=name, exit_on_error=False))

    async def on_unmount(self) -> None:
        """Let it end, as it was told to: it has connections to close."""
        if self._works:
            endings = asyncio.gather(*(each.wait() for each in self._works), return_exceptions=True)
            await asyncio.wait({endings}, timeout=_TO_END)

    # Faults

    def _fatal_error(self) -> None:
        """Leave without a word of what was in memory; the framework's own way prints every variable."""
        error = sys.exception()
        if isinstance(error, Exception):
            self._note_fault(error)
        self._close_messages_no_wait()

    @on(Worker.StateChanged)
    def hear_of_worker(self, event: Worker.StateChanged) -> None:
        """Go on when something in the background has failed by a fault of our own, and say so."""
        error = event.worker.error
        if event.state == WorkerState.ERROR and isinstance(error, Exception):
            self.go_on_after(error)
            self.stand_still(event.worker.name)

    def go_on_after(self, error: Exception) -> None:
        """Say that there was a fault in the background; what is on the screen can still be read."""
        self._note_fault(error)
        self.say(words.FAULT)

    def _note_fault(self, error: Exception) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(error)

    # Signals and the terminal

    def on_load(self) -> None:
        """Listen to signals from before the terminal is changed."""
        if self._is_alone:
            asyncio.get_running_loop().set_default_executor(Unawaited())
            leave_on_signals(self.leave_soon)
            report_from_threads(self.go_on_after)
            self.set_interval(1.0, self._leave_if_alone, name="terminal")

    def _leave_if_alone(self) -> None:
        if terminal_is_gone():
            self.leave_unseen()

    @on(TerminalDriver.Gone)
    def leave_unseen(self) -> None:
        """Leave a terminal that is not there any more."""
        if not self._is_unseen:
            self._is_unseen = True
            self.leave_soon(HUNG_UP)

    @on(TerminalDriver.Outdated)
    def draw_again(self) -> None:
        """Draw everything, on a terminal that shows something else."""
        self._frames.forget()
        self.refresh(layout=True)

    @on(TerminalDriver.CaughtUp)
    def show_the_rest(self) -> None:
        """Bring a terminal from what it shows to how things are now; what was between is left out.

        It was behind, or its window was made another size.
        """
        if self._screen_stack:
            super()._display(self.screen, self._due())

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Send of a frame what the terminal does not show yet; the toolkit's own has no public hook for it."""
        if isinstance(renderable, (ChopsUpdate, LayoutUpdate)):
            self._frames.take(renderable)
            renderable = self._due()
        super()._display(screen, renderable)

    def _due(self) -> Any:
        """Give what is to be sent now; nothing where nothing differs, or where it would wait for the terminal."""
        is_behind = isinstance(self._driver, TerminalDriver) and self._driver.is_behind
        return self._frames if self._frames.is_due and not is_behind else None

    @on(Resize)
    def show_all_again(self) -> None:
        """Show all of it again, in a window that may be of its old size once more and has lost what it showed."""
        self._frames.forget()
        self.set_timer(_RESIZED, self.show_the_rest)

    def action_suspend(self) -> None:
        """Give the terminal back to the shell until it continues us."""
        if has_shell_behind():
            self.action_suspend_process()
        else:
            self.say(words.NO_SHELL)
