"""What lies under everything else: blank, and drawn by the toolkit's short way, which passes no filter.

So where there is to be no colour it has to leave the colours out by itself.  It draws nothing but blanks.
"""

from __future__ import annotations

from rich.segment import Segment
from textual.containers import Container
from textual.geometry import Region
from textual.strip import Strip

from crm_tui.ui.widgets.unscrolled import Unscrolled


class Ground(Unscrolled):
    """A widget or screen that is only seen where nothing lies on it."""

    BLANK = True

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give blank lines; without colour they have no style at all."""
        if self.has_pseudo_class("nocolor"):
            return [Strip([Segment(" " * crop.width)], crop.width)] * crop.height
        return super().render_lines(crop)


class Work(Ground, Container):
    """The ground under board and record, which the compositor would otherwise draw with every key."""
