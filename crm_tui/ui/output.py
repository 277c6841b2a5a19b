"""What goes to the terminal, in order, and never waited for: at once what it takes, the rest by a thread.

A terminal that takes nothing, as when ctrl+s is pressed or a connection stalls, costs frames: whoever draws asks
whether it is behind, keeps to itself what would come late, and is told once it has caught up.
"""

from __future__ import annotations

import os
import select
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Final

from crm_tui.process.terminal import drop_and_reset, opened_again

_BEHIND: Final = 8_192
"""Bytes that may wait: a quarter of a second of a slow line; it is more only by the frame that went beyond."""

_PIECE: Final = 4096
"""Bytes of what waits that are given at once, so that a terminal that is given up gets few more."""

_LOOK: Final = 0.1
"""Seconds after which one who waits for the terminal looks whether it was given up."""


class Output:
    """The way to one terminal."""

    def __init__(self, fd: int, encode: Callable[[str], bytes], caught_up: Callable[[], None]):
        """Write to `fd`; `caught_up` is called, in another thread, once for each time it was found behind."""
        self._own = opened_again(fd)
        self._fd = fd if self._own is None else self._own
        self._encode = encode
        self._caught_up = caught_up
        self._changed = Condition()
        self._waiting: deque[bytes] = deque()
        self._behind = 0
        self._is_awaited = False
        self._is_closing = False
        self._is_given_up = False
        # Nobody waits for it at the end of the process: it may be held by the terminal for ever.
        self._thread = Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has yet to take what it was given; whoever asks then is told when it has."""
        with self._changed:
            self._is_awaited |= self._behind > _BEHIND
            return self._behind > _BEHIND

    def write(self, text: str) -> None:
        """Have a text written, behind all that waits."""
        data = self._encode(text)
        with self._changed:
            if self._own is not None and not self._behind:
                # A thread would get its turn only when whoever draws has nothing more to do.
                data = self._without_what_is_taken(data)
                if not data:
                    return
            self._waiting.append(data)
            self._behind += len(data)
            self._changed.notify()

    def close(self, seconds: float) -> None:
        """Write what waits, within so many seconds; after that put the terminal right past all that waits."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join(seconds)
        is_late = self._thread.is_alive()
        if is_late:
            self._is_given_up = True
            self._thread.join(_LOOK * 2)
        if is_late:
            drop_and_reset(self._fd)
        if self._own is not None and not self._thread.is_alive():
            os.close(self._own)

    def _run(self) -> None:
        while data := self._next():
            try:
                self._put(data)
            except OSError:  # the terminal is gone; whoever reads from it finds that out, too
                self._is_given_up = True

    def _next(self) -> bytes:
        """Wait for something to write; empty at the end."""
        with self._changed:
            while not self._waiting:
                if self._is_closing:
                    return b""
                self._behind = 0
                if self._is_awaited:
                    self._is_awaited = False
                    self._caught_up()
                self._changed.wait()
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._behind = len(data)
            return data

    def _without_what_is_taken(self, data: bytes) -> bytes:
        """Give the terminal what it takes now, and give back the rest; a fault is left to the thread."""
        try:
            return data[os.write(self._fd, data) :]
        except OSError:
            return data

    def _put(self, data: bytes) -> None:
        left = memoryview(data)
        while left and not self._is_given_up:
            try:
                left = left[os.write(self._fd, left[:_PIECE]) :]
            except BlockingIOError:
                select.select([], [self._fd], [], _LOOK)
