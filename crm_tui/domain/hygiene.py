"""What does not fit together in an opportunity, or is missing, and which command sets it right.

Facts of a light row and its stage alone; what a row does not hold is handed in.  It must not rank, nor change
anything.  A follow-up in the past is none of its findings while the opportunity is open: that is what overdue means.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from crm_tui.domain.enums import Status
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.structs import Struct

_WON: Final = int(Status.WON)


class Finding(Struct, frozen=True):
    """One thing that is wrong, and its cure."""

    words: str
    fix: str
    """Name of the command that sets it right."""
    grave: bool = True
    """No follow-up excuses it; what is only missing may wait for the day of the follow-up."""


OPEN_IN_WON: Final = Finding("open in a stage that wins", "won")
OPEN_IN_LOST: Final = Finding("open in a stage that loses", "lost")
OPEN_WITH_REASON: Final = Finding("open with a loss reason", "reopen")
WON_IN_LOST: Final = Finding("won in a stage that loses", "move")
WON_WITH_REASON: Final = Finding("won with a loss reason", "won")
WON_WITHOUT_DATE: Final = Finding("won without a date", "won")
LOST_IN_WON: Final = Finding("lost in a stage that wins", "move")
LOST_WITHOUT_REASON: Final = Finding("lost without a reason", "lost")
FOLLOW_UP_CAME: Final = Finding("decided, but its follow-up has come", "follow-up")
TWIN: Final = Finding("the same customer is open twice under one name", "lost")
NO_OWNER: Final = Finding("nobody owns it", "owner")
NO_VALUE: Final = Finding("no value", "value", grave=False)
NO_SOURCE: Final = Finding("no lead source", "source", grave=False)

EVERY: Final = (
    OPEN_IN_WON, OPEN_IN_LOST, OPEN_WITH_REASON, WON_IN_LOST, WON_WITH_REASON, WON_WITHOUT_DATE,
    LOST_IN_WON, LOST_WITHOUT_REASON, FOLLOW_UP_CAME, TWIN, NO_OWNER, NO_VALUE, NO_SOURCE,
)  # fmt: skip


def of_open(row: OpportunityRow, stage: Stage | None, *, has_twin: bool) -> tuple[Finding, ...]:
    """Give what is wrong with an opportunity in progress, gravest first.

    `stage` is none when nothing is known of it.  It `has_twin` when the same customer has another open one that the
    name does not tell from it; on several boards with names of their own a customer may well be.
    """
    found = []
    if stage is not None and stage.wins:
        found.append(OPEN_IN_WON)
    if stage is not None and stage.loses:
        found.append(OPEN_IN_LOST)
    if row.loss_reason is not None:
        found.append(OPEN_WITH_REASON)
    if has_twin:
        found.append(TWIN)
    if row.owner_id is None:
        found.append(NO_OWNER)
    if row.value is None:
        found.append(NO_VALUE)
    if row.lead_source is None:
        found.append(NO_SOURCE)
    return tuple(found)


def is_grave(row: OpportunityRow, stage: Stage | None, *, has_twin: bool) -> bool:
    """Say whether something is so wrong with an opportunity in progress that no follow-up excuses it.

    The same as a grave one among `of_open`, for thousands at a time.
    """
    return (
        row.owner_id is None
        or has_twin
        or row.loss_reason is not None
        or (stage is not None and (stage.wins or stage.loses))
    )


def of_decided(
    row: OpportunityRow, stage: Stage | None, *, today: datetime, undated: bool
) -> tuple[Finding, ...]:
    """Give what is wrong with a won or lost opportunity, gravest first; all of it is grave.

    `today` is the instant at which the location's day began; it is `undated` when its whole record is known to say
    nothing of when it was won.  A follow-up of a decided one counts when it was set for later than the decision and
    its day is over: one from before is a leftover that means nothing, and one ahead may be meant.
    """
    found = []
    if row.status == _WON:
        if stage is not None and stage.loses:
            found.append(WON_IN_LOST)
        if row.loss_reason is not None:
            found.append(WON_WITH_REASON)
        if undated:
            found.append(WON_WITHOUT_DATE)
    else:
        if stage is not None and stage.wins:
            found.append(LOST_IN_WON)
        if row.loss_reason is None:
            found.append(LOST_WITHOUT_REASON)
    if _has_come(row, today):
        found.append(FOLLOW_UP_CAME)
    return tuple(found)


def _has_come(row: OpportunityRow, today: datetime) -> bool:
    """Say whether a follow-up lies after the decision and before today."""
    due, decided = row.due_on, row.stage_since
    return due is not None and decided is not None and decided < due < today
