"""What a field of the filter language is, what may be wrong with a value, and how values stand in a text.

It knows no single field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from crm_tui.domain.fields.names import Names
from crm_tui.domain.query import Test
from crm_tui.structs import Struct

NONE: Final = "none"
"""The word for a field that is not set."""

COMPARING: Final = (":", "<", "<=", ">", ">=")
"""Operators of what has an order."""

HOLDING: Final = (":", "~")
"""Operators of texts and names; `~` takes every word as it stands, `none` and `#3` too."""

_QUOTED: Final = 30
"""Characters of what was typed that a message repeats."""


class BadValue(ValueError):
    """A value makes no sense for its field; repeats what was typed and may hold names, raw."""

    def __init__(self, message: str, suggestion: str = "", choices: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        """What was probably meant."""
        self.choices = choices
        """Values of which each could stand in its place."""


class Field(Struct, frozen=True):
    """One field that a filter can name."""

    name: str
    example: str
    """A whole term, for messages and help."""
    operators: tuple[str, ...]
    """In every place of `:` there may be `=`, which says the same."""
    read: Callable[[str, str, Names], Test]
    """From operator and value; raises `BadValue`."""
    write: Callable[[Test, Names], tuple[str, str] | None]
    """To operator and value; none when the test is not one of this field's."""
    values: Callable[[Names], Mapping[str, str]]
    """Values that somebody may want to type, the likeliest first, each with what it is called; foreign text."""


def alike(words: Iterable[str]) -> dict[str, str]:
    """Give values that are called what they are."""
    return {word: word for word in words}


def text_of(value: str) -> str:
    """Give what was typed, in quotes and short enough for a message."""
    return f'"{value}"' if len(value) <= _QUOTED else f'"{value[:_QUOTED]}…"'


def is_bare(text: str) -> bool:
    """Say whether a text needs no quotes to stay in one piece."""
    return bool(text) and '"' not in text and not any(map(str.isspace, text))


def in_quotes(text: str) -> str:
    """Put a text in quotes; those inside are doubled."""
    return '"' + text.replace('"', '""') + '"'


def as_value(text: str) -> str:
    """Write a value as it stands behind an operator."""
    return text if is_bare(text) and "," not in text else in_quotes(text)
