"""Several windows on one journal: which of them sends, and what each shows of the others.

One window holds the sender's lock and sends for all; the others look once a second whether the journal has changed,
and whether it is their turn.  What was left over by windows that are gone is shown, held afresh and named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from crm_tui.domain.intent import (
    NEEDS_SOMEBODY,
    UNSETTLED,
    WAITING,
    Binding,
    Entry,
    Intent,
    IntentState,
    Stack,
)
from crm_tui.domain.snapshot import RowState, Snapshot
from crm_tui.service.keeping import Keeping
from crm_tui.service.outbox import Outbox
from crm_tui.service.trail import Item, Trail, way
from crm_tui.service.verdict import OFFLINE
from crm_tui.service.wishes import Wishes
from crm_tui.service.writer import SHOWN, Outcome
from crm_tui.store import entries, lookups, pruning
from crm_tui.store.journal import JournalFailed
from crm_tui.store.sender import SenderLock
from crm_tui.structs import replace

TURN: Final = 1.0
"""Seconds between two looks at the journal and the lock."""

OLD: Final = timedelta(days=7)
"""An intent that is older asks before it is sent."""

_OLD_WORDS: Final = "it was made more than a week ago and asks before it is sent"


def kept_for_others(count: int) -> str:
    """Say how many changes for another address, user or location are never sent from here, in a sentence."""
    changes, stay = ("1 change", "stays") if count == 1 else (f"{count} changes", "stay")
    return f"{changes} for another address, user or location {stay} in the journal, unsent."


class Windows:
    """What one window has to do with the others that share its journal."""

    def __init__(
        self,
        snapshot: Snapshot,
        outbox: Outbox,
        keeping: Keeping,
        trail: Trail,
        wishes: Wishes,
        sending: Callable[[], list[Intent]],
        *,
        binding: Binding,
        instance: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        report: Callable[[Outcome], None],
        changed: Callable[[], None],
    ) -> None:
        self._snapshot = snapshot
        self._outbox = outbox
        self._keeping = keeping
        self._trail = trail
        self._wishes = wishes
        self._sending = sending
        self._binding = binding
        self._instance = instance
        self._clock = clock
        self._sleep = sleep
        self._report = report
        self._changed = changed
        self._lock = SenderLock(None)
        self._seen_version = -1
        self.sends = asyncio.Event()
        """Set while this window is the one that sends."""
        self.left_over: list[Intent] = []
        """What was still to be sent when this window became the one that sends."""
        self.of_others = 0
        """Changes for another address, user or location, which are kept and never sent from here."""

    async def begin(self) -> None:
        """Try to become the one that sends, and take over what was left; the journal is open."""
        self._lock = SenderLock(self._keeping.path)
        with suppress(JournalFailed, OSError):  # `run` tries again
            await self._take_turn()

    async def run(self, settled: Callable[[], Awaitable[None]]) -> None:
        """Look at the journal and the lock once a second, until cancelled; `settled` stirs who waits.

        Before that, let go of what the journal need not keep any more.
        """
        if self._keeping.path is None:
            return
        if self.sends.is_set():
            await self._prune()
        while True:
            await self._sleep(TURN)
            try:
                await self._take_turn()
                version = await self._keeping.do(lookups.data_version)
                if version != self._seen_version:
                    await self._look()
                    self._seen_version = version  # only now: a look that failed is made once more
                    await settled()
            except (JournalFailed, OSError):
                continue  # the next look may fare better; what cannot be written is told by who writes

    async def _prune(self) -> None:
        """Let go of what is long over, a little at a time: what is asked for now is written down in between."""
        with suppress(JournalFailed):  # the next start may fare better
            while await self._keeping.do(pruning.prune(self._clock())):
                pass

    def end(self) -> None:
        """Let another window send."""
        self._lock.release()
        self.sends.clear()

    async def _take_turn(self) -> None:
        if self.sends.is_set():
            return
        # In a thread: a lock on a network's disk may take its time.
        if await asyncio.to_thread(self._lock.try_to_take):
            await self._take_over()
            self.sends.set()
            self._changed()

    async def _take_over(self) -> None:
        """Take over what nobody sends any more."""
        await self._take_on()
        for entry in await self._keeping.do(lookups.unfinished(self._binding)):
            if entry.state in NEEDS_SOMEBODY:
                self._snapshot.remember(entry.record_id, SHOWN[entry.state])
            elif entry.instance != self._instance and entry.marker not in self._busy():
                await self._take_left(entry)
        self.of_others = await self._keeping.do(lookups.of_others(self._binding))
        ours = self._trail.ids()
        for step in await self._keeping.do(lookups.steps(self._binding)):
            if not self._trail.knows(step.id):
                found = await self._keeping.do(lookups.of_step(step.id))
                over = {each.marker: each for each in self.left_over}
                undoes = bool(step.undoes)
                items = [
                    _item(each, replace(over.get(each.marker, each.intent()), takes_back=undoes))
                    for each in found
                ]
                self._trail.add(step, items)
            if step.undoes and self._trail.trace(step.undoes) is None:
                found = await self._keeping.do(lookups.of_step(step.undoes))
                origin = replace(step, id=step.undoes, stack=Stack.NONE, undoes="")
                self._trail.add(origin, [_item(each, each.intent()) for each in found])
        self._trail.put_last(ours)  # somebody was quicker than the disk: what they did is the last

    async def _take_on(self) -> None:
        """Learn how far the window that sent before has come with what waits here: it may have ended in between."""
        waiting = {each.marker: each for each in self._outbox.intents()}
        for entry in await self._keeping.do(lookups.marked(sorted(waiting))):
            intent = waiting[entry.marker]
            if entry.state not in UNSETTLED:
                self._ended_elsewhere(intent, entry)
            elif entry.tries > intent.tries:
                taken = self._outbox.take_back({entry.marker})
                self._outbox.put([replace(each, tries=entry.tries) for each in taken])

    async def _take_left(self, entry: Entry) -> None:
        if self._clock() - entry.made > OLD:
            await self._keeping.do(
                entries.advance([entry.marker], IntentState.PARKED, self._clock(), words=_OLD_WORDS)
            )
            self._snapshot.remember(entry.record_id, RowState.PARKED)
            return
        # What may have been sent is looked into at once; what was held is held afresh, to be taken back by whoever
        # sees it now.
        due = self._clock()
        if entry.state in WAITING:
            due = max(entry.due, due + self._wishes.held_back(entry.record_id, entry.change))
        self.left_over.append(self._lay(entry, due, is_ours=True))

    def _lay(self, entry: Entry, due: datetime, *, is_ours: bool) -> Intent:
        intent = replace(
            entry.intent(self._wishes.number()),
            due=due,
            is_ours=is_ours,
            # A crash after the claim: the count may not have been written with it.
            tries=max(entry.tries, int(entry.state == IntentState.SENDING)),
        )
        self._snapshot.lay(intent.pending, SHOWN[entry.state])
        self._outbox.put([intent])
        return intent

    async def _look(self) -> None:
        """Show what other windows have asked for, and what became of what was asked for here."""
        waiting = {each.marker: each for each in self._outbox.intents()}
        found = await self._keeping.do(lookups.marked(sorted(waiting)))
        for entry in found:
            if entry.state not in UNSETTLED:
                self._ended_elsewhere(waiting[entry.marker], entry)
            elif not self.sends.is_set():
                self._goes_on_elsewhere(waiting[entry.marker], entry)
        if self.sends.is_set():
            await self._take_new()
        self._changed()

    def _goes_on_elsewhere(self, intent: Intent, entry: Entry) -> None:
        """Show how far another window is, and tell once when it cannot send now."""
        if entry.state == IntentState.SENDING:
            self._snapshot.tell(intent.pending, RowState.SENDING)
        is_told = self._snapshot.state(intent.record_id) == RowState.QUEUED
        if entry.state == IntentState.QUEUED and not is_told:
            self._snapshot.tell(intent.pending, RowState.QUEUED)
            self._outbox.put_back(self._outbox.take_back({intent.marker}), OFFLINE)
            self._report(Outcome(intent, RowState.QUEUED, entry.words, False, self._clock()))

    async def _take_new(self) -> None:
        """Take over what other windows have asked for, or asked for again, be it this one's own."""
        busy = self._busy()
        for entry in await self._keeping.do(lookups.unfinished(self._binding)):
            if entry.state not in WAITING or entry.marker in busy | self._busy():
                continue
            # What was taken back here may still be held in the journal, for a moment.
            if self._trail.state(entry.marker) not in (IntentState.CANCELLED, IntentState.DONE):
                self._snapshot.remember(entry.record_id, RowState.SAVED)
                self._trail.replace(self._lay(entry, entry.due, is_ours=False))

    def _busy(self) -> set[str]:
        """Give the markers of what this window is about to write down or to send."""
        here = [*self._outbox.intents(), *self._wishes.noting(), *self._sending()]
        return {intent.marker for intent in here}

    def _ended_elsewhere(self, intent: Intent, entry: Entry) -> None:
        """Settle here what another window has settled."""
        if not self._outbox.take_back({intent.marker}):
            return
        state = SHOWN[entry.state]
        self._trail.advance(
            [entry.marker],
            entry.state,
            {entry.marker: entry.inverse} if entry.inverse is not None else None,
            way(entry.sent, entry.before),
        )
        if entry.state == IntentState.DONE:
            self._snapshot.confirm(intent.pending, None)
        else:
            self._snapshot.lift(intent.pending, state)
        if entry.state != IntentState.CANCELLED:
            put_back = entry.state != IntentState.DONE
            self._report(Outcome(intent, state, entry.words, put_back, self._clock()))


def _item(entry: Entry, intent: Intent) -> Item:
    """Give an intent with what the journal says became of it."""
    return Item(intent, entry.state, entry.inverse, went=way(entry.sent, entry.before))
