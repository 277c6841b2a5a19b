"""Terminal output, cut into text, control characters and escape sequences.

Everybody who looks at raw output uses this one reading of it: the picture of the screen, the
answers to a program's questions, and tests that search for bytes which have no business there.
It only cuts; what a sequence means is said elsewhere.
"""

import re
from dataclasses import dataclass
from enum import Enum

_SEQUENCE = re.compile(
    rb"\x1b\[(?P<params>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    rb"|(?P<string>\x1b[P^_X][^\x1b\x18\x1a]*(?:\x1b\\|[\x18\x1a]|(?=\x1b[^\\]))"
    rb"|\x1b\][^\x07\x1b\x18\x1a]*(?:\x07|\x1b\\|[\x18\x1a]|(?=\x1b[^\\])))"
    rb"|\x1b[ -/]*[0-OQ-WYZ\\`-~]",
)
"""One whole sequence. Strings (DCS, SOS, OSC, PM, APC) end at ST, an OSC also at BEL; CAN, SUB and
a new escape break them off, as in xterm."""

_UNFINISHED = re.compile(rb"\x1b(?:|\[[0-?]*[ -/]*|[P^_X\]][^\x1b]*\x1b?|[ -/]+)\Z")
"""The end of a chunk that may still become a sequence."""

_CONTROL = re.compile(rb"[\x00-\x1a\x1c-\x1f\x7f]")


class Kind(Enum):
    """What a token is."""

    TEXT = "text"
    CONTROL = "control"
    CSI = "csi"
    STRING = "string"
    ESCAPE = "escape"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of output: a run of text, one control character or one escape sequence."""

    kind: Kind
    data: bytes
    params: str = ""
    """Of a CSI sequence: what stands before the final byte, private mark included."""
    between: str = ""
    final: str = ""

    @property
    def numbers(self) -> list[int]:
        """The parameters of a CSI sequence as numbers; a missing one counts as 0."""
        return [int(part) if part.isdigit() else 0 for part in self.params.lstrip("?").split(";")]


class Splitter:
    """Cuts a stream; a sequence cut in two by the end of a chunk waits for the rest."""

    def __init__(self) -> None:
        self._carry = b""

    def feed(self, data: bytes) -> list[Token]:
        """Return the whole tokens of what has come so far and was not returned before."""
        data = self._carry + data
        self._carry = b""
        tokens: list[Token] = []
        position = 0
        while position < len(data):
            start = data.find(b"\x1b", position)
            if start < 0:
                start = len(data)
            _split_plain(data[position:start], tokens)
            if start == len(data):
                break
            found = _SEQUENCE.match(data, start)
            if found:
                tokens.append(_token(found))
                position = found.end()
            elif _UNFINISHED.match(data, start):
                self._carry = data[start:]
                break
            else:  # an escape in front of something that makes no sequence
                tokens.append(Token(Kind.CONTROL, b"\x1b"))
                position = start + 1
        return tokens


def split(data: bytes) -> list[Token]:
    """Cut output that is known to be complete."""
    return Splitter().feed(data)


def frames(data: bytes) -> int:
    """How many frames *data* paints: each begins by switching synchronized output (2026) on."""
    return data.count(b"\x1b[?2026h")


def _split_plain(data: bytes, tokens: list[Token]) -> None:
    position = 0
    for found in _CONTROL.finditer(data):
        if found.start() > position:
            tokens.append(Token(Kind.TEXT, data[position : found.start()]))
        tokens.append(Token(Kind.CONTROL, found.group()))
        position = found.end()
    if position < len(data):
        tokens.append(Token(Kind.TEXT, data[position:]))


def _token(found: re.Match[bytes]) -> Token:
    if found["final"]:
        parts = (found[name].decode("ascii") for name in ("params", "between", "final"))
        return Token(Kind.CSI, found.group(), *parts)
    return Token(Kind.STRING if found["string"] else Kind.ESCAPE, found.group())
