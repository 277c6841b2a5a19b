"""A line to type into whose cursor does not blink: nothing is sent over the line while nobody does anything.

What is typed changes nothing but the line itself, so nothing is laid out anew for it, and it is told at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import on
from textual.events import Paste
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class _Marker(Highlighter):
    """Hands the text on to whoever marks something in it, before it is drawn."""

    def __init__(self, mark: Callable[[Text], None]) -> None:
        self._mark = mark

    def highlight(self, text: Text) -> None:
        """Mark it."""
        self._mark(text)


class SteadyInput(Input):
    """An input that is still while nobody types."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"input--wrong"}

    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str,
        id: str,  # noqa: A002 - the framework's name for it
        typed: Callable[[str], None] | None = None,
    ) -> None:
        """Give `typed` the text whenever it is another one, with the cursor where it is then.

        That is in the frame of the key as a rule; a message would come after it.
        """
        self._typed = typed
        self._told = value
        self._wrong = (0, 0)
        # Nothing is validated, and so no class and no style changes with the first letter.
        marker = _Marker(self._mark)
        super().__init__(value, placeholder, marker, id=id, validate_on=())

    def on_mount(self) -> None:
        """Keep the cursor shown."""
        self.cursor_blink = False

    def on_paste(self, event: Paste) -> None:
        """Take all that is pasted into the one line, not its first line alone."""
        event.stop()
        event.prevent_default()
        lines = event.text.splitlines()
        if len(lines) > 1:
            lines = [" ".join(filter(None, map(str.strip, lines)))]
        if text := "".join(lines):
            self.replace(text, *self.selection)

    def mark_wrong(self, begin: int, end: int) -> None:
        """Show that something is wrong from one place in the text to another; nowhere when they are the same."""
        if self._wrong != (begin, end):
            self._wrong = (begin, end)
            self.refresh()

    def _mark(self, text: Text) -> None:
        begin, end = self._wrong
        if begin < end:
            text.stylize(self.get_component_rich_style("input--wrong"), begin, end)

    def watch_selection(self) -> None:
        """Tell what was typed, now that the cursor stands behind it."""
        self._tell()

    @on(Input.Changed)
    def take_note(self) -> None:
        """Tell what was typed that did not move the cursor."""
        self._tell()

    def _tell(self) -> None:
        if self._typed is not None and self.value != self._told:
            self._told = self.value
            self._typed(self.value)
