"""Arranges a record in the room there is: facts above notes and history, or beside them.

It decides what stands where, and nothing of what is said.
"""

from __future__ import annotations

from typing import Final

from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.record_facts import fact_lines
from crm_tui.ui.widgets.record_story import story_lines
from crm_tui.ui.widgets.record_view import PaneView, blank, indented

TALL: Final = 18
"""Lines from which on there is room for what only pleases: blank lines, and values over several lines."""

PAIRED: Final = 72
"""Cells from which on facts stand side by side."""

SPLIT: Final = 96
"""Cells from which on notes and history stand beside the facts."""

_BETWEEN: Final = "│ "


def lines_of(view: PaneView, width: int, height: int) -> list[Pieces]:
    """Write a record to be seen in `width` by `height` cells; there may be more lines, or fewer."""
    is_tall = height >= TALL
    if width < SPLIT:
        above = fact_lines(view, width - 1, paired=width >= PAIRED, is_tall=is_tall)
        below = story_lines(view, width - 1)
        between = [blank(width - 1)] if is_tall else []
        return [indented(line) for line in (*above, *between, *below)]
    left_width = width // 2 - 1
    right_width = width - 1 - left_width - len(_BETWEEN)
    left = fact_lines(view, left_width, paired=False, is_tall=is_tall)
    right = story_lines(view, right_width)
    count = max(len(left), len(right))
    left += [blank(left_width)] * (count - len(left))
    right += [blank(right_width)] * (count - len(right))
    return [
        indented((*one, ("rule", _BETWEEN), *other)) for one, other in zip(left, right, strict=True)
    ]
