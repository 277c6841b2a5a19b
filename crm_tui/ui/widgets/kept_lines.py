"""A widget drawn by line that keeps its lines as the compositor last got them.

The compositor asks every widget for all its lines, and filters each anew, whenever anything on the screen changes.
With this only the lines that a refresh names are drawn again.  What the lines show is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from textual.geometry import Region, Size
from textual.strip import Strip

from crm_tui.ui.widgets.part_styles import PartStyles
from crm_tui.ui.widgets.unscrolled import Unscrolled


class KeptLines(PartStyles, Unscrolled):
    """A widget without scrollbars, all of whose changes are told by `refresh`."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the framework's name for it
        self._strips: dict[int, Strip] = {}
        """The lines that need not be drawn again, by their place in the widget."""
        self._cut = (0, 0, Size(0, 0))
        """From which cell on they are, how many, and in a widget of which size."""
        super().__init__(id=id)

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Forget the lines that are named, or all, and draw them again."""
        if not regions:
            self._strips.clear()
        top = self.content_offset.y if regions else 0
        for region in regions:
            for y in region.line_range:
                self._strips.pop(y + top, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def refresh_differing(self, before: Sequence[object], after: Sequence[object]) -> None:
        """Draw those lines again of which `after` has something else to show than `before`."""
        width = self.size.width
        differing: list[Region] = []
        for y in range(max(len(before), len(after))):
            if before[y : y + 1] == after[y : y + 1]:
                continue
            if differing and differing[-1].bottom == y:
                differing[-1] = differing[-1].grow((0, 0, 1, 0))
            else:
                differing.append(Region(0, y, width, 1))
        if differing:
            self.refresh(*differing)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give the lines as they were drawn, and draw those that were not."""
        cut = (crop.x, crop.width, self.size)
        if cut != self._cut:
            self._cut = cut
            self._strips.clear()
        missing = [y for y in crop.line_range if y not in self._strips]
        if missing:
            self._strips.update(self._draw_lines(crop, missing))
        return [self._strips[y] for y in crop.line_range]

    def _draw_lines(self, crop: Region, missing: list[int]) -> Iterable[tuple[int, Strip]]:
        """Draw lines; those of a widget without frame or padding need nothing of the toolkit but its filters."""
        if self.gutter or self.opacity != 1:
            begin, end = missing[0], missing[-1] + 1
            region = Region(crop.x, begin, crop.width, end - begin)
            return zip(range(begin, end), super().render_lines(region), strict=True)
        _, background = self.background_colors
        lines = [self.render_line(y).crop(crop.x, crop.right) for y in missing]
        for each in self.get_line_filters():
            lines = [line.apply_filter(each, background) for line in lines]
        return zip(missing, lines, strict=True)

    def notify_style_update(self) -> None:
        """Draw everything anew: the theme or a class has changed."""
        self._strips.clear()
        super().notify_style_update()
