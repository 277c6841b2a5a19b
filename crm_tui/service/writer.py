"""The one writer: takes what the outbox lets go, has it sent one record after the other, and settles what became of it.

It belongs to the app, never to a screen: a screen that closes must not cancel a request that the server may
already have carried out.  Every intent ends in exactly one outcome, which the journal has before the user.  It asks
the user nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from crm_tui.domain.change import Value
from crm_tui.domain.intent import Intent, IntentState
from crm_tui.domain.snapshot import RowState, Snapshot
from crm_tui.service.keeping import Keeping
from crm_tui.service.outbox import Outbox, merged
from crm_tui.service.sending import Sending
from crm_tui.service.trail import Trail, way
from crm_tui.service.verdict import Verdict
from crm_tui.store import entries
from crm_tui.store.journal import JournalFailed
from crm_tui.structs import Struct, replace

SHOWN: Final = {
    IntentState.NOTING: RowState.NOTING,
    IntentState.HELD: RowState.HELD,
    IntentState.QUEUED: RowState.QUEUED,
    IntentState.SENDING: RowState.SENDING,
    IntentState.DONE: RowState.SAVED,
    IntentState.CANCELLED: RowState.SAVED,
    IntentState.FAILED: RowState.FAILED,
    IntentState.CONFLICT: RowState.CONFLICT,
    IntentState.UNKNOWN: RowState.UNKNOWN,
    IntentState.PARKED: RowState.PARKED,
}
"""State of an intent → what its record shows."""


class Outcome(Struct, frozen=True):
    """What became of an intent."""

    intent: Intent
    state: RowState
    words: str
    """More about it, the server's own words included: foreign text; may be empty."""
    put_back: bool
    """The record shows again what it showed before."""
    at: datetime
    is_kept: bool = True
    """The journal has it; if not, nobody has what was typed for it but who typed it."""
    is_moot: bool = False
    """It was to take back what was not saved then: nothing was sent, since nothing had to be."""


