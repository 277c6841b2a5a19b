"""The last line of defence: a filter under every widget, through which each drawn segment passes.

Whatever a widget drew, no character that a terminal would obey or hide leaves here.  `text.safe` is the first
line and makes such characters visible; this one only makes them harmless, in the cells the line was measured
with.  On a terminal without UTF-8 it also spells everything in ASCII.  It does not see what is printed outside
the application.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from crm_tui.text import REPLACEMENT, UNSAFE, to_ascii


class Guard(LineFilter):
    """Replaces unsafe characters in drawn text; segments that are the framework's own controls pass."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Give the line with nothing in it that a terminal would obey."""
        if not any(self._is_foul(segment) for segment in segments):
            return segments
        return [
            Segment(self._clean(segment.text), segment.style) if self._is_foul(segment) else segment
            for segment in segments
        ]

    def _is_foul(self, segment: Segment) -> bool:
        text = segment.text
        if segment.control or (text.isascii() and text.isprintable()):
            return False
        return self._ascii_only or UNSAFE.search(text) is not None

    def _clean(self, text: str) -> str:
        cleaned = UNSAFE.sub(_same_width, text)
        if not self._ascii_only or cleaned.isascii():
            return cleaned
        return "".join(
            to_ascii(character) * (1 if character.isascii() else cell_len(character))
            for character in cleaned
        )


def _same_width(match: re.Match[str]) -> str:
    """Stand in for one character with as many cells as the line was measured with, often none."""
    return REPLACEMENT * cell_len(match[0])
