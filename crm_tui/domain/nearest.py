"""Which known word somebody meant who mistyped one.  It only guesses: nothing is ever replaced by a guess."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 40
"""Characters; nobody mistypes more than that, and comparing is slow."""


def nearest(typed: str, known: Iterable[str]) -> str:
    """Give the known word that is most like a typed one, whatever the case; empty when none is near.

    What is known may be foreign text and comes back raw.
    """
    if len(typed) > _LONGEST:
        return ""

    from difflib import get_close_matches  # noqa: PLC0415 - start-up cost: only for a slip

    folded: dict[str, str] = {}
    for word in known:
        folded.setdefault(word.casefold(), word)
    found = get_close_matches(typed.casefold(), folded, 1)
    return folded[found[0]] if found else ""
