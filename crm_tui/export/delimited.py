"""CSV as RFC 4180 has it, in which no spreadsheet finds a formula that a stranger has typed.

A text that a spreadsheet would take for a formula gets an apostrophe in front, and so does one that begins with
apostrophes before such a thing: who takes off the one in front has the text as it was.  Numbers of ours are no text.
Characters that a terminal would obey are shown by a sign; tabs and line ends stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from crm_tui.domain.rows import OpportunityRow
from crm_tui.export.columns import COLUMNS, Told, Value, spelled
from crm_tui.text import without_controls

_FORMULA: Final = re.compile(r"'*(?:[\t\r\n]|[\s\ufeff\u200b]*[=+\-@＝＋－＠﹦﹢﹣﹫])")
"""How what a spreadsheet may take for a formula begins, in full width and small forms too."""

_QUOTED: Final = re.compile(r'[,"\r\n]|^\s|\s$')

_LONGEST: Final = 40
"""Digits of an amount; one with more is written with its power of ten."""


def csv_lines(
    rows: Sequence[OpportunityRow],
    told: Told,
    clean: Callable[[str], str] = without_controls,
) -> Iterator[str]:
    """Write a heading and a line for each opportunity; `clean` is what is done to each text before."""
    yield _line([column.name for column in COLUMNS])
    for row in rows:
        yield _line([_cell(column.value(row, told), clean) for column in COLUMNS])


def defused(text: str) -> str:
    """Make a text one that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _cell(value: Value, clean: Callable[[str], str]) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < _LONGEST else str(value)
    return defused(clean(value)) if isinstance(value, str) else spelled(value)


def _line(cells: Sequence[str]) -> str:
    return ",".join(map(_quoted, cells)) + "\r\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell
