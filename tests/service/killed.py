"""A run of twenty operations over a journal and a sandbox in another process: to be killed at any system call.

It writes ``promised MARKER`` when a change is written down, and ``over`` at the end.  Started as
``python -m tests.service.killed SANDBOX_FOLDER JOURNAL FIRST_VALUE``.
"""

from __future__ import annotations

import asyncio
import os
import sys
from decimal import Decimal
from functools import partial
from pathlib import Path

from crm_tui.domain.change import Change, Planned, Set
from crm_tui.domain.pipeline import active_boards, move_to, new_card
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from tests.world import Sandbox, open_book, until

OPERATIONS = 20


def plan(crm: Crm, number: int, first: int) -> Planned:
    """Plan one operation: a value for one record, a move of another one, or a new one, each of its own kind."""
    board = max(active_boards(crm.snapshot), key=lambda each: len(crm.snapshot.ids_of(each.id)))
    stages = [
        each
        for each in crm.snapshot.stages_of(board.id)
        if not (each.wins or each.loses or each.deletes_customer)
    ]
    plain = {stage.id for stage in stages}
    rows = [crm.snapshot.row(record_id) for record_id in crm.snapshot.ids_of(board.id)]
    open_rows = [row for row in rows if row is not None and row.stage_id in plain]
    row = open_rows[number % 4]
    if number % 5 == 3:
        change = new_card(crm.snapshot, stages[0], row.customer_id, {"name": f"Studio {number}"})
        return Planned(0, change, row.customer, str(number))
    if number % 3 == 2:
        others = [each for each in stages if each.id != row.stage_id]
        change = move_to(crm.snapshot, row, others[number % len(others)])
    else:
        change = Change((Set("value", row.value, Decimal(first + number)),))
    return Planned(row.id, change, row.customer, str(number))


def is_noted(crm: Crm, record_id: int) -> bool:
    """Say whether the last change of a record is written down."""
    return crm.snapshot.state(record_id) != RowState.NOTING


async def main(folder: str, journal: str, first: str) -> None:
    """Carry the operations out, one after the other."""
    async with open_book(Sandbox(Path(folder)), journal=Path(journal)) as crm:
        for number in range(OPERATIONS):
            if number % 7 == 6:
                crm.undo()
            else:
                (intent,) = crm.submit([plan(crm, number, int(first))])
                await until(crm, partial(is_noted, crm, intent.record_id))
                # Past every buffer: what is said here must be true even if the next call is the last.
                os.write(1, f"promised {intent.marker}\n".encode())
            await crm.settle()
    os.write(1, b"over\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
