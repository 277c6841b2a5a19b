"""The record pane on the board screen: where it is, and what of the book it is given.

It decides by the room there is; it fetches nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from textual.geometry import Size

from crm_tui.domain.beside import Edits
from crm_tui.domain.effects import effects_in_words
from crm_tui.domain.enums import Status
from crm_tui.domain.pipeline import neighbour_stage
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.when import Due, FollowUp, age, follow_up
from crm_tui.domain.wording import Wall, field_name, spelled_name
from crm_tui.service.details import Look
from crm_tui.text import safe
from crm_tui.ui import words
from crm_tui.ui.entry_words import LONG
from crm_tui.ui.widgets.card import Seen
from crm_tui.ui.widgets.record_view import Edited, PaneView

_WIDE: Final = 150
"""Cells from which on the record is shown unasked."""

_ROOM_RIGHT: Final = 100
_ROOM_BELOW: Final = 24
"""Cells and lines of a terminal in which there is room for it and the board."""


_LEAST_WIDTH: Final = 44
_MOST_WIDTH: Final = 64
"""Cells of the record at the right: it reads well in no fewer, and gains nothing by more."""


_SAY_NOTHING: Final = ("position", "updated_on", "updated_by", "crm_updated_on", "stage_since")
"""Fields that the service itself keeps, or moves along."""


class Pane(StrEnum):
    """Where the record is."""

    RIGHT = "right"
    BELOW = "below"
    OFF = "off"


def fits(pane: Pane, size: Size) -> bool:
    """Say whether a terminal has room for the record there."""
    if pane == Pane.RIGHT:
        return size.width >= _ROOM_RIGHT
    return pane == Pane.OFF or size.height >= _ROOM_BELOW


def placed(chosen: Pane | None, size: Size) -> Pane:
    """Say where the record is: where it was put as long as it fits there, else where the room is."""
    if chosen is None:
        return Pane.RIGHT if size.width >= _WIDE else Pane.OFF
    return chosen if fits(chosen, size) else Pane.OFF


def following(now: Pane, size: Size) -> Pane:
    """Give the place to which the record is put next."""
    places = list(Pane)
    begin = places.index(now) + 1
    return next(pane for pane in places[begin:] + places[:begin] if fits(pane, size))


def shared(pane: Pane, work: Size) -> tuple[Size, Size]:
    """Share the work area: give the board's part and the record's, its rule included."""
    if pane == Pane.RIGHT:
        width = max(_LEAST_WIDTH, min(work.width * 3 // 10, _MOST_WIDTH))
        return Size(work.width - width, work.height), Size(width, work.height)
    if pane == Pane.BELOW:
        height = work.height * 4 // 10
        return Size(work.width, work.height - height), Size(work.width, height)
    return work, Size(0, 0)


def pane_view(snapshot: Snapshot, row: OpportunityRow, look: Look, seen: Seen) -> PaneView:
    """Gather what the record pane draws of a record."""
    stage = snapshot.stages.get(row.stage_id)
    next_stage = neighbour_stage(snapshot, stage, 1) if stage and stage.known else None
    due = follow_up(row.due_on, seen.now, seen.zone, seen.dates)
    if row.status != Status.IN_PROGRESS:
        due = FollowUp(Due.NONE)
    return PaneView(
        row=row,
        state=snapshot.state(row.id),
        stage=stage,
        next_stage=next_stage,
        next_does=effects_in_words(next_stage, snapshot.offers) if next_stage else "",
        detail=look.detail,
        loading=look.loading,
        error=words.error_sentence(look.error) if look.error is not None else "",
        follow_up=due.words,
        follow_up_is_late=due.kind == Due.OVERDUE,
        age=age(row.stage_since, seen.now),
        zone=seen.zone,
        due_zone=seen.due_zone,
        beside=look.beside,
        edits=_edited(snapshot, look, Wall(seen.zone, seen.dates)),
        today=seen.now.astimezone(seen.zone).date(),
        type=_type(snapshot, row),
    )


def _edited(snapshot: Snapshot, look: Look, wall: Wall) -> tuple[Edited, ...]:
    """Word what others changed; the place of a card in its stage moves with every other card's, and says nothing."""
    edits = look.beside.edits
    if not isinstance(edits, Edits):
        return ()
    found = []
    for each in edits.entries:
        if each.field not in _SAY_NOTHING:
            before, after = (
                safe(spelled_name(snapshot, each.field, spelled, wall)[:LONG])
                for spelled in (each.before, each.after)
            )
            found.append(Edited(field_name(each.field), before, after, safe(each.by)))
    return tuple(found)


def _type(snapshot: Snapshot, row: OpportunityRow) -> str:
    named = {each.id: each.name for each in snapshot.offers.types}
    return named.get(row.type_id or 0, "")
