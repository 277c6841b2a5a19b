"""A window as a process of its own: a book with a journal on disk, told on its input what to do.

Lines: ``value ID AMOUNT``, ``bulk AMOUNT ID …`` and ``move STAGE ID …`` ask for changes and answer ``held`` once they
are promised, ``settle`` answers ``settled``.  Started as ``python -m tests.service.windowed FOLDER JOURNAL``, where
FOLDER is that of a sandbox that is being served.
"""

from __future__ import annotations

import asyncio
import sys
from decimal import Decimal
from functools import partial
from pathlib import Path

from crm_tui.domain.change import Change, Planned, Set
from crm_tui.domain.pipeline import move_to
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from tests.world import Sandbox, open_book, until


async def lines() -> asyncio.StreamReader:
    """Read the input without keeping the loop waiting."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader


def plans_of(crm: Crm, words: list[str]) -> list[Planned]:
    """Make changes of a line."""
    if words[0] == "value":
        return [_worth(crm, int(words[1]), words[2])]
    if words[0] == "bulk":
        return [_worth(crm, int(word), words[1]) for word in words[2:]]
    stage = crm.snapshot.stages[int(words[1])]
    plans = []
    for word in words[2:]:
        row = crm.snapshot.row(int(word))
        assert row is not None
        plans.append(Planned(row.id, move_to(crm.snapshot, row, stage), row.customer, ""))
    return plans


def _worth(crm: Crm, record_id: int, amount: str) -> Planned:
    row = crm.snapshot.row(record_id)
    assert row is not None
    change = Change((Set("value", row.value, Decimal(amount)),))
    return Planned(row.id, change, row.customer, "")


def is_promised(crm: Crm, plans: list[Planned]) -> bool:
    """Say whether changes are written down."""
    return all(crm.snapshot.state(plan.record_id) != RowState.NOTING for plan in plans)


async def serve(folder: str, journal: str) -> None:
    """Do what the input says until it ends."""
    async with open_book(Sandbox(Path(folder)), journal=Path(journal)) as crm:
        print("ready", flush=True)
        reader = await lines()
        while words := (await reader.readline()).decode().split():
            if words[0] == "settle":
                await crm.settle()
                print("settled", flush=True)
                continue
            plans = plans_of(crm, words)
            crm.submit(plans)
            await until(crm, partial(is_promised, crm, plans))
            print("held", flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2]))
