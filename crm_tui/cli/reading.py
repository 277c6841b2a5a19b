"""A book as a command reads it that changes nothing: what the mirror has while that is fresh, else what the server has.

It never touches the journal: what is not sent yet is not in what it reads.  It prints only from when the data are.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Final, TypeVar

from crm_tui.api.pacing import Priority
from crm_tui.api.wire import Raw
from crm_tui.cli.account import account, address_of
from crm_tui.cli.book import book, mirror_of, now, signed_in_first, stay_away, way_to
from crm_tui.cli.choosing import chosen_profile
from crm_tui.cli.output import say
from crm_tui.cli.running import Progress, beside, is_loaded, trouble, until
from crm_tui.config.profile import Profile
from crm_tui.domain.fields.names import Names, names_of
from crm_tui.domain.pipeline import active_boards, location_called
from crm_tui.domain.rows import Board
from crm_tui.domain.when import Dates
from crm_tui.export.columns import Told
from crm_tui.service.crm import Crm
from crm_tui.service.remote import Connect
from crm_tui.store.known import Known
from crm_tui.store.mirror import Mirror
from crm_tui.text import safe

T = TypeVar("T")

FRESH: Final = timedelta(minutes=2)
"""So old the mirror may be and is taken as it is: an open window asks for changes every minute."""


NO_COPY: Final = "There is no local copy of that: `crm-tui sync` brings it up to date."


class NothingKnown(Exception):
    """The mirror has nothing that could be read without the server."""


class Reading:
    """A book that is read, and from whom."""

    def __init__(self, profile: Profile, mirror: Mirror, crm: Crm, connect: Connect | None) -> None:
        """Read from the server by `connect`; without it from the mirror alone."""
        self.crm = crm
        self._profile = profile
        self._mirror = mirror
        self._connect = connect

    async def run(self, what: Callable[[Reading], Awaitable[T]]) -> T:
        """Do something with the book once it is known, and say from when it is.

        Raises `ApiError`, and `NothingKnown`.
        """

        async def go() -> T:
            await self._know()
            return await what(self)

        return await beside(self.crm, go)

    async def record(self, record_id: int) -> Raw | None:
        """Give one raw record: whole from the server, as it was last seen from the mirror; none that it has not.

        Raises `ApiError`.
        """
        if self._connect is None:
            return await self._mirror.record(record_id)
        remote = await asyncio.to_thread(self._connect)
        try:
            fetched = await remote.opportunity(record_id, Priority.VISIBLE)
            if not self.crm.snapshot.boards:
                self.crm.snapshot.set_reference(await remote.boards(), [])
        finally:
            await remote.close()
        return fetched.raw

    def names(self) -> Names:
        """Say what the words of a filter stand for here and now: days are those of the first location."""
        zone = self.crm.surroundings.zone_of(self._first_board())
        return names_of(
            self.crm.snapshot,
            today=now().astimezone(zone).date(),
            zone=zone,
            me=self.crm.surroundings.me,
            dates=Dates(self._profile.dates),
        )

    def told(self) -> Told:
        """Give what rows do not tell themselves."""
        snapshot, around = self.crm.snapshot, self.crm.surroundings
        zones = {board.id: around.zone_of(board) for board in snapshot.boards.values()}
        return Told(dict(snapshot.boards), zones, snapshot.labels, Dates(self._profile.dates))

    def _first_board(self) -> Board | None:
        wanted = self._profile.location
        location_id = location_called(self.crm.snapshot, wanted) if wanted is not None else None
        return next(iter(active_boards(self.crm.snapshot, location_id)), None)

    async def _know(self) -> None:
        crm = self.crm
        if self._connect is None:
            await until(crm, lambda: crm.failure is not None)  # all that the mirror has is read
        else:
            end = Progress(crm).watch()
            await until(crm, lambda: crm.failure is not None or _is_known(crm))
            end()
            error = trouble(crm)
            if error is not None:
                raise error
        as_of = [crm.load(board.id).as_of for board in active_boards(crm.snapshot)]
        seen = [moment for moment in as_of if moment is not None]
        if seen:
            part = "" if len(seen) == len(as_of) else ", and not all of it is here"
            say(f"crm-tui: as of {_local(min(seen))}{part}.")
        elif self._connect is None:
            raise NothingKnown


@contextmanager
def reading(
    options: argparse.Namespace, *, serves: Callable[[Known], bool] = lambda _known: False
) -> Iterator[Reading]:
    """Open the book that the command line means; the server is not asked where what the mirror has `serves`.

    Raises `ApiError` and `ConfigError`.
    """
    profile = chosen_profile(options)
    address = address_of(profile)
    with closing(mirror_of(profile, address)) as mirror:
        connect: Connect | None = None
        if not options.offline and not serves(mirror.known()):
            opened = account(profile)
            connect = way_to(opened, signed_in_first(opened))
        crm = book(profile, address, mirror, connect or stay_away, keeps_changes=False)
        crm.recall()
        try:
            yield Reading(profile, mirror, crm, connect)
        finally:
            notice = mirror.take_notice()
            if notice:
                say(f"crm-tui: {safe(notice)}")


def is_fresh(known: Known) -> bool:
    """Say whether the mirror has all boards in use, and was kept up until just now."""
    ids = [board.id for board in known.boards if not board.archived]
    if not ids or known.around.me is None or any(each not in known.listings for each in ids):
        return False
    return all(abs(now() - known.listings[each].as_of) < FRESH for each in ids)


def _is_known(crm: Crm) -> bool:
    """Say whether all was loaded, and who asks and where is known as far as it can be."""
    has_boards = bool(active_boards(crm.snapshot))
    return is_loaded(crm) and (crm.surroundings.has_looked or not has_boards)


def _local(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
