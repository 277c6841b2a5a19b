"""Asks for what verbs offer beside the book: types, canned notes, and the lists of tasks that stages make.

In the turn of what nobody waits for, and as a trial: the roles for these are often missing.  Reads only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from crm_tui.api import rows, wire
from crm_tui.api.collection import Collection
from crm_tui.api.errors import BadAnswer, Forbidden, Invalid, Missing, Unreadable
from crm_tui.api.pacing import Priority
from crm_tui.domain.offers import CannedNote, OpportunityType, TaskList
from crm_tui.domain.records.opportunity import TypeRecord
from crm_tui.domain.records.work import MessageMacroRecord, TaskItemRecord, TaskListRecord
from crm_tui.structs import replace


async def types(listing: Collection[TypeRecord]) -> list[OpportunityType]:
    """Give the types of opportunities of all locations this user sees, in the order of their ids."""
    return [
        rows.opportunity_type(raw)
        async for page in listing.at(Priority.PREFETCH, trial=True).pages()
        for raw in page.records
        if wire.key_of(raw) is not None
    ]


async def task_lists(
    lists: Collection[TaskListRecord], items: Collection[TaskItemRecord]
) -> list[TaskList]:
    """Give the lists of tasks that this user sees, in the order of their ids; two requests.

    Where there are no items to be had nobody knows how many tasks a list makes, nor for a list none of whose are seen.
    """
    found = [
        raw
        async for page in lists.at(Priority.PREFETCH, trial=True).pages()
        for raw in page.records
        if wire.key_of(raw) is not None
    ]
    made: Counter[int | None] = Counter()
    if found:
        with suppress(Forbidden, Missing, Invalid, BadAnswer):
            async for page in items.at(Priority.PREFETCH, trial=True).pages():
                made.update(map(rows.task_made, page.records))
    return [rows.task_list(raw, made.get(wire.key_of(raw))) for raw in found]


async def notes(
    listing: Collection[MessageMacroRecord], known: Sequence[CannedNote]
) -> list[CannedNote]:
    """Give the canned notes that this user sees, in the order of their ids.

    A listing tells no texts: each is read by itself, unless the one in `known` is of the same moment.
    """
    listing = listing.at(Priority.PREFETCH, trial=True)
    held = {note.id: note for note in known if note.updated_on is not None}
    found = []
    async for page in listing.pages():
        for raw in page.records:
            if (note_id := wire.key_of(raw)) is None:
                continue
            note = rows.canned_note(raw)
            before = held.get(note.id)
            if not note.text and before is not None and before.updated_on == note.updated_on:
                note = replace(note, text=before.text)
            elif not note.text:
                with suppress(Missing, Unreadable):
                    note = rows.canned_note((await listing.one(note_id)).raw)
            found.append(note)
    return found
