"""Opens SQLite files: private to their user, with a format that is checked before anything is read.

It repairs nothing and makes no tables; what a file holds is its owner's business.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Final

_PATIENCE: Final = 5.0
"""Seconds to wait for another window that writes: a busy disk may take more than one for a single commit."""

_AT_ONCE: Final = 50
"""Rows put with one statement: after each one the thread waits until the event loop lets it have the interpreter."""


def opened(path: Path | None) -> sqlite3.Connection:
    """Open a file, made for this user alone if it is missing; in memory when there is no path.

    Transactions are begun by hand.  Raises `OSError` and `sqlite3.Error`.
    """
    if path is None:
        return sqlite3.connect(":memory:", isolation_level=None)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    return sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)


def version(connection: sqlite3.Connection) -> int:
    """Give the format's version that the file tells of itself; 0 for a new one."""
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all that the block does, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def put(
    connection: sqlite3.Connection, statement: str, width: int, rows: Iterable[Sequence[object]]
) -> None:
    """Put rows of so many values, some at a time, with a statement that has `{}` where they belong."""
    waiting = iter(rows)
    row = f"({', '.join('?' * width)})"
    while some := list(islice(waiting, _AT_ONCE)):
        connection.execute(
            statement.format(", ".join([row] * len(some))), list(chain.from_iterable(some))
        )
