"""Fetches the record that somebody looks at, part by part, once the cursor has rested on it, and keeps the last ones.

One request at a time; what is looked at now replaces what nobody looks at any more, except for a request that is on
its way.  Behind it, and behind everything else that the account asks for, come the few that are looked at next: a
request for one of them is dropped when the cursor moves.  Failures end up as state.  It never writes, and it does not
try again by itself: who looks away and back asks anew.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import Enum
from typing import Final

from crm_tui.api.errors import (
    ApiError,
    Blocked,
    Forbidden,
    Missing,
    SignInRefused,
    Throttled,
    Unanswered,
    Unreached,
)
from crm_tui.api.pacing import Priority
from crm_tui.domain.beside import Beside
from crm_tui.domain.detail import Absent, Detail, Facts
from crm_tui.domain.enums import Status
from crm_tui.domain.rows import OpportunityRow
from crm_tui.service.napping import nap
from crm_tui.service.remote import Remote
from crm_tui.structs import Struct, field, replace

REST: Final = 0.25
"""Seconds that the cursor rests on a record before it is asked for: longer than a held key's pause."""

KEPT: Final = 200
"""Records that are kept; those looked at longest ago go first."""

_HOPELESS: Final = (Unreached, Unanswered, SignInRefused, Throttled, Blocked, Missing)
"""What ails one part would ail the next one too."""


class Part(Enum):
    """What is asked for by itself, in this order."""

    FACTS = "facts"
    HISTORY = "history"
    CONTACT = "contact"


class Look(Struct, frozen=True):
    """How far the details of a record are."""

    detail: Detail | None = None
    """What has come, perhaps of an earlier state of the record."""
    loading: bool = False
    """More is on its way."""
    error: ApiError | None = None
    """What kept a part from coming, if something did."""
    beside: Beside = Beside()
    """What lies beside it, as far as that has come."""


class _Kept(Struct):
    """A record, what is known of it, and what has to be asked for."""

    row: OpportunityRow
    detail: Detail
    lacks: set[Part] = field(default_factory=lambda: set(Part))
    failed: set[Part] = field(default_factory=set)
    error: ApiError | None = None
    renewals: int = 0
    """What was asked for before the last one is shown when it comes, and asked for again."""

    def next(self) -> Part | None:
        """Give the part to ask for; none when all have come or failed."""
        return next((part for part in Part if part in self.lacks - self.failed), None)

    def retry(self) -> None:
        """Let what has failed be asked for again."""
        self.failed.clear()
        self.error = None

    def renew(self, *parts: Part) -> None:
        """Have parts asked for again; what is known of them stays until the answer comes."""
        self.lacks.update(parts)
        self.renewals += 1
        self.retry()


