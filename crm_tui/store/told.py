"""What the mirror was told by name rather than by record: boards, stages, how far changes are known, and the like.

Each name has one value, packed whole.  What the values mean is the service's business; opportunities lie elsewhere.
"""

from __future__ import annotations

import sqlite3
from typing import TypeVar

from crm_tui.domain.rows import Board, Stage
from crm_tui.store.known import Around, Cursors, Known, Listing, Offered
from crm_tui.store.packing import moment_of, packed, unpacked

T = TypeVar("T")


def all_told(connection: sqlite3.Connection) -> Known:
    """Give all that is needed to draw, but the opportunities; raises `DamagedError`."""
    listings = connection.execute("SELECT board, as_of, unreadable FROM listings").fetchall()
    return Known(
        boards=told(connection, "boards", list[Board], []),
        stages=told(connection, "stages", list[Stage], []),
        listings={
            board_id: Listing(moment, unreadable)
            for board_id, as_of, unreadable in listings
            if (moment := moment_of(as_of)) is not None
        },
        cursors=told(connection, "cursors", Cursors, Cursors()),
        around=told(connection, "around", Around, Around()),
        offered=told(connection, "offered", Offered, Offered()),
    )


def told(connection: sqlite3.Connection, name: str, kind: type[T], otherwise: T) -> T:
    """Give what a name was told last, or `otherwise`; raises `DamagedError`."""
    row = connection.execute("SELECT value FROM told WHERE name = ?", (name,)).fetchone()
    return unpacked(row[0], kind) if row is not None else otherwise


def tell(connection: sqlite3.Connection, name: str, value: object) -> None:
    """Put a value in the place of what a name was told before."""
    connection.execute("INSERT OR REPLACE INTO told VALUES (?, ?)", (name, packed(value)))
