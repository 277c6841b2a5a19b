"""Makes rows of the records of a page, some at a time, so that keys get their turn.

It fetches nothing and keeps nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from crm_tui.api import wire
from crm_tui.api.errors import BadAnswer
from crm_tui.api.rows import opportunity_row
from crm_tui.api.slices import slices
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.store.mirror import Record
from crm_tui.structs import Struct, replace


class Batch(Struct, frozen=True):
    """Some records of a page with their rows."""

    records: list[Record]
    unreadable: int
    """Records of which no row can be made."""

    @property
    def rows(self) -> list[OpportunityRow]:
        """The rows alone."""
        return [row for row, _ in self.records]


async def batches(
    records: Sequence[wire.Raw], board_of: Callable[[OpportunityRow], int]
) -> AsyncIterator[Batch]:
    """Give the records of a page with their rows, some at a time.

    `board_of` says of which board a record is that does not name it; of none it is 0, and unreadable.
    """
    async for some in slices(records):
        yield _batch(some, board_of)


def board_by_stage(snapshot: Snapshot, row: OpportunityRow) -> int:
    """Give the board that a record's stage is of; 0 when the stage is not known."""
    stage = snapshot.stages.get(row.stage_id)
    return stage.board_id if stage is not None else 0


def as_confirmed(snapshot: Snapshot, records: Iterable[Record]) -> list[Record]:
    """Leave out what was written since it was asked for: we know it better."""
    return [(row, raw) for row, raw in records if snapshot.confirmed(row.id) == row]


def _batch(records: Sequence[wire.Raw], board_of: Callable[[OpportunityRow], int]) -> Batch:
    read: list[Record] = []
    for raw in records:
        try:
            row = opportunity_row(raw)
        except BadAnswer:
            continue
        if not row.board_id:
            row = replace(row, board_id=board_of(row))
        if row.board_id:
            read.append((row, raw))
    return Batch(read, len(records) - len(read))
