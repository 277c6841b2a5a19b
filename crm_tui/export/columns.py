"""What is written down of an opportunity: each value with its name, its heading, and where it comes from.

One entry of `COLUMNS` is one value; to write down one more, add an entry.  Texts are foreign and as they came; what
is done to them on the way out is each format's own.  It asks neither a clock nor a book.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import IntEnum
from typing import Final

from crm_tui.domain.enums import Labels, LeadSource, LossReason, Status
from crm_tui.domain.money import format_amount
from crm_tui.domain.rows import Board, OpportunityRow
from crm_tui.domain.when import Dates, due_zone, local_day
from crm_tui.structs import Struct
from crm_tui.text import safe

Value = str | int | Decimal | date | datetime | None
"""A typed value; moments are aware, days are those of the location's calendar."""


class Told(Struct, frozen=True):
    """What rows do not tell themselves; nothing of it changes while it is written down."""

    boards: Mapping[int, Board]
    zones: Mapping[int, tzinfo]
    """Id of a board → the zone of its location."""
    labels: Labels
    dates: Dates = Dates.UTC
    """How the service writes follow-ups down."""


class Column(Struct, frozen=True):
    """One value of every opportunity."""

    name: str
    """As JSON and CSV have it; scripts hold on to it."""
    title: str
    """As people read it."""
    value: Callable[[OpportunityRow, Told], Value]
    is_shown: bool = False
    """Tables for people have it."""
    is_right: bool = False
    """There it is set at the right, as figures are."""


def _field(name: str) -> Callable[[OpportunityRow, Told], Value]:
    def value(row: OpportunityRow, _told: Told) -> Value:
        found: Value = getattr(row, name)
        return found

    return value


def _board(row: OpportunityRow, told: Told) -> Value:
    board = told.boards.get(row.board_id)
    return board.name if board is not None else ""


def _location(row: OpportunityRow, told: Told) -> Value:
    board = told.boards.get(row.board_id)
    return board.location if board is not None else ""


def _label(kind: type[IntEnum], name: str) -> Callable[[OpportunityRow, Told], Value]:
    def value(row: OpportunityRow, told: Told) -> Value:
        number: int | None = getattr(row, name)
        return "" if number is None else told.labels.of(kind, number)

    return value


def _due(row: OpportunityRow, told: Told) -> Value:
    if row.due_on is None:
        return None
    return local_day(row.due_on, due_zone(told.zones.get(row.board_id, UTC), told.dates))


COLUMNS: Final[tuple[Column, ...]] = (
    Column("id", "Id", _field("id"), is_shown=True, is_right=True),
    Column("customer", "Customer", _field("customer"), is_shown=True),
    Column("company", "Company", _field("company"), is_shown=True),
    Column("name", "Name", _field("name")),
    Column("email", "E-mail", _field("email")),
    Column("stage", "Stage", _field("stage"), is_shown=True),
    Column("status", "Status", _label(Status, "status"), is_shown=True),
    Column("value", "Value", _field("value"), is_shown=True, is_right=True),
    Column("currency", "Currency", _field("currency")),
    Column("due", "Follow-up", _due, is_shown=True),
    Column("owner", "Owner", _field("owner"), is_shown=True),
    Column("board", "Board", _board, is_shown=True),
    Column("location", "Location", _location),
    Column("lead_source", "Lead source", _label(LeadSource, "lead_source")),
    Column("loss_reason", "Loss reason", _label(LossReason, "loss_reason")),
    Column("created_on", "Created", _field("created_on")),
    Column("updated_on", "Changed", _field("updated_on")),
    Column("stage_since", "In stage since", _field("stage_since")),
    Column("due_on", "Follow-up, as a moment", _field("due_on")),
    Column("status_id", "Id of the status", _field("status")),
    Column("lead_source_id", "Id of the lead source", _field("lead_source")),
    Column("loss_reason_id", "Id of the loss reason", _field("loss_reason")),
    Column("customer_id", "Id of the customer", _field("customer_id")),
    Column("owner_id", "Id of the owner", _field("owner_id")),
    Column("stage_id", "Id of the stage", _field("stage_id")),
    Column("board_id", "Id of the board", _field("board_id")),
    Column("position", "Place in the stage", _field("position")),
)
"""Everything that is written down, in its order."""


def spelled(value: Value) -> str:
    """Write a value for reading it back: all digits, days and moments as ISO 8601, moments in UTC with `Z`."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def shown(column: Column, row: OpportunityRow, told: Told) -> str:
    """Write a value for people: safe to be shown, amounts with their currency."""
    value = column.value(row, told)
    if isinstance(value, Decimal):
        return format_amount(value, safe(row.currency))
    return safe(spelled(value))
