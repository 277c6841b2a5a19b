"""Reads back what was written, many records at a time, once the server has proved it: what else it made of them.

Nobody waits for it: a write is done when it is proved, and the next look for changes brings the same.  What is still
to be read when the program ends is left to that.  It sends nothing, and never judges whether a write has happened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from crm_tui.api.errors import ApiError
from crm_tui.api.pacing import Priority
from crm_tui.domain.change import Value
from crm_tui.domain.intent import Intent, IntentState
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import TROUBLE, Snapshot
from crm_tui.service.keeping import Keeping
from crm_tui.service.readable import as_confirmed, batch_of, board_by_stage
from crm_tui.service.remote import Remote
from crm_tui.service.trail import Trail
from crm_tui.service.verdict import inverses_of, made_it
from crm_tui.store import entries
from crm_tui.store.mirror import Mirror
from crm_tui.structs import Struct

GATHERED: Final = 3.0
"""Seconds that proved writes wait for others to be read with them, and again as long as others come."""

_CALL: Final = 100
"""Records that one call asks for: so many wait for no others."""


class _Written(Struct, frozen=True):
    """A write that the server has proved."""

    intents: Sequence[Intent]
    sent: Mapping[str, Value]
    before: Mapping[str, Any]

    @property
    def status(self) -> object:
        """The status that the record has, if the server set none by itself."""
        return self.sent.get("status", self.before.get("status"))


class Rereading:
    """What was written and is still to be read back."""

    def __init__(
        self,
        snapshot: Snapshot,
        mirror: Mirror,
        keeping: Keeping,
        trail: Trail,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        changed: Callable[[], None],
    ) -> None:
        self._snapshot = snapshot
        self._mirror = mirror
        self._keeping = keeping
        self._trail = trail
        self._clock = clock
        self._sleep = sleep
        self._changed = changed
        self._due: dict[int, _Written] = {}
        """Record → the last write to it."""
        self._some = asyncio.Event()

    def note(
        self, intents: Sequence[Intent], sent: Mapping[str, Value], before: Mapping[str, Any]
    ) -> None:
        """Take down a proved write that is to be read back."""
        self._due[intents[-1].record_id] = _Written(intents, sent, before)
        self._some.set()

    async def run(self, remote: Remote) -> None:
        """Read back what was noted, until cancelled."""
        while True:
            await self._some.wait()
            while self._some.is_set() and len(self._due) < _CALL:
                self._some.clear()
                await self._sleep(GATHERED)
            self._some.clear()
            due, self._due = self._due, {}
            try:
                await self._read(remote, due)
            except ApiError:
                continue  # the next look for changes brings it too

    async def _read(self, remote: Remote, due: Mapping[int, _Written]) -> None:
        asked_at = self._snapshot.generation
        records = await remote.opportunities_of(list(due))
        batch = batch_of(records, partial(board_by_stage, self._snapshot))
        news = [row for row in batch.rows if self._is_news(row)]
        if news:
            self._snapshot.put(news, asked_at=asked_at)
            self._changed()
        await self._mirror.keep(as_confirmed(self._snapshot, batch.records))
        for row in batch.rows:
            written = due.get(row.id)
            if written is not None and row.status != written.status:
                await self._learn_effects(remote, written)

    def _is_news(self, row: OpportunityRow) -> bool:
        """Say whether a row tells more than is known of a record; what went wrong since stays said."""
        is_said = self._snapshot.state(row.id) in TROUBLE
        return not is_said and self._snapshot.confirmed(row.id) not in (None, row)

    async def _learn_effects(self, remote: Remote, written: _Written) -> None:
        """Take down that the server did more than it was known to do: taking it back takes that back too."""
        record_id = written.intents[-1].record_id
        after = await remote.opportunity(record_id, Priority.SYNC)
        inverses = inverses_of(written.intents, written.before, after.fields)
        markers = [intent.marker for intent in written.intents]
        self._trail.advance(markers, IntentState.DONE, inverses)
        words = made_it(self._snapshot.labels, after.row.status)
        self._keeping.later(
            entries.advance(
                markers, IntentState.DONE, self._clock(), words=words, inverses=inverses
            ),
            lambda _none: None,
            lambda _words: None,  # it is done all the same, and taken back by what the trail has
        )
