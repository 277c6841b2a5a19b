"""What the record pane is given to draw, and the words and pieces that all its parts share.

Every line is made of pieces and exactly as wide as asked.  Foreign texts come in raw and leave safe.  It knows neither
which facts there are nor how they are arranged.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Final

from crm_tui.domain.beside import Beside
from crm_tui.domain.detail import Absent, Detail
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.domain.snapshot import RowState
from crm_tui.structs import Struct
from crm_tui.text import ELLIPSIS, safe
from crm_tui.ui.cells import cut, pad, width_of, wrapped
from crm_tui.ui.widgets.line import Pieces

NONE: Final = "–"

_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Edited(Struct, frozen=True):
    """What somebody else changed in a record, in words: safe."""

    field: str
    before: str
    after: str
    by: str


class PaneView(Struct, frozen=True):
    """Everything the record pane draws."""

    row: OpportunityRow
    state: RowState
    stage: Stage | None
    next_stage: Stage | None
    """None at the board's edge."""
    next_does: str
    """What going there would do; foreign text."""
    detail: Detail | None
    """What has been fetched so far."""
    loading: bool
    """More is on its way."""
    error: str
    """What kept a part from coming, in words; empty when nothing did."""
    follow_up: str
    """When the follow-up is, seen from today ("4 d late"); empty when there is none."""
    follow_up_is_late: bool
    age: str
    """How long it has been in its stage."""
    zone: tzinfo
    """Whose days the dates are."""
    due_zone: tzinfo
    """Whose day that of the follow-up is."""
    beside: Beside = Beside()
    """What lies beside the record, as far as that has come."""
    edits: tuple[Edited, ...] = ()
    """What others changed in it, in words, the newest first; safe."""
    today: date | None = None
    """The day on the location's calendar, from which days are told."""
    type: str = ""
    """The name of its type, where the book knows it before the record is fetched; foreign text."""


def waiting(view: PaneView, part: Absent | None) -> str:
    """Say why a part is not there."""
    if part is None:
        return ELLIPSIS if view.loading else NONE
    return f"needs the role {safe(part.role)}" if part.role else "not there, or not for you"


def day(moment: datetime, zone: tzinfo) -> str:
    """Write the day that a zone's calendar shows at a moment: ``20 Feb 2026``."""
    there = _there(moment, zone)
    return f"{there.day} {_MONTHS[there.month - 1]} {there.year}"


def weekday(moment: datetime, zone: tzinfo) -> str:
    """Write the weekday of that day: ``Fri``."""
    return _WEEKDAYS[_there(moment, zone).weekday()]


def _there(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # some write "never" as the calendar's last minute
        return moment


def heading(title: str, width: int) -> Pieces:
    """Write the title of a section, with a rule to the end of the line."""
    return (("head", f"{title} "), ("rule", "─" * (width - len(title) - 2) + " "))


def remark(text: str, width: int) -> list[Pieces]:
    """Write what stands where there is nothing else to show."""
    return [(("muted", pad(line, width)),) for line in wrapped(text, width - 1)]


def blank(width: int) -> Pieces:
    """Leave a line empty."""
    return (("text", " " * width),)


def padded(pieces: Pieces, width: int) -> Pieces:
    """Cut or fill a line to exactly `width` cells, in the style of its last piece."""
    kept: list[tuple[str, str]] = []
    for style, text in pieces:
        fitting = cut(text, width)
        width -= width_of(fitting)
        kept.append((style, fitting))
    style, text = kept[-1]
    kept[-1] = (style, text + " " * width)
    return tuple(piece for piece in kept if piece[1])


def indented(pieces: Pieces) -> Pieces:
    """Set a line off from what is to the left of it."""
    (style, text), *rest = pieces
    return ((style, " " + text), *rest)
