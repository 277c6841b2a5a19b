"""``crm-tui reset-terminal``: puts right what a killed program, ours or another, has left of a terminal."""

from __future__ import annotations

import os
import termios

from crm_tui.cli.output import say
from crm_tui.process import DONE, USAGE
from crm_tui.process.terminal import CLEAN, make_sane


def run_reset_terminal() -> int:
    """Reset the terminal that the command was given in, whatever its streams are; returns the exit code."""
    try:
        fd = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        say("crm-tui reset-terminal: there is no terminal here.")
        return USAGE
    try:
        make_sane(fd)
        os.write(fd, CLEAN.encode())
        termios.tcflush(fd, termios.TCIFLUSH)  # answers that nobody waits for any more
    finally:
        os.close(fd)
    return DONE
