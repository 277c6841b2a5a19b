"""A panel over the lower part of the screen in which the columns of a table are chosen; the table follows at once.

It tells what was chosen at every key, and knows no table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key, Resize
from textual.widgets import Static

from crm_tui.domain.view import Chosen
from crm_tui.ui.cells import pad
from crm_tui.ui.column_choice import ColumnChoice, Option
from crm_tui.ui.keyboard import key_name
from crm_tui.ui.screens.dialog import Dialog
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.lines_view import LinesView

Changed = Callable[[tuple[Chosen, ...]], Mapping[str, int]]
"""Told of the columns; gives the cells that each of them has in the table, of those for which there is room."""

_STEPS: Final = {"j": 1, "down": 1, "k": -1, "up": -1}
_MOVES: Final = {"J": 1, "K": -1}
_WIDTHS: Final = {">": 1, "+": 1, "<": -1, "-": -1}
_CLOSING: Final = ("escape", "enter", "q", "C")

_OTHERS: Final = 3
"""Lines of the panel beside the columns: its edge, its title, its keys."""

_PART: Final = 2
"""It takes a half of the screen at most: what is chosen can be seen above it."""

_TITLE: Final = 12
"""Cells of the longest title of a column."""


class ColumnsScreen(Dialog[None]):
    """All columns, a line for each."""

    AUTO_FOCUS = ""

    def __init__(self, columns: tuple[Chosen, ...], changed: Changed) -> None:
        super().__init__()
        self._choice = ColumnChoice.of(columns)
        self._changed = changed
        self._drawn = changed(columns)
        self._top = 0
        self._list = LinesView(id="columns-list")
        self._said = Static("", id="columns-keys", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the title, the columns, and what the keys here do."""
        with Vertical(id="columns"):
            yield Static("Columns of the table", id="columns-title", markup=False)
            yield self._list
            yield self._said

    def on_resize(self, event: Resize) -> None:
        """Take as much of the screen as there is for it."""
        room = max(1, event.size.height // _PART - _OTHERS)
        self._list.styles.height = min(len(self._choice.options), room)
        self.call_after_refresh(self._draw)

    def on_key(self, event: Key) -> None:
        """Choose, and tell of it."""
        event.stop()
        event.prevent_default()
        key, choice = key_name(event), self._choice
        said = ""
        if key in _CLOSING:
            self.dismiss(None)
            return
        if key in _STEPS:
            choice = choice.gone(_STEPS[key])
        elif key == "space":
            choice = choice.toggled()
            said = "" if choice is not self._choice else "A table has one column at the least."
        elif key in _MOVES:
            choice = choice.moved(_MOVES[key])
        elif key in _WIDTHS:
            drawn = self._drawn.get(choice.options[choice.at].chosen.name, 0)
            choice = choice.widened(_WIDTHS[key], drawn)
        elif key == "0":
            choice = choice.unwidened()
        before, self._choice = self._choice.columns, choice
        if choice.columns != before:
            self._drawn = self._changed(choice.columns)
        self._draw(said)

    def _draw(self, said: str = "") -> None:
        keys = "space show   J K order   < > width   0 its own width   esc close"
        self._said.update(said or keys)
        width, height = self._list.size
        at, options = self._choice.at, self._choice.options
        self._top = max(at - height + 1, min(self._top, at, len(options) - height), 0)
        self._list.show(
            [
                self._line(each, width, is_current=self._top + n == at)
                for n, each in enumerate(options[self._top : self._top + height])
            ]
        )

    def _line(self, option: Option, width: int, *, is_current: bool) -> Pieces:
        chosen = option.chosen
        note = ""
        if option.is_shown:
            cells = self._drawn.get(chosen.name)
            note = f"{cells} cells" if cells else "there is no room for it"
            note += ", chosen" if chosen.width and cells else ""
        sign = "✓" if option.is_shown else " "
        text = pad(
            f" {'▸' if is_current else ' '} {sign} {pad(option.title, _TITLE)}  {note}", width
        )
        style = "text" if option.is_shown else "muted"
        return ((f"cursor-{style}" if is_current else style, text),)
