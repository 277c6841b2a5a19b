"""The journal's tables, form after form, and the version of the last one.  Words only; nothing is asked here."""

from __future__ import annotations

from typing import Final

_FIRST: Final = (
    """CREATE TABLE intents (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        marker TEXT NOT NULL UNIQUE,
        step TEXT NOT NULL,
        origin TEXT NOT NULL,
        user TEXT NOT NULL,
        business TEXT NOT NULL,
        instance TEXT NOT NULL,
        record_id INTEGER NOT NULL,
        change BLOB NOT NULL,
        subject TEXT NOT NULL,
        said TEXT NOT NULL,
        made TEXT NOT NULL,
        digest INTEGER NOT NULL,
        due TEXT NOT NULL,
        state TEXT NOT NULL,
        words TEXT NOT NULL DEFAULT '',
        tries INTEGER NOT NULL DEFAULT 0,
        clashes BLOB,
        sent BLOB,
        before BLOB,
        inverse BLOB
    )""",
    "CREATE INDEX intents_by_state ON intents (state)",
    "CREATE INDEX intents_by_step ON intents (step)",
    """CREATE TABLE passages (
        intent INTEGER NOT NULL REFERENCES intents (number),
        at TEXT NOT NULL,
        state TEXT NOT NULL,
        words TEXT NOT NULL
    )""",
    "CREATE INDEX passages_by_intent ON passages (intent)",
    """CREATE TABLE steps (
        id TEXT PRIMARY KEY,
        turn INTEGER NOT NULL,
        stack TEXT NOT NULL,
        undoes TEXT NOT NULL,
        origin TEXT NOT NULL,
        user TEXT NOT NULL,
        business TEXT NOT NULL
    )""",
)

_COUNTS_WHAT_WENT: Final = (
    # How many intents were let go of: the others that are missing from a damaged file are lost.
    "CREATE TABLE pruned (intents INTEGER NOT NULL)",
    "INSERT INTO pruned VALUES (0)",
)

FORMS: Final = (_FIRST, _COUNTS_WHAT_WENT)
"""What makes each form of the one before it, the first of an empty file."""

VERSION: Final = len(FORMS)
