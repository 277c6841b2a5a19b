"""What the mirror tells at the start: values that know no file."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from crm_tui.domain.ageing import Limit
from crm_tui.domain.offers import CannedNote, OpportunityType, TaskList
from crm_tui.domain.rows import Board, Stage
from crm_tui.structs import Struct, field


class Listing(Struct, frozen=True):
    """A board whose opportunities are all here."""

    as_of: datetime
    """When it was last known to be whole, by this machine's clock: to be shown, never to be reckoned with."""
    unreadable: int = 0
    """Records of it that have no place on a board."""


class Cursors(Struct, frozen=True):
    """How far the changes are known, in the server's own time; none when nothing is known yet."""

    changed: datetime | None = None
    """No write that is missing here is earlier."""
    deleted: datetime | None = None
    """The same of the audit trail's deletions."""


class Around(Struct, frozen=True):
    """What a board is read with."""

    me: int | None = None
    """Id of the user."""
    zones: dict[int, str] = field(default_factory=dict)
    """Location → name of its time zone, as IANA has it."""
    labels: dict[str, dict[int, str]] = field(default_factory=dict)
    """Enumeration → number → the service's name for it."""
    weights: dict[int, Decimal] = field(default_factory=dict)
    """Stage → share of those once in it that are won."""
    limits: dict[int, Limit] = field(default_factory=dict)
    """Stage → how long is too long there, where the won ones taught it."""
    asked_on: datetime | None = None
    """When the service was last asked for all this, by this machine's clock."""


class Offered(Struct, frozen=True):
    """What verbs offer; none of a kind that could not be had."""

    types: list[OpportunityType] | None = None
    notes: list[CannedNote] | None = None
    task_lists: list[TaskList] | None = None
    asked_on: datetime | None = None
    """When the service was last asked for all this, by this machine's clock."""


class Known(Struct, frozen=True):
    """All that is needed to draw, but the opportunities."""

    boards: list[Board] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    listings: dict[int, Listing] = field(default_factory=dict)
    cursors: Cursors = Cursors()
    around: Around = field(default_factory=Around)
    offered: Offered = Offered()
