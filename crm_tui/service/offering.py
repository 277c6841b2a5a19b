"""Asks for what verbs offer beside the book (`domain/offers.py`), and keeps it in the mirror for a day.

It is asked for behind the first cards, in the turn of what nobody waits for; what cannot be had is done without, with
the reason said.  It never writes to the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from crm_tui.api.errors import ApiError, Forbidden
from crm_tui.domain.snapshot import Snapshot
from crm_tui.service.remote import Remote
from crm_tui.service.verdict import words_of
from crm_tui.store.known import Offered
from crm_tui.store.mirror import Mirror
from crm_tui.structs import replace

_FRESH: Final = timedelta(days=1)
"""For so long what was asked for is not asked for again by itself."""


class Kind(Enum):
    """What is asked for by itself, in this order: the field of the offers that holds it."""

    TYPES = "types"
    TASK_LISTS = "task_lists"
    NOTES = "notes"


class Offering:
    """Keeps the snapshot's offers up to date."""

    def __init__(
        self,
        snapshot: Snapshot,
        mirror: Mirror,
        *,
        clock: Callable[[], datetime],
        changed: Callable[[], None],
    ) -> None:
        self._snapshot = snapshot
        self._mirror = mirror
        self._clock = clock
        self._changed = changed
        self._due = set(Kind)
        self._known: set[Kind] = set()
        self._asked_on: datetime | None = None
        """When everything was asked for, if there was an answer to everything."""
        self._stirred = asyncio.Event()

    def knows(self, kind: Kind) -> bool:
        """Say whether it was asked for, or is known from today; what could not be had says why."""
        return kind in self._known

    def recall(self, offered: Offered) -> None:
        """Take over what the mirror tells; what is older than a day is asked for anew all the same."""
        found = {kind for kind in Kind if getattr(offered, kind.value) is not None}
        for kind in found:
            self._offer(kind, tuple(getattr(offered, kind.value)))
        if offered.asked_on is not None and self._clock() - offered.asked_on < _FRESH:
            self._asked_on = offered.asked_on
            self._due, self._known = set(Kind) - found, found

    def ask_anew(self) -> None:
        """Have everything asked for when its turn comes next: somebody wants to know what there is now."""
        self._due, self._known = set(Kind), set()

    def stir(self) -> None:
        """Let its turn come: the first cards are there."""
        self._stirred.set()

    async def run(self, remote: Remote) -> None:
        """Ask for what is not known whenever its turn comes, until cancelled.

        What a missing role keeps away is asked for again only by `ask_anew`, and at the next start.
        """
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            if self._due:
                is_all = self._due == set(Kind)
                errors = [await self._learn(remote, kind) for kind in Kind if kind in self._due]
                if not all(error is None or isinstance(error, Forbidden) for error in errors):
                    self._asked_on = None
                elif is_all or self._asked_on is None:
                    self._asked_on = self._clock()
                await self._keep()

    async def _learn(self, remote: Remote, kind: Kind) -> ApiError | None:
        """Ask for one kind; give what kept it away, if something did."""
        failed: ApiError | None = None
        try:
            self._offer(kind, tuple(await self._told(remote, kind)))
        except ApiError as error:
            failed = error
            if getattr(self._snapshot.offers, f"no_{kind.value}"):
                self._offer(kind, (), words_of(error))
        if failed is None or isinstance(failed, Forbidden):
            self._due.discard(kind)
        self._known.add(kind)
        self._changed()
        return failed

    def _told(self, remote: Remote, kind: Kind) -> Awaitable[list[Any]]:
        if kind is Kind.TYPES:
            return remote.offered_types()
        if kind is Kind.TASK_LISTS:
            return remote.offered_task_lists()
        return remote.offered_notes(self._snapshot.offers.notes)

    def _offer(self, kind: Kind, found: tuple[Any, ...], why_not: str = "") -> None:
        fields = {kind.value: found, f"no_{kind.value}": why_not}
        self._snapshot.offers = replace(self._snapshot.offers, **fields)

    async def _keep(self) -> None:
        """Keep what is known, with when all of it was asked for; until then it is asked for next time."""
        offers = self._snapshot.offers
        await self._mirror.keep_offered(
            Offered(
                types=None if offers.no_types else list(offers.types),
                notes=None if offers.no_notes else list(offers.notes),
                task_lists=None if offers.no_task_lists else list(offers.task_lists),
                asked_on=self._asked_on,
            )
        )
