"""Holds the data of a sandbox, so that nobody deletes what somebody else is serving.  It opens no data itself."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def holding(database: Path, *, alone: bool) -> Iterator[None]:
    """Hold the data of a sandbox, beside others or alone; the lock ends with the process.

    Raises `BlockingIOError` when others hold it, and `OSError` when there is no place for the lock.
    """
    file = database.resolve().with_suffix(".lock")
    lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)
