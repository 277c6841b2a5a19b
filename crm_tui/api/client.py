"""NexudusClient: the service's API as the CRM needs it, one collection for each kind of record.

What is HTTP stays below.  The methods with light rows are what loads a book; everything else goes through the
collections.  It decides nothing about when to ask again or what to merge: that is the service layer's.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from crm_tui.api import beside, detail, entities, offered, rows, wire
from crm_tui.api.answers import answer_of
from crm_tui.api.collection import MAX_PAGE, Collection
from crm_tui.api.entities import Entity
from crm_tui.api.errors import Unreadable
from crm_tui.api.listed import AS_ROWS, Listed, listed_of
from crm_tui.api.ordering import Ordering
from crm_tui.api.pacing import Priority, Waiting
from crm_tui.api.rights import Rights
from crm_tui.api.slices import slices
from crm_tui.api.transport import Transport
from crm_tui.api.wire import Fetched, Page, Raw
from crm_tui.domain.audit import AuditEntry
from crm_tui.domain.beside import Edits, Notes, Tasks
from crm_tui.domain.change import Value
from crm_tui.domain.detail import Contact, Facts, History
from crm_tui.domain.moves import Moved
from crm_tui.domain.offers import CannedNote, OpportunityType, TaskList
from crm_tui.domain.records.base import Record
from crm_tui.domain.rows import Board, Stage

R = TypeVar("R", bound=Record)

HISTORY_PAGE: Final = 25
"""Moves of an opportunity that are asked for at once: the service's own page."""

HISTORY_PAGES: Final = 10
"""Pages of a thousand moves from which the stages are weighed."""

_NEWEST: Final = 10
"""Records asked for to learn when the newest write was."""

_SECRET: Final = re.compile(
    r"token|passw|secret|salt|hash|totp|credential|api_?key|pin_?code", re.IGNORECASE
)
"""Keys whose values nobody needs to see, whatever they hold."""


