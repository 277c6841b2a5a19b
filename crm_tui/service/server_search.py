"""Asks the service itself what a filter lets through, and takes what comes into the book.

It only reads, page by page, and can be cancelled between two pages: what has come by then stays.  What the listings
leave out is taken from the service's word where the service was asked for just that, and else not counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from crm_tui.api import wire
from crm_tui.api.errors import BadAnswer, Incomplete, Unreached
from crm_tui.api.params import parameters
from crm_tui.api.record_fields import reader, teller
from crm_tui.api.slices import slices
from crm_tui.domain.flat import flattened
from crm_tui.domain.matching import for_records, predicate, select, settled
from crm_tui.domain.query import AllOf, AnyOf, Condition, Query, Test, needs
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState, Snapshot
from crm_tui.service.readable import as_confirmed, batch_of, board_by_stage
from crm_tui.service.remote import Remote
from crm_tui.store.mirror import Mirror
from crm_tui.structs import Struct

Told = Callable[[int, int], None]
"""Told how many records have come, and how many the service counts in what is listed now."""


class CannotBeAsked(ValueError):
    """The service has no words for a filter; the text says what helps."""


class FromServer(Struct, frozen=True):
    """What the service found."""

    ids: frozenset[int]
    """Of all that the filter lets through."""
    new: int
    """How many of them the book did not have."""
    unread: int
    """Records that no row can be made of."""

    @property
    def words(self) -> str:
        """Say it in a sentence."""
        were = "1 of them was" if self.new == 1 else f"{self.new:,} of them were"
        unread = f"; {self.unread:,} cannot be read" if self.unread else ""
        return f"The server found {len(self.ids):,}, {were} new here{unread}."


class ServerSearch:
    """Searches at the service."""

    def __init__(self, snapshot: Snapshot, mirror: Mirror, *, changed: Callable[[], None]) -> None:
        self._snapshot = snapshot
        self._mirror = mirror
        self._changed = changed
        self._remote: Remote | None = None

    async def run(self, remote: Remote) -> None:
        """Have a service to ask, until cancelled."""
        self._remote = remote
        try:
            await asyncio.Event().wait()
        finally:
            self._remote = None

    async def ask(self, query: Query, told: Told) -> FromServer:
        """List what the service finds, put it into the book, and mark what is new there.

        Raises `CannotBeAsked`, and `ApiError` and its kinds: what has come before stays.
        """
        listings = _listings(query)
        if self._remote is None:
            raise Unreached
        tests = for_records(query)
        fields = needs(query)
        tells, passes = teller(fields), predicate(AllOf(tests), reader)
        is_asked = all(_is_said(test) for test in tests)
        candidates: set[int] = set()
        new: set[int] = set()
        come = unread = 0
        for filters in listings:
            is_whole = True
            asked_at = self._snapshot.generation
            async for page in self._remote.found_opportunities(filters):
                is_whole = page.complete
                batch = batch_of(page.records, partial(board_by_stage, self._snapshot))
                new |= self._take(batch.rows, asked_at)
                unread += batch.unreadable
                await self._mirror.keep(as_confirmed(self._snapshot, batch.records))
                if fields:
                    async for some in slices(batch.records):
                        for row, text in some:
                            flat = _read(text)
                            if passes(flat) if tells(flat) else is_asked:
                                candidates.add(row.id)
                else:
                    candidates.update(row.id for row in batch.rows)
                come += len(page.records)
                told(come, page.total)
                asked_at = self._snapshot.generation
            if not is_whole:
                raise Incomplete("it changed again and again while it was read")
        rows = filter(None, map(self._snapshot.row, candidates))
        found = frozenset(
            row.id for row in select(settled(query, frozenset(candidates)), self._snapshot, rows)
        )
        self._changed()
        return FromServer(found, len(found & new), unread)

    def _take(self, rows: Iterable[OpportunityRow], asked_at: int) -> set[int]:
        """Put rows into the book; give the ids of those that it did not have."""
        rows = list(rows)
        new = {row.id for row in rows if self._snapshot.confirmed(row.id) is None}
        self._snapshot.put(rows, asked_at=asked_at)
        self._snapshot.mark_elsewhere(new, RowState.NEW)
        return new


def _read(text: bytes) -> Mapping[str, Any]:
    """Read a record; of one that no number can hold, which a row does without, nothing is told."""
    try:
        return flattened(wire.decode(text))
    except BadAnswer:
        return {}


def _listings(query: Query) -> list[dict[str, str]]:
    """Give the parameters of the listings that together hold all that a query lets through, few where possible."""
    if not query.conditions:
        raise CannotBeAsked("Type what to look for first; then the server can be asked for it.")
    if said := parameters(query):
        return [said]
    for test in query.conditions:
        if isinstance(test, AnyOf):
            several = [parameters(Query((each,))) for each in test.tests]
            if all(several):
                return several
    raise CannotBeAsked(
        "The server cannot be asked that alone; add a field such as status: or customer:."
    )


def _is_said(test: Test) -> bool:
    """Say whether the service is told the whole of a test, and not a part of it."""
    match test:
        case Condition():
            return bool(parameters(Query((test,))))
        case AllOf(tests=tests):
            return all(map(_is_said, tests))
    return False
