"""Open opportunities that are probably one: the same customer under the same name, on whatever boards.

A customer may well be open on several boards; the name is there to tell them apart.  It only finds them, and holds
ids, never rows, which would grow old.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from crm_tui.domain.rows import OpportunityRow
from crm_tui.structs import Struct

_UNKNOWN: Final = 0
"""The customer of an opportunity that names none; nobody's twin."""


class Twins(Struct, frozen=True):
    """Ids of open opportunities by customer, and which of them have a twin."""

    single: Mapping[int, int]
    """Customer → the only open opportunity, or one of several."""
    several: Mapping[int, tuple[int, ...]]
    """Customer → all open opportunities, for customers with more than one."""
    ids: frozenset[int]
    """Opportunities that have a twin."""

    def changed(
        self,
        before: OpportunityRow | None,
        after: OpportunityRow | None,
        row_of: Callable[[int], OpportunityRow],
    ) -> tuple[Twins, tuple[OpportunityRow, ...]]:
        """Give the same with one open opportunity changed, come (no `before`) or gone (no `after`).

        The second are the others that have a twin now and had none, or the other way round; `row_of` gives the row
        of any other open opportunity.
        """
        if before is not None and after is not None and _same(before, after):
            return self, ()
        own = {row.id for row in (before, after) if row is not None}
        customers = {row.customer_id for row in (before, after) if row is not None} - {_UNKNOWN}
        single, several, ids = dict(self.single), dict(self.several), self.ids - own
        others: list[OpportunityRow] = []
        for customer_id in customers:
            left = tuple(row_of(each) for each in self._of(customer_id) if each not in own)
            joins = after is not None and after.customer_id == customer_id
            rows = (*left, after) if after is not None and joins else left
            found = frozenset(_twins_of(rows))
            others += [row for row in left if (row.id in found) != (row.id in ids)]
            ids = ids.difference(row.id for row in left) | found
            single.pop(customer_id, None)
            several.pop(customer_id, None)
            if rows:
                single[customer_id] = rows[0].id
            if len(rows) > 1:
                several[customer_id] = tuple(row.id for row in rows)
        return Twins(single, several, ids), tuple(others)

    def _of(self, customer_id: int) -> tuple[int, ...]:
        if customer_id in self.several:
            return self.several[customer_id]
        return (self.single[customer_id],) if customer_id in self.single else ()


def twins(rows: Sequence[OpportunityRow]) -> Twins:
    """Find the twins among open opportunities; ids are unique."""
    single = {row.customer_id: row.id for row in rows}
    # Nearly all customers have one; groups are made for the others alone.
    shared = {row.customer_id for row in rows if single[row.customer_id] != row.id} - {_UNKNOWN}
    single.pop(_UNKNOWN, None)
    grouped: dict[int, list[OpportunityRow]] = {customer_id: [] for customer_id in shared}
    for row in rows:
        if row.customer_id in shared:
            grouped[row.customer_id].append(row)
    several = {each: tuple(row.id for row in group) for each, group in grouped.items()}
    ids = frozenset(each for group in grouped.values() for each in _twins_of(group))
    return Twins(single, several, ids)


def _same(before: OpportunityRow, after: OpportunityRow) -> bool:
    return before.customer_id == after.customer_id and before.name == after.name


def _twins_of(rows: Sequence[OpportunityRow]) -> list[int]:
    """Give the ids of one customer's opportunities whose name is not theirs alone."""
    names = [row.name.strip().casefold() for row in rows]
    if len(set(names)) == len(names):
        return []
    if len(names) == 2:  # as nearly all are
        return [row.id for row in rows]
    counted = Counter(names)
    return [row.id for row, name in zip(rows, names, strict=True) if counted[name] > 1]
