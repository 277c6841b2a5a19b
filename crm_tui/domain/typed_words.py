"""The words of a typed day: each is known by itself, so that an error can point at the one that is not.

Names and numbers are read in full, what says nothing is left out, and two words in one (``22nov``) are two.  It must
not decide which day they mean (`typed_days.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from crm_tui.domain.when import MONTHS, WEEKDAYS
from crm_tui.structs import Struct

EXAMPLES: Final = "today, tomorrow, fri, +10d, in 2 weeks, end of month, 12 nov or 2026-12-01"
"""Days as they may be typed, for messages and help."""

EXAMPLE: Final = "12 nov"
"""One of them, for who typed something else altogether."""

_SHORTEST_NAME: Final = 3
"""Letters that the name of a day or a month needs at least: ``mon``, ``sept``, ``november``."""

_QUOTED: Final = 30
"""Characters of a typed day that a message repeats."""

_LONGEST: Final = 60
"""Characters of a typed day; nobody writes more for one."""


class DayError(ValueError):
    """A typed day cannot be read.

    `message`, which is also its text, repeats what was typed, raw: the ui passes it through `text.safe`.
    """

    def __init__(self, message: str, position: int, example: str) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        """Place in the text, from 0, of what was not understood; the text's length when there is nothing."""
        self.example = example
        """A day that can be typed, as near to what was typed as is known."""


class Word(Struct, frozen=True):
    """One word of a typed day."""

    position: int
    text: str
    """As it is read: in full and in small letters."""


def no_day(text: str, position: int) -> DayError:
    """Say of a text that it is no day."""
    return DayError(f"{quoted(text)} is no day; write {EXAMPLES}", position, EXAMPLE)


def quoted(text: str) -> str:
    """Give what was typed, in quotes and short enough for a message."""
    return f'"{text}"' if len(text) <= _QUOTED else f'"{text[:_QUOTED]}…"'


_UNITS: Final = ("day", "week", "month", "year")

SHORT_UNITS: Final = {"d": "day", "w": "week", "m": "month"}
"""Letter behind a number → what is counted."""

_NAMED_DAYS: Final = ("today", "tomorrow", "yesterday")

_NUMBERS: Final = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip

_MEANING: Final = {
    **{each: each for each in ("next", "end", "in", "ago")},
    **{each: each for each in _UNITS},
    **SHORT_UNITS,
    **{f"{each}s": each for each in _UNITS},
    **{name: str(count) for count, name in enumerate(_NUMBERS, start=1)},
    **{
        "working": "working",
        "business": "working",
        "a": "1",
        "an": "1",
        "eow": "end week",
        "eom": "end month",
        "eoy": "end year",
    },
    **dict.fromkeys(("on", "the", "of"), ""),
}
"""Word → as it is read; what says nothing is nothing."""

_NAMES: Final = tuple(
    name.casefold() for name in (*WEEKDAYS, *MONTHS, *_NAMED_DAYS)
)  # `mar` and `may`, `tue` and `thu` differ within three letters

_DATES: Final = (
    r"[+-][0-9]{1,12}[dwm]|[0-9]{1,12}|[0-9]{1,2}(?:st|nd|rd|th)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"|[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{1,4})?|[0-9]{1,2}\.[0-9]{1,2}\.?(?:[0-9]{1,4})?"
)

# A text, not compiled: `re` does that when it is first used, and a start need not wait for it.
_GLUED: Final = r"([0-9]{1,12})((?:st|nd|rd|th)?)([a-z]+)"
"""A number and what follows it in one: ``22nov``, ``10d``, ``12thnovember``."""


def words_of(text: str) -> list[Word]:
    """Read a text as words; raises `DayError` at the first that is none."""
    if len(text.strip()) > _LONGEST:
        raise no_day(text, len(text) - len(text.lstrip()))
    pieces = [(found.start(), found[0]) for found in re.finditer(r"[^\s,]+", text)]
    words = []
    for position, piece in pieces:
        read = list(_read(position, piece.casefold()))
        if not read:
            raise no_day(piece, position)
        words += [word for word in read if word.text]
    return words


def _read(position: int, piece: str) -> Iterator[Word]:
    """Read one piece, which may be two words in one; nothing when it is not understood."""
    if piece in _MEANING:
        for part in _MEANING[piece].split() or [""]:
            yield Word(position, part)
    elif re.fullmatch(_DATES, piece):
        yield Word(position, piece)
    elif name := _name(piece):
        yield Word(position, name)
    elif glued := re.fullmatch(_GLUED, piece):
        rest = _MEANING.get(glued[3]) or _name(glued[3])
        if rest:
            yield Word(position, glued[1] + glued[2])
            yield Word(position + glued.start(3), rest)


def _name(piece: str) -> str:
    """Give the whole name that a word begins; empty when it begins none."""
    if len(piece) < _SHORTEST_NAME:
        return ""
    return next((name for name in _NAMES if name.startswith(piece)), "")


def position_of(words: list[Word], place: int) -> int:
    """Give the place in the text of the word that stands at a place of the words joined."""
    for word in words:
        if place <= len(word.text):
            return word.position
        place -= len(word.text) + 1
    return words[-1].position
