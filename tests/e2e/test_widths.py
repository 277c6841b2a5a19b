"""Names of every script on the board push nothing out of its column (row D13).

tmux keeps the cells as a terminal would, by the widths of the system's library; so does this test when it counts them
again.  The emulator of the other tests takes vowel signs for nothing and cannot tell.
"""

from __future__ import annotations

import ctypes
import locale
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import payloads
from tests.e2e.board import LAUNCHER, wait_for_board
from tests.e2e.hostile import connection
from tests.e2e.terminal import Terminal
from tests.e2e.tmux import in_tmux, needs_tmux

pytestmark = pytest.mark.terminal

BORDER = "▏"
"""At the left of the record, after the last column of the board."""

ROWS = 60


@pytest.fixture
def cells_of() -> Iterator[Callable[[str], int]]:
    """Count the cells of a text as the system's library does."""
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    width = ctypes.CDLL(None).wcwidth
    yield lambda text: sum(width(ord(character)) for character in text)
    locale.setlocale(locale.LC_CTYPE, before)


@pytest.fixture
def worldly(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a demo whose customers have the names of the corpus."""
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.press("q")
        assert terminal.wait_exit() == 0
    with connection(environment) as database:
        customers = database.execute("SELECT Id FROM coworkers ORDER BY Id").fetchall()
        for place, (customer,) in enumerate(customers):
            name = payloads.WIDTHS[place % len(payloads.WIDTHS)]
            database.execute(
                "UPDATE coworkers SET FullName = ?, CompanyName = ? WHERE Id = ?",
                (name, f"{name} {name}", customer),
            )
    return environment


@needs_tmux
def test_D13_the_border_stands_in_one_column_in_every_row(
    worldly: dict[str, str], cells_of: Callable[[str], int]
) -> None:
    assert len(payloads.WIDTHS) == 40
    seen: set[str] = set()
    with (
        tempfile.TemporaryDirectory(prefix="crm-") as folder,
        in_tmux([LAUNCHER, "demo"], worldly, Path(folder), 120, ROWS) as tmux,
    ):
        tmux.wait_for("as of")
        tmux.terminal.press("Z")
        tmux.wait_for("Stage     ")
        for _ in range(5):
            tmux.terminal.wait_quiet(600)
            rows = tmux.pane()[1 : ROWS - 3]
            found = {cells_of(row[: row.index(BORDER)]) for row in rows}
            assert len(found) == 1, rows
            seen |= {name for name in payloads.WIDTHS if any(name in row for row in rows)}
            tmux.terminal.press("ctrl+d")
        tmux.terminal.press("q")
        tmux.terminal.wait_exit()
        assert tmux.exit_status() == 0
    assert len(seen) >= 20
