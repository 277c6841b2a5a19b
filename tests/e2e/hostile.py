"""A demo full of hostile records: every payload stands in some field between two nonces.

Whatever comes out between a pair of them must be printable, and nothing of it may have been obeyed.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests import payloads
from tests.e2e.board import LAUNCHER, wait_for_board
from tests.e2e.terminal import Terminal

_NONCE = re.compile(r"\{(\w)(\d\d)(.*?)\1\2\}", re.DOTALL)
"""A field's letter, a payload's number, what came out of the payload, and the same again."""

_OWN = re.compile(r"\x1b\[[\d;]*[mHGCKX]")
"""What the program itself sends between texts: another style, another place."""

STAGES = 4


def wrapped(letter: str, number: int) -> str:
    """Put a payload between its nonces."""
    return f"{{{letter}{number:02}{payloads.ALL[number]}{letter}{number:02}}}"


def plant(environment: dict[str, str]) -> None:
    """Make the demo's data, then put a payload into every text that a card shows."""
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for("as of")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    with connection(environment) as database:
        (board,) = database.execute("SELECT min(CrmBoardId) FROM crmboardcolumns").fetchone()
        (board,) = database.execute(
            "SELECT Id FROM crmboards WHERE Archived = 0 ORDER BY BusinessId, Id LIMIT 1"
        ).fetchone()
        stages = [
            row[0]
            for row in database.execute(
                "SELECT Id FROM crmboardcolumns WHERE CrmBoardId = ? ORDER BY Position", (board,)
            )
        ]
        for stage in stages[STAGES:]:
            database.execute(
                "UPDATE crmopportunities SET CrmBoardColumnId = ? WHERE CrmBoardColumnId = ?",
                (stages[0], stage),
            )
            database.execute("DELETE FROM crmboardcolumns WHERE Id = ?", (stage,))
        for number, stage in enumerate(stages[:STAGES]):
            database.execute(
                "UPDATE crmboardcolumns SET Name = ? WHERE Id = ?",
                (wrapped("s", number * 7), stage),
            )
        database.execute("UPDATE crmboards SET Name = ? WHERE Id = ?", (wrapped("b", 3), board))
        database.execute("UPDATE businesses SET Name = ?", (wrapped("l", 24),))
        database.execute("UPDATE users SET FullName = ?", ("\x1b[6n \x9b6n",))
        cards = [
            row[0]
            for row in database.execute(
                """SELECT o.CoworkerId FROM crmopportunities o
                   WHERE o.CrmBoardColumnId IN (SELECT Id FROM crmboardcolumns WHERE CrmBoardId = ?)
                   GROUP BY o.CoworkerId ORDER BY min(o.Position), min(o.Id)""",
                (board,),
            )
        ]
        for place, customer in enumerate(cards):
            number = place % len(payloads.ALL)
            database.execute(
                "UPDATE coworkers SET FullName = ?, CompanyName = ? WHERE Id = ?",
                (wrapped("n", number), wrapped("c", number), customer),
            )


@contextmanager
def connection(environment: dict[str, str]) -> Iterator[sqlite3.Connection]:
    """Open the demo's database, past the program, to change it; the next start asks for everything."""
    path = Path(environment["XDG_DATA_HOME"]) / "crm-tui" / "demo.sqlite3"
    with closing(sqlite3.connect(path)) as database, database:
        yield database
    _forget_the_mirror(environment)


def _forget_the_mirror(environment: dict[str, str]) -> None:
    """What is written past the service is no change that it would tell of."""
    for mirror in (Path(environment["XDG_CACHE_HOME"]) / "crm-tui").glob("*.sqlite3"):
        mirror.unlink()


def seen_in(out: str) -> dict[str, set[int]]:
    """Give for each field the payloads that were shown whole; whatever is shown of them must be fit for it."""
    seen: dict[str, set[int]] = {}
    for field, number, shown in _NONCE.findall(out):
        # A column's edge may have cut it: then the program's own sequences follow.
        own = (each for each in _OWN.finditer(shown) if each[0] not in payloads.ALL[int(number)])
        cut = next((each.start() for each in own), None)
        kept = shown[:cut]
        if cut is None:
            seen.setdefault(field, set()).add(int(number))
        # U+FFFD would be the guard's work: a sink that forgot the first line of defence.
        foul = [c for c in kept if unicodedata.category(c) in ("Cc", "Cs", "Cf") or c == "\ufffd"]
        assert foul == [], (field, payloads.ALL[int(number)], shown)
    for payload in payloads.CONTROL:
        if len(payload) > 3 and payload.startswith("\x1b]"):
            assert payload not in out
    return seen
