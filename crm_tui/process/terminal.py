"""The terminal that the process was given: how it was found, whether it is still there, and how it is put right.

It writes nothing while a screen is drawn; drawing is the driver's business.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

RESET: Final = (
    "\x1b[?2026l"  # what is drawn is shown at once again
    "\x1b[<u"  # keys are sent as every terminal sends them
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # no mouse
    "\x1b[?1004l\x1b[?2004l\x1b[?2048l"  # no word of focus, pastes and sizes
    "\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"  # long lines wrap; the screen from before, with its cursor
)
"""Undoes whatever a program like this one may have asked of a terminal."""

CLEAN: Final = f"\x1b\\\x18{RESET}\x1b(B\x0f\x1b[!p"
"""The same for one that anything may have been done to: ends a string that was begun, and line drawing."""

_GONE: Final = select.POLLHUP | select.POLLERR | select.POLLNVAL

_INPUT, _OUTPUT, _CONTROL, _LOCAL, _CHARACTERS = 0, 1, 2, 3, 6
"""Places in what `termios.tcgetattr` gives."""


def terminal_is_gone() -> bool:
    """Say whether the terminal on standard input was taken away, as when a connection drops.

    A program that ignores SIGHUP, or is not sent it, would read nothing from it for ever, at full speed.
    """
    watched = select.poll()
    watched.register(sys.__stdin__.fileno() if sys.__stdin__ else 0, 0)
    return any(event & _GONE for _, event in watched.poll(0))


def has_shell_behind() -> bool:
    """Say whether somebody would take the terminal over if we stopped, and could let us go on.

    Where the program is all that its session runs, as in `ssh host crm-tui`, a stop would be for ever.
    """
    parent = os.getppid()
    try:
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:
        return False


class Found:
    """The modes that the terminal had when it was found."""

    def __init__(self) -> None:
        self._attributes: list[Any] | None = None
        with contextlib.suppress(termios.error):
            self._attributes = termios.tcgetattr(0)

    def put_back(self) -> None:
        """Give the terminal the modes that it was found with."""
        if self._attributes is not None:
            with contextlib.suppress(termios.error):
                if termios.tcgetattr(0) != self._attributes:
                    termios.tcsetattr(0, termios.TCSANOW, self._attributes)

    def seize(self) -> None:
        """Put the terminal right from wherever we are, past whatever still waits to be written; never waits.

        Signals may call it at any moment.
        """
        self.put_back()
        screen = opened_again(2)
        if screen is not None:
            drop_and_reset(screen)
            os.close(screen)


def opened_again(fd: int) -> int | None:
    """Open the terminal behind `fd` for writing without ever waiting; none when that cannot be.

    It is opened anew because `fd` is shared with the shell, which must not be made to fail where it should wait.
    """
    try:
        return os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None


def drop_and_reset(screen: int) -> None:
    """Put a terminal right; if it has not taken yet what was written, it never will."""
    with contextlib.suppress(OSError, termios.error):
        if not select.select([], [screen], [], 0)[1]:
            termios.tcflush(screen, termios.TCOFLUSH)
        os.write(screen, RESET.encode())


@contextmanager
def kept_as_found() -> Iterator[None]:
    """Leave the terminal with the modes that it had before, whatever happens inside."""
    found = Found()
    put_right = found.seize
    try:
        yield
        put_right = found.put_back
    finally:
        put_right()


def make_sane(fd: int) -> None:
    """Give a terminal the modes in which a shell can be typed at.

    Raises `termios.error` when it is none.
    """
    modes = termios.tcgetattr(fd)
    modes[_INPUT] |= termios.BRKINT | termios.ICRNL | termios.IXON
    modes[_INPUT] &= ~(termios.INLCR | termios.IGNCR | termios.ISTRIP)
    modes[_OUTPUT] |= termios.OPOST | termios.ONLCR
    modes[_CONTROL] |= termios.CREAD
    modes[_LOCAL] |= termios.ISIG | termios.ICANON | termios.IEXTEN
    modes[_LOCAL] |= termios.ECHO | termios.ECHOE | termios.ECHOK
    modes[_CHARACTERS][termios.VMIN] = b"\x01"
    modes[_CHARACTERS][termios.VTIME] = b"\x00"
    termios.tcsetattr(fd, termios.TCSANOW, modes)
