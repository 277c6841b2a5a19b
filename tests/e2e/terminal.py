"""A real pseudo-terminal around a program, for tests that see what its user sees.

    with Terminal.start(["crm-tui", "demo"], throwaway_environment(tmp_path)) as terminal:
        terminal.wait_for("Enquiry")
        terminal.press("j", "enter")
        terminal.wait_quiet()
        terminal.press("q")
        assert terminal.wait_exit() == 0

It plays the terminal's part: shows, types, answers questions and keeps every byte with the moment
it came. Output is read while one of the waiting methods runs, and at no other time; a test that
does not wait is a terminal that does not read. There is no thread and no fixed pause: every wait
sits on the terminal itself, until a deadline.
"""

import contextlib
import os
import re
import signal
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import ptyprocess
import pyte

from tests.e2e.keys import key_bytes, pasted
from tests.e2e.processes import Process, end, family, is_at_work, wait_ended
from tests.e2e.wire import Chunk, Wire

PATIENCE = 20.0
"""Seconds that a test waits for what should come at once; generous, for a busy machine."""

_GRACE = 2.0
"""Seconds that a program has to end by itself when its terminal is taken away."""

_ESCAPE_PAUSE = 0.5
"""Seconds at most between Escape and the next key: closer together they would be one alt+key."""

_STEP = 0.05
"""Seconds after which a wait looks up to see whether something else has happened."""


