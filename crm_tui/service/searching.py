"""Answers what light rows cannot: a filter on notes, team, UTM and the like, out of the whole records in the mirror.

Records are read in the mirror's thread, some hundred at a time, so that keys and other work have their turn.  It asks
no server: what the mirror does not hold whole is not searched, and the answer says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from crm_tui.api.record_fields import reader, teller
from crm_tui.domain.flat import flattened
from crm_tui.domain.matching import for_records, predicate, settled
from crm_tui.domain.query import AllOf, Query, needs
from crm_tui.domain.snapshot import Snapshot
from crm_tui.service.server_search import ServerSearch
from crm_tui.store.mirror import Mirror
from crm_tui.structs import Struct

PIECE: Final = 250
"""Records decoded before others get their turn."""


class Answer(Struct, frozen=True):
    """What a filter came to."""

    query: Query
    """The same question, which rows alone can answer (`matching.select`); it stands for this moment."""
    ids: frozenset[int] = frozenset()
    """The records that pass what rows cannot tell, where there is such."""
    fields: frozenset[str] = frozenset()
    """What was looked for in whole records; empty when rows could tell."""
    searched: int = 0
    """Records of the book that tell of these fields."""
    book: int = 0
    """Opportunities in the book."""

    @property
    def words(self) -> str:
        """Say where it was looked, as far as that was not everywhere; empty when it was."""
        if self.searched >= self.book or not self.fields:
            return ""
        listed = ", ".join(each.replace("_", " ") for each in sorted(self.fields))
        return (
            f"{listed}: searched in {self.searched:,} records of {self.book:,} that are held whole"
        )


class Searching:
    """Looks into the whole records that the mirror holds."""

    def __init__(
        self, snapshot: Snapshot, mirror: Mirror, *, changed: Callable[[], None] = lambda: None
    ) -> None:
        """Look into `mirror`; `changed` is told when something has come from the service."""
        self.server = ServerSearch(snapshot, mirror, changed=changed)
        """For whoever wants the service itself to be asked."""
        self._snapshot = snapshot
        self._mirror = mirror

    async def get_ready(self) -> None:
        """Fold the words of all rows, some at a time, so that the first word that is typed does not wait for it."""
        rows = list(self._snapshot.rows())
        for begin in range(0, len(rows), PIECE):
            self._snapshot.folded.fill(
                row for row in rows[begin : begin + PIECE] if self._snapshot.row(row.id) is row
            )
            await asyncio.sleep(0)

    async def answered(self, query: Query) -> Answer:
        """Answer what of a query needs whole records; what rows can tell is left to them.

        Cancelling ends it between two pieces.  A record that does not tell of a field passes no test of it, nor its
        opposite.
        """
        fields = needs(query)
        if not fields:
            return Answer(query)
        tells = teller(fields)
        passes = predicate(AllOf(for_records(query)), reader)

        def judge(raw: Mapping[str, Any]) -> bool | None:
            flat = flattened(raw)
            return passes(flat) if tells(flat) else None

        found: set[int] = set()
        searched, after = 0, None
        while True:
            piece = await self._mirror.judged(judge, after, PIECE)
            known = {key: verdict for key, verdict in piece if self._snapshot.row(key) is not None}
            found.update(key for key, verdict in known.items() if verdict)
            searched += sum(verdict is not None for verdict in known.values())
            if len(piece) < PIECE:
                ids = frozenset(found)
                return Answer(settled(query, ids), ids, fields, searched, len(self._snapshot))
            after = piece[-1][0]
