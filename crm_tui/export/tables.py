"""Tables for people: plain text with its columns under each other, and Markdown.

Every text is made safe to be shown: nothing in it moves a cursor, breaks a row or marks anything up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from crm_tui.domain.rows import OpportunityRow
from crm_tui.export.columns import COLUMNS, Told, shown
from crm_tui.text import safe

_COLUMNS: Final = tuple(column for column in COLUMNS if column.is_shown)

_LONGEST: Final = 60
"""Characters of a cell of plain text; what is cut is marked as cut."""

_GAP: Final = "  "

_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~&]")


def table_lines(rows: Sequence[OpportunityRow], told: Told) -> Iterator[str]:
    """Write a heading and a line for each opportunity, each column as wide as its widest cell."""
    titles = [column.title for column in _COLUMNS]
    lines = [titles, *(_cells(row, told) for row in rows)]
    widths = [max(map(width_of, column)) for column in zip(*lines, strict=True)]
    for cells in lines:
        yield _line(cells, widths)


def markdown_lines(rows: Sequence[OpportunityRow], told: Told) -> Iterator[str]:
    """Write a table as GitHub's Markdown has it."""
    yield _row([column.title for column in _COLUMNS])
    yield _row(["---:" if column.is_right else "---" for column in _COLUMNS])
    for row in rows:
        yield _row([_plain(shown(column, row, told)) for column in _COLUMNS])


def width_of(text: str) -> int:
    """Count the cells that a terminal gives a text that is safe."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _cells(row: OpportunityRow, told: Told) -> list[str]:
    return [safe(shown(column, row, told), limit=_LONGEST) for column in _COLUMNS]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    fitted = []
    for column, cell, width in zip(_COLUMNS, cells, widths, strict=True):
        gap = " " * (width - width_of(cell))
        fitted.append(gap + cell if column.is_right else cell + gap)
    return _GAP.join(fitted).rstrip() + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _plain(text: str) -> str:
    return _MARKUP.sub(lambda found: f"\\{found[0]}", text)
