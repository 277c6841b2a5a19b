"""The command line, over the lower part of the screen: what could be typed next above it, what is wrong below.

It is dismissed with what the line was read as, or with nothing; what that does is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.widgets import Input, Static

from crm_tui.commands.line import Given
from crm_tui.commands.parse import LineError
from crm_tui.domain.completion import Completion
from crm_tui.text import safe
from crm_tui.ui.cells import width_of
from crm_tui.ui.screens.dialog import Dialog
from crm_tui.ui.widgets.completion_panel import CompletionPanel
from crm_tui.ui.widgets.steady_input import SteadyInput

_KEYS: Final = "enter does it   tab completes   ctrl+n ctrl+p choose   ↑ earlier   esc back"

_EXAMPLE: Final = "lost price, follow-up 12 nov, move Office tour, owner me, #42"

_SIGN: Final = " : "

Read = Callable[[str], Given]
"""Makes a command of a line; raises `LineError`."""

Complete = Callable[[str, int], Completion]
"""Takes a line and the place of the cursor."""


class CommandLineScreen(Dialog[tuple[str, Given] | None]):
    """A line in which a command is typed."""

    AUTO_FOCUS = "Input"

    def __init__(self, read: Read, complete: Complete, earlier: Sequence[str]) -> None:
        """Take what reads and completes a line, and the lines that were typed before, the latest last."""
        super().__init__()
        self._read = read
        self._complete = complete
        self._lines = [*earlier, ""]
        self._at = len(earlier)
        """The place of the line that is shown; the last one is what is being typed."""
        self._panel = CompletionPanel(id="completion")
        self._input = SteadyInput(placeholder=_EXAMPLE, id="line-text")
        self._below = Static(_KEYS, id="line-keys", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out what could be typed, the line, and what the keys here do."""
        with Vertical(id="line"):
            yield self._panel
            with Horizontal(id="line-typed"):
                yield Static(_SIGN, id="line-sign", markup=False)
                yield self._input
            yield self._below

    def on_key(self, event: Key) -> None:
        """Go back, complete, choose, or show an earlier line; all other keys are typed."""
        doing_of: dict[str, Callable[[], object]] = {
            "escape": lambda: self.dismiss(None),
            "tab": self._take_candidate,
            "ctrl+n": lambda: self._panel.choose(1),
            "ctrl+p": lambda: self._panel.choose(-1),
            "up": lambda: self._show_line(-1),
            "down": lambda: self._show_line(1),
        }
        doing = doing_of.get(event.key)
        if doing is not None:
            event.stop()
            event.prevent_default()
            doing()

    @on(Input.Changed)
    def offer(self, event: Input.Changed) -> None:
        """Show what could be typed next."""
        event.stop()
        self._below.update(_KEYS)
        self._below.remove_class("-wrong")
        self._offer(event.value, self._input.cursor_position)

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Take the line if it can be read; else say what is wrong, with the cursor at the place."""
        event.stop()
        if not event.value.strip():
            self.dismiss(None)
            return
        try:
            given = self._read(event.value)
        except LineError as error:
            self._below.update(safe(error.message))
            self._below.add_class("-wrong")
            self._input.cursor_position = error.position
            self._panel.withdraw()
            return
        self.dismiss((event.value.strip(), given))

    def _offer(self, text: str, cursor: int) -> None:
        found = self._complete(text, cursor)
        if [each.text for each in found.candidates] == [text[found.begin : found.end]]:
            self._panel.withdraw()
        else:
            self._panel.offer(found, width_of(_SIGN + text[: found.begin]) - 1)

    def _take_candidate(self) -> None:
        taken, place = self._panel.taken, self._panel.offered
        if taken is None:
            self._offer(self._input.value, self._input.cursor_position)
            return
        before = self._input.value
        text = before[: place.begin] + taken.text + (before[place.end :] or " ")
        self._input.value = text
        self._input.cursor_position = min(place.begin + len(taken.text) + 1, len(text))

    def _show_line(self, step: int) -> None:
        at = max(0, min(self._at + step, len(self._lines) - 1))
        if at != self._at:
            self._lines[self._at] = self._input.value
            self._at = at
            self._input.value = self._lines[at]
            self._input.cursor_position = len(self._lines[at])
