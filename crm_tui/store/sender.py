"""Which of several windows on one journal sends: the one that holds a lock, which the kernel frees when it ends.

There is no file with a process number that could be stale.  The lock is tried and never waited for.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack
from pathlib import Path


class SenderLock:
    """The right to send what a journal holds."""

    def __init__(self, journal: Path | None) -> None:
        """Stand beside a journal; one in memory has nobody to share it with."""
        self._path = journal.with_name(f"{journal.name}.sender") if journal is not None else None
        self._descriptor: int | None = None
        self.is_held = self._path is None
        """Whether this window is the one that sends."""

    def try_to_take(self) -> bool:
        """Take it unless another window has it; say whether it is held now.  Raises `OSError`."""
        if self.is_held or self._path is None:
            return True
        descriptor = os.open(
            self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        with ExitStack() as undo:
            undo.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            undo.pop_all()
        self._descriptor = descriptor
        self.is_held = True
        return True

    def release(self) -> None:
        """Let another window send."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self.is_held = False
