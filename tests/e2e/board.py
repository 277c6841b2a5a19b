"""The demo's board from outside: how a test or a measurement knows that it is there, and what its data say."""

import re
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tests.e2e.terminal import Terminal

LAUNCHER = Path(sys.executable).with_name("crm-tui")
"""The installed command of the environment that the tests run in."""

STARTED = 60.0
"""Seconds that a first start may take before a test gives up; what it should take is measured."""

_EDGES = re.compile(r"▌(.*?)▐")
_HEADER_ROWS = 4
_ROWS = 6
"""Rows with words or figures that no notice has, and a few cards have."""
_CARD_ROWS = 4


def cards_are_painted(rows: list[str]) -> bool:
    """Whether the board shows cards: its place among the boards, its first stage, and rows with names."""
    if not rows or " of " not in rows[0]:
        return False
    if not any("Enquiry" in row for row in rows[:_HEADER_ROWS]):
        return False
    body = rows[_HEADER_ROWS:-3]
    return sum(any(char.isalnum() for char in row) for row in body) >= _ROWS


def wait_for_board(terminal: Terminal, timeout: float = STARTED) -> None:
    """Wait until the first cards are painted and the screen has come to rest."""
    terminal.wait_until(lambda: cards_are_painted(terminal.lines()), "cards on the board", timeout)
    terminal.wait_quiet()


def cursor_place(rows: list[str]) -> int:
    """Count the cards above the one under the cursor, those that are scrolled away included.

    For columns side by side, whose cards take three lines and a gap.
    """
    rule = next(place for place, row in enumerate(rows) if "───" in row)
    top = next(place for place, row in enumerate(rows) if "▌" in row)
    scrolled = re.match(r"  ↑ (\d+) more", rows[rule][rows[top].index("▌") :])
    return (int(scrolled[1]) if scrolled else 0) + (top - rule - 1) // _CARD_ROWS


def current_card(terminal: Terminal) -> list[str]:
    """Read the card between the cursor's edges."""
    return [found[1].strip() for line in terminal.lines() if (found := _EDGES.search(line))]


def hint_of(terminal: Terminal, title: str, label: str) -> str:
    """Wait for a panel of choices, and read which key takes the one called *label*."""
    found = terminal.wait_for(rf"^ {title}[\s\S]*?[ ▸](\w) {re.escape(label)}\b")
    return found[1]


def said_of(name: str, what: str) -> str:
    """A pattern of a name and what is said of it: behind letters that a terminal takes for narrow blanks are left."""
    return rf"{re.escape(name)} +{re.escape(what)}"


def demo_data(environment: Mapping[str, str], sql: str) -> list[tuple[object, ...]]:
    """Ask the demo's database, past the program."""
    database = Path(environment["XDG_DATA_HOME"]) / "crm-tui" / "demo.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.execute(sql))
