"""Styles of what a widget draws, each worked out when something is first drawn in it.

The toolkit works out all component classes of every widget that it mounts, seen or not: that was most of what styling
a first paint cost.  Which styles there are is each widget's own; what they look like is in the sheets.
"""

from __future__ import annotations

from typing import Any, ClassVar

from rich.style import Style
from textual.dom import DOMNode
from textual.widget import Widget


class PartStyles(Widget):
    """A widget that draws in styles of its sheet."""

    PARTS: ClassVar[frozenset[str]]
    """Names of the styles: classes that the sheets have under the widget, as if parts of it wore them."""

    def __init__(self, **settings: Any) -> None:
        self._styles_by_part: dict[str, Style] = {}
        super().__init__(**settings)

    def notify_style_update(self) -> None:
        """Work them out anew, and draw anew what was drawn in them: the theme or a class has changed."""
        if self._styles_by_part:
            self._styles_by_part.clear()
            self.refresh()
        super().notify_style_update()

    def style_called(self, name: str) -> Style:
        """Give the style of a part."""
        style = self._styles_by_part.get(name)
        if style is None:
            style = self._styles_by_part[name] = self._style_of(name)
        return style

    def _style_of(self, name: str) -> Style:
        if name not in self.PARTS:
            raise KeyError(name)
        part = DOMNode(classes=name)
        part._attach(self)  # as the toolkit does it for component classes
        part.update_node_styles(animate=False)
        return part.rich_style
