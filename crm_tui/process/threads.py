"""Threads: how often they take turns, and that nobody waits for them at the end.

One that looks up a name cannot be interrupted.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NoReturn

_TURN: Final = 0.001
"""Seconds that a thread may keep the interpreter from one that waits for it, such as the one that draws."""


def take_turns() -> None:
    """Have threads that reckon hand over soon: the interpreter's own five milliseconds are a key's whole time."""
    sys.setswitchinterval(_TURN)


class Unawaited(ThreadPoolExecutor):
    """Threads that a loop's end does not wait for; whoever uses them has to end by `end_at_once`."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin nothing more."""
        super().shutdown(wait=False, cancel_futures=True)


def end_at_once(code: int) -> NoReturn:
    """End the process with what was written, and without waiting for threads.

    The interpreter's own end would free object by object, too: a third of a start, while somebody waits for a prompt.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except (OSError, ValueError):
                code = code or 1
    os._exit(code)
