"""Reads the journal's rows as entries, and proves of each that it is as it was written.

A row whose digest does not fit is `Undecodable`: noise inside a page breaks no table, and must not become a write to
somebody's record.  It changes nothing.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from crm_tui.domain.intent import Binding, Entry, IntentState, Passage
from crm_tui.store.encoding import Undecodable, change_in, clashes_in, values_in

COLUMNS: Final = (
    "number, marker, step, origin, user, business, instance, record_id, change, subject, said, made,"
    " digest, due, state, words, tries, clashes, sent, before, inverse"
)

SEALED: Final = slice(1, 12)
"""The columns that never change once they are written; the digest is theirs."""


def digest(sealed: Iterable[Any]) -> int:
    """Sum up what a row holds for good."""
    return zlib.crc32(repr(tuple(sealed)).encode("utf-8", "surrogatepass"))


def entry(row: tuple[Any, ...], passages: Iterable[tuple[str, str, str]] = ()) -> Entry:
    """Read a row of `COLUMNS`; raises `Undecodable`."""
    if digest(row[SEALED]) != row[12]:
        raise Undecodable("a row that was not written so")
    (number, marker, step, origin, user, business, instance, record_id, change, subject, said) = (
        row[:11]
    )
    made, _, due, state, words, tries, clashes, sent, before, inverse = row[11:]
    try:
        return Entry(
            number=number,
            marker=marker,
            step=step,
            binding=Binding(origin, user, business),
            instance=instance,
            record_id=record_id,
            change=change_in(change),
            subject=subject,
            said=said,
            made=datetime.fromisoformat(made),
            due=datetime.fromisoformat(due),
            state=IntentState(state),
            words=words,
            tries=int(tries),
            clashes=clashes_in(clashes),
            sent=values_in(sent),
            before=values_in(before),
            inverse=None if inverse is None else change_in(inverse),
            passages=tuple(
                Passage(datetime.fromisoformat(at), IntentState(then), said)
                for at, then, said in passages
            ),
        )
    except (ValueError, TypeError) as error:
        raise Undecodable("a row of another form") from error


def passages_of(connection: sqlite3.Connection, number: int) -> list[tuple[str, str, str]]:
    """Give what became of an intent, oldest first."""
    return list(
        connection.execute(
            "SELECT at, state, words FROM passages WHERE intent = ? ORDER BY rowid", (number,)
        )
    )
