"""How something goes on that was asked for before: what needs somebody, what failed, what is to be taken back.

A key that cannot act says why; nothing is looked up here but the entry that the key was pressed on.
"""

from __future__ import annotations

from typing import Final

from crm_tui.commands.spec import (
    Ask,
    Choice,
    Compare,
    Context,
    Locate,
    Say,
    Settle,
    Step,
    TakeBack,
)
from crm_tui.domain.intent import NEEDS_SOMEBODY, UNSETTLED, Entry, IntentState

AGAIN: Final = "again"
DONE: Final = "done"
DROP: Final = "drop"

_NOTHING: Final = "There is no entry here."

_AGAIN: Final = Choice(AGAIN, "Again", "look at what the server has now, then send it")
_DROP: Final = Choice(DROP, "Drop", "never send it; this entry stays and says so")
_DONE: Final = Choice(DONE, "Took place", "it did happen, as you have seen elsewhere")


def resolve(context: Context) -> Step:
    """Say how the entry goes on: ask field by field, or what to do about it."""
    entry = context.entry
    if entry is None:
        return Say(_NOTHING)
    if context.answer is not None:
        return Settle(entry, context.answer)
    if entry.state == IntentState.CONFLICT and entry.clashes:
        return Compare(entry)
    if not is_open(entry):
        return Say(_why_not(entry))
    choices = (_AGAIN, _DONE, _DROP) if entry.state == IntentState.UNKNOWN else (_AGAIN, _DROP)
    why = f": {entry.words}" if entry.words else ""
    return Ask(f"{entry.subject} {entry.said}, {entry.state.value}{why}", choices)


def retry(context: Context) -> Step:
    """Ask for the entry once more as it is."""
    entry = context.entry
    if entry is None:
        return Say(_NOTHING)
    if entry.state == IntentState.CONFLICT and entry.clashes:
        return Say("Two people changed it: choose field by field how it goes on.")
    return Settle(entry, AGAIN) if is_open(entry) else Say(_why_not(entry))


def on_board(context: Context) -> Step:
    """Show the record of the entry on its board; where there is none, the board that was left."""
    return Locate(context.entry.record_id if context.entry is not None else None)


def take_back(context: Context) -> Step:
    """Take back the step to which the entry belongs, whole."""
    entry = context.entry
    if entry is None:
        return Say(_NOTHING)
    if entry.state == IntentState.UNKNOWN:
        return Say("Nobody knows yet whether it took place; say that first.")
    if is_open(entry):
        return Say("It changed nothing, so there is nothing to take back; it can be dropped.")
    if entry.state == IntentState.CANCELLED:
        return Say("It was taken back or dropped already.")
    return TakeBack(entry)


def is_open(entry: Entry) -> bool:
    """Say whether somebody may say how an entry goes on."""
    return entry.state in (*NEEDS_SOMEBODY, IntentState.FAILED)


def _why_not(entry: Entry) -> str:
    if entry.state in UNSETTLED or entry.state == IntentState.NOTING:
        return "It is still on its way, and needs nobody yet."
    if entry.state == IntentState.DONE:
        return "It is done: there is nothing left to decide."
    return "It was taken back or dropped; do it anew where the record is."
