"""A small file that the processes of one user share, one at a time, under `flock`.

The kernel frees the lock of a process that dies, so there are no stale locks.  The lock is tried and never waited
for in the kernel: a stopped process that holds it stops nobody's event loop.  A file that is not private, or not
ours, is not used at all.  It knows nothing of what it holds.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

STEP: Final = 0.02
"""Seconds between two tries for the lock."""

MAX_SIZE: Final = 64 * 1024
"""Bytes that are read of such a file; ours hold a few hundred."""


class Held:
    """The file, while nobody else has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._new = path.with_name(f".{path.name}.new")

    def read(self) -> bytes | None:
        """Give what it holds; none when there is none yet.  Raises `OSError` when it is not private."""
        try:
            descriptor = os.open(
                self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            )
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            _demand_private(descriptor)
            return file.read(MAX_SIZE)

    def write(self, content: bytes, *, durable: bool = True) -> None:
        """Replace what it holds, at once or not at all; there is no moment at which it could be cancelled.

        What is not `durable` may be lost when the machine stops, but never torn.
        """
        # One name for all: what a process left that was killed here is replaced by the next one.
        self._new.unlink(missing_ok=True)
        descriptor = os.open(
            self._new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                if durable:
                    os.fsync(descriptor)
            self._new.replace(self._path)
        except OSError:
            with suppress(OSError):
                self._new.unlink()
            raise

    def remove(self) -> None:
        """Forget what it holds, and what was about to be."""
        self._new.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)


class SharedFile:
    """A file that one process at a time holds."""

    def __init__(
        self, path: Path, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._path = path
        self._sleep = sleep
        self._inside = asyncio.Lock()

    @asynccontextmanager
    async def held(self, *, patience: float) -> AsyncIterator[Held]:
        """Hold the file while the block runs.

        Raises `TimeoutError` when somebody else has held it for `patience` seconds, and `OSError` when it
        cannot be used.
        """
        async with self._inside:
            descriptor = await self._lock(patience)
            try:
                yield Held(self._path)
            finally:
                os.close(descriptor)

    async def _lock(self, patience: float) -> int:
        descriptor = os.open(
            self._path.with_name(f"{self._path.name}.lock"),
            os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK,
            0o600,
        )
        with ExitStack() as undo:
            undo.callback(os.close, descriptor)
            _demand_private(descriptor)
            for _ in range(max(1, int(patience / STEP))):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    await self._sleep(STEP)
                else:
                    undo.pop_all()
                    return descriptor
        raise TimeoutError


def _demand_private(descriptor: int) -> None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
        raise PermissionError("it is not a file of our own")
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise PermissionError("others may read or write it")
