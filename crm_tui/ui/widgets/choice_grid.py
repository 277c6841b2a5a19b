"""Choices in columns, each with the key that takes it; drawn by line, one of them highlighted.

It is told what to show and which is highlighted, and decides nothing.
"""

from __future__ import annotations

from typing import ClassVar, Final

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from crm_tui.structs import Struct
from crm_tui.ui.cells import cut, pad, width_of
from crm_tui.ui.strips import fitted
from crm_tui.ui.widgets.part_styles import PartStyles

_KEY_WIDTH: Final = 3
_GAP: Final = 2
_MARK: Final = "▸"


class Cell(Struct, frozen=True):
    """One choice as it is drawn; its texts are safe already."""

    key: str
    """Empty when it can only be reached by typing."""
    label: str
    note: str
    is_open: bool
    """It can be chosen now."""
    is_grave: bool = False
    """What its note says cannot be taken back."""


class ChoiceGrid(PartStyles):
    """The choices of a panel."""

    PARTS: ClassVar[frozenset[str]] = frozenset(
        {
            "choice--key",
            "choice--label",
            "choice--note",
            "choice--grave",
            "choice--closed",
            "choice--current",
        }
    )

    def __init__(self) -> None:
        super().__init__(id="choices")
        self._cells: tuple[Cell, ...] = ()
        self._current: int | None = None
        self._top = 0
        """The first row that is shown."""

    def show(self, cells: tuple[Cell, ...], current: int | None) -> None:
        """Draw these."""
        if len(cells) != len(self._cells):
            self._cells = cells
            self.refresh(layout=True)
        self._cells, self._current = cells, current
        if current is not None:
            row, height = current // self._columns(self.size.width), max(1, self.size.height)
            self._top = max(row - height + 1, min(self._top, row))
        else:
            self._top = 0
        self.refresh()

    def columns(self) -> int:
        """Say how many choices stand side by side, for keys that go up and down."""
        return self._columns(self.size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Take as many rows as the choices need."""
        columns = self._columns(width)
        return max(1, -(-len(self._cells) // columns))

    def render_line(self, y: int) -> Strip:
        """Draw one row of choices."""
        width = self.size.width
        columns = self._columns(width)
        cell_width = width // columns
        first = (self._top + y) * columns
        segments: list[Segment] = []
        for index in range(first, min(first + columns, len(self._cells))):
            segments += self._drawn(
                self._cells[index], cell_width, is_current=index == self._current
            )
        filler = self.style_called("choice--label")
        return fitted(segments, width, filler)

    def _columns(self, width: int) -> int:
        """As many as the longest label and the longest note let fit."""
        if not self._cells:
            return 1
        note = max(width_of(cell.note) for cell in self._cells)
        cell = _KEY_WIDTH + self._longest() + 2 * _GAP + (_GAP + note if note else 0)
        return max(1, min(len(self._cells), width // cell))

    def _longest(self) -> int:
        return max(width_of(cell.label) for cell in self._cells)

    def _drawn(self, cell: Cell, width: int, *, is_current: bool) -> list[Segment]:
        room = max(0, width - _KEY_WIDTH - _GAP)
        label = pad(cell.label, min(room, self._longest())) if cell.note else cut(cell.label, room)
        note = cut(f"  {cell.note}", room - width_of(label)) if cell.note else ""
        fill = " " * (room - width_of(label) - width_of(note) + _GAP)
        mark = _MARK if is_current else " "
        names = ("choice--current",) * 3
        if not is_current:
            note_style = "choice--grave" if cell.is_grave else "choice--note"
            names = ("choice--key", "choice--label", note_style)
        if not cell.is_open:
            names = ("choice--closed",) * 3
        styles = [self.style_called(name) for name in names]
        texts = (f"{mark}{pad(cell.key, 1)} ", label, note + fill)
        return [Segment(text, style) for text, style in zip(texts, styles, strict=True)]
