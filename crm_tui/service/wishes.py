"""What the user asks for: to change, to take back, to do again, and how something goes on that needs them.

A wish shows in the same tick and is written down behind it; only then it is promised and goes to the outbox.  Nothing
is sent here, and nothing waits for a disk or a server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Final

from crm_tui.domain.change import Change, Planned
from crm_tui.domain.effects import Severity, severity_of
from crm_tui.domain.intent import (
    Binding,
    Intent,
    IntentState,
    Stack,
    Step,
)
from crm_tui.domain.snapshot import Pending, RowState, Snapshot
from crm_tui.service.keeping import Keeping
from crm_tui.service.outbox import Hold, Outbox
from crm_tui.service.steps_back import ASKS_FIRST, STAYS, again_of, deletes, inverses, stage_of
from crm_tui.service.trail import ENDED_BADLY, Item, Trace, Trail
from crm_tui.store import entries
from crm_tui.structs import Struct, replace

_TOO_LATE: Final = "another window had begun to send it"


def provisional_id(marker: str) -> int:
    """Give the id under which a record is known until the server has made it: below zero, as no real one is."""
    return -1 - int.from_bytes(sha256(marker.encode()).digest()[:6], "big")


class Told(Struct, frozen=True):
    """How a room tells what happened."""

    changed: Callable[[], None]
    of: Callable[[Sequence[Intent], RowState, str, bool], None]
    """Something became of intents at once: how they stand, why, and whether what they did is off the screen again."""
    lost: Callable[[Sequence[Intent], str], None]
    """Intents could not be written down, and why; they are no more."""


class Wishes:
    """Makes intents of what the user asks for."""

    def __init__(
        self,
        snapshot: Snapshot,
        outbox: Outbox,
        keeping: Keeping,
        trail: Trail,
        *,
        binding: Binding,
        instance: str,
        hold: Hold,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        told: Told,
    ) -> None:
        self._snapshot = snapshot
        self._outbox = outbox
        self._keeping = keeping
        self._trail = trail
        self._binding = binding
        self._instance = instance
        self._hold = hold
        self._clock = clock
        self._new_id = new_id
        self._told = told
        self._numbers = count(1)
        self._noting: dict[str, Intent] = {}
        """Marker → intent that is not written down yet."""

    def noting(self) -> list[Intent]:
        """Give what is asked for and not promised yet."""
        return list(self._noting.values())

    def number(self) -> int:
        """Give the next number of what is laid over the book."""
        return next(self._numbers)

    # To change

    def submit(self, plans: Sequence[Planned]) -> list[Intent]:
        """Show one step's changes at once, and have them sent when they are written down and their hold is over."""
        overtaken = dict.fromkeys(self._trail.all_on(Stack.REDO), Stack.NONE)
        return self._ask(plans, Step(self._new_id()), overtaken)

    def _ask(
        self,
        plans: Sequence[Planned],
        step: Step,
        stacks: Mapping[str, Stack],
        again: Mapping[str, Planned] | None = None,
    ) -> list[Intent]:
        """Ask for a step; `again`: marker of what was taken back → plan that does it once more, after the others."""
        again = again or {}
        now = self._clock()
        intents: list[Intent] = []
        for plan in (*plans, *again.values()):
            marker = self._new_id()
            # What is to be made has no id yet: each stands for itself, so that no two go out together.
            record_id = plan.record_id if plan.change.made is None else provisional_id(marker)
            due = now + self.held_back(record_id, plan.change)
            pending = Pending(self.number(), record_id, plan.change)
            self._snapshot.lay(pending, RowState.NOTING)
            intents.append(
                Intent(
                    pending,
                    plan.subject,
                    plan.said,
                    step.id,
                    due,
                    marker,
                    takes_back=bool(step.undoes),
                )
            )
        self._trail.restack(stacks)
        firsts = [*("" for _ in plans), *again]
        self._trail.add(
            step,
            [
                Item(intent, IntentState.NOTING, again=first)
                for intent, first in zip(intents, firsts, strict=True)
            ],
        )
        self._noting |= {intent.marker: intent for intent in intents}
        befores = {
            intent.marker: [item.intent.marker for item in self._trail.line(first)]
            for intent, first in zip(intents, firsts, strict=True)
        }
        self._keeping.later(
            entries.note(step, intents, self._binding, self._instance, now, stacks, befores),
            lambda held: self._noted(intents, held),
            lambda words: self._not_noted(step, intents, words),
        )
        self._told.changed()
        return intents

    def _noted(self, intents: Sequence[Intent], held: set[str]) -> None:
        """Promise what is written down, unless it was taken back meanwhile."""
        self._let_go([each for each in intents if each.marker not in held])
        wanted = [each for each in intents if self._noting.pop(each.marker, None) is not None]
        self._trail.advance([each.marker for each in wanted], IntentState.HELD)
        for intent in wanted:
            self._snapshot.tell(intent.pending, RowState.HELD)
        self._outbox.put(wanted)
        self._told.changed()

    def _let_go(self, doubled: Sequence[Intent]) -> None:
        """Forget what would do once more what another window had begun to send before it was taken back."""
        for intent in doubled:
            if self._noting.pop(intent.marker, None) is not None:
                self._snapshot.lift(intent.pending, RowState.SAVED)
            self._trail.advance([intent.marker], IntentState.CANCELLED)
            line = self._trail.line(intent.marker)
            stand = {e.intent.step for e in line if e.state != IntentState.CANCELLED}
            self.put_on(dict.fromkeys(stand, Stack.UNDO))

    def _not_noted(self, step: Step, intents: Sequence[Intent], words: str) -> None:
        lost = [each for each in intents if self._noting.pop(each.marker, None) is not None]
        for intent in lost:
            self._snapshot.lift(intent.pending, RowState.FAILED)
        self._trail.restack({step.id: Stack.NONE})
        self._trail.advance([each.marker for each in lost], IntentState.FAILED)
        if step.undoes:
            self._trail.restack({step.undoes: Stack.UNDO})
        self._told.lost(lost, _unwritten(words))

    def _failed(self, intents: Sequence[Intent], why: str, what: str = "it") -> None:
        self._told.of(intents, RowState.FAILED, _unwritten(why, what), True)

    def held_back(self, record_id: int, change: Change) -> timedelta:
        """Say how long a change is held back: longer where a stage would do something to the outside world."""
        stage = stage_of(change, self._snapshot.stages)
        if stage is None or severity_of(stage) == Severity.NONE:
            return self._hold.plain
        arrives = self._snapshot.would_arrive(record_id, stage.id)
        return self._hold.with_effects if arrives else self._hold.plain

    # To take back, and to do again

    def undo(self) -> list[Intent]:
        """Take the last step back: what waits is cancelled, what was sent is written back.

        Gives the intents that were cancelled, and those that write back (`takes_back`).
        """
        while (trace := self._trail.top(Stack.UNDO)) is not None:
            plans = inverses(trace, self._snapshot)
            if self._would_delete(trace, plans):
                return []
            if taken := self._take_back(trace, plans):
                return taken
            self.put_on({trace.step.id: Stack.NONE})
            if stays := [item.intent for item in trace.items if item.has_made]:
                self._told.of(stays, RowState.SAVED, STAYS, False)
                return []
        return []

    def take_back(self, step_id: str) -> list[Intent] | str:
        """Take back one step, wherever it is in their order; or say why it cannot be, in words that follow a colon."""
        trace = self._trail.trace(step_id)
        if trace is None:
            return "too much was done since, or another window did it"
        if trace.step.stack != Stack.UNDO:
            return "it was taken back already, or takes something back itself"
        touched = {(item.intent.record_id, each) for item in trace.items for each in _touched(item)}
        for later in self._trail.above(step_id):
            for item in later.items:
                if any((item.intent.record_id, each) in touched for each in _touched(item)):
                    return (
                        f"“{item.intent.said}” came after it, and would have to be taken back first"
                    )
        plans = inverses(trace, self._snapshot)
        if deletes(plans, self._snapshot):
            return ASKS_FIRST
        if taken := self._take_back(trace, plans):
            return taken
        if any(item.has_made for item in trace.items):
            return STAYS
        return "the server was not changed by it, as far as is known"

    def _take_back(self, trace: Trace, plans: Sequence[Planned]) -> list[Intent]:
        """Cancel what waits of a step, and write back what the server has heard of as planned."""
        cancelled = self._cancellable(trace)
        if plans:
            step = Step(self._new_id(), Stack.REDO, undoes=trace.step.id)
            taken = self._cancel(cancelled, {})
            return [*taken, *self._ask(plans, step, {trace.step.id: Stack.NONE})]
        return self._cancel(cancelled, {trace.step.id: Stack.REDO}) if cancelled else []

    def redo(self) -> list[Intent]:
        """Do again what was taken back last; gives the intents that do it, or that are no longer taken back."""
        while (trace := self._trail.top(Stack.REDO)) is not None:
            origin = self._trail.trace(trace.step.undoes)
            again = again_of(trace if not trace.step.undoes else origin)
            plans = inverses(trace, self._snapshot)
            if self._would_delete(trace, [*again.values(), *plans]):
                return []
            if not trace.step.undoes:
                return self._ask([], Step(self._new_id()), {trace.step.id: Stack.NONE}, again)
            cancelled = self._cancellable(trace)
            stacks = {trace.step.id: Stack.NONE}
            if cancelled and origin is not None:
                # The inverse was not sent yet: it is dropped, and the step is as it was.
                stacks[origin.step.id] = Stack.UNDO
            taken = self._cancel(cancelled, stacks if not (plans or again) else {})
            if plans or again:
                asked = self._ask(plans, Step(self._new_id()), stacks, again)
                return [*taken, *asked]
            if taken:
                return taken
            self.put_on({trace.step.id: Stack.NONE})
        return []

    def _would_delete(self, trace: Trace, plans: Sequence[Planned]) -> bool:
        """Say whether this deletes a customer: a single key does not; the step is left as it is, and it is told why."""
        is_grave = deletes(plans, self._snapshot)
        if is_grave:
            self.put_on({trace.step.id: Stack.NONE})
            self._told.of([item.intent for item in trace.items], RowState.SAVED, ASKS_FIRST, False)
        return is_grave

    def cancel_waiting(self) -> None:
        """Take back all that nobody has begun to send."""
        ours = [each.marker for each in self._outbox.intents() if each.is_ours]
        self._cancel({*ours, *self._noting}, {})

    def _cancellable(self, trace: Trace) -> set[str]:
        waiting = {intent.marker for intent in self._outbox.intents()} | set(self._noting)
        return {item.intent.marker for item in trace.items} & waiting

    def _cancel(self, markers: set[str], stacks: dict[str, Stack]) -> list[Intent]:
        """Take intents back before they are sent; the server never hears of them."""
        taken = self._outbox.take_back(markers & {e.marker for e in self._outbox.intents()})
        taken += [self._noting.pop(marker) for marker in sorted(markers & set(self._noting))]
        taken.sort(key=lambda each: each.pending.number)
        for intent in reversed(taken):
            self._snapshot.lift(intent.pending, RowState.SAVED)
        gone = [each.marker for each in taken]
        self._trail.advance(gone, IntentState.CANCELLED)
        self._trail.restack(stacks)
        self._keeping.later(
            entries.cancel(gone, self._clock(), stacks),
            lambda really: self._late([each for each in taken if each.marker not in really]),
            lambda words: self._failed(taken, words, "that it was taken back"),
        )
        self._told.changed()
        return taken

    def _late(self, intents: Sequence[Intent]) -> None:
        """Show again what another window had begun to send before it was taken back."""
        for intent in intents:
            self._snapshot.lay(intent.pending, RowState.SENDING)
        self._trail.advance([each.marker for each in intents], IntentState.SENDING)
        if intents:
            self._outbox.put(intents)
            self._told.of(intents, RowState.SENDING, _TOO_LATE, False)

    def put_on(self, stacks: dict[str, Stack]) -> None:
        """Put steps on other stacks."""
        self._trail.restack(stacks)
        self._keeping.later(entries.restack(stacks), lambda _none: None, lambda _words: None)

    # How something goes on

    def go_on(
        self, intent: Intent, words: str, froms: Sequence[IntentState], failed: Callable[[], None]
    ) -> None:
        """Hold an intent again that had ended, with the change that it has now."""
        due = self._clock() + self.held_back(intent.record_id, intent.pending.change)
        intent = replace(intent, due=due)
        self._snapshot.remember(intent.record_id, RowState.SAVED)
        self._snapshot.lay(intent.pending, RowState.NOTING)
        self._noting[intent.marker] = intent

        def taken_up(taken: Sequence[Intent]) -> None:
            if self._noting.pop(intent.marker, None) is None:
                return  # taken back meanwhile
            if not taken:
                self._snapshot.lift(intent.pending, RowState.SAVED)
                failed()
                return
            self._snapshot.tell(intent.pending, RowState.HELD)
            self._trail.replace(intent)
            self._outbox.put(taken)
            self._told.changed()

        def not_written(why: str) -> None:
            self._noting.pop(intent.marker, None)
            self._snapshot.lift(intent.pending, RowState.FAILED)
            self._failed([intent], why)

        order = entries.take_up([intent], words, self._clock(), froms)
        self._keeping.later(order, taken_up, not_written)
        self._told.changed()

    def give_up(self, intent: Intent, state: IntentState, words: str) -> None:
        """End an intent that waits for somebody without sending it."""
        self._snapshot.remember(intent.record_id, RowState.SAVED)
        self._trail.advance([intent.marker], state)
        self._keeping.later(
            entries.advance([intent.marker], state, self._clock(), words=words),
            lambda _none: self._told.changed(),
            lambda why: self._failed([intent], why),
        )


def _unwritten(why: str, what: str = "it") -> str:
    return f"{what} could not be written down: {why}"


def _touched(item: Item) -> set[str]:
    """Name the fields that an intent has a say in, unless it came to nothing; texts are only added to."""
    if item.state in ENDED_BADLY:
        return set()
    return set(item.intent.pending.change.bases())
