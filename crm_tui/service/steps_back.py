"""What takes a step back, or does it again: planned and worded, from what became of its parts.

Nothing is asked for here: whether the server ever hears of it is `wishes.py`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from crm_tui.domain.change import Change, Place, Planned
from crm_tui.domain.effects import Severity, effects_in_words, severity_of
from crm_tui.domain.intent import IntentState
from crm_tui.domain.rows import Stage
from crm_tui.domain.snapshot import Snapshot
from crm_tui.service.trail import Item, Trace

_BACK: Final = "back: "
_AGAIN: Final = "again: "

STAYS: Final = (
    "it is made and stays: the service deletes for good, which is no way to take something back"
)
ASKS_FIRST: Final = (
    "it would come into a stage that deletes the customer for good; move it there by name"
)


def inverses(trace: Trace, snapshot: Snapshot) -> list[Planned]:
    """Plan to write back what the server has heard of, the last part first."""
    plans: list[Planned] = []
    for item in reversed(trace.items):
        change = item.inverse if item.did_something else None
        if item.state == IntentState.SENDING:
            change = item.intent.pending.change.inverse()
        if change is not None and change.parts:
            plans.append(_back(item, change, snapshot))
    return plans


def again_of(trace: Trace | None) -> dict[str, Planned]:
    """Plan anew what was cancelled before it was sent, each by its marker."""
    items = trace.items if trace is not None else []
    return {
        item.intent.marker: Planned(
            item.intent.record_id,
            item.intent.pending.change,
            item.intent.subject,
            item.intent.said,
        )
        for item in items
        if item.state == IntentState.CANCELLED
    }


def deletes(plans: Sequence[Planned], snapshot: Snapshot) -> bool:
    """Say whether one of these brings an opportunity into a stage that deletes the customer."""
    return any(
        severity_of(stage) == Severity.FINAL and snapshot.would_arrive(plan.record_id, stage.id)
        for plan in plans
        if (stage := stage_of(plan.change, snapshot.stages)) is not None
    )


def stage_of(change: Change, stages: Mapping[int, Stage]) -> Stage | None:
    """Give the stage that a change brings an opportunity into, if it names one that is known."""
    stage_id = (change.made or change.assignments()).get("stage_id")
    return stages.get(stage_id) if isinstance(stage_id, int) else None


def _back(item: Item, change: Change, snapshot: Snapshot) -> Planned:
    """Word what is written back, with what has happened already and what will happen, perhaps again.

    A stage that was passed by, for it was left before anything was sent, has done nothing, unless it was entered since.
    """
    intent = item.intent
    place = next((part for part in change.parts if isinstance(part, Place)), None)
    what = intent.said.removeprefix(_BACK).removeprefix(_AGAIN)
    said = f"{_AGAIN if intent.takes_back else _BACK}{what}"
    if place is not None and place.stage_id != place.from_stage_id:
        stages, offers = snapshot.stages, snapshot.offers
        target, left = stages.get(place.stage_id), stages.get(place.from_stage_id)
        was_in, reached = item.went or (place.stage_id, place.from_stage_id)
        there = snapshot.confirmed(intent.record_id)
        notes = []
        if left is not None and left.id in (reached, there.stage_id if there else None):
            happened = effects_in_words(left, offers, above=Severity.OUTCOME)
            notes += [f"already happened: {happened}"] if happened else []
        if target is not None and (comes := effects_in_words(target, offers)):
            notes.append(f"{'now again' if target.id == was_in else 'now'}: {comes}")
        name = target.name if target is not None else f"stage #{place.stage_id}"
        said = f"back to {name}" + (f" ({'; '.join(notes)})" if notes else "")
    return Planned(intent.record_id, change, intent.subject, said)
