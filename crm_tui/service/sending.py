"""Sends the changes of one record: checks what the server has, merges, writes whole, proves, reads back when in doubt.

It gives a verdict and touches neither the book nor the outbox.  Nothing is sent before the journal says that it will
be, and nothing that somebody else changed is written over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from crm_tui.api.errors import (
    ApiError,
    Blocked,
    Forbidden,
    Invalid,
    Missing,
    ReadOnly,
    ServerFault,
    TooSlow,
    Unanswered,
)
from crm_tui.api.pacing import Priority
from crm_tui.api.wire import Fetched
from crm_tui.domain.change import Change, Value
from crm_tui.domain.intent import Entry, Intent, IntentState
from crm_tui.domain.merge import FOLLOWING, Merged, is_done, merge
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.wording import field_name
from crm_tui.service.creating import Creating
from crm_tui.service.keeping import Keeping
from crm_tui.service.outbox import merged as all_of
from crm_tui.service.remote import Remote
from crm_tui.service.verdict import NOT_NOW, Verdict, inverses_of, later, made_it, words_of
from crm_tui.store import entries, lookups
from crm_tui.store.journal import JournalFailed
from crm_tui.structs import Struct, replace

AT_IT_STILL: Final = 5.0
"""Seconds after which a record is looked at again when the answer to its write was lost."""

_NOT_READ: Final = (*NOT_NOW, Unanswered, ServerFault)
"""What may go out later as it is, of a record that was only to be read."""

_REFUSED: Final = (Invalid, ReadOnly, Blocked)
"""The write was turned down for what it is."""

_LONG: Final = 2_000
"""Characters of a text."""

GONE: Final = "it was deleted elsewhere, or hidden from you"


class _Attempt(Struct, frozen=True):
    """One write: what was found before it, and what was sent."""

    fetched: Fetched
    sent: Mapping[str, Value]


class Sending:
    """Carries out the changes of one record after the other."""

    def __init__(
        self,
        remote: Remote,
        keeping: Keeping,
        snapshot: Snapshot,
        may_begin: Callable[[], bool],
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._remote = remote
        self._keeping = keeping
        self._snapshot = snapshot
        self._creating = Creating(remote, keeping, snapshot, clock=clock, sleep=sleep)
        self._may_begin = may_begin
        self._clock = clock
        self._sleep = sleep

    async def together(self, intents: Sequence[Intent]) -> list[Intent]:
        """Give those that can go as one write: what was on its way once goes first, and as it went then.

        Two windows may have begun with the same value: the second of them has not seen what the first one made of it.
        """
        try:
            earlier = await self._earlier(intents)
        except JournalFailed:
            return _in_line(intents)  # and `carry_out` says what is wrong
        same = {
            entry.marker
            for entry in earlier
            if (entry.sent, entry.before) == (earlier[0].sent, earlier[0].before)
        }
        return _in_line([each for each in intents if each.marker in same] or intents)

    async def carry_out(self, intents: Sequence[Intent]) -> tuple[list[Intent], Verdict]:
        """Send the changes of one record; give those that were not cancelled elsewhere meanwhile, and the verdict.

        The verdict `HELD` says that nothing is to be begun any more: they are as they were.  `SENDING` says that one
        was to be made and its answer was lost: `found_again` looks for it, while others are sent.
        """
        left = list(intents)
        values = intents[0].pending.change.made
        try:
            if values is not None and not self._may_begin():
                return left, Verdict(IntentState.HELD)
            if values is not None:
                return await self._creating.carry_out(intents[0], values)
            earlier = next(iter(await self._earlier(left)), None)
            while left:
                verdict, allowed = await self._try(left, earlier)
                if verdict is not None:
                    return left, verdict
                left = [intent for intent in left if intent.marker in allowed]
        except JournalFailed as error:
            words = f"the journal cannot be written: {error.words}"
            return left, Verdict(IntentState.FAILED, words)
        return [], Verdict(IntentState.CANCELLED)

    async def found_again(self, intent: Intent) -> Verdict:
        """Look for what was made and whose answer was lost; it may take two minutes."""
        return await self._creating.found_again(intent)

    async def _earlier(self, intents: Sequence[Intent]) -> list[Entry]:
        """Give what the journal says of writes whose outcome nobody knows; raises `JournalFailed`."""
        tried = [intent.marker for intent in intents if intent.tries]
        found = await self._keeping.do(lookups.marked(tried)) if tried else []
        return [entry for entry in found if entry.sent]

    async def _try(
        self, intents: Sequence[Intent], earlier: Entry | None
    ) -> tuple[Verdict | None, set[str]]:
        """Check, merge and write once.  Without a verdict: some were cancelled, and these may be sent."""
        change = all_of(intents)
        try:
            fetched = await self._remote.opportunity(intents[-1].record_id, Priority.WRITER)
        except ApiError as error:
            return self._unread(error), set()
        if earlier is not None and is_done(change, earlier.sent, earlier.before, fetched.fields):
            words = "it had arrived after all"
            inverses = inverses_of(intents, earlier.before, fetched.fields)
            # What was written before the end is looked behind by who recalls it from the journal.
            return Verdict(IntentState.DONE, words, fetched.row, inverses=inverses), set()
        merged = merge(change, fetched.fields)
        if not merged.is_clean:
            if earlier is not None:
                return Verdict(
                    IntentState.UNKNOWN, self._clash(merged, fetched), fetched.row
                ), set()
            return self._conflict(merged, fetched), set()
        if not merged.to_send:
            inverses = {intent.marker: Change(()) for intent in intents}
            return Verdict(IntentState.DONE, "", fetched.row, inverses=inverses), set()
        if not self._may_begin():
            return Verdict(IntentState.HELD), set()
        allowed = await self._claimed(intents, merged.to_send, fetched)
        if len(allowed) < len(intents):
            return None, allowed
        return await self._write(intents, _Attempt(fetched, merged.to_send)), set()

    async def _claimed(
        self, intents: Sequence[Intent], sent: Mapping[str, Value], fetched: Fetched
    ) -> set[str]:
        names = {*sent, *FOLLOWING, "stage_id", "position"}
        before = {
            name: value
            for name, value in sorted(fetched.fields.items())
            if name in names or _is_kept(value)
        }
        markers = [intent.marker for intent in intents]
        return await self._keeping.do(entries.claim(markers, sent, before, self._clock()))

    async def _write(self, intents: Sequence[Intent], attempt: _Attempt) -> Verdict:
        """Write once, and once more when it surely did not arrive."""
        for is_last in (False, True):
            try:
                await self._remote.update_opportunity(attempt.fetched, attempt.sent)
            except _REFUSED as error:
                # Refused again after somebody had asked for it again: it will not go by itself.
                again = isinstance(error, Invalid) and any(intent.tries for intent in intents)
                state = IntentState.PARKED if again else IntentState.FAILED
                return Verdict(state, words_of(error))
            except Missing:
                return Verdict(IntentState.PARKED, GONE, is_gone=True)
            except Forbidden as error:
                return Verdict(IntentState.PARKED, words_of(error))
            except NOT_NOW as error:
                return later(self._keeping, error)
            except ApiError as error:
                verdict, attempt = await self._read_back(intents, attempt, error, is_last=is_last)
                if verdict is not None:
                    return verdict
                if not self._may_begin():
                    return Verdict(IntentState.HELD)
                await self._claimed(intents, attempt.sent, attempt.fetched)
            else:
                return await self._proved(intents, attempt)
        raise AssertionError  # pragma: no cover - the last try ends in a verdict

    async def _proved(self, intents: Sequence[Intent], attempt: _Attempt) -> Verdict:
        """After a proved write: look at once where the server is known to do more, which taking back has to know."""
        before, after = attempt.fetched, None
        if self._does_more(attempt.sent):
            try:
                after = await self._remote.opportunity(before.row.id, Priority.WRITER)
            except ApiError:
                after = None  # proved all the same; it is read back later
        words = ""
        if after is not None and after.row.status not in (
            before.row.status,
            attempt.sent.get("status"),
        ):
            words = made_it(self._snapshot.labels, after.row.status)
        expected = {**before.fields, **attempt.sent}
        return Verdict(
            IntentState.DONE,
            words,
            after.row if after is not None else None,
            inverses=inverses_of(
                intents, before.fields, after.fields if after is not None else expected
            ),
            sent=attempt.sent,
            before=before.fields,
        )

    def _does_more(self, sent: Mapping[str, Value]) -> bool:
        """Say whether a card that is put where it was sent gets a status, as far as is known."""
        stage_id = sent.get("stage_id")
        stage = self._snapshot.stages.get(stage_id) if isinstance(stage_id, int) else None
        if stage is None:
            return stage_id is not None
        return stage.wins or stage.loses or not stage.known

    async def _read_back(
        self, intents: Sequence[Intent], attempt: _Attempt, error: ApiError, *, is_last: bool
    ) -> tuple[Verdict | None, _Attempt]:
        """After a lost answer: the record itself tells whether the write happened.

        A server that was too slow to answer may be at it still, so a record that is as it was is looked at once more
        after a while; and of one that is neither as it was nor as it should be, nobody knows how it came about.
        Without a verdict it may be sent again: it is as it was, and the connection was lost.
        """
        change, before = all_of(intents), attempt.fetched
        unknown = Verdict(
            IntentState.UNKNOWN, words_of(error), sent=attempt.sent, before=before.fields
        )
        for is_second_look in (False, True):
            if is_second_look:
                await self._sleep(AT_IT_STILL)
            try:
                after = await self._remote.opportunity(before.row.id, Priority.WRITER)
            except ApiError:
                return unknown, attempt
            if is_done(change, attempt.sent, before.fields, after.fields):
                inverses = inverses_of(intents, before.fields, after.fields)
                words = "the answer was lost, the change was not"
                verdict = Verdict(
                    IntentState.DONE,
                    words,
                    after.row,
                    inverses=inverses,
                    sent=attempt.sent,
                    before=before.fields,
                )
                return verdict, attempt
        merged = merge(change, after.fields)
        if not merged.is_clean or isinstance(error, TooSlow):
            return replace(unknown, row=after.row), attempt
        if is_last or not isinstance(error, Unanswered):
            return Verdict(IntentState.FAILED, words_of(error), after.row), attempt
        return None, _Attempt(after, merged.to_send)

    def _unread(self, error: ApiError) -> Verdict:
        """Judge a record that could not be read: nothing was sent."""
        if isinstance(error, Missing):
            return Verdict(IntentState.PARKED, GONE, is_gone=True)
        if isinstance(error, Forbidden):
            return Verdict(IntentState.PARKED, words_of(error))
        if isinstance(error, _NOT_READ):
            return later(self._keeping, error)
        return Verdict(IntentState.FAILED, words_of(error))

    def _conflict(self, merged: Merged, fetched: Fetched) -> Verdict:
        words = self._clash(merged, fetched)
        return Verdict(IntentState.CONFLICT, words, fetched.row, merged.clashes)

    def _clash(self, merged: Merged, fetched: Fetched) -> str:
        names = [clash.field for clash in merged.clashes]
        if "stage_id" in names:
            return f"somebody moved it to {fetched.row.stage}"
        if names:
            return f"somebody changed {', '.join(map(field_name, names))}"
        return "what was added is no longer there as it was written"


def _in_line(intents: Sequence[Intent]) -> list[Intent]:
    """Give the first of some intents, up to the one that goes on from something else than those before it leave."""
    state: dict[str, Value] = {}
    for number, intent in enumerate(intents):
        change = intent.pending.change
        if any(state.get(name, seen) != seen for name, seen in change.bases().items()):
            return list(intents[:number])
        state |= change.assignments()
    return list(intents)


def _is_kept(value: object) -> bool:
    """Say whether the journal keeps what a field was: long texts that were not written would swell it."""
    plain = (int, Decimal, datetime, type(None))
    return len(value) <= _LONG if isinstance(value, str) else isinstance(value, plain)
