"""The queue: all that somebody has to look at over the boards in scope, in order, and what is parked behind it.

A queue is a value: nothing changes it, a changed one is made of it at the cost of the one row that changed.  It must
not fetch or keep anything, nor know which rows are on a screen (`sitting.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from crm_tui.domain.hygiene import Finding
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.triage.blocks import ById, InOrder, by_id, in_order
from crm_tui.domain.triage.lanes import (
    LOOKED_BACK,
    OPEN,
    Entry,
    Judge,
    Lane,
    Scales,
    Scope,
    begin_of,
    scales_of,
)
from crm_tui.domain.triage.twins import Twins, twins
from crm_tui.structs import Struct, replace


class Queue(Struct, frozen=True):
    """What waits for somebody, best first, and the parked ones behind it."""

    judge: Judge
    ordered: InOrder
    """The parked ones last."""
    entries: ById
    """Id → entry, the parked ones among them."""
    twins: Twins

    @property
    def scope(self) -> Scope:
        """What is ranked, and from when it is seen."""
        return self.judge.scope

    @property
    def scales(self) -> Scales:
        """How large a value is, as it was when the queue was made: an amount that is typed shifts no other row."""
        return self.judge.scales

    @property
    def order(self) -> tuple[Entry, ...]:
        """The entries of all lanes, in order, without the parked ones."""
        return self.ordered.between((), (begin_of(Lane.PARKED),))

    @property
    def counts(self) -> dict[Lane, int]:
        """Lane → how many are in it, zeros too; the parked ones among them."""
        begins = [self.ordered.place((begin_of(lane),)) for lane in range(Lane.PARKED + 2)]
        return {lane: begins[lane + 1] - begins[lane] for lane in Lane}

    def lane(self, lane: Lane) -> tuple[Entry, ...]:
        """Give the entries of one lane, or the parked ones, in order."""
        return self.ordered.between((begin_of(lane),), (begin_of(lane + 1),))

    def findings(self, record_id: int) -> tuple[Finding, ...]:
        """Give what is wrong with an opportunity of the queue; raises `KeyError` for another one."""
        return self.judge.findings(self.entries[record_id].row, self.twins.ids)

    def with_row(self, row: OpportunityRow) -> Queue:
        """Give the queue in which an opportunity is as `row`, whether it was there before or not."""
        return self._changed(row.id, row)

    def without(self, record_id: int) -> Queue:
        """Give the queue without an opportunity that is no longer in the book."""
        return self._changed(record_id, None)

    def with_pins(self, pinned: frozenset[int]) -> Queue:
        """Give the queue in which exactly these opportunities are pinned; one that it does not hold has no effect."""
        turned = pinned ^ self.scope.pinned
        rows = [self.entries[each].row for each in turned if each in self.entries]
        judge = Judge(replace(self.scope, pinned=pinned), self.scales)
        return replace(self, judge=judge)._placed_anew(rows)

    def with_undated(self, undated: frozenset[int], rows: Iterable[OpportunityRow | None]) -> Queue:
        """Give the queue in which exactly these won ones lack their date; `rows` are those with which that changed."""
        judge = Judge(replace(self.scope, undated=undated), self.scales)
        turned = [row for row in rows if row is not None and row.status != OPEN]
        return replace(self, judge=judge)._placed_anew(turned)

    def _row_of(self, record_id: int) -> OpportunityRow:
        return self.entries[record_id].row

    def _changed(self, record_id: int, row: OpportunityRow | None) -> Queue:
        known = self.entries.get(record_id)
        before = known.row if known is not None and known.row.status == OPEN else None
        in_scope = row is not None and row.board_id in self.scope.zones
        after = row if row is not None and in_scope and row.status == OPEN else None
        found, others = self.twins.changed(before, after, self._row_of)
        changed = [*others, row] if row is not None else list(others)
        return replace(self, twins=found)._placed_anew(changed, [record_id])

    def _placed_anew(self, rows: list[OpportunityRow], leaving: Iterable[int] = ()) -> Queue:
        """Put rows to their places, and take out what leaves."""
        gone = {*(row.id for row in rows), *leaving}
        entries = (self.judge.entry(row, self.twins.ids) for row in rows)
        come = [entry for entry in entries if entry is not None]
        ordered = self.ordered
        for record_id in gone:
            if (before := self.entries.get(record_id)) is not None:
                ordered = ordered.without(before)
        for entry in come:
            ordered = ordered.with_entry(entry)
        return replace(self, ordered=ordered, entries=self.entries.changed(gone, come))


def queue(rows: Iterable[OpportunityRow], scope: Scope, scales: Scales | None = None) -> Queue:
    """Rank opportunities; each open one of a board in scope is in exactly one lane, or parked.

    Decided ones are in it only for what is wrong with them, and those with a status that we do not know never.
    `scales` tell how large a value is; when they are not given, the open opportunities themselves do.  Ids are unique.
    """
    rows = list(rows)
    zones, horizon = scope.zones, scope.now - LOOKED_BACK
    opened = [row for row in rows if row.status == OPEN and row.board_id in zones]
    # Most of a book was decided long ago; that is seen here, where it costs least.
    decided = [
        row
        for row in rows
        if row.status != OPEN and ((since := row.stage_since) is None or since > horizon)
    ]
    found = twins(opened)
    judge = Judge(scope, scales_of(opened) if scales is None else scales)
    everything = [judge.open_entry(row, found.ids) for row in opened]
    everything += [entry for row in decided if (entry := judge.entry(row, found.ids)) is not None]
    return Queue(judge, in_order(everything), by_id(everything), found)
