"""The formats in which opportunities are written down, and the one door to them.  It writes no file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import PurePath

from crm_tui.domain.rows import OpportunityRow
from crm_tui.export.columns import Told
from crm_tui.export.delimited import csv_lines
from crm_tui.export.json import json_lines
from crm_tui.export.tables import markdown_lines, table_lines
from crm_tui.text import safe


class Format(StrEnum):
    """A format."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "md"

    @property
    def ending(self) -> str:
        """How the name of such a file ends."""
        return ".txt" if self is Format.TABLE else f".{self.value}"


def format_of(name: str) -> Format:
    """Tell a format by how the name of its file ends; a table where that says nothing."""
    ending = PurePath(name).suffix.casefold()
    return next((each for each in Format if each.ending == ending), Format.TABLE)


def written(
    how: Format, rows: Sequence[OpportunityRow], told: Told, *, is_seen: bool = False
) -> Iterator[str]:
    """Write opportunities in a format, piece by piece.

    `is_seen`: a terminal gets it, so that line ends within texts are made signs in CSV, too.
    """
    match how:
        case Format.TABLE:
            return table_lines(rows, told)
        case Format.CSV:
            return csv_lines(rows, told, safe) if is_seen else csv_lines(rows, told)
        case Format.JSON:
            return json_lines(rows, told)
        case Format.MARKDOWN:
            return markdown_lines(rows, told)
