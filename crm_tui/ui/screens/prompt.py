"""A line to type into, over the lower part of the screen.

It says under the line what is typed, where the prompt has a reader for it, and takes nothing that this cannot read.
It is dismissed with what was typed, byte for byte but for the spaces around it, or with nothing; it does not know what
that is for.
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.widgets import Input, Static

from crm_tui.commands.reading import Reading
from crm_tui.commands.spec import Prompt
from crm_tui.text import safe
from crm_tui.ui.screens.dialog import Dialog
from crm_tui.ui.widgets.line import Line, Rule
from crm_tui.ui.widgets.steady_input import SteadyInput


class PromptScreen(Dialog[str | None]):
    """A question, and a line for the answer."""

    AUTO_FOCUS = "Input"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self._prompt = prompt
        self._input = SteadyInput(
            safe(prompt.text),
            placeholder=safe(prompt.example),
            id="prompt-text",
            typed=self._say,
        )
        self._input.select_on_focus = prompt.anew
        self._said = Line(id="prompt-said")

    def compose(self) -> ComposeResult:
        """Lay out the question, the line, what is typed there, and what the keys here do."""
        with Vertical(id="prompt"):
            title = Rule(id="prompt-title")
            title.show(safe(self._prompt.title), "")
            yield title
            yield self._input
            if self._prompt.reader is not None:
                yield self._said
            yield Static("enter takes it   esc back", id="prompt-keys", markup=False)

    def on_mount(self) -> None:
        """Go on behind what is there."""
        if not self._prompt.anew:
            self._input.cursor_position = len(self._input.value)
        self._say(self._input.value)

    def on_key(self, event: Key) -> None:
        """Go back on escape."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.dismiss(None)

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Take what was typed; nothing is as good as going back, and what cannot be read stays to be mended."""
        if self._read(event.value).wrong_from is None:
            self.dismiss(event.value.strip() or None)

    def _say(self, text: str) -> None:
        """Say what is typed, or where it goes wrong and why."""
        reading = self._read(text)
        is_wrong = reading.wrong_from is not None
        self._said.show((("bad" if is_wrong else "text", f" {safe(reading.words)}"),))
        begin = len(text) - len(text.lstrip()) + (reading.wrong_from or 0)
        self._input.mark_wrong(begin, len(text.rstrip()) if is_wrong else begin)

    def _read(self, text: str) -> Reading:
        typed = text.strip()
        if not typed or self._prompt.reader is None:
            return Reading("")
        return self._prompt.reader(typed)
