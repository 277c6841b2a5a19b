"""Fitting text into cells, as the terminal counts them.  Only measures and cuts; what it is given is already safe.

Terminals add up the widths of characters; the toolkit measures clusters, and takes the vowel signs of Devanagari and
its kin for nothing where a terminal gives them a cell.  A line that is too long by one cell tears its neighbours.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from rich.cells import get_character_cell_size

from crm_tui.text import ELLIPSIS

_SPACING_MARK: Final = "Mc"

_WIDE: Final = 2
"""Cells of a character of Chinese, Japanese or Korean, beside which a line may be broken."""

_DRAWN: Final = 200
"""Characters of what is drawn again and again; what is longer is measured once, to be cut."""


@lru_cache(4096)
def _cells_of(character: str) -> int:
    if unicodedata.category(character) == _SPACING_MARK:
        return 1
    return get_character_cell_size(character)


def width_of(text: str) -> int:
    """Count the cells that a terminal gives a text."""
    if text.isascii():
        return len(text)
    return _counted(text) if len(text) <= _DRAWN else _count(text)


def _count(text: str) -> int:
    return sum(map(_cells_of, text))


_counted = lru_cache(4096)(_count)


def cut(text: str, width: int) -> str:
    """Cut a text to at most `width` cells, marking the cut with an ellipsis."""
    if width_of(text) <= width:
        return text
    room = width - 1
    kept = 0
    for place, character in enumerate(text):
        kept += _cells_of(character)
        if kept > room:
            return text[:place] + ELLIPSIS[: max(width, 0)]
    return text


def pad(text: str, width: int) -> str:
    """Cut or fill a text to exactly `width` cells."""
    kept = cut(text, width)
    return kept + " " * (width - width_of(kept))


def spread(left: str, right: str, width: int) -> str:
    """Put one text at the left and one at the right of `width` cells; the left one gives way."""
    kept = cut(right, width)
    room = width - width_of(kept)
    if not kept:
        return pad(left, width)
    return (pad(left, room - 1) + " " if room > 1 else " " * max(room, 0)) + kept


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` cells, two at the least.

    It is broken at spaces, beside wide characters and before an @.  A longer word is broken where the line ends, but
    never between a letter and the marks on it.
    """
    lines: list[str] = []
    rest = text.rstrip()
    while width_of(rest) > width:
        end = _break_in(rest, width)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, rest]


def _break_in(text: str, width: int) -> int:
    """Find where a text that is too long is broken: the last place that leaves a line, else the line's end."""
    room = width
    end = at_word = 0
    for place, character in enumerate(text):
        cells = _cells_of(character)
        if place and not _clings(character):
            end = place
            before = text[place - 1]
            is_beside_wide = _WIDE in (cells, _cells_of(before)) and not _closes(character)
            if before == " " or character == "@" or is_beside_wide:
                at_word = place
        room -= cells
        if room < 0:
            break
    if character == " " or end == 0:  # the line ends with a word; or one letter's marks fill it
        return max(place, 1)
    return at_word if text[:at_word].strip() else end


def _closes(character: str) -> bool:
    """Say whether a character is a full stop or its kin, which no line begins with."""
    return unicodedata.category(character) in ("Po", "Pe", "Pf")


def _clings(character: str) -> bool:
    """Say whether a character belongs to the one before it."""
    return unicodedata.category(character).startswith("M")