class NexudusClient:
    """The service's API as the CRM needs it."""

    def __init__(
        self, transport: Transport, *, page_size: int = MAX_PAGE, get_commands: bool = False
    ) -> None:
        """Speak over a transport.

        `page_size`: records asked for at a time when a book is loaded.  `get_commands`: run server
        commands by GET, as the older edition documents.
        """
        self._transport = transport
        self._page_size = page_size
        self._ordering = Ordering()
        self._get_commands = get_commands
        self.opportunities = self._collection(entities.OPPORTUNITY)
        self.board_records = self._collection(entities.BOARD)
        self.stage_records = self._collection(entities.STAGE)
        self.types = self._collection(entities.TYPE)
        self.histories = self._collection(entities.HISTORY)
        self.tasks = self._collection(entities.TASK)
        self.task_lists = self._collection(entities.TASK_LIST)
        self.task_items = self._collection(entities.TASK_ITEM)
        self.message_macros = self._collection(entities.MESSAGE_MACRO)
        self.custom_fields = self._collection(entities.CUSTOM_FIELD)
        self.customers = self._collection(entities.CUSTOMER)
        self.notes = self._collection(entities.NOTE)
        self.teams = self._collection(entities.TEAM)
        self.proposals = self._collection(entities.PROPOSAL)
        self.users = self._collection(entities.USER)
        self.locations = self._collection(entities.LOCATION)
        self.currencies = self._collection(entities.CURRENCY)
        self.time_zones = self._collection(entities.TIME_ZONE)
        self.countries = self._collection(entities.COUNTRY)
        self.audit_trail = self._collection(entities.AUDIT)
        self.roles = self._collection(entities.ROLE)
        self.user_roles = self._collection(entities.USER_ROLE)
        self._rights = Rights(transport.roles, self.user_roles, self.roles)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    def again(self) -> None:
        """A person asks anew: what was refused before may be tried once more."""
        self._transport.again()

    def watch_waiting(self, told: Callable[[Waiting | None], None]) -> None:
        """Tell, from now on, whenever requests begin or cease to wait for their turn."""
        self._transport.pacing.on_wait = told

    # Light rows, for the book

    async def boards(self) -> list[Board]:
        """Give all boards this user sees, archived ones too."""
        return [
            rows.board(raw)
            async for page in self.board_records.pages(size=self._page_size)
            for raw in page.records
            if wire.key_of(raw) is not None  # one without an id can be neither shown nor asked for
        ]

    async def stages(self) -> list[Stage]:
        """Give the stages of all boards this user sees."""
        return [
            rows.stage(raw)
            async for page in self.stage_records.pages(size=self._page_size)
            for raw in page.records
            if wire.key_of(raw) is not None
        ]

    def opportunity_pages(
        self, board_id: int, priority: Priority, known: Sequence[int] = ()
    ) -> AsyncGenerator[Page[Listed], None]:
        """Give a board's opportunities page by page, in the order of their ids.

        By id, so that a card which is moved meanwhile does not slip from one page to another.  `known`: the ids that
        an earlier walk has brought, in order; it goes on after them where the listing still begins with them.  Each
        page is asked for when the one before it is given.
        """
        return self.opportunities.at(priority).walk(
            AS_ROWS, _on_board(board_id), size=self._page_size, known=known, ahead=True
        )

    def found_opportunities(self, filters: Mapping[str, str]) -> AsyncIterator[Page[Listed]]:
        """Give what the service finds by its own parameters, page by page, for somebody who waits."""
        return self.opportunities.at(Priority.VISIBLE).walk(AS_ROWS, filters, size=self._page_size)

    async def opportunity_count(self, board_id: int) -> int:
        """Count a board's opportunities; 0 when the server does not say."""
        page = await self.opportunities.at(Priority.SYNC).page(filters=_on_board(board_id), size=1)
        return page.total

    def changed_opportunities(self, since: datetime) -> AsyncIterator[Page[Listed]]:
        """Give what was written since a moment of the server's clock, on every board, page by page."""
        filters = {"from_CrmOpportunity_UpdatedOn": _minute(since)}
        return self.opportunities.at(Priority.SYNC).walk(AS_ROWS, filters, size=self._page_size)

    async def newest_change(self) -> datetime | None:
        """Give the moment of the newest write that is known of, by the server's clock; never a later one.

        A few records, since a single one would not tell whether the direction was understood.
        """
        page = await self.opportunities.at(Priority.SYNC).page(
            size=_NEWEST, order_by="UpdatedOn", descending=True
        )
        return max(filter(None, map(rows.updated_on, page.records)), default=None)

    async def deleted_opportunities(
        self, since: datetime
    ) -> AsyncIterator[list[tuple[int, datetime | None]]]:
        """Give the opportunities deleted since a moment of the server's clock, with when, a page at a time.

        Raises `Forbidden` where the role for the audit trail is missing.
        """
        filters = {
            "AuditTrailEntry_EntityShortName": "CrmOpportunity",
            "AuditTrailEntry_AuditType": str(rows.DELETED),
            "from_AuditTrailEntry_CreatedOn": _minute(since),
        }
        trail = self.audit_trail.at(Priority.SYNC, trial=True)
        async for page in trail.pages(filters, size=self._page_size):
            yield [gone for raw in page.records if (gone := rows.deletion(raw)) is not None]

    async def opportunity(self, record_id: int, priority: Priority) -> Fetched:
        """Give one opportunity whole; only such a record may be written back."""
        whole = await self.opportunities.at(priority).one(record_id)
        return Fetched(whole.raw, rows.opportunity_row(whole.raw), dict(whole.record))

    async def opportunities_of(self, record_ids: Sequence[int]) -> list[Listed]:
        """Give the records of these ids, a hundred a call; those that are gone are not among them."""
        return list(map(listed_of, await self.opportunities.at(Priority.SYNC).by_ids(record_ids)))

    async def update_opportunity(self, fetched: Fetched, assignments: Mapping[str, Value]) -> None:
        """Write a fetched opportunity back with some fields changed (named as in `OpportunityRecord`)."""
        await self.opportunities.update(fetched.raw, assignments)

    async def create_opportunity(self, values: Mapping[str, Value]) -> int:
        """Make an opportunity of fields named as in `OpportunityRecord`, and give its id.

        It is sent once: after `Unanswered` and its kind nobody knows whether the record is there.
        """
        return await self.opportunities.create(values)

    async def opportunities_marked(self, marker: str) -> list[int]:
        """Give the ids of the opportunities with exactly this `system_id`; a filter alone may find more."""
        return await self._marked(self.opportunities, {"CrmOpportunity_SystemId": marker}, marker)

    async def opportunities_like(
        self, customer_id: int, since: datetime
    ) -> list[Mapping[str, Any]]:
        """Give the fields of a customer's opportunities that were made since a moment of the server's clock."""
        filters = {
            "CrmOpportunity_Coworker": str(customer_id),
            "from_CrmOpportunity_CreatedOn": _minute(since),
        }
        return [dict(record) for record in await self._written(self.opportunities, filters)]

    # Tasks

    async def create_task(self, values: Mapping[str, Value]) -> int:
        """Make a task of fields named as in `TaskRecord`, and give its id; sent once, as an opportunity is."""
        return await self.tasks.create(values)

    async def tasks_marked(self, marker: str) -> list[int]:
        """Give the ids of the tasks with exactly this `system_id`; a filter alone may find more."""
        return await self._marked(self.tasks, {"CoworkerTask_SystemId": marker}, marker)

    async def tasks_like(self, customer_id: int, since: datetime) -> list[Mapping[str, Any]]:
        """Give the fields of a customer's tasks that were made since a moment of the server's clock."""
        filters = {
            "CoworkerTask_Coworker": str(customer_id),
            "from_CoworkerTask_CreatedOn": _minute(since),
        }
        return [dict(record) for record in await self._written(self.tasks, filters)]

    async def _marked(
        self, collection: Collection[R], filters: Mapping[str, str], marker: str
    ) -> list[int]:
        found = await self._written(collection, filters)
        return [record.id for record in found if record.system_id == marker]

    async def _written(self, collection: Collection[R], filters: Mapping[str, str]) -> list[R]:
        listing = collection.at(Priority.WRITER)
        page = await listing.page(filters=filters, descending=True)
        found = []
        for raw in page.records:
            with suppress(Unreadable):
                found.append(listing.read(raw))
        return found

    # What verbs offer

    async def offered_types(self) -> list[OpportunityType]:
        """Give the types of opportunities of all locations this user sees, in the order of their ids."""
        return await offered.types(self.types)

    async def offered_task_lists(self) -> list[TaskList]:
        """Give the lists of tasks that stages make, in the order of their ids."""
        return await offered.task_lists(self.task_lists, self.task_items)

    async def offered_notes(self, known: Sequence[CannedNote]) -> list[CannedNote]:
        """Give the canned notes that this user sees, in the order of their ids; `known` texts are not read again."""
        return await offered.notes(self.message_macros, known)

    # What surrounds the book

    async def zones(self) -> dict[int, str]:
        """Give location → Windows name of its time zone, for the locations whose zone the service names."""
        names = {zone.id: zone.name for zone in await self.time_zones.at(Priority.SYNC).all()}
        locations = await self.locations.at(Priority.SYNC).all()
        return {
            location.id: names[location.time_zone_id]
            for location in locations
            if location.time_zone_id in names
        }

    async def moves(self) -> AsyncIterator[list[Moved]]:
        """Give the newest moves of all opportunities, a page at a time, the newest first.

        No more than `HISTORY_PAGES` pages are asked for: older moves say little about today.
        """
        for number in range(1, HISTORY_PAGES + 1):
            page = await self.histories.at(Priority.PREFETCH).page(number, descending=True)
            yield [rows.moved(raw) async for some in slices(page.records) for raw in some]
            if not page.has_next:
                return

    async def audit(self, since: datetime) -> list[AuditEntry]:
        """Give what was changed of opportunities since a moment, one page of it, the newest first.

        Entries that cannot be read, and those of records made or deleted, are left out.
        """
        return await beside.audit(self.audit_trail, since)

    # One record, for who looks at it

    async def facts(self, record_id: int, priority: Priority) -> Facts:
        """Give what an opportunity's row does not tell."""
        return detail.facts((await self.opportunities.at(priority).one(record_id)).record)

    async def history(self, record_id: int, priority: Priority) -> History:
        """Give the newest moves of an opportunity, one page of them; those that cannot be read are left out.

        By id, which grows with time: of the documented times each may be missing.
        """
        page = await self.histories.at(priority).page(
            filters={"CrmOpportunityHistory_CrmOpportunity": str(record_id)},
            size=HISTORY_PAGE,
            descending=True,
        )
        records = []
        for raw in page.records:
            with suppress(Unreadable):
                records.append(self.histories.read(raw))
        return detail.history(records, record_id, max(page.total - len(page.records), 0))

    async def contact(self, customer_id: int, priority: Priority) -> Contact:
        """Give how a customer is reached."""
        return detail.contact((await self.customers.at(priority).one(customer_id)).record)

    async def tasks_of(self, customer_id: int) -> Tasks:
        """Give what is to be done for a customer."""
        return await beside.tasks(self.tasks, customer_id)

    async def notes_of(self, customer_id: int) -> Notes:
        """Give what the staff has noted of a customer."""
        return await beside.notes(self.notes, customer_id)

    async def edits_of(self, record_id: int, since: datetime, me: str) -> Edits:
        """Give what others than `me` changed in an opportunity since a moment."""
        return await beside.edits(self.audit_trail, record_id, since, me)

    # The account

    async def who_am_i(self) -> Raw:
        """Tell who has signed in; the tokens that the service adds unasked go no further than here."""
        answer = answer_of(await self._transport.send("GET", "/auth/me"))
        return wire.record(_without_secrets(answer))

    async def know_roles(self, person: Raw | None = None) -> None:
        """Find out what this user may do, as far as they may read it; `person` is who-am-I's answer.

        Asks nothing once that is settled.  Raises `ApiError`, but for a role that is missing.
        """
        if not self._rights.is_settled:
            await self._rights.find_out(person if person is not None else await self.who_am_i())

    async def enumeration(self, name: str) -> dict[int, str]:
        """Give number → label of one of the service's enumerations (`eCrmOpportunityStatus` …)."""
        reply = await self._transport.send("GET", "/utils/enums", parameters={"name": name})
        return wire.enumeration(answer_of(reply))

    def _collection(self, entity: Entity[R]) -> Collection[R]:
        return Collection(
            self._transport, entity, ordering=self._ordering, get_commands=self._get_commands
        )


def _on_board(board_id: int) -> dict[str, str]:
    return {"CrmOpportunity_CrmBoardColumn_CrmBoard_Id": str(board_id)}


def _minute(moment: datetime) -> str:
    """Write a moment as filters take it: the minute that it lies in, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def _without_secrets(value: Any) -> Any:
    """Give a decoded value without the members, however deep, whose keys speak of secrets."""
    if isinstance(value, dict):
        return {
            key: _without_secrets(each) for key, each in value.items() if not _SECRET.search(key)
        }
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    return value
