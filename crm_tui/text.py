"""The one door from foreign text to anything displayed, printed or logged.

Names, notes and error messages come from a server that took them from strangers, and a terminal obeys
what it is sent: a device query inside a customer's name makes it answer, and the answer arrives as key
presses.  So no text reaches a sink but as `SafeText`, made here.

It must not be used on the way back: a record returns to the service as it came, byte for byte.
It knows no terminal: how wide a character is, is the screen's business.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_LENGTH: Final = 4_000
"""Characters kept of one text; what is cut is marked with an ellipsis."""

MAX_COMBINING: Final = 3
"""Combining marks kept on one base character; real scripts rarely need more."""

ELLIPSIS: Final = "…"

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


class SafeText(str):
    """Text that holds nothing a terminal would obey; only `safe` makes it from foreign text.

    It is a plain `str` to everything that draws.  Slicing and joining give back `str`: pass the whole
    through, then cut by cells on the screen.
    """

    __slots__ = ()


# Characters that reorder their neighbours: shown as a mark, so that two names that look alike differ.
_BIDI: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

# Characters that take no room or pass for a space: fillers, soft hyphen, joiners, variation selectors.
_INVISIBLE: Final = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)

# Signs that enclose or annotate what follows; few fonts know them, and widths differ.
_PREPENDED: Final = (
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u2800\U000110bd\U000110cd\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3"
)

_BREAKS: Final = "\u2028\u2029"

_CONTROL: Final = "\x00-\x1f\x7f-\x9f"

_SURROGATE: Final = "\ud800-\udfff"

UNSAFE: Final = re.compile(f"[{_CONTROL}{_BIDI}{_INVISIBLE}{_PREPENDED}{_BREAKS}{_SURROGATE}]")
"""One character that must never be sent to a terminal inside a text."""

# A text, made a pattern when it is first used: most starts do without.
_OBEYED: Final = f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_SURROGATE}]"

_FIRST_COMBINING: Final = "\u0300"

_NAMED: Final = {
    "\n": "⏎",
    "\t": " ",
    "\x7f": "␡",
    "\x85": "⏎",
    "\u2028": "⏎",
    "\u2029": "⏎",
    # Persian, Indic scripts and emoji need joiners: a small mark is enough to tell two names apart.
    "\u200c": "·",
    "\u200d": "·",
    # Picks the coloured or the plain form of the sign before it, which terminals measure differently.
    "\ufe0e": "",
    "\ufe0f": "",
}


def _visible(match: re.Match[str]) -> str:
    """Give the visible stand-in of one unsafe character."""
    character = match[0]
    named = _NAMED.get(character)
    if named is not None:
        return named
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if 0xD800 <= code <= 0xDFFF:
        return REPLACEMENT
    return f"‹{code:X}›"


def _thin_combining(text: str) -> str:
    """Keep at most `MAX_COMBINING` marks on each base character."""
    if max(text, default="") < _FIRST_COMBINING:
        return text
    kept: list[str] = []
    run = 0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me"):
            run += 1
            if run > MAX_COMBINING:
                continue
            if not kept:
                kept.append(" ")  # a mark with no base would sit on the neighbour's last letter
        else:
            run = 0
        kept.append(character)
    return "".join(kept)


def safe(text: str | None, *, limit: int = MAX_LENGTH) -> SafeText:
    """Make one line of foreign text fit to be shown: nothing in it moves a cursor or hides.

    Controls become visible pictures (``ESC`` is ``␛``), reordering and invisible characters become their
    code in ``‹›``, line ends become ``⏎``, and what lies beyond `limit` characters is marked as cut.
    ``None`` is the empty text.
    """
    if not text:
        return SafeText("")
    cut = len(text) > limit
    kept = text[:limit] if cut else text
    if not kept.isascii() or not kept.isprintable():
        kept = kept.replace("\r\n", "\n")
        kept = UNSAFE.sub(_visible, kept)
        kept = _thin_combining(kept)
    return SafeText(kept + ELLIPSIS if cut else kept)


def without_controls(text: str) -> str:
    """Give a text, of any length, in which only what a terminal obeys is shown by a sign; tabs and line ends stay.

    For files that another program reads: what is shown to a person goes through `safe`.
    """
    return text if text.isprintable() else re.sub(_OBEYED, _visible, text)


def locale_is_utf8(environment: dict[str, str]) -> bool:
    """Say whether the locale named by the environment encodes text as UTF-8.

    No locale at all counts as UTF-8, as Python itself takes it: bare containers name none, and their
    terminals read UTF-8.
    """
    name = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
    if not name:
        return True
    _, _, codeset = name.partition(".")
    return codeset.partition("@")[0].replace("-", "").lower() == "utf8"


_ASCII: Final = str.maketrans(
    {
        "─": "-", "━": "-", "│": "|", "┃": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+",
        "┤": "+", "┬": "+", "┴": "+", "┼": "+", "╭": "+", "╮": "+", "╰": "+", "╯": "+",
        "▌": "[", "▐": "]", "▏": "|", "▕": "|", "█": "#", "▔": "-", "▁": "_", "▸": ">", "▾": "v",
        "●": "*", "○": "o", "·": "-", "…": ".", "→": ">", "←": "<", "↑": "^", "↓": "v",
        "—": "-", "–": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "‹": "<", "›": ">", "«": "<",
        "»": ">", "€": "E", "£": "L", "✓": "+", "✗": "x", "✖": "x", "✔": "+", "⏎": "/",
        "✉": "@", "☑": "#", "⚑": "!", "‼": "!",
        "\u00a0": " ",
    }
)  # fmt: skip


def to_ascii(text: str) -> str:
    """Spell a text with ASCII alone, one character for one, for a terminal that knows nothing else.

    Accents are dropped; what has no spelling becomes ``?``.  Whoever draws doubles the mark of a
    character that takes two cells, since only the screen knows widths.
    """
    if text.isascii():
        return text
    spelled: list[str] = []
    for character in text.translate(_ASCII):
        if character.isascii():
            spelled.append(character)
            continue
        base = unicodedata.normalize("NFKD", character)[0]
        spelled.append(base if base.isascii() and base.isprintable() else "?")
    return "".join(spelled)
