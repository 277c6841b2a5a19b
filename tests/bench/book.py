"""The books that the board is measured on: the demo's own, and one of another size in the demo's place."""

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Row
from tests.bench.measure import LONGEST, NotMeasuredError, empty_home, program
from tests.e2e.board import LAUNCHER, wait_for_board
from tests.e2e.surroundings import throwaway_environment
from tests.e2e.terminal import Terminal

SIZES = (2400, 5000)
"""Opportunities of a book, over all its boards: the demo's, and a large operator's."""

_SETTLED_MS = 1000.0

_ON_THE_FIRST_BOARD = """
SELECT count(*) FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
WHERE c.CrmBoardId = (SELECT Id FROM crmboards WHERE Archived = 0 ORDER BY BusinessId, Id LIMIT 1)
"""

_folders = contextlib.ExitStack()


@contextmanager
def opened(size: int) -> Iterator[Terminal]:
    """Open a book of *size*, on its first board; all of it has come, and the program has come to rest."""
    with empty_home() as environment:
        place = _place(environment)
        place.parent.mkdir(mode=0o700, parents=True)
        shutil.copyfile(_made(size), place)
        place.chmod(0o600)
        with program([LAUNCHER, "demo"], environment) as terminal:
            wait_for_board(terminal)
            terminal.wait_for(r"as of \d\d:\d\d")
            terminal.wait_until(lambda: "loading" not in terminal.text(), "the whole book")
            terminal.wait_quiet(_SETTLED_MS)
            yield terminal
            terminal.press("q")
            terminal.wait_exit()


def shown_cards() -> list[Row]:
    """Say for the report how many cards of each book are on the board that is measured."""
    rows = []
    for size in SIZES:
        with closing(sqlite3.connect(_made(size))) as database:
            ((count,),) = database.execute(_ON_THE_FIRST_BOARD)
        rows.append(Row("P4", f"{size:,} cards in all, on the board shown", count, "cards"))
    return rows


@cache
def _made(size: int) -> Path:
    """Have the sandbox found a book once; every opening takes a copy of it."""
    folder = Path(_folders.enter_context(TemporaryDirectory(prefix="bench-book-")))
    place = folder / "book.sqlite3"
    argv: list[str | Path] = [
        LAUNCHER,
        "sandbox",
        "--port",
        "0",
        "--size",
        str(size),
        "--db",
        str(place),
    ]
    with subprocess.Popen(
        argv, env=throwaway_environment(folder / "home"), stdout=subprocess.PIPE, text=True
    ) as sandbox:
        assert sandbox.stdout is not None
        is_ready = bool(sandbox.stdout.readline())
        sandbox.terminate()
        sandbox.wait(LONGEST)
    if not is_ready:
        raise NotMeasuredError(f"the sandbox made no book of {size:,}")
    return place


def _place(environment: Mapping[str, str]) -> Path:
    return Path(environment["XDG_DATA_HOME"]) / "crm-tui" / "demo.sqlite3"