class Details:
    """The details of the records that were looked at."""

    def __init__(
        self,
        *,
        changed: Callable[[], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        kept: int = KEPT,
    ) -> None:
        """Tell `changed` whenever a part has come or failed; `kept` records are remembered."""
        self._changed = changed
        self._sleep = sleep
        self._most = kept
        self._records: OrderedDict[int, _Kept] = OrderedDict()
        self._target: _Kept | None = None
        self._ahead: tuple[_Kept, ...] = ()
        """What is looked at next, nearest first."""
        self.undated: dict[int, datetime | None] = {}
        """Won opportunities whose whole record is held and lacks the date → when that was written last."""
        self._refused: dict[Part, Absent] = {}
        """Parts for which the role is missing; one refusal speaks for all records."""
        self._moved = asyncio.Event()

    # What it is asked

    def look(self, record_id: int) -> Look:
        """Say what is known of a record."""
        kept = self._records.get(record_id)
        if kept is None:
            return Look()
        loading = kept is self._target and kept.next() is not None
        return Look(kept.detail, loading, kept.error)

    def want(self, row: OpportunityRow | None, ahead: Sequence[OpportunityRow] = ()) -> None:
        """Look at a record from now on, or at none; asking for what is wanted already changes nothing.

        A record that was changed since is fetched anew; what is known of it stays until then.  Those `ahead` are
        fetched behind it, as long as it is looked at.
        """
        target_before, ahead_before = self._target, self._ahead
        is_changed = False
        self._target, self._ahead = None, ()
        if row is not None:
            noted = [self._note(each) for each in (row, *ahead)]
            is_changed = any(is_new for _, is_new in noted)
            (self._target, _), *others = noted
            self._ahead = tuple(kept for kept, _ in others)
            self._records.move_to_end(row.id)  # the last to be forgotten
        if self._target is not None and self._target is not target_before:
            self._target.retry()
        is_other = self._target is not target_before or self._ahead != ahead_before
        if is_changed or (is_other and (self._target is not None or ahead_before)):
            self._moved.set()

    def _note(self, row: OpportunityRow) -> tuple[_Kept, bool]:
        """Take note of a record as it is now; say whether anything of it has to be asked for because of that."""
        kept = self._records.get(row.id)
        is_new = kept is None
        if kept is None:
            kept = self._records[row.id] = _Kept(row, Detail(row.id))
            if len(self._records) > self._most:
                forgotten, _ = self._records.popitem(last=False)
                self.undated.pop(forgotten, None)
        elif kept.row.customer_id != row.customer_id:
            kept.renew(*Part)
            is_new = True
        elif kept.row.updated_on != row.updated_on:
            kept.renew(Part.FACTS, Part.HISTORY)
            is_new = True
        kept.row = row
        self._look_for_date(kept)
        self._records.move_to_end(row.id)
        return kept, is_new

    def _look_for_date(self, kept: _Kept) -> None:
        """Take note whether a won opportunity lacks the date, as far as its record is held as it is now."""
        row, facts = kept.row, kept.detail.facts
        is_won = row.status == Status.WON and Part.FACTS not in kept.lacks
        if is_won and isinstance(facts, Facts) and facts.won_on is None:
            self.undated[row.id] = row.updated_on
        else:
            self.undated.pop(row.id, None)

    def forget(self, record_id: int) -> None:
        """Ask for a record again when it is looked at, at once if it is looked at now: it was written."""
        if record_id in self._records:
            self._renew(self._records[record_id])

    def forget_all(self) -> None:
        """Ask for everything again when it is looked at; for what was refused too, since roles may be given."""
        self._refused.clear()
        for kept in self._records.values():
            self._renew(kept)

    def _renew(self, kept: _Kept) -> None:
        kept.renew(*Part)
        self._look_for_date(kept)
        if kept is self._target or any(kept is each for each in self._ahead):
            self._moved.set()

    # What it does

    async def run(self, remote: Remote) -> None:
        """Fetch what is wanted, until cancelled."""
        while True:
            kept = self._target
            if kept is None or (kept.next() is None and self._next_ahead() is None):
                self._moved.clear()
                await self._moved.wait()
                continue
            await self._rest()
            if self._target is not None and self._target.next() is not None:
                await self._fetch(remote)
            else:
                await self._fetch_ahead(remote)

    async def _rest(self) -> None:
        """Wait until the cursor has stayed for a moment; each move of it begins the moment anew."""
        while self._moved.is_set():
            self._moved.clear()
            await nap(self._sleep(REST), self._moved)

    async def _fetch(self, remote: Remote) -> None:
        """Fetch what the record that is looked at lacks, as long as nobody looks elsewhere."""
        kept = self._target
        while kept is not None and kept is self._target and (part := kept.next()):
            if self._moved.is_set():
                return
            await self._take(remote, kept, part, Priority.VISIBLE)

    async def _fetch_ahead(self, remote: Remote) -> None:
        """Fetch one part of what is looked at next, unless somebody moves before it has come."""
        kept = self._next_ahead()
        part = kept.next() if kept is not None else None
        if kept is None or part is None or self._moved.is_set():
            return
        taking = asyncio.ensure_future(self._take(remote, kept, part, Priority.PREFETCH))
        if await nap(taking, self._moved):
            taking.result()  # a fault of our own comes out

    def _next_ahead(self) -> _Kept | None:
        """Give the nearest of those ahead that lacks something; none once something has failed here."""
        if any(each is not None and each.error for each in (self._target, *self._ahead)):
            return None
        return next((each for each in self._ahead if each.next() is not None), None)

    async def _take(self, remote: Remote, kept: _Kept, part: Part, priority: Priority) -> None:
        """Ask for one part, and take it over or note why it does not come."""
        asked_at = kept.renewals
        try:
            kept.detail = await self._with(remote, kept, part, priority)
        except ApiError as error:
            kept.error = error
            kept.failed |= kept.lacks if isinstance(error, _HOPELESS) else {part}
        else:
            if kept.renewals == asked_at:
                kept.lacks.discard(part)
            if self._records.get(kept.row.id) is kept:
                self._look_for_date(kept)
        self._changed()

    async def _with(self, remote: Remote, kept: _Kept, part: Part, priority: Priority) -> Detail:
        """Ask for one part and give the details with it, or with a stand-in where it is not for this user."""
        if part in self._refused:
            return _without(kept.detail, part, self._refused[part])
        try:
            return await _answered(remote, kept, part, priority)
        except Forbidden as error:
            self._refused[part] = Absent(error.role or "")
            return _without(kept.detail, part, self._refused[part])
        except Missing:
            if part is Part.FACTS:
                raise
            return _without(kept.detail, part, Absent())


async def _answered(remote: Remote, kept: _Kept, part: Part, priority: Priority) -> Detail:
    detail, row = kept.detail, kept.row
    match part:
        case Part.FACTS:
            return replace(detail, facts=await remote.facts(row.id, priority))
        case Part.HISTORY:
            return replace(detail, history=await remote.history(row.id, priority))
        case Part.CONTACT:
            return replace(detail, contact=await remote.contact(row.customer_id, priority))


def _without(detail: Detail, part: Part, absent: Absent) -> Detail:
    match part:
        case Part.FACTS:
            return replace(detail, facts=absent)
        case Part.HISTORY:
            return replace(detail, history=absent)
        case Part.CONTACT:
            return replace(detail, contact=absent)
