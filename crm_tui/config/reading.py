"""The user's TOML files read as texts: what they say, or where they are broken, in words that repeat no value.

It knows neither profiles nor settings, and opens no file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from crm_tui.text import safe

MAX_SIZE: Final = 64 * 1024
"""Bytes of a file; some hundred profiles."""

_SHOWN: Final = 5
"""Problems that are named at once."""


class NotToml(ValueError):
    """A text is no TOML."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.line = line
        """Counted from 1."""
        self.said = said
        """The end of a sentence, fit to be shown."""


def parsed(raw: bytes) -> tuple[str, dict[str, Any]]:
    """Give a file's text and what it says; raises `NotToml`."""
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise NotToml(1, "it begins with a byte order mark; save it as UTF-8 without one.")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotToml(line, "it is not UTF-8.") from None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)$", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (len(text.splitlines()), 0)
        # The parser's words may quote the file, so only the place is told.
        at = f" at column {column}" if column else ", which ends too early"
        raise NotToml(line, f"this is not TOML{at}.") from None
    except (
        ValueError
    ):  # Python reads no number of thousands of digits, and does not say where one stands.
        number = re.search(r"[0-9_]{4000}", text)
        line = text.count("\n", 0, number.start() if number else 0) + 1
        raise NotToml(line, "this number is too long.") from None
    except RecursionError:
        raise NotToml(1, "it is nested too deeply.") from None


def told(path: Path, lines: list[tuple[int, str]]) -> list[str]:
    """Say what is wrong on which lines of a file, a sentence each, the first few of them."""
    said = [f"{safe(str(path))}, line {line}: {words}" for line, words in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        said.append(f"… and {len(lines) - _SHOWN} more.")
    return said


def nearest(name: str, known: Iterable[str]) -> str:
    """Give the question whether another name was meant, with a space before it; empty when none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - start-up cost: only for a slip

    found = get_close_matches(name, list(known), 1)
    return f" Did you mean `{safe(found[0])}`?" if found else ""
