"""What can be asked of the journal.  Nothing here writes.

Every function gives an order that `Journal.do` carries out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from crm_tui.domain.intent import (
    MAY_HAVE_BEEN_SENT,
    NEEDS_SOMEBODY,
    UNSETTLED,
    Binding,
    Entry,
    IntentState,
    Stack,
    Step,
)
from crm_tui.store.journal import Order
from crm_tui.store.reading import COLUMNS, entry, passages_of

REACH: Final = 200
"""Steps that undo and redo can take, together, after a start."""

_IS_OURS = "origin = ? AND user = ? AND (business IN ('', ?) OR ? = '')"
"""Two locations tell two books apart; a change made with none, or a profile that begins with none, goes with any."""


def unfinished(binding: Binding) -> Order[list[Entry]]:
    """Give what has no outcome yet, or waits for somebody, in the order in which it was made."""
    states = (*UNSETTLED, *NEEDS_SOMEBODY)

    def order(connection: sqlite3.Connection) -> list[Entry]:
        marks = ", ".join("?" * len(states))
        return _entries(
            connection,
            f"{_IS_OURS} AND state IN ({marks}) ORDER BY number",
            (*_key(binding), *states),
        )

    return order


def of_others(binding: Binding) -> Order[int]:
    """Count what is still to be sent to another address, as another user, or with another location."""

    def order(connection: sqlite3.Connection) -> int:
        marks = ", ".join("?" * len(UNSETTLED))
        ((count,),) = connection.execute(
            f"SELECT count(*) FROM intents WHERE NOT ({_IS_OURS}) AND state IN ({marks})",  # noqa: S608
            (*_key(binding), *UNSETTLED),
        )
        return int(count)

    return order


def left_for_others(binding: Binding) -> Order[list[Entry]]:
    """Give what is still to be sent to another address, as another user, or with another location."""

    def order(connection: sqlite3.Connection) -> list[Entry]:
        marks = ", ".join("?" * len(UNSETTLED))
        return _entries(
            connection,
            f"NOT ({_IS_OURS}) AND state IN ({marks}) ORDER BY number",
            (*_key(binding), *UNSETTLED),
        )

    return order


def newest(binding: Binding, limit: int, before: int | None = None) -> Order[list[Entry]]:
    """Give entries with their histories, the newest first, below a number if there is one."""

    def order(connection: sqlite3.Connection) -> list[Entry]:
        below = (1 << 62) if before is None else before
        return _entries(
            connection,
            f"{_IS_OURS} AND number < ? ORDER BY number DESC LIMIT ?",
            (*_key(binding), below, limit),
            whole=True,
        )

    return order


def needing(binding: Binding) -> Order[list[Entry]]:
    """Give those that wait for somebody, with their histories, the newest first."""

    def order(connection: sqlite3.Connection) -> list[Entry]:
        marks = ", ".join("?" * len(NEEDS_SOMEBODY))
        where = f"{_IS_OURS} AND state IN ({marks}) ORDER BY number DESC"
        return _entries(connection, where, (*_key(binding), *NEEDS_SOMEBODY), whole=True)

    return order


def count_needing(binding: Binding) -> Order[int]:
    """Count those that wait for somebody."""

    def order(connection: sqlite3.Connection) -> int:
        marks = ", ".join("?" * len(NEEDS_SOMEBODY))
        ((count,),) = connection.execute(
            f"SELECT count(*) FROM intents WHERE {_IS_OURS} AND state IN ({marks})",  # noqa: S608
            (*_key(binding), *NEEDS_SOMEBODY),
        )
        return int(count)

    return order


def these(binding: Binding, numbers: Sequence[int]) -> Order[list[Entry]]:
    """Give entries with their histories by their numbers, in no order; at most some hundred at once."""

    def order(connection: sqlite3.Connection) -> list[Entry]:
        marks = ", ".join("?" * len(numbers))
        where = f"{_IS_OURS} AND number IN ({marks})"
        return _entries(connection, where, (*_key(binding), *numbers), whole=True)

    return order


def numbered(binding: Binding, number: int) -> Order[Entry | None]:
    """Give one entry by its number."""

    def order(connection: sqlite3.Connection) -> Entry | None:
        found = _entries(
            connection, f"{_IS_OURS} AND number = ?", (*_key(binding), number), whole=True
        )
        return found[0] if found else None

    return order


def sent(binding: Binding, since: datetime) -> Order[list[tuple[Entry, datetime]]]:
    """Give what was written since a moment, or may have been, with when, in the order in which it was sent.

    What was made is left out: it has written over nothing.
    """

    def order(connection: sqlite3.Connection) -> list[tuple[Entry, datetime]]:
        marks = ", ".join("?" * len(MAY_HAVE_BEEN_SENT))
        found = _entries(
            connection,
            f"{_IS_OURS} AND record_id > 0 AND sent IS NOT NULL AND state IN ({marks}) AND number IN"  # noqa: S608
            " (SELECT intent FROM passages WHERE state = ? AND at >= ?)",
            (*_key(binding), *MAY_HAVE_BEEN_SENT, IntentState.SENDING, since.isoformat()),
            whole=True,
        )
        whens = [
            max(each.at for each in entry.passages if each.state == IntentState.SENDING)
            for entry in found
        ]
        return sorted(zip(found, whens, strict=True), key=lambda each: each[1])

    return order


def of_step(step_id: str) -> Order[list[Entry]]:
    """Give the entries of a step, in their order."""
    return lambda connection: _entries(connection, "step = ? ORDER BY number", (step_id,))


def marked(markers: Sequence[str]) -> Order[list[Entry]]:
    """Give entries by their markers."""

    def order(connection: sqlite3.Connection) -> list[Entry]:
        found: list[Entry] = []
        for marker in markers:
            found += _entries(connection, "marker = ?", (marker,))
        return found

    return order


def steps(binding: Binding, limit: int = REACH) -> Order[list[Step]]:
    """Give the newest steps that one of the two keys can still take, in the order of their turns."""

    def order(connection: sqlite3.Connection) -> list[Step]:
        rows = connection.execute(
            f"SELECT id, stack, undoes FROM steps WHERE {_IS_OURS} AND stack != ''"  # noqa: S608
            " ORDER BY turn DESC LIMIT ?",
            (*_key(binding), limit),
        ).fetchall()
        return [Step(step_id, Stack(stack), undoes) for step_id, stack, undoes in reversed(rows)]

    return order


def data_version(connection: sqlite3.Connection) -> int:
    """Give a number that moves whenever another window has changed the journal."""
    ((number,),) = connection.execute("PRAGMA data_version")
    return int(number)


def _key(binding: Binding) -> tuple[str, str, str, str]:
    return (binding.origin, binding.user, binding.business, binding.business)


def _entries(
    connection: sqlite3.Connection, where: str, values: tuple[object, ...], *, whole: bool = False
) -> list[Entry]:
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM intents WHERE {where}",  # noqa: S608 - our names
        values,
    ).fetchall()
    return [entry(row, passages_of(connection, row[0]) if whole else ()) for row in rows]
