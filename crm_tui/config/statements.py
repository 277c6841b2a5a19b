"""Where things stand in a TOML text: which lines say what.

Parsers tell what a text means and forget where it said so.  This reads a text that is known to be whole, statement
by statement, so that an error can name its line and a profile can be taken out without the comments around it.
It changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from crm_tui.structs import Struct

Path = tuple[str, ...]

LONGEST: Final = 60
"""Lines of one statement; finding its end takes as many attempts."""


class Statement(Struct, frozen=True):
    """A header or a key with its value."""

    first: int
    """Its first line, counted from 0."""
    last: int
    """Its last line: values may run over several."""
    table: Path
    """The table that it opens or belongs to."""
    value: dict[str, Any] | None
    """What it says within the table; none for a header."""

    def paths(self) -> Iterator[Path]:
        """Give the path of everything that it says."""
        if self.value is None:
            yield self.table
        else:
            yield from _leaves(self.table, self.value)


def statements(text: str) -> Iterator[Statement]:
    """Give the statements of a whole TOML text from its top to its end.

    Raises `ValueError` at one that runs over more than `LONGEST` lines.
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    table: Path = ()
    first = 0
    while first < len(lines):
        line = lines[first].strip()
        if not line or line.startswith("#"):
            first += 1
            continue
        last, said = _statement(lines, first)
        if line.startswith("["):
            table = _header(said)
            yield Statement(first, last, table, None)
        else:
            yield Statement(first, last, table, said)
        first = last + 1


class Places:
    """The lines on which a text first speaks of each thing."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        with suppress(ValueError):  # What could be read up to there is better than nothing.
            for statement in statements(text):
                for path in statement.paths():
                    for length in range(len(path), 0, -1):
                        self._lines.setdefault(path[:length], statement.first + 1)

    def line_of(self, path: Path) -> int:
        """Give the line, counted from 1, of a path, or of the nearest thing above it; 1 when there is none."""
        above = (path[:length] for length in range(len(path), 0, -1))
        return next((self._lines[each] for each in above if each in self._lines), 1)


def without(text: str, path: Path) -> str:
    """Give the text without everything it says below a path.

    Comments inside go with it; those behind its last line stay, since they belong to what follows.
    Raises `ValueError` when one statement says this and something else too, or is too long to be understood.
    """
    lines = text.split("\n")
    gone: set[int] = set()
    last_gone = -1
    for statement in statements(text):
        inside = [said[: len(path)] == path for said in statement.paths()]
        if any(inside) and not all(inside):
            raise ValueError(path)
        if not inside or not all(inside):
            last_gone = -1
            continue
        # What stands between two lines that go, goes too.
        begin = statement.first if last_gone < 0 else last_gone + 1
        gone.update(range(begin, statement.last + 1))
        last_gone = statement.last
    kept = [line for number, line in enumerate(lines) if number not in gone]
    return "\n".join(kept)


def _statement(lines: list[str], first: int) -> tuple[int, dict[str, Any]]:
    """Find where the statement that begins on a line ends: at the first line that makes it whole."""
    for last in range(first, min(first + LONGEST, len(lines))):
        try:
            return last, tomllib.loads("\n".join(lines[first : last + 1]))
        except tomllib.TOMLDecodeError:
            continue
    raise ValueError(first)


def _header(said: dict[str, Any]) -> Path:
    path: list[str] = []
    inner: Any = said
    while inner:
        if isinstance(inner, list):
            inner = inner[0]
            continue
        ((key, inner),) = inner.items()
        path.append(key)
    return tuple(path)


def _leaves(path: Path, value: dict[str, Any]) -> Iterator[Path]:
    if not value:
        yield path
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _leaves((*path, key), inner)
        else:
            yield (*path, key)
