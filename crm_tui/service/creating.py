"""Makes records: sends each once, and when its answer was lost finds it again by the marker that it carries.

A record that is made twice cannot be unmade, so that nothing is ever sent a second time unless somebody says so: what
cannot be found is unknown, and asked.  It gives a verdict and touches neither the book nor the outbox.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from crm_tui.api.errors import (
    ApiError,
    Blocked,
    Forbidden,
    Invalid,
    Missing,
    ReadOnly,
)
from crm_tui.api.pacing import Priority
from crm_tui.domain.change import Change, Makes, Value
from crm_tui.domain.intent import Entry, Intent, IntentState
from crm_tui.domain.snapshot import Snapshot
from crm_tui.service.keeping import Keeping
from crm_tui.service.remote import Remote
from crm_tui.service.verdict import NOT_NOW, Verdict, later, words_of
from crm_tui.store import entries, lookups
from crm_tui.store.journal import JournalFailed

LOOKS: Final = (5.0, 15.0, 45.0, 120.0)
"""Seconds after the loss of an answer at which the record is looked for."""

FINGERPRINTS: Final = {
    Makes.OPPORTUNITY: ("customer_id", "board_id", "name", "value"),
    Makes.TASK: ("customer_id", "location_id", "name", "due_on"),
}
"""What is made → fields by which it is known when the server has dropped its marker."""

SLACK: Final = timedelta(minutes=10)
"""By which the server's clock may differ from ours."""

ARRIVED: Final = "the answer was lost, the record was not"
LOST: Final = "nobody knows whether it was made: look for it, then say whether to make it"
ALIKE: Final = (
    "a record of the same customer, board, name and value was made since: is it this one?"
)
TASK_ALIKE: Final = "a task of the same customer, name and day was made since: is it this one?"

_SOUGHT: Final = Verdict(IntentState.SENDING)

_REFUSED: Final = (Invalid, Missing, ReadOnly, Blocked)


class Creating:
    """Makes one record after the other."""

    def __init__(
        self,
        remote: Remote,
        keeping: Keeping,
        snapshot: Snapshot,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._remote = remote
        self._keeping = keeping
        self._snapshot = snapshot
        self._clock = clock
        self._sleep = sleep

    async def carry_out(
        self, intent: Intent, values: Mapping[str, Value]
    ) -> tuple[list[Intent], Verdict]:
        """Make a record; gives nothing and a verdict that does not count when it was cancelled elsewhere meanwhile.

        The verdict `SENDING` says that its answer was lost, and that it is to be looked for by `found_again`.  Raises
        `JournalFailed`; then nothing was sent.
        """
        what = intent.pending.change.makes or Makes.OPPORTUNITY
        (entry,) = await self._keeping.do(lookups.marked([intent.marker]))
        if entry.state == IntentState.SENDING:
            return [intent], _SOUGHT
        if intent.tries:
            # Somebody has said that it is to be made; it may have turned up since.
            try:
                marked = await self._marked(what, intent.marker)
            except ApiError as error:
                return [intent], later(self._keeping, error)
            if marked:
                return [intent], await self._made(what, intent.marker, marked[0], ARRIVED)
        sent = {**values, "system_id": intent.marker}
        order = entries.claim([intent.marker], sent, {}, self._clock())
        if not await self._keeping.do(order):
            return [], Verdict(IntentState.CANCELLED)
        return [intent], await self._send(what, intent.marker, sent)

    async def _send(self, what: Makes, marker: str, sent: Mapping[str, Value]) -> Verdict:
        try:
            record_id = await self._create(what, sent)
        except _REFUSED as error:
            return Verdict(IntentState.FAILED, words_of(error))
        except Forbidden as error:
            return Verdict(IntentState.PARKED, words_of(error))
        except NOT_NOW as error:
            return later(self._keeping, error)
        except ApiError:
            return _SOUGHT
        return await self._made(what, marker, record_id, "")

    async def found_again(self, intent: Intent) -> Verdict:
        """Look for a record whose answer was lost: it may still be on its way into the server's tables.

        That takes up to two minutes, in which other records can be saved.
        """
        what = intent.pending.change.makes or Makes.OPPORTUNITY
        try:
            (entry,) = await self._keeping.do(lookups.marked([intent.marker]))
        except JournalFailed as error:
            return Verdict(IntentState.UNKNOWN, f"the journal cannot be read: {error.words}")
        passed = 0.0
        for moment in LOOKS:
            await self._sleep(moment - passed)
            passed = moment
            try:
                marked = await self._marked(what, entry.marker)
            except ApiError:
                continue
            if marked:
                return await self._made(what, entry.marker, marked[0], ARRIVED)
        try:
            alike = await self._alike(what, entry)
        except ApiError as error:
            return Verdict(IntentState.UNKNOWN, words_of(error))
        if not alike:
            return Verdict(IntentState.UNKNOWN, LOST)
        return Verdict(IntentState.UNKNOWN, TASK_ALIKE if what is Makes.TASK else ALIKE)

    async def _create(self, what: Makes, values: Mapping[str, Value]) -> int:
        if what is Makes.TASK:
            return await self._remote.create_task(values)
        return await self._remote.create_opportunity(values)

    async def _marked(self, what: Makes, marker: str) -> list[int]:
        if what is Makes.TASK:
            return await self._remote.tasks_marked(marker)
        return await self._remote.opportunities_marked(marker)

    async def _alike(self, what: Makes, entry: Entry) -> list[Mapping[str, Any]]:
        """Give what was made since and looks like it, and carries no other marker."""
        wanted, since = dict(entry.change.made or {}), entry.made - SLACK
        customer = wanted.get("customer_id")
        if not isinstance(customer, int):
            return []
        if what is Makes.TASK:
            found = await self._remote.tasks_like(customer, since)
        else:
            stage = self._snapshot.stages.get(_number(wanted.get("stage_id")))
            wanted["board_id"] = stage.board_id if stage is not None else None
            found = await self._remote.opportunities_like(customer, since)
        return [
            fields
            for fields in found
            if not fields.get("system_id")
            and all(fields.get(name) == wanted.get(name) for name in FINGERPRINTS[what])
        ]

    async def _made(self, what: Makes, marker: str, record_id: int, words: str) -> Verdict:
        """Say that a record is there, with what the server made of it where it is part of the book."""
        inverses = {marker: Change(())}
        if what is not Makes.OPPORTUNITY:
            return Verdict(IntentState.DONE, words, inverses=inverses)
        try:
            fetched = await self._remote.opportunity(record_id, Priority.WRITER)
        except ApiError:
            return Verdict(IntentState.DONE, words, inverses=inverses)
        return Verdict(IntentState.DONE, words, fetched.row, inverses=inverses)


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
