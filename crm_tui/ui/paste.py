"""What is typed, and what is pasted, told apart in what a terminal sends.

The framework takes any escape inside a paste for the end of it, and what follows for keys: text out of a mail would
press verbs.  Here a paste ends where the terminal says so, and is text without control characters.  It makes no events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from crm_tui.structs import Struct

_BEGIN: Final = "\x1b[200~"
_END: Final = "\x1b[201~"

_CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
"""What is no text: all control characters but tab and the ends of lines."""

LONGEST: Final = 1_000_000
"""Characters of a paste that are kept; no field of the service takes as many."""


class Typed(Struct, frozen=True):
    """Keys and answers of the terminal, marks of a paste included, as they came."""

    text: str


class Pasted(Struct, frozen=True):
    """A whole paste, fit to be put into a field."""

    text: str


class Pastes:
    """Reads a terminal's input, however it is cut into pieces."""

    def __init__(self) -> None:
        self._tail = ""
        """The end of what was typed, which may be the begin of a mark."""
        self._kept: list[str] | None = None
        """What of a paste has come so far; none outside of one."""
        self._length = 0

    def read(self, text: str) -> Iterator[Typed | Pasted]:
        """Take the next piece of input, and give what it completes.

        A mark is typed at once, even when it may not be whole yet: an escape must not wait for what may follow.
        """
        while text:
            if self._kept is None:
                text, typed = self._typed(text)
                yield Typed(typed)
            else:
                text, pasted = self._pasted(text)
                if pasted is not None:
                    yield Typed(_END)
                    yield Pasted(pasted)

    def _typed(self, text: str) -> tuple[str, str]:
        seen = self._tail + text
        place = seen.find(_BEGIN)
        if place < 0:
            self._tail = seen[1 - len(_BEGIN) :]
            return "", text
        end = place + len(_BEGIN) - len(self._tail)
        self._tail, self._kept, self._length = "", [], 0
        return text[end:], text[:end]

    def _pasted(self, text: str) -> tuple[str, str | None]:
        kept = self._kept or []
        seen = self._tail + text
        place = seen.find(_END)
        if place < 0:
            self._tail = _begun(seen)
            self._keep(kept, seen[: len(seen) - len(self._tail)])
            self._kept = kept
            return "", None
        self._keep(kept, seen[:place])
        self._tail, self._kept = "", None
        return seen[place + len(_END) :], "".join(kept)

    def _keep(self, kept: list[str], text: str) -> None:
        clean = re.sub(_CONTROL, "", text)[: LONGEST - self._length]
        self._length += len(clean)
        kept.append(clean)


def _begun(text: str) -> str:
    """Give the end of a text that may be the begin of the mark that ends a paste."""
    lengths = range(min(len(text), len(_END) - 1), 0, -1)
    return next((_END[:length] for length in lengths if text.endswith(_END[:length])), "")
