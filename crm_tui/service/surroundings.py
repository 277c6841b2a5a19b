"""What a board is read with: the user's id, the locations' time zones, and what history teaches about the stages.

It is asked for behind the first cards, once a day, kept in the mirror, and what cannot be had is done without: days
are then counted on this machine's calendar, and sums are not weighted.  It never writes to the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import IntEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_tui.api import wire
from crm_tui.api.errors import ApiError
from crm_tui.api.values import number_of
from crm_tui.domain.ageing import Limit, limits
from crm_tui.domain.enums import LeadSource, LossReason, Status
from crm_tui.domain.insight import weights
from crm_tui.domain.moves import Moved, stays, visits
from crm_tui.domain.rows import Board, OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.service.remote import Remote
from crm_tui.store.known import Around
from crm_tui.store.mirror import Mirror

HERE: Final = datetime.now(UTC).astimezone().tzinfo or UTC
"""This machine's zone, for a location whose own is not known."""


_FRESH: Final = timedelta(days=1)
"""For so long what was asked for is not asked for again."""

_ENUMERATIONS: Final[dict[type[IntEnum], str]] = {
    Status: "eCrmOpportunityStatus",
    LeadSource: "eCrmOpportunitySource",
    LossReason: "eCrmOpportunityLossReason",
}
"""As the service calls them (its reference for opportunities)."""


class Surroundings:
    """What is known of the world around the book."""

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
        self._asked_on: datetime | None = None
        self._zones: dict[int, ZoneInfo] = {}
        self._has_zones = False
        self._person: wire.Raw | None = None
        self._labels: dict[str, dict[int, str]] = {}
        self._named: set[type[IntEnum]] = set()
        self._moves: list[Moved] = []
        self._are_moves_kept = False
        self.me: int | None = None
        """Id of the user who is signed in, once known."""
        self.is_known = False
        """User and zones were asked for, or are known from last time."""
        self.weights: dict[int, Decimal] = {}
        """Stage → share of those once in it that are won; only for stages with enough history."""
        self.limits: dict[int, Limit] = {}
        """Stage → how long is too long there; only for stages that enough won ones have left."""
        self.untold: dict[str, ApiError] = {}
        """What could not be had, and why."""
        self.has_looked = False
        """The user and the zones are known, as far as they can be had."""

    def zone_of(self, board: Board | None) -> tzinfo:
        """Give the time zone of a board's location, or this machine's where it is not known."""
        return HERE if board is None else self._zones.get(board.location_id, HERE)

    def recall(self, around: Around) -> None:
        """Take over what the mirror tells; what is older than a day is asked for anew all the same."""
        self.me = around.me
        self.weights = around.weights
        self.limits = around.limits
        for location_id, name in around.zones.items():
            with suppress(ZoneInfoNotFoundError, ValueError):
                self._zones[location_id] = ZoneInfo(name)
        for kind, name in _ENUMERATIONS.items():
            if name in around.labels:
                self._labels[name] = around.labels[name]
                self._snapshot.labels.lay(kind, around.labels[name])
        if around.asked_on is not None and self._clock() - around.asked_on < _FRESH:
            self._asked_on = around.asked_on
            self._has_zones = bool(self._zones)
            self._named = {kind for kind, name in _ENUMERATIONS.items() if name in self._labels}
            self._are_moves_kept = True
            self.is_known = self.me is not None and self._has_zones

    async def look_around(self, remote: Remote) -> None:
        """Ask for what is not known yet."""
        self.untold.clear()
        if self.me is None:
            try:
                self._person = await remote.who_am_i()
                self.me = number_of(self._person.get("Id"))
            except ApiError as error:
                self.untold["who you are"] = error
        if not self._has_zones:
            try:
                named = await remote.zones()
            except ApiError as error:
                self.untold["time zones"] = error
            else:
                # In a thread: the table of zone names takes longer to import than a key may wait.
                self._zones = await asyncio.to_thread(_zones, named)
                self._has_zones = bool(self._zones)
        await self._keep()
        self.has_looked = True
        self.is_known = True
        self._changed()

    async def know_roles(self, remote: Remote) -> None:
        """Find out what the user may do; what cannot be found out is learned by trying."""
        person, self._person = self._person, None  # what it says of roles is true once only
        try:
            await remote.know_roles(person)
        except ApiError as error:
            self.untold["roles"] = error

    async def learn_labels(self, remote: Remote) -> None:
        """Lay the service's own names over the shipped ones, once."""
        for kind, name in _ENUMERATIONS.items():
            if kind not in self._named:
                try:
                    live = await remote.enumeration(name)
                except ApiError as error:
                    self.untold["names of statuses, sources and reasons"] = error
                    return
                self._labels[name] = live
                self._snapshot.labels.lay(kind, live)
                self._named.add(kind)
        self._changed()

    async def learn(self, remote: Remote) -> None:
        """Read the newest history, once, and learn from it.

        The stages are weighed by how the cards that saw them ended; those that were won tell how long is too long.
        """
        if not self._moves and self._are_moves_kept:
            self._moves = await self._mirror.moves()
        if not self._moves:
            try:
                self._moves = [move async for page in remote.moves() for move in page]
            except ApiError as error:
                self.untold["history"] = error
            else:
                await self._mirror.keep_moves(self._moves)
        zones = {
            stage.id: self.zone_of(self._snapshot.boards.get(stage.board_id))
            for stage in self._snapshot.stages.values()
        }
        # In a thread: of a large book it takes longer than a key may wait.
        self.weights, self.limits = await asyncio.to_thread(
            _learned, self._moves, list(self._snapshot.rows()), zones
        )
        self._changed()
        if self._asked_on is None and not self.untold:
            self._asked_on = self._clock()
        await self._keep()

    async def _keep(self) -> None:
        """Keep what is known, with when all of it was asked for; until then it is asked for next time."""
        zones = {location_id: zone.key for location_id, zone in self._zones.items()}
        await self._mirror.keep_around(
            Around(self.me, zones, self._labels, self.weights, self.limits, self._asked_on)
        )


def _learned(
    moves: Sequence[Moved], rows: Sequence[OpportunityRow], zones: Mapping[int, tzinfo]
) -> tuple[dict[int, Decimal], dict[int, Limit]]:
    """Give weights and limits by stage; `zones` are those of stages."""
    seen = list(visits(moves))
    outcomes: dict[int, bool] = {}
    for row in rows:
        seen.append((row.id, row.stage_id))
        if row.status in (Status.WON, Status.LOST):
            outcomes[row.id] = row.status == Status.WON
    won = {record_id for record_id, is_won in outcomes.items() if is_won}
    # Only theirs: the days of all the others would be reckoned for nothing.
    theirs = [move for move in moves if move.record_id in won]
    return (
        weights(seen, outcomes) if moves else {},
        limits(stays(theirs, lambda stage_id: zones.get(stage_id, HERE)), won),
    )


def _zones(named: Mapping[int, str]) -> dict[int, ZoneInfo]:
    """Make zones of Windows names; one that nobody knows is left out."""
    from tzlocal.windows_tz import win_tz  # noqa: PLC0415 - start-up cost of 25 ms

    found: dict[int, ZoneInfo] = {}
    for location_id, name in named.items():
        try:
            found[location_id] = ZoneInfo(win_tz.get(name, name))
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return found
