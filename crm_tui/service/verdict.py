"""What became of what was sent: the verdict that the writer settles, what takes it back, and the words for it.

Plain values; nothing here sends, and nothing is written down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from crm_tui.api.errors import ApiError, Invalid, SignInRefused, Throttled, Unreached
from crm_tui.domain.change import Change, Value
from crm_tui.domain.enums import OPEN, Labels, Status
from crm_tui.domain.intent import Intent, IntentState
from crm_tui.domain.merge import Clash, inverse, merge
from crm_tui.domain.rows import OpportunityRow
from crm_tui.service.keeping import Keeping
from crm_tui.structs import Struct, field

NOT_NOW: Final = (Unreached, SignInRefused, Throttled)
"""Nothing was done, and it is not the record's fault: it may go out later as it is."""

OFFLINE: Final = 15.0
"""Seconds after which something that could not be sent is tried again."""


class Verdict(Struct, frozen=True):
    """What became of the changes of a record."""

    state: IntentState
    words: str = ""
    """More about it, the server's own words included: foreign text."""
    row: OpportunityRow | None = None
    """The record as the server has it now, where that is known; if not, and it was written, it is read back later."""
    clashes: tuple[Clash, ...] = ()
    inverses: dict[str, Change] = field(default_factory=dict)
    """Marker → what takes it back."""
    is_gone: bool = False
    """The record is no longer there."""
    sent: Mapping[str, Value] = field(default_factory=dict)
    """What was written, where something was."""
    before: Mapping[str, Value] = field(default_factory=dict)
    """Every field as it was when it was checked before that."""
    wait: float = 0.0
    """Seconds after which it may be tried again, where it could not be sent now."""


def later(keeping: Keeping, error: ApiError) -> Verdict:
    """Keep what could not be sent now for later, where there is a journal that keeps it."""
    if not keeping.is_kept:
        return Verdict(IntentState.FAILED, words_of(error))
    asked = error.retry_after if isinstance(error, Throttled) else None
    return Verdict(IntentState.QUEUED, words_of(error), wait=max(OFFLINE, asked or 0.0))


def words_of(error: ApiError) -> str:
    """Give the server's words where it had some about the record itself, else what went wrong."""
    if isinstance(error, Invalid) and error.detail:
        return error.detail
    said = error.title[:1].lower() + error.title[1:]
    return f"{said}: {error.detail}" if error.detail else said


def made_it(labels: Labels, status: int) -> str:
    """Word that the server set a status by itself."""
    said = OPEN if status == Status.IN_PROGRESS else labels.of(Status, status).lower()
    return f"the server made it {said}"


def inverses_of(
    intents: Sequence[Intent], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Change]:
    """Give marker → what takes an intent back, for several that went out as one write.

    Each takes back its own part only; what the server did by itself goes with the last one.
    """
    found: dict[str, Change] = {}
    state = dict(before)
    for intent in intents:
        change = intent.pending.change
        sent = merge(change, state).to_send
        then = {**state, **sent}
        is_last = intent is intents[-1]
        found[intent.marker] = inverse(change, sent, state, after if is_last else then)
        state = then
    return found
