"""The direction of a sort, which the service documents in four ways, and whether an answer keeps it.

`0`/`1` by the newest edition and most clients; `Ascending`/`Descending` by the oldest; `1`/`-1` in between.  What
was honoured once is remembered, so that the guessing costs a request once and not each time.  It is remembered for
that direction alone: a server that takes whatever it does not know for ascending honours every ascending spelling.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from crm_tui.api.values import instant

_STYLES: Final = (("0", "1"), ("Ascending", "Descending"), ("1", "-1"))
"""(ascending, descending), in the order in which they are tried."""


class Ordering:
    """Remembers how this server wants to be told a direction."""

    def __init__(self) -> None:
        self._known: dict[bool, str] = {}
        """Descending or not → the spelling that was honoured."""

    def spellings(self, *, descending: bool) -> Iterator[str]:
        """Give the spellings worth trying, the one that is known to work alone."""
        known = self._known.get(descending)
        return iter([style[descending] for style in _STYLES] if known is None else [known])

    def are_ordered(self, found: Sequence[Any], spelling: str, *, descending: bool) -> bool:
        """Say whether values, in the order in which they came, are as they were asked for; and learn from it."""
        values = list(map(_comparable, found))
        ordered = _is_ordered(values, descending=descending)
        # A page of equal values keeps every order, so it teaches nothing.
        if ordered and any(value != values[0] for value in values):
            self._known[descending] = spelling
        return ordered


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return instant(value) or value.casefold()
    return value


def _is_ordered(values: list[Any], *, descending: bool) -> bool:
    """Compare neighbours where they can be compared; where nulls go, nobody says, so they are passed over."""
    known = [value for value in values if value is not None]
    if set(map(type, known)) == {int}:  # ids, by the thousand
        return known == sorted(known, reverse=descending)
    for before, after in pairwise(known):
        if not _are_alike(before, after):
            continue
        if (before < after) if descending else (before > after):
            return False
    return True


def _are_alike(one: Any, other: Any) -> bool:
    return any(
        isinstance(one, kind) and isinstance(other, kind) for kind in ((int, Decimal), (datetime,))
    )
