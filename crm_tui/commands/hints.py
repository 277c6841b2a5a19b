"""Hint letters: one key for each entry of a list, to be pressed instead of searching it.

A hint is worth learning only if it stays, so each depends on its label and the labels before it alone: the same list
always has the same hints, and an entry added at the end takes nobody's.  Whoever makes the list orders it so that
what is used most comes first.  Labels may be foreign text: nothing of them comes out but letters from a to z.  It
knows no panel and binds no key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from string import ascii_lowercase
from typing import Final

KEYS: Final = ascii_lowercase + "123456789"
"""Everything that can be a hint, in the order in which what is left is given out.

No capitals: with shift a key is another command.  No 0, which clears a date, and no space, ``-`` or esc, which
leave for typing, clear the value and go back.
"""

_LOOKED_AT: Final = 200
"""Characters of a label in which a letter is looked for."""


def hinted(labels: Sequence[str], taken: Collection[str] = ()) -> tuple[str, ...]:
    """Give each label its key: one of its own letters where one is free, first letters of words before others.

    Then come the letters that are left, then the digits 1 to 9.  `taken` keys are never given.  A label for which
    no key is left gets the empty text: it is reached by typing.
    """
    free = [key for key in KEYS if key not in taken]
    hints: list[str] = []
    for label in labels:
        hint = (
            next((key for key in chain(_letters(label), free) if key in free), "") if free else ""
        )
        if hint:
            free.remove(hint)
        hints.append(hint)
    return tuple(hints)


def _letters(label: str) -> Iterator[str]:
    """Give a label's letters, accents taken off: the first of each word, then all of them."""
    spelled = unicodedata.normalize("NFKD", label[:_LOOKED_AT].casefold())
    bare = "".join(sign for sign in spelled if not unicodedata.combining(sign))
    words = "".join(sign if sign.isalnum() or sign == "'" else " " for sign in bare).split()
    for sign in chain((word[0] for word in words), *words):
        if sign in ascii_lowercase:
            yield sign
