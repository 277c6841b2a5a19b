"""A widget that never scrolls, and so is laid out and painted once when it gets another size.

The toolkit takes a changed size for a changed extent of what scrolls in it, and does all of it a second time.
What such a widget shows is not known here.
"""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widget import Widget


class Unscrolled(Widget):
    """A widget that shows no more than fits."""

    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)
