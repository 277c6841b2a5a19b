"""The mirror's file: its format, to whom it belongs, and how it is made anew.

Nothing in it is worth saving: what is not of this version, not of this account or not whole is thrown away.  What
the tables mean is the mirror's business.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from crm_tui.store import filesystems
from crm_tui.store.files import opened, version
from crm_tui.store.packing import DamagedError

VERSION: Final = 4
"""Raised with every change of the tables, of a row, or of anything else that is packed."""

APPLICATION_ID: Final = 0x43524D4D
"""Marks our files ("CRMM")."""

SAFE_WAL: Final = (3, 51, 3)
"""Earlier ones may lose a write-ahead log that two processes share (https://sqlite.org/wal.html#walresetbug)."""

DAMAGE: Final = (DamagedError, sqlite3.DatabaseError)
"""What reading a damaged file raises; `sqlite3.OperationalError` among it is trouble with the file's place instead."""

_SCHEMA: Final = """
CREATE TABLE told (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE listings (board INTEGER PRIMARY KEY, as_of TEXT NOT NULL, unreadable INTEGER NOT NULL);
-- In the order in which a board is drawn, so that its first screen is the beginning of each stage.
CREATE TABLE cards (
    board INTEGER NOT NULL, stage INTEGER NOT NULL, position INTEGER NOT NULL, id INTEGER NOT NULL,
    sum INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (board, stage, position, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX cards_by_id ON cards (id);
-- Apart, so that reading the cards does not page through them; one behind the other as they come, for boards whose ids
-- lie between one another's would otherwise be written into the midst of what is there, at twice the cost.
CREATE TABLE records (id INTEGER NOT NULL UNIQUE, sum INTEGER NOT NULL, text BLOB NOT NULL);
"""


class NotOursError(Exception):
    """The file is of another version of this program, or no mirror at all."""


class AnotherAccountError(Exception):
    """The file mirrors another account's book."""


def open_whole(path: Path | None, account: str) -> sqlite3.Connection:
    """Open a mirror of this version and this account, with its tables made in an empty file.

    Raises `NotOursError`, `AnotherAccountError`, `OSError` and `sqlite3.Error`; the file is closed then.
    """
    connection = opened(path)
    with ExitStack() as stack:
        stack.callback(connection.close)
        _prepare(connection, account, journal_mode(path))
        stack.pop_all()
    return connection


def throw_away(path: Path) -> None:
    """Delete a mirror with all that SQLite may have laid beside it.  Raises `OSError`."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def lock_of(path: Path) -> int | None:
    """Take the right to write a mirror, for as long as the file descriptor is open; none while another has it.

    Raises `OSError`.
    """
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError:
        os.close(lock)
        raise
    return lock


def journal_mode(
    path: Path | None,
    version: tuple[int, ...] = sqlite3.sqlite_version_info,
    kind_of: filesystems.KindOf = filesystems.kind_of,
) -> str:
    """Say how a mirror is written: with a log ahead only where this SQLite and the path's filesystem keep one whole."""
    is_safe = path is not None and version >= SAFE_WAL and filesystems.shares_memory(kind_of(path))
    return "WAL" if is_safe else "DELETE"


def _prepare(connection: sqlite3.Connection, account: str, mode: str) -> None:
    ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_schema")
    if tables == 0:
        connection.execute("PRAGMA page_size = 8192")
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute("PRAGMA synchronous = NORMAL")
    if tables == 0:
        connection.executescript(
            f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA application_id = {APPLICATION_ID};"
            f"PRAGMA user_version = {VERSION}; COMMIT"
        )
    ((application_id,),) = connection.execute("PRAGMA application_id")
    if application_id != APPLICATION_ID or version(connection) != VERSION:
        raise NotOursError
    kept = connection.execute("SELECT value FROM told WHERE name = 'account'").fetchone()
    if kept is None:
        connection.execute("INSERT INTO told VALUES ('account', ?)", (account,))
    elif kept[0] != account:
        raise AnotherAccountError