def _begin(before: Callable[[], None] | None) -> None:
    """Be as a terminal's program is: ended by its keys and by hanging up, even where the tests run without it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if before is not None:
        before()


class NotSeenError(AssertionError):
    """Something that a test waited for did not come; the message shows the screen."""


class Terminal:
    """A program in a pseudo-terminal."""

    def __init__(
        self,
        process: ptyprocess.PtyProcess,
        started: float,
        cols: int,
        rows: int,
        answers: Mapping[bytes, bytes] | None,
    ) -> None:
        self.pid: int = process.pid
        self.started = started
        """`time.perf_counter()` just before the program was started."""
        self.left_behind: list[Process] = []
        """After `close()`: processes of the program that had to be killed."""
        self._process = process
        self._wire = Wire(process.fd, cols, rows, answers or {})
        self._relatives: dict[Process, None] = {}

    @classmethod
    def start(
        cls,
        argv: Sequence[str | Path],
        env: Mapping[str, str],
        cols: int = 120,
        rows: int = 40,
        *,
        cwd: Path | None = None,
        answers: Mapping[bytes, bytes] | None = None,
        before: Callable[[], None] | None = None,
    ) -> Self:
        """Start a program; *before* runs in it ahead of the program itself (to ignore a signal, say).

        *answers* maps a regular expression for a whole sequence or control character to what the
        terminal types in reply.
        """
        with warnings.catch_warnings():
            # Forking beside a thread of the test runner is safe here: the child runs another program.
            warnings.simplefilter("ignore", DeprecationWarning)
            started = time.perf_counter()
            process = ptyprocess.PtyProcess.spawn(
                [str(part) for part in argv],
                cwd=cwd,
                env=dict(env),
                dimensions=(rows, cols),
                preexec_fn=lambda: _begin(before),
            )
        process.delayafterclose = process.delayafterterminate = 0
        return cls(process, started, cols, rows, answers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # What is seen

    @property
    def chunks(self) -> list[Chunk]:
        """All that the program has written, read by read."""
        return self._wire.chunks

    @property
    def raw(self) -> bytes:
        """Every byte that the program has written."""
        return b"".join(chunk.data for chunk in self.chunks)

    def lines(self) -> list[str]:
        """The rows of the screen as text, spaces at their ends left out."""
        return self._wire.picture.lines()

    def text(self) -> str:
        """The screen as text, one line per row."""
        return "\n".join(self.lines())

    def cell(self, row: int, col: int) -> pyte.screens.Char:
        """One cell of the screen, counted from 0."""
        return self._wire.picture.cell(row, col)

    def cells(self) -> list[list[pyte.screens.Char]]:
        """All cells, row by row, to see that anything at all has changed."""
        return self._wire.picture.cells()

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, counted from 0."""
        return self._wire.picture.cursor

    def unrestored(self) -> list[str]:
        """What a program that has ended has left wrong with the terminal; nothing, one hopes."""
        return self._wire.unrestored()

    def family(self) -> list[Process]:
        """The living processes below the program."""
        return family(self.pid)

    # What is typed

    def press(self, *names: str) -> float:
        """Press keys by their names; return the moment just before the last one."""
        moment = time.perf_counter()
        for number, name in enumerate(names):
            moment = self.type_bytes(key_bytes(name))
            if name == "escape" and number < len(names) - 1:
                self._wire.read(_ESCAPE_PAUSE)
        return moment

    def type(self, text: str) -> None:
        """Type *text*, key by key."""
        for char in text:
            self.type_bytes(char.encode())

    def paste(self, text: str) -> None:
        """Paste *text*, in brackets where the program has asked for them."""
        bracketed = 2004 in self._wire.picture.modes
        self.type_bytes(pasted(text) if bracketed else text.encode())

    def type_bytes(self, data: bytes) -> float:
        """Send bytes as if typed; return the moment just before.

        A program that has gone needs no keys; that it has gone is seen by whoever waits.
        """
        moment = time.perf_counter()
        deadline = time.monotonic() + PATIENCE
        while data and self._wire.is_open:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotSeenError(self._complaint(f"{len(data)} typed bytes were not taken"))
            if self._wire.wait_writable(min(left, _STEP)):
                data = data[self._wire.write(data) :]
            else:
                self._wire.read(0)
        return moment

    def resize(self, cols: int, rows: int) -> None:
        """Give the window another size; the program is told by SIGWINCH."""
        self._wire.resize(cols, rows)

    # What is waited for

    def wait_for(self, pattern: str | re.Pattern[str], timeout: float = PATIENCE) -> re.Match[str]:
        """Wait until *pattern* is on the screen (`^` and `$` match at rows); return the match."""
        wanted = re.compile(pattern, re.MULTILINE) if isinstance(pattern, str) else pattern
        self.wait_until(lambda: wanted.search(self.text()) is not None, wanted.pattern, timeout)
        found = wanted.search(self.text())
        assert found is not None
        return found

    def wait_until(self, is_true: Callable[[], bool], what: str, timeout: float = PATIENCE) -> None:
        """Wait until *is_true* holds, looked at again after each piece of output."""
        deadline = time.monotonic() + timeout
        while not is_true():
            if self._wire.read(deadline - time.monotonic()):
                continue
            if not self._wire.is_open:
                raise NotSeenError(self._complaint(f"the program ended before: {what}"))
            if time.monotonic() >= deadline:
                raise NotSeenError(self._complaint(f"not seen in {timeout:g} s: {what}"))

    def wait_quiet(self, ms: float = 150, timeout: float = PATIENCE) -> None:
        """Wait until the program has written nothing for *ms* milliseconds and has nothing to do.

        On a busy machine a program that waits for its turn writes nothing, either.
        """
        deadline = time.monotonic() + timeout
        while self._wire.read(ms / 1000) or self._is_at_work():
            if time.monotonic() > deadline:
                raise NotSeenError(self._complaint(f"never quiet for {ms:g} ms in {timeout:g} s"))

    def wait_byte(self, timeout: float = PATIENCE) -> bool:
        """Wait for any output at all; tell whether there was some."""
        return self._wire.read(timeout)

    def first_seen(
        self, is_seen: Callable[[list[str]], bool], what: str, timeout: float = PATIENCE
    ) -> float:
        """Wait until *is_seen* holds for the rows; return when the bytes that complete it came.

        For measuring: reading comes first, so that drawing the picture does not blur the moments.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self._wire.read(0 if self._wire.has_undrawn else _STEP):
                continue
            if self._wire.has_undrawn:
                moment, picture = self._wire.draw_one()
                if is_seen(picture.lines()):
                    return moment
            elif not self._wire.is_open:
                break
        raise NotSeenError(self._complaint(f"not seen: {what}"))

    def wait_exit(self, timeout: float = PATIENCE) -> int:
        """Wait for the end of the program; return its exit status, negative for a signal's number."""
        self._meet_relatives()
        deadline = time.monotonic() + timeout
        while self._process.isalive():
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotSeenError(self._complaint(f"still running after {timeout:g} s"))
            if self._wire.is_open:
                self._wire.read(min(left, _STEP))
            else:
                wait_ended(self.pid, left)
        while self._wire.read(0):
            pass
        if self._process.exitstatus is not None:
            return int(self._process.exitstatus)
        return -int(self._process.signalstatus)

    # The end

    def kill(self, signal_number: int) -> None:
        """Send the program a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal_number)

    def hang_up(self) -> None:
        """Take the terminal away, as when the connection drops."""
        self._wire.cut()
        self._process.fileobj.close()

    def close(self) -> None:
        """End the program and all that it has started; can be called again."""
        self._meet_relatives()
        if self._process.isalive():
            self.kill(signal.SIGHUP)
            self.kill(signal.SIGCONT)
            self.hang_up()
            deadline = time.monotonic() + _GRACE
            while self._process.isalive() and time.monotonic() < deadline:
                wait_ended(self.pid, deadline - time.monotonic())
            self._meet_relatives()
            if self._process.isalive():
                self.kill(signal.SIGKILL)
                self._process.wait()
        self.hang_up()
        self.left_behind += end(self._relatives, _GRACE)
        self._relatives.clear()
        self._process.close()

    def _is_at_work(self) -> bool:
        return any(map(is_at_work, [self.pid, *(process.pid for process in self.family())]))

    def _meet_relatives(self) -> None:
        # While the program runs: afterwards a child of its own session could not be found.
        self._relatives |= dict.fromkeys(self.family())

    def _complaint(self, what: str) -> str:
        shown = self.text().rstrip().replace("\n", "\n  |")
        return f"{what}\n  |{shown}\n  ({len(self.raw)} bytes so far)"
