"""The picture on the screen, kept by pyte.

pyte draws or stumbles over much of what modern programs write: device questions, kitty keys,
control strings, colours written with colons, zero-width characters. This module gives it what it
understands, and adds the alternate screen, which pyte does not have. It neither reads nor answers.
"""

import codecs
import unicodedata

import pyte
from wcwidth import wcwidth

from tests.e2e.escapes import Kind, Token

ALTERNATE_SCREEN = frozenset({47, 1047, 1049})

_WIDE = 2
"""Cells of a wide character; the second holds nothing."""

_DRAWABLE_CONTROLS = frozenset(b"\x07\x08\t\n\x0b\x0c\r\x0e\x0f")
_DRAWABLE_ESCAPES = frozenset(b"cDEHM78()#")
_MOST_PARAMETERS = {
    **dict.fromkeys("ABCDEFGadeLMPX@`", 1),
    **dict.fromkeys("HJKfr", 2),
    **dict.fromkeys("ghlm", 99),
}
"""The CSI sequences that pyte knows, with as many parameters as it can bear."""


class Picture:
    """What a person in front of the terminal sees."""

    def __init__(self, cols: int, rows: int) -> None:
        self.screen = pyte.Screen(cols, rows)
        self.modes: set[int] = set()
        """The private modes that the program has switched on (2004, 1049, …)."""
        self._stream = pyte.Stream(self.screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._main_screen: tuple[dict[int, dict[int, pyte.screens.Char]], int, int] | None = None

    def draw(self, tokens: list[Token]) -> None:
        """Draw what a program has written."""
        for token in tokens:
            if token.kind is Kind.TEXT:
                self._text(self._decode(token.data))
            elif token.kind is Kind.CONTROL:
                if token.data[0] in _DRAWABLE_CONTROLS:
                    self._stream.feed(token.data.decode("ascii"))
            elif token.kind is Kind.ESCAPE and token.data[1] in _DRAWABLE_ESCAPES:
                self._stream.feed(token.data.decode("ascii"))
            elif token.kind is Kind.CSI:
                self._sequence(token)

    def resize(self, cols: int, rows: int) -> None:
        """Give the screen another size."""
        self.screen.resize(lines=rows, columns=cols)
        self.screen.cursor.x = min(self.screen.cursor.x, cols - 1)
        self.screen.cursor.y = min(self.screen.cursor.y, rows - 1)

    def lines(self) -> list[str]:
        """The text of every row, spaces at its end left out."""
        return [self._line(row).rstrip() for row in range(self.screen.lines)]

    def _line(self, row: int) -> str:
        """Join a row's cells; pyte's own way fails where half of a wide character was drawn over."""
        text, is_second_half = [], False
        for cell in (self.screen.buffer[row][col].data for col in range(self.screen.columns)):
            if not is_second_half:
                text.append(cell)
            is_second_half = not is_second_half and bool(cell) and wcwidth(cell[0]) == _WIDE
        return "".join(text)

    def cell(self, row: int, col: int) -> pyte.screens.Char:
        """The cell in a row and column counted from 0: its character, colours and attributes."""
        return self.screen.buffer[row][col]

    def cells(self) -> list[list[pyte.screens.Char]]:
        """All cells, row by row: two pictures look alike exactly if these are equal."""
        columns = range(self.screen.columns)
        return [
            [self.screen.buffer[row][col] for col in columns] for row in range(self.screen.lines)
        ]

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, counted from 0."""
        return self.screen.cursor.y, self.screen.cursor.x

    def _text(self, text: str) -> None:
        # pyte stops drawing at a character without width; a terminal goes on behind it.
        run = ""
        for char in text:
            if char.isascii() or wcwidth(char) > 0:
                run += char
            elif _is_mark(char):
                self._stream.feed(run)
                run = ""
                self._put_on_last_cell(char)
        self._stream.feed(run)

    def _put_on_last_cell(self, mark: str) -> None:
        line, col = self.screen.buffer[self.screen.cursor.y], self.screen.cursor.x - 1
        if col > 0 and not line[col].data:  # the second half of a wide character
            col -= 1
        if col >= 0:
            whole = unicodedata.normalize("NFC", line[col].data + mark)
            line[col] = line[col]._replace(data=whole)

    def _sequence(self, token: Token) -> None:
        if token.between or token.params[:1] in ("<", "=", ">"):
            return
        if token.params.startswith("?"):
            if token.final in "hl":
                self._private_modes(token.numbers, on=token.final == "h")
            return
        if token.final in "ST":
            self._scroll(token.numbers[0] or 1, up=token.final == "S")
            return
        params = _plain_colours(token.params) if token.final == "m" else token.params
        if token.final not in _MOST_PARAMETERS or ":" in params:
            return
        if token.final in "JK" and token.numbers[0] > 2:
            return
        params = ";".join(params.split(";")[: _MOST_PARAMETERS[token.final]])
        self._stream.feed(f"\x1b[{params}{token.final}")

    def _private_modes(self, numbers: list[int], *, on: bool) -> None:
        for number in numbers:
            if number in ALTERNATE_SCREEN:
                self._swap_screens(to_alternate=on)
            elif number != 3:  # 132 columns: no terminal obeys it unasked
                self._stream.feed(f"\x1b[?{number}{'h' if on else 'l'}")
            if on:
                self.modes.add(number)
            else:
                self.modes.discard(number)

    def _swap_screens(self, *, to_alternate: bool) -> None:
        screen = self.screen
        if to_alternate and self._main_screen is None:
            kept = {row: dict(screen.buffer[row]) for row in range(screen.lines)}
            self._main_screen = kept, screen.cursor.y, screen.cursor.x
            self._stream.feed("\x1b[2J")
        elif not to_alternate and self._main_screen is not None:
            kept, row, col = self._main_screen
            self._main_screen = None
            self._stream.feed("\x1b[0m\x1b[2J")
            for number, cells in kept.items():
                if number < screen.lines:
                    screen.buffer[number].update(cells)
            screen.cursor.y, screen.cursor.x = min(row, screen.lines - 1), col

    def _scroll(self, count: int, *, up: bool) -> None:
        screen = self.screen
        row, col = screen.cursor.y, screen.cursor.x
        screen.cursor.y = screen.margins.top if screen.margins else 0
        if up:
            screen.delete_lines(count)
        else:
            screen.insert_lines(count)
        screen.cursor.y, screen.cursor.x = row, col


def _is_mark(char: str) -> bool:
    """Whether a character without width is seen on the letter before it: accents, vowel signs."""
    is_selector = "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0100"
    return unicodedata.category(char).startswith("M") and not is_selector


def _plain_colours(params: str) -> str:
    """Rewrite `38:2::r:g:b` and `4:3` as pyte knows them; leave the underline's colour out."""
    plain: list[str] = []
    parts = iter(params.split(";"))
    for part in parts:
        bits = part.split(":")
        if part == "58":
            for _ in range(3 if next(parts, "") == "2" else 1):
                next(parts, "")
        elif bits[0] == "58":
            continue
        elif bits[0] in ("38", "48") and len(bits) > 2:
            values = [bit for bit in bits[2:] if bit]
            kept = values[-3:] if bits[1] == "2" else values[-1:]
            plain.append(";".join([bits[0], bits[1], *kept]))
        elif len(bits) > 1:
            plain.append("24" if part == "4:0" else bits[0])
        else:
            plain.append(part)
    return ";".join(plain) or "0"
