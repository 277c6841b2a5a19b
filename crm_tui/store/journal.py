"""The journal: what the user wants of the server, written down before it is promised.

One SQLite file of its own with `synchronous=EXTRA`: what was committed is there after a power cut.  It never raises
while it is opened: a damaged file is put aside and what can be read of it is taken over; one of a newer program is
left alone; where nothing can be written it lives in memory, which `is_kept` tells.  Once the disk has failed to keep
what was written, it can only be read until it is opened anew.  It sends nothing and decides no outcome; what is
written and read is `entries`' business.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

from crm_tui.store import files, filesystems
from crm_tui.store.encoding import Undecodable
from crm_tui.store.owner import Owner
from crm_tui.store.salvage import Damaged, checked, put_aside, salvaged
from crm_tui.store.tables import FORMS, VERSION

T = TypeVar("T")

Order = Callable[[sqlite3.Connection], T]
"""Something to be done with the file: made by `entries`, carried out here."""

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)

_NOT_ON_DISK: Final = (sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC)
"""The system could not bring to the disk what was written, and has forgotten that: asked again, it says that it is."""

_HAS_FAILED: Final = (
    "the disk has failed: nothing more is written down until crm-tui is started again"
)


class JournalFailed(Exception):
    """Something could not be written down or read; the words say why, and nothing was changed."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words
        """Fit to follow a colon; may quote the system."""


class Newer(sqlite3.DatabaseError):
    """The file is of a newer program than this one, which must not write to it."""


class Journal:
    """The journal of one profile, on disk or in memory."""

    def __init__(
        self,
        path: Path | None,
        *,
        clock: Callable[[], datetime],
        kind_of: filesystems.KindOf = filesystems.kind_of,
    ) -> None:
        """Open the file, or live in memory without one.  It waits for the disk: not for an event loop."""
        self.notices: list[str] = []
        """What the user has to be told about the file, as sentences; they may quote names of files."""
        self.path = path
        """Where it is; none for one in memory."""
        self._is_read_only = False
        try:
            self._owner = Owner(lambda: self._opened(path, clock()), "journal")
        except (OSError, sqlite3.Error) as error:
            self._owner = Owner(lambda: _made(files.opened(None)), "journal")
            self.path = None
            said = (
                "is of a newer crm-tui"
                if isinstance(error, Newer)
                else f"cannot be used ({_words(error)})"
            )
            self.notices.append(
                f"The journal {said}: changes are sent at once or not at all, and undo ends with this run ({path})."
            )
        if self.path is not None and filesystems.may_lose_locks(kind := kind_of(self.path)):
            self.notices.append(
                f"The journal lies on {kind}, where several windows may harm it: open one at a time ({path})."
            )

    @property
    def is_kept(self) -> bool:
        """Say whether what is written is there after the program has ended."""
        return self.path is not None

    async def do(self, order: Order[T]) -> T:
        """Carry out an order; cancelling ends the waiting only.  Raises `JournalFailed`."""
        with _told():
            return await self._owner.do(partial(self._carried_out, order))

    def do_now(self, order: Order[T]) -> T:
        """Carry out an order and wait for it: before there is an event loop, or after it.  Raises `JournalFailed`."""
        with _told():
            return self._owner.do_now(partial(self._carried_out, order))

    def close(self) -> None:
        """Finish what was asked for, then close the file."""
        self._owner.close()

    def _carried_out(self, order: Order[T], connection: sqlite3.Connection) -> T:
        try:
            return order(connection)
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0)
            if code in _NOT_ON_DISK:
                connection.execute("PRAGMA query_only=ON")
                self._is_read_only = True
                self.notices.append(f"The journal can only be read: {_HAS_FAILED} ({self.path}).")
            if self._is_read_only and code in (*_NOT_ON_DISK, sqlite3.SQLITE_READONLY):
                raise JournalFailed(_HAS_FAILED) from error
            raise

    def _opened(self, path: Path | None, now: datetime) -> sqlite3.Connection:
        is_empty = path is not None and path.exists() and path.stat().st_size == 0
        connection = files.opened(path)
        try:
            if files.version(connection) > VERSION:
                raise Newer
            connection.execute("PRAGMA journal_mode=DELETE")
            # Where another window is just making it, it is empty too.
            is_empty = is_empty and files.version(connection) == 0
            _made(connection)
            checked(connection)
        except (Newer, sqlite3.OperationalError):
            connection.close()
            raise
        except (sqlite3.DatabaseError, Undecodable, Damaged):
            connection.close()
            if path is None:
                raise
            return self._renewed(path, now)
        if is_empty:
            self.notices.append(f"The journal was empty: what it may have held is lost ({path}).")
        return connection

    def _renewed(self, path: Path, now: datetime) -> sqlite3.Connection:
        """Begin a new file with what can be read of a damaged one."""
        aside = put_aside(path, now)
        connection = _made(files.opened(path))
        kept, lost = salvaged(aside, connection, now)
        unread = f" and {lost} could not" if lost else ""
        self.notices.append(
            f"The journal was damaged: {kept} of its changes could be read{unread}; it is kept as {aside}."
        )
        return connection


def _made(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Make the tables where there are none, or what an older program's lack."""
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("PRAGMA foreign_keys=ON")
    if files.version(connection) < VERSION:
        with files.transaction(connection):
            # Asked once more: another window may have made them while this one waited for its turn.
            for statement in chain.from_iterable(FORMS[files.version(connection) :]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={VERSION}")
    return connection


@contextmanager
def _told() -> Iterator[None]:
    """Give a fault of the file as one of the journal."""
    try:
        yield
    except (OSError, sqlite3.Error, Undecodable) as error:
        raise JournalFailed(_words(error)) from error


def _words(error: Exception) -> str:
    """Say what is wrong with the file, in the system's words where there are better ones than SQLite's."""
    if isinstance(error, OSError):
        return "the disk is full" if error.errno in _NO_ROOM else os.strerror(error.errno or 0)
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
        return "the disk is full"
    return str(error)
