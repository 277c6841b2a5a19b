"""The columns that a table of opportunities can have: what each is called, how wide it is, and what stands in it.

Everything foreign is made safe here.  No drawing, no cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Final

from crm_tui.domain.enums import LeadSource, LossReason, Status
from crm_tui.domain.money import format_amount
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState, Snapshot
from crm_tui.domain.view import Chosen
from crm_tui.domain.when import Due, age, follow_up
from crm_tui.structs import Struct
from crm_tui.text import safe
from crm_tui.ui.widgets.card import Seen

Cell = tuple[str, str]
"""(style, text)."""


_LONGEST_DAY: Final = 11
"""Cells of ``Thu 10 Sept``."""


class Told(Struct, frozen=True):
    """What is said in a row beside the row itself."""

    snapshot: Snapshot
    state: RowState
    seen: Seen


class TableColumn(Struct, frozen=True):
    """One column."""

    name: str
    title: str
    width: int
    """Cells that it has where there is room."""
    cell: Callable[[OpportunityRow, Told], Cell]
    is_right: bool = False
    """Its cells are set at the right, as figures are."""
    least: int = 0
    """Cells down to which it gives way; 0 for not at all."""
    most: int = 0
    """Cells up to which it takes what is left over; 0 for not at all."""
    is_spare: bool = False
    """Where there is not room for all it goes first."""


def _text(field: str) -> Callable[[OpportunityRow, Told], Cell]:
    return lambda row, _told: ("text", safe(getattr(row, field)))


def _customer(row: OpportunityRow, _told: Told) -> Cell:
    return "strong", safe(row.customer) or f"#{row.id}"


def _value(row: OpportunityRow, _told: Told) -> Cell:
    return "text", "" if row.value is None else format_amount(row.value, safe(row.currency))


def _follow_up(row: OpportunityRow, told: Told) -> Cell:
    """Say what matters most: what became of the last write, else the follow-up."""
    if told.state != RowState.SAVED:
        return "busy", told.state.value
    if row.status != Status.IN_PROGRESS:
        return "text", ""  # nobody follows up on what is decided
    seen = told.seen
    due = follow_up(row.due_on, seen.now, seen.zone, seen.dates)
    text = due.words
    if due.day is not None and len(text) > _LONGEST_DAY:  # a day of another year
        text = f"{due.day:%Y-%m-%d}"
    return "bad" if due.kind in (Due.OVERDUE, Due.TODAY) else "text", text


def _owner(row: OpportunityRow, _told: Told) -> Cell:
    words = safe(row.owner).split()
    return "text", words[0] if words else "–"


def _age(row: OpportunityRow, told: Told) -> Cell:
    return "text", age(row.stage_since, told.seen.now)


def _day(field: str) -> Callable[[OpportunityRow, Told], Cell]:
    def cell(row: OpportunityRow, told: Told) -> Cell:
        moment: datetime | None = getattr(row, field)
        if moment is None:
            return "text", ""
        return "text", moment.astimezone(told.seen.zone).strftime("%Y-%m-%d")

    return cell


def _board(row: OpportunityRow, told: Told) -> Cell:
    board = told.snapshot.boards.get(row.board_id)
    return "text", safe(board.name) if board is not None else ""


def _location(row: OpportunityRow, told: Told) -> Cell:
    board = told.snapshot.boards.get(row.board_id)
    return "text", safe(board.location) if board is not None else ""


def _label(kind: type[IntEnum], field: str) -> Callable[[OpportunityRow, Told], Cell]:
    def cell(row: OpportunityRow, told: Told) -> Cell:
        number: int | None = getattr(row, field)
        return "text", "" if number is None else safe(told.snapshot.labels.of(kind, number))

    return cell


def _id(row: OpportunityRow, _told: Told) -> Cell:
    return "text", str(row.id)


COLUMNS: Final[dict[str, TableColumn]] = {
    column.name: column
    for column in (
        TableColumn("customer", "Customer", 22, _customer, least=14, most=40),
        TableColumn("company", "Company", 18, _text("company"), least=10, most=34, is_spare=True),
        TableColumn("name", "Name", 16, _text("name"), least=8, most=30, is_spare=True),
        TableColumn("stage", "Stage", 16, _text("stage"), least=11, most=24),
        TableColumn("value", "Value", 10, _value, is_right=True),
        TableColumn("due", "Follow-up", 11, _follow_up),
        TableColumn("owner", "Owner", 8, _owner, least=5, most=14),
        TableColumn("moved", "In stage", 8, _age, is_right=True),
        TableColumn("board", "Board", 16, _board, least=10, most=24),
        TableColumn("location", "Location", 14, _location, least=8, most=24),
        TableColumn("email", "E-mail", 24, _text("email"), least=14, most=36),
        TableColumn("status", "Status", 11, _label(Status, "status")),
        TableColumn("source", "Source", 14, _label(LeadSource, "lead_source"), least=8, most=20),
        TableColumn("loss", "Loss reason", 16, _label(LossReason, "loss_reason"), least=9, most=22),
        TableColumn("created", "Created", 10, _day("created_on")),
        TableColumn("updated", "Changed", 10, _day("updated_on")),
        TableColumn("id", "Id", 10, _id, is_right=True),
    )
}
"""Name → column, in the order in which they are offered."""

NARROWEST: Final = 4
"""Cells of the narrowest column."""

WIDEST: Final = 80
"""Cells of the widest column."""

GAP: Final = 2
"""Cells between two columns."""


class Placed(Struct, frozen=True):
    """A column with the cells that it has."""

    column: TableColumn
    width: int


def placed(chosen: Sequence[Chosen], width: int) -> tuple[Placed, ...]:
    """Give the columns that fit into a width, each as wide as it will be; one at the least."""
    ranges = [_range(each) for each in chosen]
    while len(ranges) > 1 and _taken([each.least for each in ranges]) > width:
        spare = [n for n, each in enumerate(ranges) if each.column.is_spare]
        ranges.pop(spare[-1] if spare else -1)
    widths = [each.least for each in ranges]
    # First as wide as they like, then as wide as helps: cell by cell, so that none takes it all.
    for ends in ([each.usual for each in ranges], [each.most for each in ranges]):
        while growing := [n for n, end in enumerate(ends) if widths[n] < end]:
            room = width - _taken(widths)
            for n in growing[: max(0, room)]:
                widths[n] += 1
            if room <= 0:
                break
    return tuple(Placed(each.column, own) for each, own in zip(ranges, widths, strict=True))


class _Range(Struct, frozen=True):
    """A column with the least, the usual and the most cells that it has."""

    column: TableColumn
    least: int
    usual: int
    most: int


def _range(chosen: Chosen) -> _Range:
    column = COLUMNS[chosen.name]
    if chosen.width:
        return _Range(column, chosen.width, chosen.width, chosen.width)
    return _Range(column, column.least or column.width, column.width, column.most or column.width)


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)
