"""Makes of the records of a page what book and mirror take.

It fetches nothing and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from crm_tui.api.listed import Listed
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.store.mirror import Record
from crm_tui.structs import Struct, replace


class Batch(Struct, frozen=True):
    """Records with their rows."""

    records: list[Record]
    unreadable: int
    """Records of which no row can be made."""

    @property
    def rows(self) -> list[OpportunityRow]:
        """The rows alone."""
        return [row for row, _ in self.records]


def batch_of(records: Sequence[Listed], board_of: Callable[[OpportunityRow], int]) -> Batch:
    """Give records with their rows.

    `board_of` says of which board a record is that does not name it; of none it is 0, and unreadable.
    """
    read: list[Record] = []
    for each in records:
        row = each.row
        if row is not None and not row.board_id:
            row = replace(row, board_id=board_of(row))
        if row is not None and row.board_id:
            read.append((row, each.text))
    return Batch(read, len(records) - len(read))


def board_by_stage(snapshot: Snapshot, row: OpportunityRow) -> int:
    """Give the board that a record's stage is of; 0 when the stage is not known."""
    stage = snapshot.stages.get(row.stage_id)
    return stage.board_id if stage is not None else 0


def as_confirmed(snapshot: Snapshot, records: Iterable[Record]) -> list[Record]:
    """Leave out what was written since it was asked for: we know it better."""
    return [(row, text) for row, text in records if snapshot.confirmed(row.id) == row]
