"""Fetches what lies beside the record that somebody looks at, once they have stayed with it for a while.

Behind the record itself, and for no record that is only looked at next: it is more than a sitting could ask of the
service at the pace that it allows.  What was fetched for a customer serves all their opportunities.  Failures leave it
out; who looks away and back asks anew.  It never writes.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from crm_tui.api.errors import ApiError, Forbidden, Missing
from crm_tui.domain.beside import Beside, Edits, Notes, Tasks
from crm_tui.domain.detail import Absent
from crm_tui.domain.rows import OpportunityRow
from crm_tui.service.napping import nap
from crm_tui.service.remote import Remote

T = TypeVar("T")

STAY: Final = 0.5
"""Seconds that somebody stays with a record before more than itself is asked for."""

KEPT: Final = 200
"""Customers and records of which it is kept; those looked at longest ago go first."""


class Nearby:
    """What is known beside the records that were looked at."""

    def __init__(
        self,
        me: str,
        *,
        changed: Callable[[], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Tell `changed` whenever something has come; `me` is who is signed in, whose own changes are no news."""
        self._me = me
        self._changed = changed
        self._sleep = sleep
        self._row: OpportunityRow | None = None
        self._since: datetime | None = None
        self._moved = asyncio.Event()
        self._tasks: OrderedDict[int, Tasks | Absent] = OrderedDict()
        self._notes: OrderedDict[int, Notes | Absent] = OrderedDict()
        self._edits: OrderedDict[int, Edits | Absent] = OrderedDict()
        self._written: dict[int, datetime | None] = {}
        """Record → when it was written last, as of the edits that are known."""
        self._refused: dict[str, Absent] = {}
        """Parts for which the role is missing; one refusal speaks for all."""

    # What it is asked

    def look_since(self, moment: datetime | None) -> None:
        """Tell from now on what others changed since a moment; none is nothing of it."""
        if moment != self._since:
            self._since = moment
            self._edits.clear()
            self._moved.set()

    def want(self, row: OpportunityRow | None) -> None:
        """Look at a record from now on, or at none; asking for the same one changes nothing."""
        before, self._row = self._row, row
        if row is not None and row != before:
            self._moved.set()

    def look(self, row: OpportunityRow) -> Beside:
        """Give what is known beside a record."""
        customer = row.customer_id
        return Beside(self._tasks.get(customer), self._notes.get(customer), self._edits.get(row.id))

    def forget_customer(self, customer_id: object) -> None:
        """Ask for the tasks of a customer again: one was made."""
        if isinstance(customer_id, int) and self._tasks.pop(customer_id, None) is not None:
            self._moved.set()

    def forget_all(self) -> None:
        """Ask for everything again, for what was refused too."""
        for known in (self._tasks, self._notes, self._edits, self._refused):
            known.clear()
        self._moved.set()

    # What it does

    async def run(self, remote: Remote) -> None:
        """Fetch what is wanted, until cancelled."""
        while True:
            await self._moved.wait()
            while self._moved.is_set():
                self._moved.clear()
                await nap(self._sleep(STAY), self._moved)
            if self._row is not None:
                await self._fetch(remote, self._row)

    async def _fetch(self, remote: Remote, row: OpportunityRow) -> None:
        """Fetch what lacks, as long as nobody looks elsewhere."""
        customer, since = row.customer_id, self._since
        if customer and customer not in self._tasks:
            tasks = await self._asked("tasks", partial(remote.tasks_of, customer))
            self._keep(self._tasks, customer, tasks)
        if customer and customer not in self._notes and self._is_at(row):
            notes = await self._asked("notes", partial(remote.notes_of, customer))
            self._keep(self._notes, customer, notes)
        is_known = row.id in self._edits and self._written.get(row.id) == row.updated_on
        if since is None or is_known or not self._is_at(row):
            return
        edits = await self._asked("edits", partial(remote.edits_of, row.id, since, self._me))
        if since == self._since:
            self._written[row.id] = row.updated_on
            self._keep(self._edits, row.id, edits)

    def _is_at(self, row: OpportunityRow) -> bool:
        return self._row is not None and self._row.id == row.id

    async def _asked(self, part: str, ask: Callable[[], Awaitable[T]]) -> T | Absent | None:
        """Ask for one part; none when it cannot be had now, and what stands for it when it is not for this user."""
        if part in self._refused:
            return self._refused[part]
        try:
            return await ask()
        except Forbidden as error:
            self._refused[part] = Absent(error.role or "")
            return self._refused[part]
        except Missing:
            return Absent()
        except ApiError:
            return None

    def _keep(
        self, known: OrderedDict[int, T | Absent], key: int, found: T | Absent | None
    ) -> None:
        if found is None:
            return
        known[key] = found
        if len(known) > KEPT:
            known.popitem(last=False)
        self._changed()
