"""All stages of a board in one line, for screens that show one column at a time; the current one is always in sight.

It draws what it is told and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm_tui.text import safe
from crm_tui.ui.cells import cut, width_of
from crm_tui.ui.marks import effect_marks
from crm_tui.ui.widgets.column_view import ColumnPicture
from crm_tui.ui.widgets.line import Pieces

_LEFT, _RIGHT = "‹", "›"


def stage_strip(pictures: Sequence[ColumnPicture], current: int, width: int) -> Pieces:
    """Write the stages with their counts, as many around the current one as there is room for."""
    if not pictures:
        return ()
    labels = [_label(picture) for picture in pictures]
    room = width - 4
    first = last = current
    used = width_of(labels[current])
    grown = True
    while grown:
        grown = False
        for index in (last + 1, first - 1):
            if 0 <= index < len(labels) and used + width_of(labels[index]) <= room:
                used += width_of(labels[index])
                first, last = min(first, index), max(last, index)
                grown = True
    pieces: list[tuple[str, str]] = [("muted", f" {_LEFT}" if first else "  ")]
    for index in range(first, last + 1):
        style = "current" if index == current else "muted"
        pieces.append((style, cut(labels[index], room)))
    pieces.append(("muted", _RIGHT if last < len(labels) - 1 else ""))
    return tuple(pieces)


def _label(picture: ColumnPicture) -> str:
    marks = effect_marks(picture.column.stage)
    name = safe(picture.column.stage.name) + (f" {marks}" if marks else "")
    return f" {name} {len(picture.column.cards):,} "
