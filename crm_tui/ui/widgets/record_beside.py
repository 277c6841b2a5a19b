"""What lies beside a record, as lines: what others changed in it, and tasks and notes of its customer.

It comes after the record itself, so that a section stands there only once it has come, below all that was there
before.  What the record tells itself is `record_story`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crm_tui.domain.beside import Notes, Tasks
from crm_tui.domain.detail import Absent
from crm_tui.domain.when import absolute_words, local_day
from crm_tui.text import ELLIPSIS, safe
from crm_tui.ui.cells import spread, wrapped
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.record_view import PaneView, blank, day, heading, padded, remark, waiting

_CHANGED: Final = "Changed by others"

_CHANGED_SINCE: Final = f"{_CHANGED} since your last sitting"

_MOST: Final = 12
"""Lines of one kind that are drawn; who needs more looks in the service's own program."""

_LONG: Final = 600
"""Characters of a customer's note that are drawn."""


def beside_lines(view: PaneView, width: int) -> list[Pieces]:
    """Write what has come: what is news first, then what is to be done, then what is known."""
    return [*_edits(view, width), *_tasks(view, width), *_notes(view, width)]


def _section(title: str, lines: list[Pieces], width: int) -> list[Pieces]:
    return [blank(width), heading(title, width), *lines]


def _edits(view: PaneView, width: int) -> list[Pieces]:
    """Say what others changed; where nobody did, or nobody may know, nothing is said."""
    lines: list[Pieces] = []
    for edit in view.edits[:_MOST]:
        said = f"{edit.field}: {edit.before} → {edit.after}"
        lines += [padded((("text", line),), width) for line in wrapped(said, width - 1)[:3]]
        if edit.by:
            lines.append(padded((("muted", f"  by {edit.by}"),), width))
    lines += _more(view.edits, 0, width)
    title = _CHANGED_SINCE if len(_CHANGED_SINCE) < width - 2 else _CHANGED
    return _section(title, lines, width) if lines else []


def _tasks(view: PaneView, width: int) -> list[Pieces]:
    part = view.beside.tasks
    if part is None:
        return []
    title = "Tasks of the customer"
    if isinstance(part, Absent):
        return _section(title, remark(waiting(view, part), width), width)
    lines = [_task_line(view, part, number, width) for number in range(min(len(part.open), _MOST))]
    if not lines:
        lines = remark("none to be done" if part.done else "no tasks", width)
    lines += _more(part.open, part.more, width)
    return _section(title, lines, width)


def _task_line(view: PaneView, tasks: Tasks, number: int, width: int) -> Pieces:
    task = tasks.open[number]
    due, is_late = "", False
    if task.due_on is not None and view.today is not None:
        on = local_day(task.due_on, view.zone)
        due, is_late = absolute_words(on, view.today), on < view.today
    who = safe(task.owner).split(" ")[0]
    behind = "  ".join(filter(None, [f"{due}, late" if is_late else due, who]))
    style = "bad" if is_late else "text"
    return padded(((style, spread(f"☐ {safe(task.name)}", behind, width - 1)),), width)


def _notes(view: PaneView, width: int) -> list[Pieces]:
    part = view.beside.notes
    if part is None:
        return []
    title = "Notes on the customer"
    if isinstance(part, Absent):
        return _section(title, remark(waiting(view, part), width), width)
    return _section(title, _note_lines(view, part, width) or remark("no notes", width), width)


def _note_lines(view: PaneView, notes: Notes, width: int) -> list[Pieces]:
    lines: list[Pieces] = []
    for note in notes.notes[:_MOST]:
        text = note.text if len(note.text) <= _LONG else note.text[:_LONG] + ELLIPSIS
        written = [line for each in text.splitlines() for line in wrapped(safe(each), width - 1)]
        lines += [padded((("text", line),), width) for line in written]
        on = day(note.on, view.zone) if note.on is not None else ""
        if signed := "  ".join(filter(None, [on, safe(note.by)])):
            lines.append(padded((("muted", f"  {signed}"),), width))
    return [*lines, *_more(notes.notes, notes.more, width)]


def _more(found: Sequence[object], unfetched: int, width: int) -> list[Pieces]:
    """Say how many there are beside those that are drawn."""
    count = max(len(found) - _MOST, 0) + unfetched
    return remark(f"and {count:,} more", width) if count else []
