"""Lines of text in a room of their own, of which those that differ are drawn again and no others.

It is given what is to be seen, line by line and as wide as it is, safe already; what that means is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from crm_tui.ui.strips import fitted
from crm_tui.ui.widgets.kept_lines import KeptLines
from crm_tui.ui.widgets.line import Pieces


class LinesView(KeptLines):
    """Some lines, each in pieces with a style of their own."""

    PARTS: ClassVar[frozenset[str]] = frozenset(
        {
            *(f"lines--{style}" for style in ("text", "strong", "muted", "head", "rule")),
            *(f"lines--{style}" for style in ("key", "busy", "bad", "good")),
            *(f"lines--cursor-{style}" for style in ("text", "strong", "muted", "key")),
            *(f"lines--cursor-{style}" for style in ("busy", "bad", "good")),
        }
    )

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the framework's name for it
        super().__init__(id=id)
        self._lines: list[Pieces] = []

    def show(self, lines: Sequence[Pieces]) -> None:
        """Show these lines; below the last one it is blank."""
        before, self._lines = self._lines, list(lines)
        self.refresh_differing(before, self._lines)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.size.width
        pieces = self._lines[y] if y < len(self._lines) else (("text", " " * width),)
        segments = [Segment(text, self.style_called(f"lines--{style}")) for style, text in pieces]
        return fitted(segments, width, self.style_called(f"lines--{pieces[-1][0]}"))