class Writer:
    """Sends what the outbox lets go, one record at a time."""

    def __init__(
        self,
        snapshot: Snapshot,
        outbox: Outbox,
        keeping: Keeping,
        trail: Trail,
        *,
        clock: Callable[[], datetime],
        changed: Callable[[], None],
        report: Callable[[Outcome], None],
        proved: Callable[[int, Mapping[str, Value], Mapping[str, Value]], None],
        unread: Callable[[Sequence[Intent], Mapping[str, Value], Mapping[str, Any]], None],
    ) -> None:
        """`proved` and `unread` are told of each write: to look behind it, and to read back what is not known yet."""
        self._snapshot = snapshot
        self._outbox = outbox
        self._keeping = keeping
        self._trail = trail
        self._clock = clock
        self._changed = changed
        self._report = report
        self._proved = proved
        self._unread = unread
        self._sending: list[Intent] = []
        self._sought: list[Intent] = []
        """What was to be made, and is looked for since its answer was lost."""
        self._idle = asyncio.Condition()
        self._may_go = asyncio.Event()
        """Clear only while somebody may take something back before it is sent."""
        self._may_go.set()
        self._is_landing = False

    def sending(self) -> list[Intent]:
        """Give the intents that are on their way."""
        return self._sought + self._sending

    def hold_off(self) -> None:
        """Begin nothing new, before somebody waits for all to be sent or it goes on."""
        self._may_go.clear()

    def go_on(self) -> None:
        """Send again what is due."""
        self._may_go.set()

    async def drained(self) -> None:
        """Wait until every intent has its outcome, or cannot be sent now; nothing is held back meanwhile."""
        self._may_go.set()
        await self._keeping.written()
        self._outbox.flush()
        async with self._idle:
            while self.sending() or not self._outbox.is_stuck():
                if not self._outbox.is_stuck():
                    self._outbox.let_go()
                await self._idle.wait()

    async def landed(self) -> None:
        """Begin nothing new, and wait until what is on its way has its outcome."""
        self._is_landing = True
        async with self._idle:
            while self.sending():
                await self._idle.wait()

    def may_begin(self) -> bool:
        """Say whether something new may still be sent."""
        return not self._is_landing

    async def stir(self) -> None:
        """Let who waits until all is settled look again."""
        async with self._idle:
            self._idle.notify_all()

    async def run(self, sending: Sending) -> None:
        """Send intents until cancelled, or until nothing new is to be begun."""
        async with asyncio.TaskGroup() as seeking:
            while True:
                await self._may_go.wait()
                intents = await self._outbox.next()
                if self._is_landing or not self._may_go.is_set():
                    self._outbox.put(intents)
                    if self._is_landing:
                        return
                    continue
                for intent in await self._send(sending, intents):
                    seeking.create_task(self._seek(sending, intent), name="crm: looking for one")

    async def _send(self, sending: Sending, intents: list[Intent]) -> list[Intent]:
        """Send the intents of a record; give what is to be looked for, while others are sent."""
        self._sending = intents
        try:
            self._sending = together = await sending.together(intents)
            self._outbox.put([intent for intent in intents if intent not in together])
            self._trail.advance([each.marker for each in together], IntentState.SENDING)
            self._tell(together, RowState.SENDING)
            left, verdict = await sending.carry_out(together)
            self._dismiss([intent for intent in together if intent not in left])
            lost = left if verdict.state == IntentState.SENDING else []
            self._sought += lost
            if left and not lost:
                await self._take(left, verdict)
            # Not when it is cancelled: then nobody knows, and whoever leaves has to say so.
            self._sending = []
        finally:
            await self.stir()
        return lost

    async def _seek(self, sending: Sending, intent: Intent) -> None:
        await self._take([intent], await sending.found_again(intent))
        await self.stir()

    def _tell(self, intents: Sequence[Intent], state: RowState) -> None:
        for intent in intents:
            self._snapshot.tell(intent.pending, state)
        self._changed()

    def _dismiss(self, cancelled: Sequence[Intent]) -> None:
        """Take what another window cancelled off the screen."""
        for intent in cancelled:
            self._snapshot.lift(intent.pending, RowState.SAVED)
            self._trail.advance([intent.marker], IntentState.CANCELLED)

    async def _take(self, intents: list[Intent], verdict: Verdict) -> None:
        """Write a verdict down, then show it."""
        markers = [intent.marker for intent in intents]
        if verdict.state == IntentState.HELD:
            self._trail.advance(markers, IntentState.HELD)
            self._tell(intents, RowState.HELD)
            self._outbox.put(intents)
            return
        words = verdict.words
        try:
            await self._keeping.do(
                entries.advance(
                    markers,
                    verdict.state,
                    self._clock(),
                    words=words,
                    clashes=verdict.clashes,
                    inverses=verdict.inverses,
                )
            )
        except JournalFailed as error:
            # The server has proved it, or refused; what the journal has still is looked into at the next start.
            words = "; ".join(
                filter(None, [words, f"the journal cannot be written: {error.words}"])
            )
        went = way(verdict.sent, verdict.before)
        self._trail.advance(markers, verdict.state, verdict.inverses, went)
        if verdict.state == IntentState.QUEUED:
            self._tell(intents, RowState.QUEUED)
            self._outbox.put_back(intents, verdict.wait)
            self._settle(intents, RowState.QUEUED, words)
            return
        if verdict.state == IntentState.DONE:
            self._proved(intents[-1].record_id, verdict.sent, verdict.before)
            for intent in intents:
                self._snapshot.confirm(intent.pending, verdict.row)
            if verdict.row is not None and verdict.row.id != intents[-1].record_id:
                self._snapshot.put([verdict.row])  # it was made, and has an id only now
            # What was made has no row to be read back yet: the next look for changes brings it.
            if verdict.row is None and intents[-1].pending.change.made is None:
                self._unread(intents, verdict.sent, verdict.before)
            self._settle(intents, RowState.SAVED, words)
            return
        if verdict.state == IntentState.UNKNOWN:
            self._proved(intents[-1].record_id, verdict.sent, verdict.before)
        await self._end(intents, replace(verdict, words=words))

    async def _end(self, intents: list[Intent], verdict: Verdict) -> None:
        """Settle what was sent as not saved, and what was made on top of it meanwhile."""
        record_id, state = intents[-1].record_id, SHOWN[verdict.state]
        if verdict.row is not None:
            self._snapshot.put([verdict.row])
        for intent in intents:
            self._snapshot.lift(intent.pending, state)
        doomed = self._outbox.drop(record_id)
        fate, words = IntentState.FAILED, "the change before it was not saved"
        if verdict.state == IntentState.FAILED and self._trail.are_undone(intents, by=doomed):
            fate, words = IntentState.CANCELLED, f"it was not saved: {verdict.words}"
        for intent in doomed:
            self._snapshot.lift(intent.pending, SHOWN[fate])
        if verdict.is_gone:
            self._snapshot.drop(record_id)
        self._settle(intents, state, verdict.words)
        if doomed:
            markers = [intent.marker for intent in doomed]
            self._trail.advance(markers, fate)
            self._settle(doomed, SHOWN[fate], words, is_moot=fate == IntentState.CANCELLED)
            self._keeping.later(
                entries.advance(markers, fate, self._clock(), words=words),
                lambda _none: None,
                lambda _words: None,  # they are held still, and named at the next start
            )

    def _settle(
        self, intents: Sequence[Intent], state: RowState, words: str, *, is_moot: bool = False
    ) -> None:
        self._sending = [each for each in self._sending if each not in intents]
        self._sought = [each for each in self._sought if each not in intents]
        last = intents[-1]
        row = self._snapshot.row(last.record_id)
        bases = merged(intents).bases()
        put_back = row is not None and all(
            getattr(row, field) == value for field, value in bases.items() if hasattr(row, field)
        )
        for intent in intents:
            self._report(Outcome(intent, state, words, put_back, self._clock(), is_moot=is_moot))
