"""The words of each row, folded once, so that a free word is one search in one text instead of four folds of four.

Kept beside the rows they belong to: whoever changes a row must say so.  It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Final

from crm_tui.domain.rows import OpportunityRow

_ID: Final = attrgetter("id")

BETWEEN: Final = "\0"
"""Stands between two fields; a word that holds it must be looked for otherwise."""


class Folded:
    """Record → its customer, company, e-mail and name, case folded."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._along: tuple[tuple[OpportunityRow, ...], list[str]] = ((), [])

    def forget(self, record_id: int) -> None:
        """Take note that a row is another one, or gone."""
        self._texts.pop(record_id, None)
        self._along = ((), [])

    def along(self, rows: tuple[OpportunityRow, ...]) -> list[str]:
        """Give the words of some rows in their order; of the very same ones they are not gathered twice."""
        if self._along[0] is not rows:
            self.fill(rows)
            self._along = (rows, list(map(self._texts.__getitem__, map(_ID, rows))))
        return self._along[1]

    def fill(self, rows: Iterable[OpportunityRow]) -> None:
        """Fold what is not folded yet; in pieces where rows are many and keys may not wait."""
        texts = self._texts
        for row in rows:
            if row.id not in texts:
                texts[row.id] = (
                    f"{row.customer}{BETWEEN}{row.company}{BETWEEN}{row.email}{BETWEEN}{row.name}"
                ).casefold()

    @property
    def texts(self) -> Mapping[int, str]:
        """What is folded so far."""
        return self._texts
