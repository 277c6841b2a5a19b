"""How one card is written: its lines in styled pieces, exactly as wide as there is room.  No drawing, no cursor.

Everything foreign is made safe here.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

from crm_tui.config.settings import Density as Density  # drawn here, chosen there
from crm_tui.domain.enums import Status
from crm_tui.domain.money import format_amount
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState
from crm_tui.domain.when import Dates, Due, age, due_zone, follow_up
from crm_tui.structs import Struct
from crm_tui.text import safe
from crm_tui.ui.cells import cut, pad, spread, width_of

Piece = tuple[str, str]
"""(style, text): the style is a component class without what stands before its ``--``."""

MARK: Final = "●"

NOBODY: Final = "–"
"""Stands for the owner of what nobody owns."""

_LONGEST_DAY: Final = 10
"""Cells of ``Thu 10 Dec``; a day of another year is written shorter, without its weekday."""

WIDE: Final = 58
"""Cells from which on a card has room for everything on two lines, and for a table's columns on one: those of a
terminal 60 wide without the card's edges."""


class Seen(Struct, frozen=True):
    """From when and where cards are looked at."""

    now: datetime
    """To the hour, which is as fine as a card tells time."""
    zone: tzinfo
    """Of the board's location."""
    dates: Dates = Dates.UTC
    """How the service writes follow-ups down."""

    @property
    def due_zone(self) -> tzinfo:
        """Whose days those of follow-ups are."""
        return due_zone(self.zone, self.dates)


class Facts(Struct, frozen=True):
    """What is said on a card beside the row itself."""

    state: RowState
    marked: bool
    seen: Seen


def lines_of(density: Density, width: int) -> int:
    """Say how many lines a card of some width has, its edges left out; one alone has no gap after it."""
    if density == Density.LINES:
        return 1
    return 2 if width >= WIDE else 3


def height_of(density: Density, width: int) -> int:
    """Say how many lines a card takes, with the gap that follows it."""
    lines = lines_of(density, width)
    return lines + (lines > 1)


def initials(name: str) -> str:
    """Shorten an owner's name to the first letters of its first and last word."""
    words = safe(name).split()
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def card_lines(
    row: OpportunityRow, facts: Facts, density: Density, width: int
) -> list[tuple[Piece, ...]]:
    """Write a card: for each of its lines the pieces, together `width` cells wide."""
    if density == Density.LINES:
        return [_line(row, facts, width)]
    if width >= WIDE:
        return _two_lines(row, facts, width)
    return _three_lines(row, facts, width)


def _three_lines(row: OpportunityRow, facts: Facts, width: int) -> list[tuple[Piece, ...]]:
    return [
        (("title", spread(_customer(row), MARK if facts.marked else "", width)),),
        (("second", spread(_behind(row), age(row.stage_since, facts.seen.now), width)),),
        _money_line(row, facts, _value(row), width),
    ]


def _two_lines(row: OpportunityRow, facts: Facts, width: int) -> list[tuple[Piece, ...]]:
    mark = f"{MARK} " if facts.marked else ""
    title = f"{mark}{_customer(row)}"
    behind = _behind(row)
    room = width - width_of(title)
    first: tuple[Piece, ...] = (("title", spread(title, _value(row), width)),)
    if behind and room - width_of(_value(row)) > width_of(behind) + 4:
        rest = spread(f"  {behind}", _value(row), room)
        first = (("title", title), ("second", rest))
    since = age(row.stage_since, facts.seen.now)
    return [first, _money_line(row, facts, f"{since} in stage" if since else "", width)]


def _line(row: OpportunityRow, facts: Facts, width: int) -> tuple[Piece, ...]:
    mark = f"{MARK} " if facts.marked else ""
    kind, words = _told(row, facts)
    if width < WIDE:
        right = words if kind in ("late", "state") else _value(row)
        right = cut(right, width // 2)
        left = pad(f"{mark}{_customer(row)}", width - width_of(right) - 1) + " "
        return (("title", left), (kind if right == words else "second", right))
    columns = (
        (pad(_value(row), 0) if not row.value else _value(row)).rjust(12),
        f"  {pad(words, 15)}",
        f"{pad(age(row.stage_since, facts.seen.now), 6)} {pad(initials(row.owner), 2)}",
    )
    room = width - sum(map(width_of, columns))
    title = cut(f"{mark}{_customer(row)}", room)
    behind = pad(f"  {_behind(row)}", room - width_of(title))
    return (
        ("title", title),
        ("second", behind + columns[0]),
        (kind, columns[1]),
        ("second", columns[2]),
    )


def _money_line(row: OpportunityRow, facts: Facts, left: str, width: int) -> tuple[Piece, ...]:
    """End a card: at the left what it is given, at the right the follow-up and the owner, or the state.

    What is at the left is whole: a figure that was cut would be another one.
    """
    kind, words = _told(row, facts)
    owner = initials(row.owner) or NOBODY
    room = max(0, width - width_of(left) - 1)
    if kind == "state":
        right = cut(words, room)
    elif width_of(words) + len(owner) + 1 > room and width_of(words) <= room:
        right = words
    else:
        right = cut(f"{words} {owner}".strip(), room)
    left = pad(left, width - width_of(right))
    if kind == "second":
        return (("third", left + right),)
    return (("third", left), (kind, right))


def _told(row: OpportunityRow, facts: Facts) -> Piece:
    """Say what matters most: what became of the last write, else the follow-up."""
    if facts.state != RowState.SAVED:
        return ("state", facts.state.value)
    if row.status != Status.IN_PROGRESS:
        return ("second", "")  # nobody follows up on what is decided
    due = follow_up(row.due_on, facts.seen.now, facts.seen.zone, facts.seen.dates)
    words = due.words
    if due.day is not None and len(words) > _LONGEST_DAY:
        words = f"{due.day:%Y-%m-%d}"
    return ("late" if due.kind in (Due.OVERDUE, Due.TODAY) else "second", words)


def _customer(row: OpportunityRow) -> str:
    return safe(row.customer) or f"#{row.id}"


def _behind(row: OpportunityRow) -> str:
    return " · ".join(part for part in (safe(row.company), safe(row.name)) if part)


def _value(row: OpportunityRow) -> str:
    return format_amount(row.value, safe(row.currency)) if row.value is not None else "no value"
