"""Small private files: read within bounds, replaced whole or not at all, locked between processes.

It knows nothing of what the files say.  Errors are `OSError`; who calls puts them into words.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shlex
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from crm_tui.paths import make_private_parent
from crm_tui.text import safe

_PART: Final = 40
"""Characters that the name of a temporary file takes over."""

_LOOK: Final = 0.01
"""Seconds between two looks whether a lock is free."""


def read_small(path: Path, limit: int) -> tuple[bytes, os.stat_result]:
    """Read a regular file of at most `limit` bytes; give it with its status.

    Raises `OSError`: `EFBIG` when it is larger, `EINVAL` when it is no regular file.  A FIFO does not make it
    wait.
    """
    # O_NONBLOCK: opening a FIFO would otherwise wait for somebody to write into it.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not a file", str(path))
        with open(handle, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(handle)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit // 1024} KB", str(path))
    return data, status


def replace(
    path: Path,
    data: bytes | Iterable[bytes],
    *,
    expected: os.stat_result | None = None,
    only_new: bool = False,
    lasting: bool = True,
) -> bool:
    """Put `data`, or its pieces, in the place of a file, whole or not at all, readable by its owner alone.

    With `expected`, the status of the file when it was read, nothing is done and `False` returned when
    somebody has changed it since; with `only_new` when there is one.  The folder has to be there.  What is not
    `lasting` may be lost with the power.
    """
    # 0600; under a part of the name, which may be as long as a name can be.
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:_PART]}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            if lasting:
                os.fsync(handle)
        if expected is not None and not _is_same(path, expected):
            return False
        if only_new:
            if not _is_linked(temporary, path):
                return False
        else:
            os.replace(temporary, path)
            temporary = ""
    finally:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
    if lasting:
        _sync_folder(path.parent)
    return True


@contextmanager
def locked(path: Path, *, patience: float | None = None) -> Iterator[None]:
    """Keep other processes of ours from changing a file while the block runs.

    The lock is the kernel's, on a file that stays beside it: whoever dies gives it back.  Whoever is stopped does not,
    so that after `patience` seconds, where they are given, it raises `TimeoutError`, which is an `OSError`.
    """
    beside = make_private_parent(path.with_name(f".{path.name}.lock"))
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    handle = os.open(beside, flags, 0o600)
    try:
        _take(handle, patience)
        yield
    finally:
        os.close(handle)


def _take(handle: int, patience: float | None) -> None:
    if patience is None:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise TimeoutError(errno.ETIMEDOUT, "another window holds it") from None
            time.sleep(_LOOK)
        else:
            return


def open_to_others(path: Path, status: os.stat_result) -> str:
    """Say that others could change a file that was read with this status, and what mends it; empty when not.

    Whoever may write to its folder can put another file in its place.
    """
    folder = path.parent
    for place, found in ((path, status), (folder, os.stat(folder))):
        if found.st_uid not in (0, os.geteuid()):
            return f"{safe(str(place))} belongs to another user."
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            mend = safe(f"chmod go-w {shlex.quote(str(place))}")
            return f"others may write to {safe(str(place))}. Mend it with: {mend}"
    return ""


def reason(error: OSError) -> str:
    """Give the system's words for an error, without the path."""
    words = error.strerror or "it cannot be used"
    return words[:1].lower() + words[1:]


def _is_same(path: Path, expected: os.stat_result) -> bool:
    try:
        now = os.stat(path)
    except FileNotFoundError:
        return False
    return (now.st_ino, now.st_size, now.st_mtime_ns) == (
        expected.st_ino,
        expected.st_size,
        expected.st_mtime_ns,
    )


def _is_linked(temporary: str, path: Path) -> bool:
    """Give a whole file its name; false when somebody else has that name already."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:
        # A file system without links: a moment is left in which somebody else may come first.
        if os.path.lexists(path):
            return False
        os.rename(temporary, path)
    return True


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
