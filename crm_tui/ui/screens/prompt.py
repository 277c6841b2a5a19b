"""A line to type into, over the lower part of the screen.

It is dismissed with what was typed, byte for byte but for the spaces around it, or with nothing; it does not know what
that is for.
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.widgets import Input, Static

from crm_tui.commands.spec import Prompt
from crm_tui.text import safe
from crm_tui.ui.screens.dialog import Dialog
from crm_tui.ui.widgets.line import Rule
from crm_tui.ui.widgets.steady_input import SteadyInput


class PromptScreen(Dialog[str | None]):
    """A question, and a line for the answer."""

    AUTO_FOCUS = "Input"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self._prompt = prompt
        self._input = SteadyInput(
            safe(prompt.text), placeholder=safe(prompt.example), id="prompt-text"
        )
        self._input.select_on_focus = prompt.anew

    def compose(self) -> ComposeResult:
        """Lay out the question, the line, and what the keys here do."""
        with Vertical(id="prompt"):
            title = Rule(id="prompt-title")
            title.show(safe(self._prompt.title), "")
            yield title
            yield self._input
            yield Static("enter takes it   esc back", id="prompt-keys", markup=False)

    def on_mount(self) -> None:
        """Go on behind what is there."""
        if not self._prompt.anew:
            self._input.cursor_position = len(self._input.value)

    def on_key(self, event: Key) -> None:
        """Go back on escape."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.dismiss(None)

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Take what was typed; nothing is as good as going back."""
        self.dismiss(event.value.strip() or None)
