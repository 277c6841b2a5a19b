"""What tests of headless commands share: a program started as a script would, and records to work on."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.cli.sandbox import Served

BOARD = """SELECT Id FROM crmboards WHERE Archived = 0 AND Id IN
    (SELECT CrmBoardId FROM crmboardcolumns WHERE Name = 'Office tour') ORDER BY Id LIMIT 1"""
PUTS = "SELECT count(*) FROM requests WHERE Method = 'PUT'"


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on the standard output."""
        return json.loads(self.out)


def program(*arguments: str) -> Said:
    """Run the program as a script would, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "crm_tui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def stage(sandbox: Served, name: str) -> int:
    """Give the id of a stage of the board that the tests use."""
    ((found,),) = sandbox.query(
        f"SELECT Id FROM crmboardcolumns WHERE Name = ? AND CrmBoardId = ({BOARD})", name
    )
    return int(found)


def cards(sandbox: Served, count: int) -> list[str]:
    """Put some cards into the first stage, and give their ids."""
    found = sandbox.query(
        f"""SELECT o.Id FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
        WHERE c.CrmBoardId = ({BOARD}) ORDER BY o.Id LIMIT ?""",
        count,
    )
    for (record_id,) in found:
        sandbox.execute(
            "UPDATE crmopportunities SET CrmBoardColumnId = ?, UpdatedOn = strftime('%Y-%m-%dT%H:%M:%SZ') WHERE Id = ?",
            *(stage(sandbox, "Enquiry"), record_id),
        )
    return [str(record_id) for (record_id,) in found]


def stage_of(sandbox: Served, record_id: str) -> str:
    """Say in which stage a card is, by the sandbox's database."""
    ((name,),) = sandbox.query(
        """SELECT c.Name FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
        WHERE o.Id = ?""",
        record_id,
    )
    return str(name)


def writes(sandbox: Served) -> int:
    """Count the writes that have arrived."""
    ((count,),) = sandbox.query(PUTS)
    return int(count)
