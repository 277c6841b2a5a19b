"""What has been written about a record and where it has been: its notes and its history.

Both have to be fetched, so both say how far that is.  The facts are `record_facts`'.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Final

from crm_tui.domain.detail import Facts, History, notes_newest_first, stays
from crm_tui.text import ELLIPSIS, safe
from crm_tui.ui.cells import pad, spread, width_of, wrapped
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.record_beside import beside_lines
from crm_tui.ui.widgets.record_view import PaneView, blank, day, heading, padded, remark, waiting

_LASTED: Final = 6
_DATE: Final = 13
_WHO: Final = 8
_DATED: Final = 34
"""Cells from which on a stay has room for its date."""

_NOTES: Final = 8_000
"""Characters of notes that are drawn; the whole text is the editor's."""


def story_lines(view: PaneView, width: int) -> list[Pieces]:
    """Write notes and history, under what kept something from coming, and below them what lies beside."""
    return [
        *_trouble(view, width),
        *_notes(view, width),
        blank(width),
        *_history(view, width),
        *beside_lines(view, width),
    ]


def _trouble(view: PaneView, width: int) -> list[Pieces]:
    if not view.error:
        return []
    said = wrapped(f"✗ {safe(view.error)}", width - 1)
    return [*(padded((("bad", line),), width) for line in said), blank(width)]


def _notes(view: PaneView, width: int) -> list[Pieces]:
    part = view.detail.facts if view.detail is not None else None
    title = heading("Notes", width)
    if not isinstance(part, Facts):
        return [title, *remark(waiting(view, part), width)]
    lines = _note_lines(part.notes, width - 1)
    if not lines:
        return [title, *remark("no notes", width)]
    return [title, *(padded((("text", line),), width) for line in lines)]


@lru_cache(64)
def _note_lines(notes: str, width: int) -> tuple[str, ...]:
    """Wrap notes; they are the one long text, and drawn anew with every key that changes the record."""
    shown = notes if len(notes) <= _NOTES else notes[:_NOTES] + ELLIPSIS
    return tuple(line for note in notes_newest_first(shown) for line in wrapped(safe(note), width))


def _history(view: PaneView, width: int) -> list[Pieces]:
    part = view.detail.history if view.detail is not None else None
    title = heading("History", width)
    if not isinstance(part, History):
        return [title, *remark(waiting(view, part), width)]
    if not part.moves:
        return [title, *remark("no moves", width)]
    return [title, *_stay_lines(view, part, width)]


def _stay_lines(view: PaneView, history: History, width: int) -> list[Pieces]:
    found = stays(history)
    has_date = width >= _DATED
    who = [safe(stay.by) or ("auto" if stay.by_is_known else "") for stay in found]
    who_room = max(_WHO, min(max(map(width_of, who)), (width - _LASTED - _DATE) // 3))
    if max(map(width_of, who)) > who_room:
        who = [by.split(" ")[0] for by in who]
    room = width - _LASTED - (_DATE if has_date else 0) - who_room - 2
    lines: list[Pieces] = []
    for stay, by in zip(found, who, strict=True):
        lasted = safe(view.age) if stay is found[0] else _lasted(stay.lasted)
        since = day(stay.since, view.zone) if stay.since is not None else ""
        when = f"  {since:>11}" if has_date else ""
        lines.append(
            (
                ("text", spread(safe(stay.stage), lasted, room + _LASTED)),
                ("muted", pad(f"{when}  {by}", width - room - _LASTED)),
            )
        )
    if history.earlier:
        lines += remark(f"and {history.earlier:,} earlier", width)
    return lines


def _lasted(time: timedelta | None) -> str:
    if time is None:
        return ""
    if time < timedelta(hours=1):
        return "<1 h"
    return f"{time.days} d" if time.days else f"{time // timedelta(hours=1)} h"
