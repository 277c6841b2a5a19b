"""What lies beside an opportunity: tasks and notes of its customer, and what others changed in it since a moment.

The service hangs tasks and notes on the customer (`CoworkerTask`, `CoworkerNote`), so that all opportunities of one
share them.  Every text is foreign and as it came.  Nothing is said in words for the screen here.
"""

from __future__ import annotations

from datetime import datetime

from crm_tui.domain.audit import AuditEntry
from crm_tui.domain.detail import Absent
from crm_tui.structs import Struct


class Task(Struct, frozen=True):
    """Something to do for a customer."""

    name: str
    due_on: datetime | None
    """An instant in UTC, as the service documents it."""
    owner: str


class Tasks(Struct, frozen=True):
    """What is to be done for a customer."""

    open: tuple[Task, ...] = ()
    """The soonest first, those without a day last."""
    done: int = 0
    """Of those that were fetched."""
    more: int = 0
    """Not fetched, done or not."""


class Note(Struct, frozen=True):
    """A note of the staff's on a customer."""

    text: str
    by: str
    """Empty when the service does not say."""
    on: datetime | None


class Notes(Struct, frozen=True):
    """What the staff has noted of a customer."""

    notes: tuple[Note, ...] = ()
    """The newest first."""
    more: int = 0
    """Not fetched."""


class Edits(Struct, frozen=True):
    """What others changed in an opportunity, by the audit trail."""

    since: datetime
    entries: tuple[AuditEntry, ...] = ()
    """One for each property of each change, the newest first."""


class Beside(Struct, frozen=True):
    """All of it; a part is none until it has come."""

    tasks: Tasks | Absent | None = None
    notes: Notes | Absent | None = None
    edits: Edits | Absent | None = None
