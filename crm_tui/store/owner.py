"""A thread that owns one SQLite file: all that is asked of the file is done there, one thing after the other.

The event loop never waits for a disk, and a transaction is never begun in one place and ended in another: what is
asked for is a whole function, and it runs to its end even when whoever asked no longer waits for it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Owner:
    """The one thread that touches a connection."""

    def __init__(self, open_file: Callable[[], sqlite3.Connection], name: str) -> None:
        """Open the file with `open_file`, in the thread itself, and raise what that raises."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        try:
            self._connection = self._thread.submit(open_file).result()
        except (OSError, sqlite3.Error):
            self._thread.shutdown()
            raise

    async def do(self, what: Callable[[sqlite3.Connection], T]) -> T:
        """Run `what` on the connection; cancelling ends the waiting only."""
        return await asyncio.shield(asyncio.wrap_future(self._thread.submit(self._run, what)))

    def do_now(self, what: Callable[[sqlite3.Connection], T]) -> T:
        """Run `what` on the connection and wait: for the time before there is an event loop, and after it."""
        return self._thread.submit(self._run, what).result()

    def begin(self, what: Callable[[sqlite3.Connection], object]) -> None:
        """Have `what` run on the connection in its turn; nobody waits for it."""
        self._thread.submit(self._run, what).add_done_callback(lambda done: done.result())

    def replace(self, connection: sqlite3.Connection) -> None:
        """Close the file and go on with another one; only for a function that runs in the thread already."""
        self._connection.close()
        self._connection = connection

    def close(self) -> None:
        """Finish what was asked for, then close the file."""
        self._thread.submit(lambda: self._connection.close()).result()
        self._thread.shutdown()

    def _run(self, what: Callable[[sqlite3.Connection], T]) -> T:
        return what(self._connection)
