"""Writes rows of a new database with the base columns that every record has. Knows no table."""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import count
from random import Random

SYSTEM = "[System]"
"""Who is said to have written what nobody wrote."""

Row = tuple[object, ...]
"""Values in the order of a table's columns."""


class Rows:
    """The inserting of rows into one new database."""

    def __init__(self, connection: sqlite3.Connection, random: Random) -> None:
        self.connection = connection
        digits = f"{random.getrandbits(80):020x}"
        self._guid = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:]}-"

    def base(self, record_id: int, created: str, updated: str = "", by: str = SYSTEM) -> Row:
        """Give the base columns of a row, in the order of `insert`."""
        return (record_id, self.unique_id(record_id), created, updated or created, by)

    def unique_id(self, record_id: int) -> str:
        """Give a record's GUID: one random beginning for the database, the id at its end."""
        return f"{self._guid}{record_id:012x}"

    def insert(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        """Add rows that start with `base` and go on with `columns` (comma-separated)."""
        names = f"Id, UniqueId, CreatedOn, UpdatedOn, UpdatedBy, {columns}"
        marks = ", ".join("?" * (names.count(",") + 1))
        self.connection.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - our names
            rows,
        )


def rising_ids(random: Random, start: int) -> Iterator[int]:
    """Give rising ids with small gaps, as a server that many customers share hands them out."""
    for first in count(start, 7):
        yield first + int(random.random() * 7)
