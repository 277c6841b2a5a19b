"""Lets go of what nobody can miss, so that the journal does not grow for ever.

A step goes as a whole or not at all: once each of its changes has ended in done, failed or cancelled, and the last of
that is `AGE` ago, unless undo or redo can still reach it.  What is to be sent, or waits for somebody, stays however old
it is, whoever it is of.  Nothing is decided here about anything that has not ended.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from crm_tui.domain.intent import IntentState
from crm_tui.store.files import transaction
from crm_tui.store.journal import Order
from crm_tui.store.lookups import REACH

AGE: Final = timedelta(days=30)

_OVER: Final = (IntentState.DONE, IntentState.FAILED, IntentState.CANCELLED)

_AT_ONCE: Final = 50
"""Steps of one transaction: what is asked for meanwhile is written down behind that many, not behind all."""

_FOUND: Final = """
WITH reached AS (
    SELECT id, undoes FROM (
        SELECT id, undoes,
            row_number() OVER (PARTITION BY origin, user, business ORDER BY turn DESC) AS place
        FROM steps WHERE stack != ''
    ) WHERE place <= ?
)
SELECT step FROM intents
WHERE step NOT IN (SELECT id FROM reached UNION SELECT undoes FROM reached)
GROUP BY step
HAVING min(state IN (?, ?, ?))
    AND max(coalesce((SELECT max(at) FROM passages WHERE intent = number), made)) < ?
LIMIT ?
"""


def prune(now: datetime, *, at_once: int = _AT_ONCE) -> Order[int]:
    """Let go of some steps, the oldest among them or not; gives how many, so that none means that it is over."""

    def order(connection: sqlite3.Connection) -> int:
        with transaction(connection):
            before = (now - AGE).isoformat()
            found = connection.execute(_FOUND, (REACH, *_OVER, before, at_once)).fetchall()
            for step in found:
                connection.execute(
                    "DELETE FROM passages WHERE intent IN (SELECT number FROM intents WHERE step = ?)",
                    step,
                )
                gone = connection.execute("DELETE FROM intents WHERE step = ?", step).rowcount
                connection.execute("DELETE FROM steps WHERE id = ?", step)
                connection.execute("UPDATE pruned SET intents = intents + ?", (gone,))
        return len(found)

    return order
