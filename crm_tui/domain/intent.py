"""An intent: a change that the user asked for, from the moment it shows until its outcome, and what is kept of it.

Plain values, known to the journal that keeps them, to the service that carries them out and to who draws them.
Nothing here acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from crm_tui.domain.change import Change, Value
from crm_tui.domain.merge import Clash
from crm_tui.domain.snapshot import Pending
from crm_tui.structs import Struct, field


class IntentState(StrEnum):
    """How far an intent is; every one that was promised ends in one of `ENDS`."""

    NOTING = "noting"
    """Shown, and not yet written down: nothing is promised."""
    HELD = "held"
    QUEUED = "queued"
    """To be sent as soon as the server can be reached."""
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    PARKED = "parked"
    CANCELLED = "cancelled"


WAITING: Final = (IntentState.HELD, IntentState.QUEUED)
"""The server has not heard of it, and it can be taken back without a trace there."""

UNSETTLED: Final = (*WAITING, IntentState.SENDING)

NEEDS_SOMEBODY: Final = (IntentState.CONFLICT, IntentState.UNKNOWN, IntentState.PARKED)
"""A person has to say how it goes on."""

MAY_HAVE_BEEN_SENT: Final = (IntentState.SENDING, IntentState.DONE, IntentState.UNKNOWN)
"""States in which it matters what was sent; after any other it certainly was not done."""

ENDS: Final = (IntentState.DONE, IntentState.FAILED, IntentState.CANCELLED, *NEEDS_SOMEBODY)


class Binding(Struct, frozen=True):
    """Whose changes these are: they are never sent to another address, as another user or with another location."""

    origin: str
    """The address of the service."""
    user: str
    business: str = ""
    """The location that the profile is for, as it is written there, in small letters; empty for all."""


class Intent(Struct, frozen=True):
    """A change that the user asked for, with what is said about it."""

    pending: Pending
    subject: str
    """Whose record it is; foreign text."""
    said: str
    """What is done, in words that follow the subject; foreign text where it names a stage."""
    step: str
    """Those of one step of the user are taken back together."""
    due: datetime
    """When it may be sent."""
    marker: str = ""
    """Its name in the journal, unique in the world."""
    tries: int = 0
    """How often it was on its way already."""
    takes_back: bool = False
    """It takes back by a write what the server has heard of already."""
    is_ours: bool = True
    """False for one of another window that is open at the same time: it is sent here, and taken back there."""

    @property
    def record_id(self) -> int:
        """Whose change it is."""
        return self.pending.record_id


class Passage(Struct, frozen=True):
    """One thing that became of an intent."""

    at: datetime
    """In UTC."""
    state: IntentState
    words: str = ""
    """The server's own, or ours: foreign text."""


class Entry(Struct, frozen=True):
    """An intent as the journal has it."""

    number: int
    """Its place in the journal, from 1; later ones have higher numbers."""
    marker: str
    step: str
    binding: Binding
    instance: str
    """The run of the program in which it was made."""
    record_id: int
    change: Change
    subject: str
    said: str
    made: datetime
    due: datetime
    state: IntentState
    words: str = ""
    """What was said last: foreign text."""
    tries: int = 0
    clashes: tuple[Clash, ...] = ()
    """Of a conflict: what was seen, wanted and found."""
    sent: Mapping[str, Value] = field(default_factory=dict)
    """Field → value, as it was last sent."""
    before: Mapping[str, Value] = field(default_factory=dict)
    """Field → value as the server had it just before, for the fields that matter."""
    inverse: Change | None = None
    """What takes it back, once it was confirmed."""
    passages: tuple[Passage, ...] = ()
    """Its whole history, oldest first."""

    def intent(self, number: int = 0) -> Intent:
        """Give the intent that it is of; `number` is its place among what is laid over the book, if it is."""
        return Intent(
            Pending(number, self.record_id, self.change),
            self.subject,
            self.said,
            self.step,
            self.due,
            self.marker,
            self.tries,
        )


class Stack(StrEnum):
    """Where a step waits for one of the two keys."""

    UNDO = "undo"
    REDO = "redo"
    NONE = ""
    """It was taken back or overtaken."""


class Step(Struct, frozen=True):
    """What the user did with one key: the intents that are taken back together."""

    id: str
    stack: Stack = Stack.UNDO
    undoes: str = ""
    """The step that it takes back by a write, if it does."""
