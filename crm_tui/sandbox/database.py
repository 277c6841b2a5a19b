"""The SQLite file: its version, one connection, one transaction per write. Nothing here knows HTTP or records."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crm_tui.sandbox.schema import create_indexes, create_tables
from crm_tui.sandbox.times import wall_clock

SCHEMA_VERSION = 2
"""Raised with every change of the tables; a file of another version is refused, never converted."""

APPLICATION_ID = 0x43524D53
"""Marks our files, so that a reset never deletes somebody else's ("CRMS")."""

BUSY_SECONDS = 15.0
"""How long one process waits for another's transactions on the same file, which are not in any queue."""

SqlValue = str | int | float | None
"""What goes into a column or a question mark."""

_LONGEST = 18
"""Digits of a whole number that a column holds in any case."""

_HEADER = b"SQLite format 3\x00"
_APPLICATION_ID_OFFSET = 68  # in the header of every SQLite file, four bytes, big-endian


class SandboxDataError(Exception):
    """The database file cannot be used. The text is a sentence for the person who started the sandbox."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, creating it empty and private (0600) in an existing directory.

    Raises SandboxDataError when that is impossible or the file is something else than a database. The
    caller closes the connection, and must `prepare` it before use.
    """
    try:
        if not path.exists():
            # Created by hand, because SQLite would follow the umask.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(
            path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
        )
    except (OSError, sqlite3.Error) as error:
        raise SandboxDataError(f"The sandbox cannot open {path}: {error}.") from error
    try:
        # A rollback journal, because two processes and network file systems are safe with it. No waiting
        # for the disk: what is kept here is sample data, and a killed process loses nothing either way.
        for setting in ("journal_mode = DELETE", "synchronous = OFF", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")
    except sqlite3.Error as error:
        connection.close()
        raise SandboxDataError(f"The sandbox cannot use {path}: {error}.") from error
    connection.create_function("contains", 2, _contains, deterministic=True)
    connection.create_function("equals", 2, _equals, deterministic=True)
    connection.create_function("wall_clock", 3, wall_clock, deterministic=True)
    return connection


def prepare(connection: sqlite3.Connection, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make sure the tables are there and filled, exactly once even when two processes start together.

    `fill` runs inside the transaction that creates the tables. Raises SandboxDataError for a file of
    another version or of another program.
    """
    try:
        if _is_ready(connection):
            return
        with writing(connection):
            if _is_ready(connection):
                return
            create_tables(connection)
            fill(connection)
            create_indexes(connection)  # after the rows: filling is quicker without them
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except sqlite3.Error as error:
        raise SandboxDataError(f"The sandbox cannot use its database: {error}.") from error


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: everything inside happens, or nothing. Waits for another process's."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        yield


def whole_number(digits: str) -> int:
    """Read digits, however many: what no column can hold becomes a number that is in none.

    Raises ValueError for anything but digits and a sign before them.
    """
    significant = digits.removeprefix("-").lstrip("0")
    if len(significant) > _LONGEST and significant.isdecimal():
        return -(1 << 62) if digits.startswith("-") else 1 << 62
    return int(digits)


def remove(path: Path) -> None:
    """Delete the database file and its journal. Raises SandboxDataError when it is not one of ours."""
    try:
        with closing(os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC), "rb")) as file:
            header = file.read(_APPLICATION_ID_OFFSET + 4)
        ours = APPLICATION_ID.to_bytes(4, "big")
        if header and not (header.startswith(_HEADER) and header.endswith(ours)):
            raise SandboxDataError(f"{path} is not a sandbox database; it was not touched.")
        path.unlink()
        path.with_name(path.name + "-journal").unlink(missing_ok=True)
    except FileNotFoundError:
        return
    except OSError as error:
        raise SandboxDataError(f"The sandbox cannot replace {path}: {error}.") from error


def _is_ready(connection: sqlite3.Connection) -> bool:
    """Tell a database of ours from an empty one; anything else is an error."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application == APPLICATION_ID:
        if version != SCHEMA_VERSION:
            raise SandboxDataError(
                f"The database was made by another version of the sandbox (it has version {version},"
                f" this one needs {SCHEMA_VERSION}). Start with --reset to make a new one."
            )
        return True
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application or version or tables:
        raise SandboxDataError("The file is a database of another program.")
    return False


def _contains(text: str | None, part: str) -> bool:
    """Substring match that ignores case in every script; SQLite's LIKE does so for ASCII only."""
    return text is not None and part.casefold() in text.casefold()


def _equals(text: str | None, other: str) -> bool:
    """Equality that ignores case in every script."""
    return text is not None and other.casefold() == text.casefold()
