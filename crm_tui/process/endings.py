"""The process's own doors: told to end by a signal it leaves in order, told again at once, and stuck not at all.

What is left to do is asked of whoever is told to leave.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Final

from crm_tui.process.terminal import Found

GRACE: Final = 2.5
"""Seconds that a request which is on its way gets for its answer when the process is told to end."""

_LONGEST: Final = 5.0
"""Seconds after which an ending that is stuck, wherever it is stuck, is cut off."""

_ENDINGS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def leave_on_signals(leave: Callable[[int], None]) -> None:
    """Call `leave` with the exit code, 128 and the signal's number, when the process is told to end.

    `leave` runs on the event loop that is running now.  Told a second time, or when it does not end, the process
    puts the terminal right and is gone.  From the main thread, before the terminal is changed.
    """
    loop = asyncio.get_running_loop()
    found = Found()
    codes: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        if codes:
            end_now(codes[0])
        codes.append(128 + number)
        if loop.is_closed():  # the screen is left already: whoever cleans up is to hear of it
            raise SystemExit(codes[0])
        signal.setitimer(signal.ITIMER_REAL, _LONGEST)
        loop.call_soon_threadsafe(leave, codes[0])

    def end_now(code: int) -> None:
        found.seize()
        os._exit(code)

    def stuck(_number: int, _frame: FrameType | None) -> None:
        end_now(codes[0])

    signal.signal(signal.SIGALRM, stuck)
    for number in _ENDINGS:
        signal.signal(number, end)
