"""The two ends of the wire of a pseudo-terminal: bytes that come are noted, answered and drawn.

It knows neither keys nor tests; it does not wait for anything but bytes.
"""

import errno
import fcntl
import os
import select
import struct
import termios
import time
from collections.abc import Mapping
from typing import NamedTuple

from tests.e2e.answers import Answers, is_cursor_question
from tests.e2e.escapes import Splitter, Token
from tests.e2e.picture import ALTERNATE_SCREEN, Picture

_SWITCHED_OFF_AT_EXIT = {
    *ALTERNATE_SCREEN, 1000, 1002, 1003, 1004, 1006, 1015, 1016, 2004, 2026, 2048,
}  # fmt: skip


class Chunk(NamedTuple):
    """What one read of the terminal gave."""

    time: float
    """`time.perf_counter()` just after the read."""
    data: bytes


class Wire:
    """The terminal's end of a pseudo-terminal, and the picture that comes over it."""

    def __init__(self, fd: int, cols: int, rows: int, answers: Mapping[bytes, bytes]) -> None:
        self.cols, self.rows = cols, rows
        self.chunks: list[Chunk] = []
        self.is_open = True
        """Whether more can come: some program still has the terminal."""
        self._fd: int | None = fd
        self._answers = Answers(answers)
        self._splitter = Splitter()
        self._undrawn: list[tuple[float, list[Token]]] = []
        self._picture = Picture(cols, rows)
        os.set_blocking(fd, False)

    @property
    def picture(self) -> Picture:
        """The picture, drawn up to the last byte that was read."""
        while self.has_undrawn:
            self.draw_one()
        return self._picture

    @property
    def has_undrawn(self) -> bool:
        """Whether something was read and is not in the picture yet."""
        return bool(self._undrawn)

    def draw_one(self) -> tuple[float, Picture]:
        """Draw the oldest piece that is not drawn yet; return when it came, and the picture then."""
        moment, tokens = self._undrawn.pop(0)
        self._picture.draw(tokens)
        return moment, self._picture

    def read(self, timeout: float) -> bool:
        """Read and answer what comes within *timeout* seconds; tell whether there was something."""
        if self._fd is None or not self.is_open:
            return False
        ready, _, _ = select.select([self._fd], [], [], max(0.0, timeout))
        if not ready:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""  # so Linux says that no program has the terminal open any more
        moment = time.perf_counter()
        if not data:
            self.is_open = False
            return False
        self.chunks.append(Chunk(moment, data))
        tokens: list[Token] = []
        self._undrawn.append((moment, tokens))
        for token in self._splitter.feed(data):
            tokens.append(token)
            reply = self._reply(token)
            if reply:
                self.write(reply)
            if not self._undrawn:  # the reply needed the picture of what came before
                tokens = []
                self._undrawn.append((moment, tokens))
        return True

    def write(self, data: bytes) -> int:
        """Send what the other end takes at once; return how many bytes that was."""
        if self._fd is None:
            return len(data)
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:  # nobody is there; whoever waits will see it
            return len(data)

    def wait_writable(self, timeout: float) -> bool:
        """Wait until the other end takes bytes; tell whether it does."""
        if self._fd is None or not self.is_open:
            return True
        return bool(select.select([], [self._fd], [], timeout)[1])

    def resize(self, cols: int, rows: int) -> None:
        """Give the window another size; the program gets a SIGWINCH."""
        self.picture.resize(cols, rows)
        self.cols, self.rows = cols, rows
        if self._fd is not None:
            fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        if 2048 in self._picture.modes:
            self.write(b"\x1b[48;%d;%d;0;0t" % (rows, cols))

    def cut(self) -> None:
        """Use the terminal no more; whoever owns its descriptor closes it now."""
        self._fd = None
        self.is_open = False

    def unrestored(self) -> list[str]:
        """What is not as a shell needs it: modes left on, the cursor hidden, no echo."""
        wrong = [str(mode) for mode in sorted(self.picture.modes & _SWITCHED_OFF_AT_EXIT)]
        if self._picture.screen.cursor.hidden:
            wrong.append("cursor hidden")
        if self._fd is not None:
            local = termios.tcgetattr(self._fd)[3]
            for name, flag in (("echo", termios.ECHO), ("line editing", termios.ICANON)):
                if not local & flag:
                    wrong.append(f"no {name}")
        return wrong

    def _reply(self, token: Token) -> bytes:
        if is_cursor_question(token):
            row, col = self.picture.cursor
            return b"\x1b[%d;%dR" % (row + 1, col + 1)
        return self._answers.to(token, self.cols, self.rows)
