"""What the service asks of the far side: the protocol that `api.client.NexudusClient` keeps.

It exists so that the first paint imports neither httpx nor pydantic: everything above holds a `Remote` and only
the one who starts the program makes a client.  It is no seam for tests: those speak HTTP to the sandbox.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from crm_tui.api.listed import Listed
from crm_tui.api.pacing import Priority, Waiting
from crm_tui.api.wire import Fetched, Page, Raw
from crm_tui.domain.audit import AuditEntry
from crm_tui.domain.beside import Edits, Notes, Tasks
from crm_tui.domain.change import Value
from crm_tui.domain.detail import Contact, Facts, History
from crm_tui.domain.moves import Moved
from crm_tui.domain.offers import CannedNote, OpportunityType, TaskList
from crm_tui.domain.rows import Board, Stage


class Remote(Protocol):
    """The CRM part of the service; each method raises `ApiError` and its kinds."""

    async def boards(self) -> list[Board]:
        """Give all boards."""
        ...

    async def stages(self) -> list[Stage]:
        """Give the stages of all boards."""
        ...

    def opportunity_pages(
        self, board_id: int, priority: Priority, known: Sequence[int] = ()
    ) -> AsyncGenerator[Page[Listed], None]:
        """Give a board's opportunities page by page, after those `known` where the listing still begins so.

        Each page is asked for when the one before it is given; whoever stops before the end closes the generator.
        """
        ...

    def found_opportunities(self, filters: Mapping[str, str]) -> AsyncIterator[Page[Listed]]:
        """Give what the service finds by its own parameters, page by page, for somebody who waits."""
        ...

    async def opportunity_count(self, board_id: int) -> int:
        """Count a board's opportunities."""
        ...

    def changed_opportunities(self, since: datetime) -> AsyncIterator[Page[Listed]]:
        """Give what was written since a moment of the server's clock, on every board."""
        ...

    async def newest_change(self) -> datetime | None:
        """Give the moment of the newest write, by the server's clock."""
        ...

    def deleted_opportunities(
        self, since: datetime
    ) -> AsyncIterator[list[tuple[int, datetime | None]]]:
        """Give what was deleted since a moment of the server's clock, a page at a time."""
        ...

    async def opportunity(self, record_id: int, priority: Priority) -> Fetched:
        """Give one opportunity whole."""
        ...

    async def opportunities_of(self, record_ids: Sequence[int]) -> list[Listed]:
        """Give the records of these ids, a hundred a call; those that are gone are not among them."""
        ...

    async def update_opportunity(self, fetched: Fetched, assignments: Mapping[str, Value]) -> None:
        """Write a fetched opportunity back, changed."""
        ...

    async def create_opportunity(self, values: Mapping[str, Value]) -> int:
        """Make an opportunity and give its id; fields that are left out get the server's defaults."""
        ...

    async def opportunities_like(
        self, customer_id: int, since: datetime
    ) -> list[Mapping[str, Any]]:
        """Give the fields of a customer's opportunities that were made since a moment, by their names."""
        ...

    async def opportunities_marked(self, marker: str) -> list[int]:
        """Give the ids of the opportunities with exactly this `system_id`."""
        ...

    async def tasks_of(self, customer_id: int) -> Tasks:
        """Give what is to be done for a customer."""
        ...

    async def notes_of(self, customer_id: int) -> Notes:
        """Give what the staff has noted of a customer."""
        ...

    async def edits_of(self, record_id: int, since: datetime, me: str) -> Edits:
        """Give what others than `me` changed in an opportunity since a moment."""
        ...

    async def create_task(self, values: Mapping[str, Value]) -> int:
        """Make a task for a customer and give its id."""
        ...

    async def tasks_like(self, customer_id: int, since: datetime) -> list[Mapping[str, Any]]:
        """Give the fields of a customer's tasks that were made since a moment, by their names."""
        ...

    async def tasks_marked(self, marker: str) -> list[int]:
        """Give the ids of the tasks with exactly this `system_id`."""
        ...

    async def offered_types(self) -> list[OpportunityType]:
        """Give the types of opportunities of all locations, in the order of their ids."""
        ...

    async def offered_task_lists(self) -> list[TaskList]:
        """Give the lists of tasks that stages make, in the order of their ids."""
        ...

    async def offered_notes(self, known: Sequence[CannedNote]) -> list[CannedNote]:
        """Give the canned notes in the order of their ids; texts of those `known` are not read again."""
        ...

    async def who_am_i(self) -> Raw:
        """Tell who has signed in."""
        ...

    async def enumeration(self, name: str) -> dict[int, str]:
        """Give number → label of one of the service's enumerations."""
        ...

    async def zones(self) -> dict[int, str]:
        """Give location → Windows name of its time zone."""
        ...

    def moves(self) -> AsyncIterator[list[Moved]]:
        """Give the newest moves of all opportunities, a page at a time."""
        ...

    async def know_roles(self, person: Raw | None = None) -> None:
        """Find out what this user may do, so that what they may not is refused unsent; `person` is who they are."""
        ...

    def again(self) -> None:
        """A person asks anew: what was refused before, such as a sign-in, may be tried once more."""
        ...

    async def facts(self, record_id: int, priority: Priority) -> Facts:
        """Give what an opportunity's row does not tell."""
        ...

    async def history(self, record_id: int, priority: Priority) -> History:
        """Give the newest moves of an opportunity."""
        ...

    async def contact(self, customer_id: int, priority: Priority) -> Contact:
        """Give how a customer is reached."""
        ...

    async def audit(self, since: datetime) -> list[AuditEntry]:
        """Give what was changed of opportunities since a moment, as far as one page holds, the newest first."""
        ...

    def watch_waiting(self, told: Callable[[Waiting | None], None]) -> None:
        """Tell, from now on, whenever requests begin or cease to wait for their turn."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


Connect = Callable[[], Remote]
"""Makes the far side; its imports take long, so it is called in a thread after the first paint.

Raises `ApiError` when the address cannot be used after all.
"""
