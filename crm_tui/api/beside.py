"""Asks for what lies beside an opportunity: tasks and notes of its customer, and the audit trail of itself.

One page of each; what cannot be read of it is left out.  Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, TypeVar

from crm_tui.api import wire
from crm_tui.api.collection import Collection
from crm_tui.api.errors import Unreadable
from crm_tui.api.pacing import Priority
from crm_tui.api.wire import Page, Raw
from crm_tui.domain.audit import AuditEntry
from crm_tui.domain.beside import Edits, Note, Notes, Task, Tasks
from crm_tui.domain.records.base import Record
from crm_tui.domain.records.opportunity import OpportunityRecord
from crm_tui.domain.records.work import AuditRecord, NoteRecord, TaskRecord

_PAGE: Final = 50
"""Of each that are asked for; nobody reads more beside a record."""

_LATEST: Final = datetime.max.replace(tzinfo=UTC)

R = TypeVar("R", bound=Record)


async def tasks(listing: Collection[TaskRecord], customer_id: int) -> Tasks:
    """Give what is to be done for a customer."""
    page = await _page(listing, {"CoworkerTask_Coworker": str(customer_id)})
    own = [each for each in _read(listing, page) if each.customer_id == customer_id]
    left = [each for each in own if not each.completed]
    left.sort(key=lambda each: (each.due_on or _LATEST, each.id))
    found = tuple(Task(each.name, each.due_on, each.owner or "") for each in left)
    return Tasks(found, len(own) - len(left), _more(page))


async def notes(listing: Collection[NoteRecord], customer_id: int) -> Notes:
    """Give what the staff has noted of a customer."""
    page = await _page(listing, {"CoworkerNote_Coworker": str(customer_id)})
    own = [each for each in _read(listing, page) if each.customer_id == customer_id]
    own.sort(key=lambda each: each.id, reverse=True)
    found = (
        Note(each.notes, each.added_by or each.updated_by or "", each.created_on) for each in own
    )
    return Notes(tuple(found), _more(page))


async def edits(
    listing: Collection[AuditRecord], record_id: int, since: datetime, me: str
) -> Edits:
    """Give what others than `me` changed in an opportunity since a moment; `me` is an e-mail address."""
    page = await _page(
        listing, {**_opportunities(since), "AuditTrailEntry_EntityId": str(record_id)}
    )
    own = [each for each in _read(listing, page) if each.entity_id == record_id]
    later = [each for each in own if each.created_on is None or each.created_on >= since]
    found = _entries(each for each in later if (each.by or "").casefold() != me.casefold())
    return Edits(since, tuple(sorted(found, key=lambda each: each.id, reverse=True)))


async def audit(listing: Collection[AuditRecord], since: datetime) -> list[AuditEntry]:
    """Give what was changed of opportunities since a moment, one page of it, the newest first.

    Entries that cannot be read, and those of records made or deleted, are left out.
    """
    trail = listing.at(Priority.PREFETCH, trial=True)
    page = await trail.page(filters=_opportunities(since), descending=True)
    return list(_entries(_read(trail, page)))


def _opportunities(since: datetime) -> dict[str, str]:
    return {
        "AuditTrailEntry_EntityShortName": "CrmOpportunity",
        "from_AuditTrailEntry_CreatedOn": wire.moment(since),
    }


def _entries(records: Iterable[AuditRecord]) -> Iterator[AuditEntry]:
    names = {key: field for field, key in OpportunityRecord.wire_keys().items()}
    for each in records:
        if each.property is not None:
            field = names.get(each.property, each.property)
            yield AuditEntry(each.id, each.entity_id, field, each.before, each.after, each.by or "")


async def _page(listing: Collection[R], filters: dict[str, str]) -> Page[Raw]:
    return await listing.at(Priority.VISIBLE, trial=True).page(
        filters=filters, size=_PAGE, descending=True
    )


def _read(listing: Collection[R], page: Page[Raw]) -> Iterator[R]:
    for raw in page.records:
        with suppress(Unreadable):
            yield listing.read(raw)


def _more(page: Page[Raw]) -> int:
    return max(page.total - len(page.records), 0)
