"""What waits to be sent: held for a moment, so that taking it back is real, then let go in order.

The edits of one record go out together: what is made of it within the hold begins the hold anew, and the server hears
of the last state only.  It sends nothing and decides no outcome.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from crm_tui.domain.change import Change
from crm_tui.domain.intent import Intent
from crm_tui.service.napping import nap
from crm_tui.structs import Struct, replace

SOON: Final = 5
"""Changes that are sent before anybody would rather leave them for the next time."""


class Hold(Struct, frozen=True):
    """How long changes are held back."""

    plain: timedelta = timedelta(0)
    with_effects: timedelta = timedelta(0)
    """For a move to a stage that does something to the outside world."""


class _Waiting(Struct):
    intent: Intent
    ready: float
    """When it may go, in seconds of the outbox' own time."""
    is_stuck: bool = False
    """It was on its way, and could not be sent now."""


class Outbox:
    """The intents that nobody has begun to send."""

    def __init__(
        self, *, clock: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._waiting: list[_Waiting] = []
        self._changed = asyncio.Event()
        self._is_flushing = False
        self._elapsed = 0.0
        """Seconds that have passed here.  A clock that is set back takes none of them away, and ends no hold."""
        self._read_at = clock()

    def intents(self) -> list[Intent]:
        """Give what waits, in the order in which it was made."""
        return [each.intent for each in self._waiting]

    def is_stuck(self) -> bool:
        """Say whether nothing waits but what could not be sent a moment ago."""
        return all(each.is_stuck for each in self._waiting)

    def has_stuck(self) -> bool:
        """Say whether something waits that could not be sent a moment ago."""
        return any(each.is_stuck for each in self._waiting)

    def put(self, intents: Sequence[Intent]) -> None:
        """Take over what is to be sent when it is due."""
        now = self._now()
        for intent in intents:
            wait = max((intent.due - self._clock()).total_seconds(), 0.0)
            self._waiting.append(_Waiting(intent, now + wait))
        self._waiting.sort(key=lambda each: each.intent.pending.number)
        self._changed.set()

    def put_back(self, intents: Sequence[Intent], seconds: float) -> None:
        """Take back what could not be sent now, to be let go again after a while."""
        ready = self._now() + seconds
        self._waiting += [_Waiting(intent, ready, is_stuck=True) for intent in intents]
        self._waiting.sort(key=lambda each: each.intent.pending.number)
        self._changed.set()

    def take_back(self, markers: set[str]) -> list[Intent]:
        """Give the intents of these markers that still wait, no longer to be sent."""
        taken = [each for each in self._waiting if each.intent.marker in markers]
        # What is left of a record is held for as long as what was taken back: it was hidden behind that.
        readies = {each.intent.record_id: each.ready for each in taken}
        dues = {each.intent.record_id: each.intent.due for each in taken}
        self._waiting = [each for each in self._waiting if each.intent.marker not in markers]
        for each in self._waiting:
            record_id = each.intent.record_id
            if record_id in readies:
                each.ready = max(each.ready, readies[record_id])
                each.intent = replace(each.intent, due=max(each.intent.due, dues[record_id]))
        self._changed.set()
        return [each.intent for each in taken]

    def drop(self, record_id: int) -> list[Intent]:
        """Give the intents of a record, no longer to be sent."""
        dropped = [each.intent for each in self._waiting if each.intent.record_id == record_id]
        self._waiting = [each for each in self._waiting if each.intent.record_id != record_id]
        return dropped

    def flush(self) -> None:
        """Hold nothing back any more."""
        self._is_flushing = True
        for each in self._waiting:
            each.is_stuck = False
        self._changed.set()

    def let_go(self) -> None:
        """Hold nothing back any more; what could not be sent before still waits."""
        self._is_flushing = True
        self._changed.set()

    def retry(self) -> None:
        """Let go of what could not be sent before."""
        for each in self._waiting:
            if each.is_stuck:
                each.ready = self._now()
        self._changed.set()

    def held_until(self) -> datetime | None:
        """Say until when the last step can still be taken back; none when nothing is held."""
        held = [each.intent for each in self._waiting if not each.is_stuck and each.intent.is_ours]
        last = held[-1].record_id if held else None
        # The changes of a record go out together, when the longest of their holds is over.
        return max((each.due for each in held if each.record_id == last), default=None)

    async def next(self) -> list[Intent]:
        """Wait until a record's changes may go; give them all, in the order in which they were made."""
        while True:
            self._changed.clear()
            readies: dict[int, float] = {}
            stuck = {each.intent.record_id for each in self._waiting if each.is_stuck}
            for each in self._waiting:
                record_id = each.intent.record_id
                readies[record_id] = max(readies.get(record_id, 0.0), each.ready)
            now = self._now()
            for record_id, ready in readies.items():
                if ready <= now or (self._is_flushing and record_id not in stuck):
                    return self.drop(record_id)
            self._is_flushing = False
            await self._nap(min(readies.values(), default=None))

    def _now(self) -> float:
        """Give the outbox' own time, which never goes back."""
        read_at = self._clock()
        self._elapsed += max((read_at - self._read_at).total_seconds(), 0.0)
        self._read_at = read_at
        return self._elapsed

    async def _nap(self, until: float | None) -> None:
        """Wait until a moment, but no longer than until something else happens."""
        if until is None:
            await self._changed.wait()
            return
        if await nap(self._sleep(until - self._now()), self._changed):
            # What was slept counts as passed, whatever the clock says.
            self._elapsed = max(self._now(), until)


def merged(intents: Sequence[Intent]) -> Change:
    """Make one change of several of a record, in their order."""
    return Change(tuple(part for intent in intents for part in intent.pending.change.parts))
