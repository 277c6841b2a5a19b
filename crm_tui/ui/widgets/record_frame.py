"""Where the record is on the board screen: at the right, below, or away; and the rule between it and the board.

The rule is the frame's, not the pane's: on the pane it would be sent with every line.  What the record shows is not
known here.
"""

from __future__ import annotations

from textual.containers import Container
from textual.geometry import Size

from crm_tui.ui.record import Pane, following, placed, shared
from crm_tui.ui.widgets.record_pane import RecordPane
from crm_tui.ui.widgets.record_view import PaneView
from crm_tui.ui.widgets.unscrolled import Unscrolled


class RecordFrame(Unscrolled, Container):
    """The record pane in its place."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the framework's name for it
        self._pane = RecordPane(id="pane")
        self._chosen: Pane | None = None
        super().__init__(self._pane, id=id)

    def place(self, screen: Size, work: Size) -> Size:
        """Take the chosen place, or the one that fits, and give what is left of the work area for the board."""
        pane = placed(self._chosen, screen)
        left, own = shared(pane, work)
        self.styles.width, self.styles.height = own
        for each in Pane:
            # Not on the screen: a class there would have the style of every column worked out anew.
            self.set_class(pane == each, f"-{each.value}")
        self._pane.expect(own - self.gutter.totals)
        return left

    def change(self, screen: Size) -> bool:
        """Choose the place that comes next and fits; say whether there is another one."""
        before = placed(self._chosen, screen)
        self._chosen = following(before, screen)
        return self._chosen != before

    def choose(self, pane: Pane) -> None:
        """Have it there from the next layout on, as long as it fits."""
        self._chosen = pane

    @property
    def chosen(self) -> Pane | None:
        """The place that somebody has chosen, whether it fits now or not."""
        return self._chosen

    def is_shown(self, screen: Size) -> bool:
        """Say whether the record is shown beside the board."""
        return placed(self._chosen, screen) != Pane.OFF

    def show(self, view: PaneView | None) -> None:
        """Draw a record; none says that there is no card."""
        self._pane.show(view)

    def scroll(self, lines: int) -> None:
        """Move what is seen of a long record."""
        self._pane.scroll(lines)
