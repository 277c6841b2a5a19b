"""The record pane: one record beside or below the board, drawn line by line.

It repaints the lines that differ and nothing else, so that a cursor key costs what it changes.  It is told what to
show and how far to scroll; it fetches nothing, holds no key and acts on no record.
"""

from __future__ import annotations

from typing import ClassVar, Final

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from crm_tui.ui.cells import pad
from crm_tui.ui.widgets.kept_lines import KeptLines
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.record_lines import lines_of
from crm_tui.ui.widgets.record_view import PaneView

_NOBODY: Final = "No card is under the cursor."

_HINTED: Final = 3
"""Lines from which on the first and the last may say that there is more."""


class RecordPane(KeptLines):
    """The record under the cursor."""

    PARTS: ClassVar[frozenset[str]] = frozenset(
        {
            "pane--strong",
            "pane--text",
            "pane--muted",
            "pane--head",
            "pane--rule",
            "pane--busy",
            "pane--bad",
        }
    )

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the framework's name for it
        super().__init__(id=id)
        self._view: PaneView | None = None
        self._lines: list[Pieces] = []
        self._area = Size(0, 0)
        """Cells and lines that there are, now or with the next layout."""
        self._top = 0
        self._shown: list[Pieces] = []
        """The lines on the screen, hints about more of them included."""

    def show(self, view: PaneView | None) -> None:
        """Draw a record from its beginning, or the same one as it is now; none says so."""
        if view == self._view:
            return
        if view is None or self._view is None or view.row.id != self._view.row.id:
            self._top = 0
        self._view = view
        self._compose_lines()
        self._draw()

    def scroll(self, lines: int) -> None:
        """Move what is seen of a long record down by so many lines, or up; at the ends it stays."""
        self._top += lines
        self._draw()

    def expect(self, area: Size) -> None:
        """Write the lines for the room that there will be, so that it takes no second frame when there is."""
        if area != self._area:
            self._area = area
            self._compose_lines()
            self._draw()

    def on_resize(self) -> None:
        """Write the lines anew when there is another room than was expected."""
        self.expect(self.size)

    def render_line(self, y: int) -> Strip:
        """Draw one line; what is below the last one is blank."""
        width = self.size.width
        pieces = self._shown[y] if y < len(self._shown) else (("text", " " * width),)
        segments = [Segment(text, self.style_called(f"pane--{style}")) for style, text in pieces]
        return Strip(segments, width)

    def _compose_lines(self) -> None:
        width, height = self._area
        if width < 1:
            self._lines = []
        elif self._view is None:
            self._lines = [(("muted", pad(f" {_NOBODY}", width)),)]
        else:
            self._lines = lines_of(self._view, width, height)

    def _draw(self) -> None:
        """Choose the lines that are on the screen, and repaint those that differ."""
        before, self._shown = self._shown, self._visible()
        self.refresh_differing(before, self._shown)

    def _visible(self) -> list[Pieces]:
        width, height = self._area
        below = len(self._lines) - height
        self._top = max(0, min(self._top, below))
        shown = self._lines[self._top : self._top + height]
        if height >= _HINTED:
            if self._top:
                shown[0] = _hint(f"↑ {self._top + 1} more", width)
            if self._top < below:
                shown[-1] = _hint(f"↓ {below - self._top + 1} more", width)
        return shown


def _hint(text: str, width: int) -> Pieces:
    return (("muted", pad(f" {text}", width)),)
