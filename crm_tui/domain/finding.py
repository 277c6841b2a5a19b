"""Finding opportunities in the whole book: which a query lets through, in which order, and what they add up to.

The order is kept between two questions, and so is what was found last, so that a letter typed into a filter costs a
look through what the letters before it have left, and no sorting.  It reads a snapshot and changes nothing; what a
query means is `query.py`'s.
"""

from __future__ import annotations

import operator
from bisect import insort
from collections.abc import Collection
from decimal import Decimal
from itertools import chain, compress
from typing import Final

from crm_tui.domain.matching import select
from crm_tui.domain.money import Sums
from crm_tui.domain.narrowing import narrows
from crm_tui.domain.ordering import SORTABLE, is_unset_in, keys_of, ordered, unset_among
from crm_tui.domain.pipeline import EVERYTHING
from crm_tui.domain.query import Query
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.structs import Struct, field

_FEW: Final = 1_000
"""Changed rows that are put into their new places one by one; of more all are sorted anew."""


class Sort(Struct, frozen=True):
    """By what opportunities are ordered; those without it come last either way, ties go by id."""

    by: str
    """A word of `ordering.SORTABLE`."""
    descending: bool = False


SOONEST: Final = Sort("due")
"""The order of a table that nobody has sorted."""


class Found(Struct, frozen=True):
    """What was found."""

    rows: tuple[OpportunityRow, ...] = ()
    of: int = 0
    """Opportunities that were looked through."""
    sums: Sums = field(default_factory=dict)
    """Of the values of `rows`, by currency."""


def sums_of(rows: Collection[OpportunityRow]) -> Sums:
    """Add values by currency, in the order in which the currencies are met."""
    sums: Sums = {}
    for currency, value in zip(map(_CURRENCY, rows), map(_VALUE, rows), strict=True):
        if value is not None:
            sums[currency] = sums.get(currency, _NOTHING) + value
    return sums


_CURRENCY: Final = operator.attrgetter("currency")
_VALUE: Final = operator.attrgetter("value")
_NOTHING: Final = Decimal(0)


class _Last(Struct, frozen=True):
    """What was asked last, and what it came to."""

    query: Query
    found: Found


class Finder:
    """Looks through a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._generation = -1
        self._sort = SOONEST
        self._reference: tuple[object, object] = ((), ())
        """Boards and stages when all was sorted last."""
        self._keyed: list[OpportunityRow] = []
        self._keyless: list[OpportunityRow] = []
        self._of: tuple[int, Sort, frozenset[int] | None] | None = None
        """Generation, order and boards of which the two below are."""
        self._everything: Found | None = None
        self._last: _Last | None = None

    def find(self, query: Query, sort: Sort, board_ids: Collection[int] | None = None) -> Found:
        """Give the opportunities that a query lets through, of some boards or of all.

        They come in the order that the query asks for, else in that of `sort`.
        """
        self._order(sort)
        of = (self._generation, sort, None if board_ids is None else frozenset(board_ids))
        if of != self._of or self._everything is None:
            self._of, self._last = of, None
            self._everything = self._scope(of[2])
        everything = _Last(EVERYTHING, self._everything)
        before = self._last or everything
        if query == EVERYTHING:
            before = everything
        elif query != before.query:
            if not _goes_on(query, before):
                before = everything
            before = _Last(query, self._looked(query, before, self._everything.of))
        self._last = before
        return before.found

    def _scope(self, board_ids: frozenset[int] | None) -> Found:
        """Give all opportunities of some boards, or of all, in order."""
        keyed = reversed(self._keyed) if self._sort.descending else iter(self._keyed)
        scope: list[OpportunityRow] = []
        sums: Sums = {}
        # One walk: rows of a large book do not stay in the processor's memory for another one.
        for row in chain(keyed, self._keyless):
            if board_ids is None or row.board_id in board_ids:
                scope.append(row)
                if row.value is not None:
                    sums[row.currency] = sums.get(row.currency, _NOTHING) + row.value
        return Found(tuple(scope), len(scope), sums)

    def _looked(self, query: Query, before: _Last, of: int) -> Found:
        """Look for a query in what another one has found, of which it lets through no more."""
        found = before.found.rows
        is_all = (
            before.query == EVERYTHING
        )  # asked again and again: what is a tuple is kept with its words
        rows = select(query, self._snapshot, found if is_all else list(found))
        if query.order != before.query.order:
            rows = ordered(rows, query, self._snapshot)
        is_same = len(rows) == len(found) and query.order == before.query.order
        sums = before.found.sums if is_same else sums_of(rows)
        return Found(tuple(rows), of, sums)

    def _order(self, sort: Sort) -> None:
        """Bring the order up to date with the snapshot."""
        snapshot = self._snapshot
        is_kept = self._generation >= 0 and sort.by == self._sort.by
        self._sort = sort
        if is_kept and self._generation == snapshot.generation:
            return
        self._generation = snapshot.generation
        field = SORTABLE[sort.by]
        get, key = keys_of(field, snapshot)
        is_unset = is_unset_in(field)
        reference = (snapshot.boards, snapshot.stages)
        if field in _OF_THE_REFERENCE:
            is_kept = is_kept and all(map(operator.is_, reference, self._reference))
        self._reference = reference
        changed = self._without_place() if is_kept else []
        if not is_kept or len(changed) > _FEW:
            rows = sorted(
                snapshot.rows(), key=_BY_ID
            )  # ties go by id: what is sorted after keeps it
            unset = unset_among(rows, field, get)
            self._keyed = sorted(compress(rows, map(operator.not_, unset)), key=key)
            self._keyless = list(compress(rows, unset))
            return
        for row in changed:
            if is_unset(get(row)):
                insort(self._keyless, row, key=_BY_ID)
            else:
                insort(self._keyed, row, key=lambda each: (key(each), each.id))

    def _without_place(self) -> list[OpportunityRow]:
        """Take what is another row now, or none, from its place, and give those that have no place now."""
        now = self._snapshot.row
        self._keyed = [row for row in self._keyed if now(row.id) is row]
        self._keyless = [row for row in self._keyless if now(row.id) is row]
        if len(self._keyed) + len(self._keyless) == len(self._snapshot):
            return []
        placed = set(map(_BY_ID, chain(self._keyed, self._keyless)))
        return [row for row in self._snapshot.rows() if row.id not in placed]


def _goes_on(query: Query, before: _Last) -> bool:
    """Say whether a query is best looked for in what another one has found, in the order in which that is.

    As long as that is most of the book it is not: the words of the whole book are at hand, in its order.
    """
    if before.query.order:
        return before.query.order == query.order and narrows(query, before.query)
    return len(before.found.rows) <= before.found.of // 2 and narrows(query, before.query)


_OF_THE_REFERENCE: Final = frozenset({"stage", "board", "location"})
"""Fields whose order changes with the boards and stages, without any row's changing."""

_BY_ID: Final = operator.attrgetter("id")
