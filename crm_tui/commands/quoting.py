"""Quotes round what is typed, as a shell has them: a text that is wholly in quotes, and what stands inside.

Nothing is expanded.  A text that is not wholly in quotes is no business of this room.
"""

from __future__ import annotations

import shlex

_QUOTES = ("'", '"')

_ESCAPED = ('"', "\\", "$", "`")
"""What a backslash within double quotes takes its meaning from."""


class Unclosed(ValueError):
    """A quote is opened and not closed; `position` is its place, from 0, `message` says so with no full stop."""

    def __init__(self, position: int) -> None:
        super().__init__("this quote is not closed")
        self.message = "this quote is not closed"
        self.position = position


def unquoted(text: str) -> str | None:
    """Give what stands inside of a text that is wholly in quotes; none of another one.

    ``'it'"'"'s'`` is wholly in quotes, as `quoted` and a shell write it.  Raises `Unclosed` where it begins with a
    quote that is not closed.
    """
    place, pieces = 0, []
    while place < len(text) and text[place] in _QUOTES:
        piece, place = _piece(text, place)
        pieces.append(piece)
    return "".join(pieces) if pieces and place == len(text) else None


def quoted(text: str) -> str:
    """Put a text wholly in quotes."""
    return shlex.quote(f"{text} ").removesuffix(" '") + "'"


def _piece(text: str, begin: int) -> tuple[str, int]:
    """Read what stands between two quotes; give it with the place behind the second."""
    sign, place = text[begin], begin + 1
    piece: list[str] = []
    while place < len(text) and text[place] != sign:
        if sign == '"' and text[place] == "\\" and text[place + 1 : place + 2] in _ESCAPED:
            place += 1
        piece.append(text[place])
        place += 1
    if place >= len(text):
        raise Unclosed(begin)
    return "".join(piece), place + 1
