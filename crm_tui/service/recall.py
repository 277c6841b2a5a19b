"""Reads the book back from the mirror: the first screen before there is a loop, the rest behind the first paint.

It asks no server.
"""

from __future__ import annotations

import asyncio
from typing import Final

from crm_tui.domain.snapshot import Snapshot
from crm_tui.store.mirror import Mirror

FIRST: Final = 60
"""Cards of a stage that are read before the first paint: as many as most terminals have lines."""

SLICE: Final = 1_000
"""Cards read before keys get their turn."""


def first_of(board_id: int, each: int, snapshot: Snapshot, mirror: Mirror) -> bool:
    """Read the first cards of each stage, `each` at most; say whether that is all of the board.  Waits for the disk."""
    rows = mirror.first_cards(board_id, each)
    if rows is None:
        return False
    snapshot.put(rows)
    in_stage: dict[int, int] = {}
    for row in rows:
        in_stage[row.stage_id] = in_stage.get(row.stage_id, 0) + 1
    return all(count < each for count in in_stage.values())


async def all_of(board_id: int, snapshot: Snapshot, mirror: Mirror) -> bool:
    """Read a whole board; say whether it was there to be read."""
    after: tuple[int, int, int] | None = None
    while True:
        rows = await mirror.cards(board_id, after, SLICE)
        if rows is None:
            return False
        if rows:
            snapshot.put(rows)
            after = (rows[-1].stage_id, rows[-1].position, rows[-1].id)
        if len(rows) < SLICE:
            return True
        await asyncio.sleep(0)
