"""What a filter that is typed means here and now, and what could be typed next.

It draws nothing and looks at no row.
"""

from __future__ import annotations

from crm_tui.domain.completion import Completion, complete
from crm_tui.domain.fields.names import Names
from crm_tui.domain.language import QueryError, read_query
from crm_tui.domain.query import Query, needs
from crm_tui.ui import words


class Reader:
    """Reads filters with the names that they can say."""

    def __init__(self, names: Names, *, rows_only: bool) -> None:
        """Read with these names; with `rows_only` a filter that rows alone cannot answer is refused."""
        self._names = names
        self._rows_only = rows_only

    def __call__(self, text: str) -> Query:
        """Read a filter; raises `QueryError`."""
        query = read_query(text, self._names)
        if self._rows_only and (missing := needs(query)):
            raise QueryError(0, words.not_on_cards(missing), end=len(text))
        return query

    def complete(self, text: str, cursor: int) -> Completion:
        """Give what could stand where the cursor is."""
        return complete(text, cursor, self._names)
