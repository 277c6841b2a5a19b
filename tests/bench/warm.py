"""P1 and P2: how long a start takes that has a mirror, to the board painted and to all rows found and summed up."""

import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Row, Yardstick, median, over_yardstick
from tests.bench.measure import LONGEST, program
from tests.bench.yardstick import Yardsticks
from tests.e2e.board import LAUNCHER, STARTED, cards_are_painted
from tests.e2e.surroundings import throwaway_environment
from tests.e2e.terminal import Terminal

_FILLED = 300.0
"""Seconds that filling the mirror of a very large book may take."""

_AFTER_ESCAPE = 300
"""Milliseconds of quiet; without them escape would be the beginning of another key."""

_folders = contextlib.ExitStack()


@dataclass(frozen=True)
class Home:
    """A home whose profile has a full mirror, and the sandbox that the profile leads to."""

    environment: dict[str, str]
    database: Path
    url: str

    def listed(self) -> int:
        """Count the opportunities that a book holds: those of boards that are not archived."""
        with closing(sqlite3.connect(self.database)) as connection:
            ((count,),) = connection.execute(
                "SELECT count(*) FROM crmopportunities o JOIN crmboardcolumns c"
                " ON c.Id = o.CrmBoardColumnId JOIN crmboards b ON b.Id = c.CrmBoardId"
                " WHERE b.Archived = 0"
            )
        return int(count)

    def requests(self) -> int:
        """Count what the sandbox was asked so far."""
        with closing(sqlite3.connect(self.database)) as connection:
            ((count,),) = connection.execute("SELECT count(*) FROM requests")
        return int(count)


class WarmStart:
    """P1 or P2: starts with a mirror of some sizes."""

    def __init__(
        self, measured: str, budgets: dict[int, tuple[float, float]], samples: int
    ) -> None:
        """`budgets`: size of the book → times T to the board painted, and to all rows read."""
        self.id = measured
        self.title = "start with a mirror"
        self.samples = samples
        self._budgets = budgets
        self._paints: dict[int, list[float]] = {size: [] for size in budgets}
        self._reads: dict[int, list[float]] = {size: [] for size in budgets}
        self._bytes: dict[int, list[int]] = {size: [] for size in budgets}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Start once with each size."""
        for size in self._budgets:
            home = home_of(size)
            with program([LAUNCHER], home.environment) as terminal:
                painted = terminal.first_seen(cards_are_painted, "cards on the board", STARTED)
                self._bytes[size].append(sum(len(chunk.data) for chunk in terminal.chunks))
                self._paints[size].append((painted - terminal.started) * 1000)
                terminal.press("/")  # what is found, and its sums, needs every row
                read = terminal.first_seen(partial(_all_are_found, home.listed()), "every row")
                self._reads[size].append((read - terminal.started) * 1000)
                terminal.press("escape")
                terminal.wait_quiet(_AFTER_ESCAPE)
                terminal.press("q", "q")
                terminal.wait_exit()

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Medians against T, bytes against their limit."""
        rows = []
        for size, (painted, read) in self._budgets.items():
            of = f"mirror of {size:,}"
            figure = median(self._paints[size])
            rows.append(
                over_yardstick(self.id, f"{of}, board painted", figure, painted, yardstick.paint_ms)
            )
            figure = median(self._reads[size])
            what = f"{of}, all rows found and summed up"
            rows.append(over_yardstick(self.id, what, figure, read, yardstick.paint_ms))
            count = median(self._bytes[size])
            rows.append(Row(self.id, f"{of}, to the board painted", count, "bytes", budget=80_000))
        return rows


def _all_are_found(count: int, rows: list[str]) -> bool:
    return any(row.lstrip().startswith(f"{count:,} found") for row in rows)


@cache
def home_of(size: int) -> Home:
    """Have a sandbox served and a mirror of it filled, once for all samples."""
    folder = Path(_folders.enter_context(TemporaryDirectory(prefix="bench-warm-")))
    environment = throwaway_environment(folder / "home")
    database = folder / "sandbox.sqlite3"
    url = _folders.enter_context(_served(database, size, environment))
    secret = folder / "secret"
    secret.touch(0o600)
    secret.write_text("sandbox")
    account = ["here", "--url", url, "--plain-http", "--user", "ana@example.com"]
    subprocess.run(
        [LAUNCHER, "profile", "add", *account, "--password-file", secret],
        env=environment, check=True, capture_output=True, timeout=LONGEST,
    )  # fmt: skip
    home = Home(environment, database, url)
    with program([LAUNCHER], environment) as terminal:
        terminal.wait_for(r"as of \d\d:\d\d", timeout=_FILLED)
        _wait_until_filled(home, terminal)
        terminal.press("q")
        terminal.wait_exit()
    return home


def _wait_until_filled(home: Home, terminal: Terminal) -> None:
    """Wait until the history is asked for, which comes behind the whole book, and then until nothing comes."""
    end = time.monotonic() + _FILLED
    while not _asked_for_history(home) and time.monotonic() < end:
        terminal.wait_quiet(100.0)
    before = -1
    while before != (before := home.requests()):
        terminal.wait_quiet(1000.0)


def _asked_for_history(home: Home) -> bool:
    with closing(sqlite3.connect(home.database)) as connection:
        ((count,),) = connection.execute(
            "SELECT count(*) FROM requests WHERE Path LIKE '%crmopportunityhistories'"
        )
    return bool(count)


@contextlib.contextmanager
def _served(database: Path, size: int, environment: dict[str, str]) -> Iterator[str]:
    argv: list[str | Path] = [LAUNCHER, "sandbox", "--port", "0", "--size", str(size)]
    argv += ["--db", database]
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            assert sandbox.stdout is not None
            yield sandbox.stdout.readline().split()[2]
        finally:
            sandbox.terminate()
