"""What the user did, step by step, so that it can be taken back and done again, over restarts too.

A step is what one key did, however many records it touched.  This room remembers which steps are on which of the two
stacks and what became of their intents; it submits, sends and writes nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from crm_tui.domain.change import Change, Value
from crm_tui.domain.intent import Intent, IntentState, Stack, Step
from crm_tui.structs import Struct, field, replace

ENDED_BADLY: Final = (
    IntentState.FAILED,
    IntentState.CONFLICT,
    IntentState.PARKED,
    IntentState.CANCELLED,
)


class Item(Struct):
    """One intent of a step, and what became of it."""

    intent: Intent
    state: IntentState
    inverse: Change | None = None
    """What takes it back, once it was confirmed; one without parts when there was nothing to do."""
    again: str = ""
    """Marker of what it does once more, which was to be taken back before it was sent."""
    went: tuple[int, int] | None = None
    """From which stage to which the server has moved it, where that is known: of several moves at once, past some."""

    @property
    def did_something(self) -> bool:
        """Say whether the server was changed by it, as far as is known."""
        return (
            self.state == IntentState.DONE and self.inverse is not None and bool(self.inverse.parts)
        )

    @property
    def has_made(self) -> bool:
        """Say whether a record was made by it, or may have been, which cannot be taken back."""
        may = (IntentState.DONE, IntentState.SENDING, IntentState.UNKNOWN)
        return self.intent.pending.change.made is not None and self.state in may


def way(sent: Mapping[str, Value], before: Mapping[str, Value]) -> tuple[int, int] | None:
    """Give from which stage to which a write moves what was `before`; none where it moves nothing."""
    stages = (before.get("stage_id"), sent.get("stage_id"))
    match stages:
        case (int(left), int(reached)):
            return left, reached
    return None


class Trace(Struct):
    """One step with its items."""

    step: Step
    items: list[Item] = field(default_factory=list)


class Trail:
    """The steps that one of the two keys can still take."""

    def __init__(self) -> None:
        self._traces: dict[str, Trace] = {}
        """By the step's id, in the order of their turns."""
        self._of: dict[str, Item] = {}

    def add(self, step: Step, items: Iterable[Item]) -> None:
        """Put a step on top of its stack."""
        trace = Trace(step, list(items))
        self._traces[step.id] = trace
        for item in trace.items:
            self._of[item.intent.marker] = item

    def knows(self, step_id: str) -> bool:
        """Say whether a step is remembered."""
        return step_id in self._traces

    def trace(self, step_id: str) -> Trace | None:
        """Give a step by its id."""
        return self._traces.get(step_id)

    def state(self, marker: str) -> IntentState | None:
        """Say what became of an intent, as far as this window knows; none when it is not remembered."""
        item = self._of.get(marker)
        return item.state if item is not None else None

    def line(self, marker: str) -> list[Item]:
        """Give an intent, what that does once more, and so on."""
        line: list[Item] = []
        while (item := self._of.get(marker)) is not None:
            line.append(item)
            marker = item.again
        return line

    def top(self, stack: Stack) -> Trace | None:
        """Give the step that a key would take now."""
        found = [trace for trace in self._traces.values() if trace.step.stack == stack]
        return found[-1] if found else None

    def ids(self) -> list[str]:
        """Give the ids of all steps, in the order of their turns."""
        return list(self._traces)

    def put_last(self, step_ids: Iterable[str]) -> None:
        """Have the turns of some steps come after those of all others."""
        for step_id in step_ids:
            self._traces[step_id] = self._traces.pop(step_id)

    def all_on(self, stack: Stack) -> list[str]:
        """Give the ids of the steps on a stack."""
        return [step_id for step_id, each in self._traces.items() if each.step.stack == stack]

    def above(self, step_id: str) -> list[Trace]:
        """Give the steps that could be taken back before this one."""
        found = list(self._traces)
        place = found.index(step_id) + 1
        return [
            self._traces[each]
            for each in found[place:]
            if self._traces[each].step.stack == Stack.UNDO
        ]

    def restack(self, stacks: Mapping[str, Stack]) -> None:
        """Put steps on top of other stacks."""
        for step_id, stack in stacks.items():
            trace = self._traces.pop(step_id, None)
            if trace is not None:
                trace.step = replace(trace.step, stack=stack)
                self._traces[step_id] = trace

    def advance(
        self,
        markers: Iterable[str],
        state: IntentState,
        inverses: dict[str, Change] | None = None,
        went: tuple[int, int] | None = None,
    ) -> None:
        """Take down what became of intents."""
        for marker in markers:
            item = self._of.get(marker)
            if item is not None:
                item.state = state
                if inverses is not None and marker in inverses:
                    item.inverse = inverses[marker]
                item.went = went or item.went

    def replace(self, intent: Intent) -> None:
        """Take down that an intent goes on with another change."""
        item = self._of.get(intent.marker)
        if item is not None:
            item.intent, item.state, item.inverse = intent, IntentState.HELD, None

    def are_undone(self, earlier: Iterable[Intent], by: Iterable[Intent]) -> bool:
        """Say whether some intents do nothing but take back all of some earlier ones."""
        traces = [self._traces.get(intent.step) for intent in by]
        undone = {trace.step.undoes for trace in traces if trace is not None}
        return None not in traces and bool(undone) and undone == {each.step for each in earlier}

    def came_to_nothing(self, step_id: str) -> bool:
        """Say whether a step was to take another one back, has ended, and changed nothing."""
        trace = self._traces.get(step_id)
        return (
            trace is not None
            and bool(trace.step.undoes)
            and all(item.state in ENDED_BADLY for item in trace.items)
        )
