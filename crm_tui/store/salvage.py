"""Finds out whether a journal is whole, and takes over what can be read of one that is not.

Nothing that was salvaged is sent by itself: what was still to be sent waits for somebody to look at it.  A damaged
file is never written to and never removed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from crm_tui.domain.intent import UNSETTLED, IntentState
from crm_tui.store.encoding import Undecodable
from crm_tui.store.files import transaction
from crm_tui.store.reading import COLUMNS, entry, passages_of

_MOST: Final = 100_000
"""Numbers that are asked for one by one; a number read from noise can be any."""

_MOST_MISSING: Final = 256 * 1024 * 1024
"""Bytes; a header that is noise can name any length."""

WORDS: Final = "it was read from a damaged journal; look at it before it is sent"


class Damaged(Exception):
    """The file is not whole."""


def checked(connection: sqlite3.Connection) -> None:
    """Raise `Damaged`, `Undecodable` or `sqlite3.DatabaseError` unless everything can be read."""
    connection.text_factory = text
    ((found,), *_) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if found != "ok":
        raise Damaged
    for row in connection.execute(f"SELECT {COLUMNS} FROM intents"):  # noqa: S608 - our names
        entry(row)


def text(read: bytes) -> str:
    """Read a text; raises `Undecodable` where SQLite would raise what it raises for a full disk, too."""
    try:
        return read.decode()
    except UnicodeDecodeError as error:
        raise Undecodable("a text that is none") from error


def put_aside(path: Path, now: datetime) -> Path:
    """Rename a file, and what SQLite left beside it, to a name with the time; give the new one."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    more = 1
    while aside.exists():
        more += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{more}")
    path.rename(aside)
    with suppress(FileNotFoundError):
        path.with_name(f"{path.name}-journal").rename(aside.with_name(f"{aside.name}-journal"))
    return aside


def salvaged(aside: Path, into: sqlite3.Connection, now: datetime) -> tuple[int, int]:
    """Take over every row that is as it was written; give how many are, and how many are known to be lost."""
    rows: dict[int, tuple[Any, ...]] = {}
    unsettled: set[int] = set()
    histories: dict[int, list[tuple[str, str, str]]] = {}
    steps: list[tuple[Any, ...]] = []
    pruned = 0
    with closing(sqlite3.connect(":memory:")) as damaged:
        damaged.deserialize(_filled_up(aside.read_bytes()))
        damaged.text_factory = text
        for row in _rows(damaged):
            with suppress(Undecodable):
                found = entry(row)
                rows[found.number] = row
                if found.state in UNSETTLED:
                    unsettled.add(found.number)
        for number in rows:
            with suppress(sqlite3.Error, ValueError):
                histories[number] = passages_of(damaged, number)
        with suppress(sqlite3.Error):
            steps += damaged.execute(
                "SELECT id, turn, stack, undoes, origin, user, business FROM steps"
            )
        with suppress(sqlite3.Error):
            ((pruned,),) = damaged.execute(
                "SELECT CAST(coalesce(sum(intents), 0) AS INTEGER) FROM pruned"
            )
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    with transaction(into):
        for number, row in sorted(rows.items()):
            into.execute(f"INSERT OR IGNORE INTO intents ({COLUMNS}) VALUES ({marks})", row)  # noqa: S608
            passages = [(number, *each) for each in histories.get(number, ())]
            if number in unsettled:
                into.execute(
                    "UPDATE intents SET state = ?, words = ? WHERE number = ?",
                    (IntentState.PARKED, WORDS, number),
                )
                passages.append((number, now.isoformat(), IntentState.PARKED, WORDS))
            into.executemany("INSERT INTO passages VALUES (?, ?, ?, ?)", passages)
        with suppress(sqlite3.IntegrityError):
            into.executemany("INSERT OR IGNORE INTO steps VALUES (?, ?, ?, ?, ?, ?, ?)", steps)
        missing = max(rows, default=0) - len(rows)
        pruned = min(max(pruned, 0), missing)  # noise can be any number
        into.execute("UPDATE pruned SET intents = ?", (pruned,))
    return len(rows), missing - pruned


def _filled_up(held: bytes) -> bytes:
    """Give a file the length that its header names: SQLite reads nothing at all of one that was cut off."""
    page = int.from_bytes(held[16:18]) or 1
    page = 65_536 if page == 1 else page
    pages = int.from_bytes(held[28:32])
    missing = page * pages - len(held)
    return held + bytes(missing) if 0 < missing <= _MOST_MISSING else held


def _rows(damaged: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Read from both ends up to where it fails, then what is left one by one."""
    seen: set[int] = set()
    for order in ("number", "number DESC"):
        with suppress(sqlite3.Error, ValueError):
            for row in damaged.execute(f"SELECT {COLUMNS} FROM intents ORDER BY {order}"):  # noqa: S608
                if isinstance(row[0], int) and row[0] not in seen:
                    seen.add(row[0])
                    yield row
    for number in range(1, min(max(seen, default=0), _MOST) + 1):
        if number not in seen:
            with suppress(sqlite3.Error, ValueError):
                found = damaged.execute(
                    f"SELECT {COLUMNS} FROM intents WHERE number = ?",  # noqa: S608
                    (number,),
                ).fetchone()
                if found is not None:
                    yield found
