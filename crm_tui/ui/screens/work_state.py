"""What of the book a screen of opportunities draws, gathered by whoever holds the book.  Values: they do nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Protocol

from crm_tui.api.pacing import Waiting as Pause
from crm_tui.domain.finding import Found, Sort
from crm_tui.domain.progress import Progress
from crm_tui.domain.query import Query
from crm_tui.domain.rows import Board, OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.triage.lanes import Lane
from crm_tui.domain.triage.reasons import Reason
from crm_tui.service.details import Look
from crm_tui.service.load import Load
from crm_tui.service.searching import Answer
from crm_tui.service.server_search import FromServer, Told
from crm_tui.structs import Struct


class Looking(Protocol):
    """How a screen looks at a record."""

    def __call__(
        self, row: OpportunityRow | None, ahead: Sequence[OpportunityRow] = ()
    ) -> Look | None:
        """Look at a record, or at none, and say what is known of it; those `ahead` are looked at next."""
        ...


class WorkState(Struct, frozen=True):
    """What every such screen draws."""

    snapshot: Snapshot
    is_there: bool
    """There is something to work on; else a notice says why not."""
    reference: Load
    load: Load
    """How far that is which is shown."""
    now: datetime
    zone_of: Callable[[int], tzinfo]
    """Id of a board → the zone of its location."""
    waiting: Pause | None
    sending: Progress
    """How far the changes are that have no outcome yet."""
    is_stuck: bool
    """None of them is on its way: the server could not be reached a moment ago."""
    held_until: datetime | None
    look: Looking
    """Has the record that is looked at fetched, and tells what is known of it."""
    needing: int
    """How many changes need somebody."""
    unkept: str
    """Why changes do not outlive this run, if they should; may quote names of files."""
    gone: str
    """Why nothing is loaded or sent any more, for good, if it is so."""


class BoardState(Struct, frozen=True):
    """What the board screen draws."""

    work: WorkState
    board: Board | None
    boards: tuple[Board, ...]
    """Those that are stepped through."""
    weights: Mapping[int, Decimal]
    said: str
    """What the user should know now; may hold foreign text."""


class Waiting(Struct, frozen=True):
    """What waits in the triage queue."""

    lanes: Mapping[Lane, tuple[int, ...]]
    """Lane → ids of its rows, in the order of the sitting; lanes without rows are left out."""
    arrivals: int
    """What has come into the queue since the order was made."""
    skipped: int
    is_ranked: bool
    """False until the queue was ranked for the first time."""
    basis: tuple[object, ...] = ()
    """By what the rows were chosen; while it is the same, a row that is missing was decided, left out or deleted."""


class TriageState(Struct, frozen=True):
    """What the triage screen draws."""

    work: WorkState
    scope: str
    """Which part of the book is ranked; foreign text."""
    waiting: Waiting
    why: Callable[[int], Reason]
    """Record id → why it is in the queue."""


class SearchState(Struct, frozen=True):
    """What the search screen draws."""

    work: WorkState
    scope: str
    """Which part of the book is looked through; foreign text."""
    find: Callable[[Query, Sort], Found]
    answer: Callable[[Query], Awaitable[Answer]]
    """Looks into whole records for what rows do not tell."""
    ask_server: Callable[[Query, Told], Awaitable[FromServer]]
    """Asks the service itself, and takes what comes into the book."""
