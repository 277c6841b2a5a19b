"""Which columns of a board are on the screen, and how wide each is.  Pure arithmetic on cells.

A board that fits shares the width among its columns.  On one that does not, stages without cards shrink to their
heading, and the columns on the screen are always whole: the one with the cursor among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crm_tui.structs import Struct

MIN_COLUMN: Final = 23
"""Cells a column needs at the least to name a customer."""

COLLAPSED: Final = 12
"""Cells of a stage without cards on a board that does not fit."""

NARROW: Final = 100
"""Cells of a terminal under which a board shows one column at a time, under a strip of all stages."""


class Layout(Struct, frozen=True):
    """The columns on the screen."""

    first: int
    """Index of the leftmost."""
    widths: tuple[int, ...]
    """Cells of each, from the left."""

    @property
    def last(self) -> int:
        """Index of the rightmost."""
        return self.first + len(self.widths) - 1


def lay_out(
    empty: Sequence[bool], width: int, current: int, first: int, *, one_only: bool = False
) -> Layout:
    """Choose columns: `empty` says for each of the board's whether it has no cards.

    `first` is the leftmost one so far, which stays as long as `current` is whole on the screen then.
    `one_only` shows the current one alone, as on a narrow terminal.
    """
    count = len(empty)
    if not count:
        return Layout(0, ())
    if one_only:
        return Layout(current, (width,))
    if count * MIN_COLUMN <= width + 1:
        return Layout(0, _shared([MIN_COLUMN] * count, [True] * count, width))
    least = [COLLAPSED if is_empty else MIN_COLUMN for is_empty in empty]
    first = min(first, current, _last_first(least, width))
    while _last(least, width, first) < current:
        first += 1
    shown = slice(first, _last(least, width, first) + 1)
    return Layout(first, _shared(least[shown], [not is_empty for is_empty in empty[shown]], width))


def _last(least: Sequence[int], width: int, first: int) -> int:
    """Give the last column that fits when `first` is the leftmost; at least that one."""
    used = 0
    for index in range(first, len(least)):
        used += least[index]
        if used > width and index > first:
            return index - 1
    return len(least) - 1


def _last_first(least: Sequence[int], width: int) -> int:
    """Give the leftmost column from which on all that follow fit."""
    first = len(least) - 1
    while first and _last(least, width, first - 1) == len(least) - 1:
        first -= 1
    return first


def _shared(least: Sequence[int], grows: Sequence[bool], width: int) -> tuple[int, ...]:
    """Share what is left over among those that grow, or among all when none does."""
    if not any(grows):
        grows = [True] * len(least)
    left = width - sum(least)
    share, odd = divmod(left, sum(grows))
    widths = []
    for cells, grow in zip(least, grows, strict=True):
        widths.append(cells + (share + (odd > 0) if grow else 0))
        odd -= grow
    return tuple(widths)
