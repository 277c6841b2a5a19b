"""One line of chrome: a text at the left, one at the right, each in pieces with a style of their own.

It repaints only when what it shows has changed.  What it is given must be safe already.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from crm_tui.ui.cells import cut, width_of
from crm_tui.ui.strips import fitted
from crm_tui.ui.widgets.kept_lines import KeptLines

Pieces = tuple[tuple[str, str], ...]
"""(style, text): the style is one of the line's parts without its ``line--``."""


class Line(KeptLines):
    """A line of chrome."""

    PARTS: ClassVar[frozenset[str]] = frozenset(
        {
            "line--text",
            "line--strong",
            "line--muted",
            "line--key",
            "line--busy",
            "line--bad",
            "line--good",
            "line--current",
            "line--production",
            "line--read-only",
        }
    )

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the framework's name for it
        super().__init__(id=id)
        self._left: Pieces = ()
        self._right: Pieces = ()

    def show(self, left: Pieces, right: Pieces = ()) -> None:
        """Show these pieces; the left ones give way when there is not room for all."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line; there is only one."""
        width = self.size.width
        right_width = min(sum(width_of(text) for _, text in self._right), width)
        room = max(0, width - right_width - bool(right_width))  # the two never touch
        segments: list[Segment] = []
        for style, text in self._left:
            kept = cut(text, room)
            if kept:
                segments.append(Segment(kept, self.style_called(f"line--{style}")))
                room -= width_of(kept)
            if kept != text:
                break
        gap = room + bool(right_width)
        if gap:
            segments.append(Segment(" " * gap, self.style_called("line--text")))
        room = right_width
        for style, text in self._right:
            kept = cut(text, room)
            segments.append(Segment(kept, self.style_called(f"line--{style}")))
            room -= width_of(kept)
        return Strip(segments, width)


class Rule(KeptLines):
    """A thin rule across the screen that can carry a word at each end."""

    PARTS: ClassVar[frozenset[str]] = frozenset({"rule--line", "rule--words"})

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the framework's name for it
        super().__init__(id=id)
        self._ends = ("", "")

    def show(self, left: str, right: str) -> None:
        """Put a word at each end; empty for none."""
        if (left, right) != self._ends:
            self._ends = (left, right)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the rule."""
        width = self.size.width
        left, right = (f" {word} " if word else "" for word in self._ends)
        middle = "─" * (width - width_of(left) - width_of(right))
        words, line = self.style_called("rule--words"), self.style_called("rule--line")
        segments = [Segment(left, words), Segment(middle, line), Segment(right, words)]
        return fitted(segments, width, line)
