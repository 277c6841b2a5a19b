"""What a terminal answers when a program asks.

The answers are those of a plain modern terminal: synchronized output, 256 colours, no kitty
keyboard, no in-band resize. A test can put its own answers in front, to play a terminal that is
better, or hostile.
"""

import re
from collections.abc import Mapping

from tests.e2e.escapes import Kind, Token

KNOWN_MODES = {7: 1, 25: 1, 1000: 2, 1003: 2, 1004: 2, 1006: 2, 1049: 2, 2004: 2, 2026: 2}
"""Answers to "do you know this mode": 1 it is on, 2 it is off; any other is unknown (0)."""

_FIXED = {
    b"\x1b[c": b"\x1b[?62;22c",  # device attributes
    b"\x1b[0c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>41;380;0c",
    b"\x1b[>0c": b"\x1b[>41;380;0c",
    b"\x1b[>q": b"\x1bP>|test terminal\x1b\\",  # name and version
    b"\x1b[>0q": b"\x1bP>|test terminal\x1b\\",
    b"\x1b[5n": b"\x1b[0n",  # is all well
    b"\x1b]10;?\x07": b"\x1b]10;rgb:d0d0/d0d0/d0d0\x07",  # colours of text and ground
    b"\x1b]10;?\x1b\\": b"\x1b]10;rgb:d0d0/d0d0/d0d0\x1b\\",
    b"\x1b]11;?\x07": b"\x1b]11;rgb:1a1a/1b1b/2626\x07",
    b"\x1b]11;?\x1b\\": b"\x1b]11;rgb:1a1a/1b1b/2626\x1b\\",
}


class Answers:
    """The terminal's side of the conversation."""

    def __init__(self, own: Mapping[bytes, bytes] | None = None) -> None:
        """Take the test's *own* answers: a regular expression for a whole token, and the reply.

        An empty reply means silence, also where a terminal would normally answer.
        """
        self._own = [(re.compile(asked, re.DOTALL), reply) for asked, reply in (own or {}).items()]

    def to(self, token: Token, cols: int, rows: int) -> bytes:
        """Return what the terminal types in reply to *token*; nothing to most of them."""
        for asked, reply in self._own:
            if asked.fullmatch(token.data):
                return reply
        if token.data in _FIXED:
            return _FIXED[token.data]
        if token.kind is Kind.CSI:
            return _computed(token, cols, rows)
        if token.data.startswith((b"\x1bP+q", b"\x1bP$q")):  # termcap and settings: not known
            return b"\x1bP0" + token.data[2:3] + b"r\x1b\\"
        return b""


def is_cursor_question(token: Token) -> bool:
    """Whether the program asks where the cursor is: only the picture knows."""
    return token.data == b"\x1b[6n"


def _computed(token: Token, cols: int, rows: int) -> bytes:
    if token.final == "p" and token.between == "$" and token.params.startswith("?"):
        mode = token.numbers[0]
        return b"\x1b[?%d;%d$y" % (mode, KNOWN_MODES.get(mode, 0))
    if token.final == "t" and token.params == "18":
        return b"\x1b[8;%d;%dt" % (rows, cols)
    return b""
