"""Whether one query lets through nothing that another one does not, so that it can be asked of what that one found.

Saying no is always right: then the whole book is looked through.
"""

from __future__ import annotations

from crm_tui.domain.query import Query, Test, word_in


def narrows(query: Query, found_by: Query) -> bool:
    """Say whether all that a query lets through was found by another one, whatever the book holds.

    That is so where each test of the other one is asked again, or is a word of which a longer one is asked now.
    """
    asked = frozenset(query.conditions)
    words = [word.casefold() for test in asked if (word := word_in(test)) is not None]
    return all(test in asked or _is_within(test, words) for test in found_by.conditions)


def _is_within(test: Test, words: list[str]) -> bool:
    wanted = word_in(test)
    return wanted is not None and any(wanted.casefold() in word for word in words)
