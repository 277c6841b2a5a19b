"""A sandbox as a process on loopback, as somebody would start it by hand, and profiles that lead to it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from crm_tui.cli.main import run

ANA = ("ana@example.com", "sandbox")


@dataclass(frozen=True)
class Served:
    """Where it listens, and its database."""

    url: str
    database: Path

    def fault(self, **rule: Any) -> None:
        """Order trouble."""
        httpx.post(f"{self.url}/_sandbox/faults", json=rule, auth=ANA).raise_for_status()

    def fired(self) -> int:
        """Say how often trouble has struck."""
        rules = httpx.get(f"{self.url}/_sandbox/faults", auth=ANA).raise_for_status().json()
        return sum(rule["fired"] for rule in rules)

    def heal(self) -> None:
        """End all trouble."""
        httpx.delete(f"{self.url}/_sandbox/faults", auth=ANA).raise_for_status()

    def forget_tokens(self, kind: str) -> None:
        """End tokens before their time: `access`, `refresh` or `all`."""
        answer = httpx.delete(f"{self.url}/_sandbox/tokens", params={"kind": kind}, auth=ANA)
        answer.raise_for_status()

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database, past everything that is being tested."""
        with closing(sqlite3.connect(self.database)) as connection:
            return list(connection.execute(sql, values))

    def asked(self, method: str, path: str) -> int:
        """Say how many such requests have arrived."""
        ((count,),) = self.query(
            "SELECT count(*) FROM requests WHERE Method = ? AND Path = ?", method, path
        )
        return int(count)

    def execute(self, sql: str, *values: object) -> None:
        """Change the database, as somebody else would."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(sql, values)


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve a small sandbox while the block runs."""
    database = folder / "sandbox.sqlite3"
    command = ["sandbox", "--port", "0", "--db", str(database), "--size", "30"]
    with subprocess.Popen(
        [sys.executable, "-m", "crm_tui", *command], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Served(process.stdout.readline().split()[2], database)
        finally:
            process.terminate()


def add_profile(folder: Path, url: str, password: str, *more: str, user: str = ANA[0]) -> None:
    """Add a profile `here` whose password lies in a file."""
    path = folder / "secret"
    path.touch(0o600)
    path.write_text(password)
    account = ["here", "--url", url, "--plain-http", "--user", user]
    assert run(["profile", "add", *account, "--password-file", str(path), *more]) == 0
