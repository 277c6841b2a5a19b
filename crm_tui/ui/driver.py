"""The way to a real terminal: the framework's own driver, made fit for terminals that vanish, stall or are left.

It differs in five things.  Leaving wakes the thread that reads, instead of waiting for its next look.  The end of
input is the end of the program, which would otherwise read nothing for ever.  A terminal that takes nothing costs
frames, not the event loop's time.  What is pasted is text, whatever bytes are in it.  And being stopped and
continued, by whomever, ends with the terminal's own modes remembered and everything drawn again.

It knows no screen, and decides nothing but what is read and written.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from codecs import getincrementaldecoder, getincrementalencoder
from typing import Any, Final

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Paste
from textual.message import Message

from crm_tui.process.terminal import has_shell_behind
from crm_tui.ui.output import Output
from crm_tui.ui.paste import Pastes, Typed

_READ: Final = 4096

_LOOK: Final = 0.1
"""Seconds after which a lone escape is looked at: was it the key, or the begin of a sequence?"""

_LAST_BYTES: Final = 0.3
"""Seconds that a terminal gets to take what is still to be written when it is left."""


_TO_CLIPBOARD: Final = "\x1b]52;"

_PASSED_AT_ONCE: Final = 512
"""Characters; GNU screen drops a string of more than 768."""


def passed_through(sequence: str) -> str:
    """Wrap a sequence so that GNU screen hands it on to its own terminal."""
    starts = range(0, len(sequence), _PASSED_AT_ONCE)
    return "".join(f"\x1bP{sequence[each : each + _PASSED_AT_ONCE]}\x1b\\" for each in starts)


class TerminalDriver(LinuxDriver):
    """A Linux driver that is quick to leave, and not to be taken in by what a terminal does."""

    class Gone(Message):
        """The terminal was taken away, or nothing will ever be typed on it again."""

        bubble = False

    class Outdated(Message):
        """The terminal does not show what was drawn: all of it is to be drawn again."""

        bubble = False

    class CaughtUp(Message):
        """The terminal, found behind before, has taken all that it was given."""

        bubble = False

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._output: Output | None = None
        self._wake: tuple[int, int] | None = None
        """Where the reading thread hears that it is to end, and where it is told so."""
        self._is_reading = False
        self._is_stopped = False
        self._is_in_screen = bool(os.environ.get("STY"))
        # Past the stream's own buffer: a thread that is held there would keep the interpreter from ending.
        stream = sys.__stderr__
        self._screen = 2 if stream is None else stream.fileno()
        self._encode = getincrementalencoder(stream.encoding if stream else "utf-8")(
            "replace"
        ).encode
        # On the event loop, between two of its tasks: the framework's own handlers come at any moment, and take
        # a SIGCONT without a stop, which a hangup brings too, for a reason to start everything a second time.
        self._loop.add_signal_handler(signal.SIGTSTP, self._stop)
        self._loop.add_signal_handler(signal.SIGCONT, self._continue)

    # Modes

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        self._wake = os.pipe()
        self._is_reading = True
        self._output = Output(self._screen, self._encode, self._caught_up)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def disable_input(self) -> None:
        """Stop reading, at once."""
        if self._wake is None:
            super().disable_input()
            return
        ear, mouth = self._wake
        self._is_reading = False
        os.write(mouth, b"!")
        super().disable_input()
        self._wake = None
        os.close(ear)
        os.close(mouth)

    def close(self) -> None:
        """Write what is still to be written, but wait for no terminal that takes nothing."""
        super().close()
        if self._output is not None:
            self._output.close(_LAST_BYTES)
            self._output = None

    # Being stopped

    def _stop(self) -> None:
        """Give the terminal back and stop, as ctrl+z or a signal wants it; ends when the process continues."""
        if not has_shell_behind():
            return
        if self._auto_restart and not self._is_stopped:
            self._is_stopped = True
            self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continue(self) -> None:
        """Take the terminal again, with the modes that it has now as those to be put back."""
        try:
            is_in_front = os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:  # it is gone
            return
        if not is_in_front:  # the screen is somebody else's
            os.kill(os.getpid(), signal.SIGSTOP)
        elif self._auto_restart:
            if not self._is_stopped:  # we were stopped without being asked
                self.suspend_application_mode()
            self._is_stopped = False
            self.resume_application_mode()
            self.send_message(self.Outdated())

    # Writing

    @property
    def is_behind(self) -> bool:
        """Whether a frame would come late on the terminal; `CaughtUp` says when it would no longer."""
        return self._output is not None and self._output.is_behind

    def write(self, data: str) -> None:
        """Write; what goes to the clipboard has to be passed through GNU screen."""
        if self._output is None:
            return
        if data.startswith(_TO_CLIPBOARD) and self._is_in_screen:
            data = passed_through(data)
        self._output.write(data)

    def _caught_up(self) -> None:
        self.send_message(self.CaughtUp())

    # Reading

    def _run_input_thread(self) -> None:
        """Read until told to end; where reading ends by itself, so does the program.

        A fault is left to the hook for threads: the framework would show it with all that it says.
        """
        try:
            self.run_input_thread()
        finally:
            if self._is_reading:
                self.send_message(self.Gone())

    def run_input_thread(self) -> None:
        """Turn what is typed into events, until woken or until nothing more can come."""
        if self._wake is None:
            return
        ear = self._wake[0]
        decode = getincrementaldecoder("utf-8")("replace").decode
        parser, pastes = XTermParser(), Pastes()
        while self._is_reading:
            ready, _, _ = select.select([self.fileno, ear], [], [], _LOOK)
            if ear in ready:
                return
            if ready:
                try:
                    data = os.read(self.fileno, _READ)
                except OSError:
                    return
                if not data:
                    return
                for read in pastes.read(decode(data)):
                    if isinstance(read, Typed):
                        parser = self._type(parser, read.text)
                    elif read.text:
                        self.process_message(Paste(read.text))
            late = list(parser.tick())
            if len(late) == 1:  # more are what is left of a sequence that no key sends, and no keys
                self.process_message(late[0])

    def _type(self, parser: XTermParser, text: str) -> XTermParser:
        """Turn keys into events; give the parser that goes on."""
        try:
            for event in parser.feed(text):
                if not isinstance(event, Paste):  # ours come whole
                    self.process_message(event)
        except (ValueError, ArithmeticError, RuntimeError):
            # A number that is none, or that is missing, in a sequence that no key sends.
            return XTermParser()
        return parser
