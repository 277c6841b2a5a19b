"""The triage screen while it is open, and the sitting: the queue, its order from the beginning, what is skipped.

The whole queue is ranked in a thread, behind the first paint; afterwards only rows that changed are put to their new
places.  It stands between the application and the screen, and draws nothing.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final, Protocol

from textual.events import Key
from textual.screen import Screen

from crm_tui.commands.spec import Command
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.triage.lanes import Entry, Lane
from crm_tui.domain.triage.queue import Queue, queue
from crm_tui.domain.triage.reasons import SKIPPED, UNKNOWN, Reason, reason
from crm_tui.domain.triage.sitting import Sitting, opened
from crm_tui.service.load import Phase
from crm_tui.structs import replace
from crm_tui.ui import words
from crm_tui.ui.desk import Desk
from crm_tui.ui.metering import Metering
from crm_tui.ui.screens.summary import SummaryScreen
from crm_tui.ui.screens.triage import TriageScreen
from crm_tui.ui.screens.work_state import Waiting
from crm_tui.ui.treatment import Treatment

_NAME: Final = "triage"

_FEW: Final = 20
"""Changed rows that are put to their places one by one; of more the queue is ranked anew."""

_NOTHING: Final[Mapping[Lane, tuple[int, ...]]] = {}


class Host(Protocol):
    """What of the application is needed here."""

    def install_screen(self, screen: Screen[Any], name: str) -> None:
        """Keep a screen under a name."""

    def push_screen(self, screen: Screen[Any] | str, callback: Any = None) -> Any:
        """Lay a screen, or one that is kept, over the others."""

    def pop_screen(self) -> Any:
        """Take the uppermost screen away."""

    def greet(self, news: str) -> None:
        """Say what is to be known at the beginning of a sitting: what an earlier one left, and what is new."""

    def hand_on(self, event: Key | None) -> None:
        """Have a key taken by the uppermost screen."""

    def run_worker(self, work: Awaitable[None], *, name: str, exit_on_error: bool) -> Any:
        """Do something in the background."""


class Triages:
    """One sitting, from the first time that the screen is opened to the end of the run."""

    def __init__(
        self,
        host: Host,
        desk: Desk,
        snapshot: Snapshot,
        commands: tuple[Command, ...],
        source: str,
        treatment: Treatment,
        metering: Metering,
    ) -> None:
        self._host = host
        self._metering = metering
        self.is_root = False
        """The program opens with the queue, so that it is left from there."""
        self._is_greeted = False
        """What changed since the last sitting was said."""
        self._desk = desk
        self._snapshot = snapshot
        self._screen = TriageScreen(source, commands, treatment)
        self._is_known = False
        """The application keeps the screen: it is mounted once, when it is first asked for."""
        self._is_open = False
        self._is_ranking = False
        self._queue: Queue | None = None
        self._sitting: Sitting | None = None
        self._location_id: int | None = None
        """The location that was ranked."""
        self._size = 0
        """Opportunities in the book when it was ranked."""
        self._told: dict[int, OpportunityRow | None] = {}
        """Records of which there was more to say than that they are saved, as they were ranked last."""
        self._pinned: frozenset[int] = frozenset()
        self._has_begun = False
        """Something was decided or skipped: from then on nothing comes into the order by itself."""
        self._shows_parked = False
        self._kinds: dict[int, Lane] = {}
        """Record → the lane that it was in when the order was made."""
        self._is_stale = True
        """What is shown has to be gathered from the whole queue."""
        self._skips: list[tuple[int, str]] = []
        """What was left out, the last one last, and the step that was the last one then."""
        self._arrived: set[int] = set()
        """Ids of what waits and is not in the order."""
        self._reasons: dict[int, tuple[Entry, Reason]] = {}
        """Record id → why it is there, for the entry of which it was said."""
        self._lanes: Mapping[Lane, tuple[int, ...]] = _NOTHING

    @property
    def screen(self) -> TriageScreen | None:
        """The screen, if it is open."""
        return self._screen if self._is_open else None

    def open(self) -> None:
        """Show the triage screen; the sitting goes on where it was left."""
        if not self._is_known:
            self._is_known = True
            self._host.install_screen(self._screen, _NAME)
        if not self._is_open:
            self._is_open = True
            self._metering.open()
            self._screen.say(words.NOTHING)
            self._host.push_screen(_NAME)
            self.draw()
            self._rank()

    def close(self) -> None:
        """Go back to what is under it."""
        if self._is_open:
            self._is_open = False
            self._host.pop_screen()
            if (tally := self._metering.close()) is not None:
                self._host.push_screen(SummaryScreen(tally), self._host.hand_on)

    def draw(self) -> None:
        """Show the queue as it is now, if somebody looks."""
        if not self._is_open:
            return
        self._follow()
        lanes, skipped = self._shown(), 0 if self._sitting is None else len(self._sitting.skipped)
        is_ranked = self._queue is not None
        basis = (None if self._sitting is None else self._sitting.places, self._shows_parked)
        waiting = Waiting(lanes, len(self._arrived), skipped, is_ranked=is_ranked, basis=basis)
        state = self._desk.triage_state(waiting, self._why)
        self._screen.show(state)
        if is_ranked and state.work.load.phase == Phase.READY and not self._is_greeted:
            self._is_greeted = True
            self._host.greet(self._metering.news(self._snapshot, state.work.needing))

    # The sitting

    def decided(self, record_ids: Sequence[int], name: str) -> None:
        """Go on: these were decided by the command of that name, or something was added to them."""
        if self._is_open:
            self._metering.decide(record_ids, name)
            self._has_begun = True
            self._screen.go_on_from(record_ids)

    def taken_back(self, record_ids: Sequence[int]) -> None:
        """Take note that what was done to records last is undone."""
        self._metering.take_back(record_ids)

    def skip(self, step: str) -> bool:
        """Leave the record under the cursor out for this sitting, behind the last step; say whether there was one."""
        record_id = self._screen.record_id
        if record_id is None or self._sitting is None:
            return False
        self._has_begun = True
        self._screen.go_on_from([record_id])
        self._sitting = self._sitting.skip(record_id)
        self._skips.append((record_id, step))
        self._show_anew(record_id)
        self.draw()
        return True

    def unskip(self, step: str) -> bool:
        """Take in again what was left out last, if the last step is still the same; say whether there was something."""
        if not self._skips or self._skips[-1][1] != step or self._sitting is None:
            return False
        record_id, _ = self._skips.pop()
        self._sitting = self._sitting.unskip(record_id)
        self._screen.return_to(record_id)
        self._show_anew(record_id)
        self.draw()
        return True

    def pin(self) -> bool | None:
        """Pin the record under the cursor, or take its pin off; say whether it is pinned now, none without a record."""
        record_id = self._screen.record_id
        if record_id is None or self._queue is None:
            return None
        self._pinned ^= {record_id}
        self._queue = self._queue.with_pins(self._pinned)
        self._is_stale = True
        self.draw()
        return record_id in self._pinned

    def show_parked(self) -> bool:
        """Show the rows whose follow-up lies ahead as well, or no longer; say whether they are shown now."""
        self._shows_parked = not self._shows_parked
        self._is_stale = True
        self.draw()
        return self._shows_parked

    def fold(self) -> None:
        """Take what has come since into the order, and look for more."""
        if self._is_open and self._queue is not None and self._sitting is not None:
            self._sit(self._sitting.folded(self._queue))
            self.draw()
            self._rank()

    def _sit(self, sitting: Sitting) -> None:
        self._sitting = sitting
        self._is_stale = True
        entries = self._queue.entries if self._queue is not None else {}
        self._kinds = {each: entries[each].lane for each in sitting.order if each in entries}

    # The queue

    def _rank(self) -> None:
        if self._is_open and not self._is_ranking:
            self._is_ranking = True
            self._host.run_worker(self._ranking(), name=_NAME, exit_on_error=False)

    async def _ranking(self) -> None:
        """Rank the whole book beside the event loop; what changes meanwhile is put to its place afterwards."""
        try:
            rows, location_id = list(self._snapshot.rows()), self._desk.location_id
            scope = replace(self._desk.triage_scope(), pinned=self._pinned)
            told = {each: self._snapshot.row(each) for each in self._told}
            ranked = await asyncio.to_thread(queue, rows, scope)
        finally:
            self._is_ranking = False
        self._told = told
        self._take(ranked, location_id, len(rows))
        self.draw()

    def _take(self, ranked: Queue, location_id: int | None, size: int) -> None:
        is_elsewhere = location_id != self._location_id
        self._queue, self._location_id, self._size = ranked, location_id, size
        self._is_stale = True
        self._reasons.clear()
        if self._sitting is None:
            self._sit(opened(ranked))
        elif is_elsewhere or not self._has_begun:
            self._sit(self._sitting.folded(ranked))

    def _follow(self) -> None:
        """Put to their places the rows that changed, a few at once; else have everything ranked anew."""
        if self._queue is None:
            return
        is_of_another = self._desk.location_id != self._location_id
        if is_of_another or len(self._snapshot) != self._size or self._is_out_of_date():
            self._rank()
        now = {each: self._snapshot.row(each) for each in (*self._snapshot.states(), *self._told)}
        changed = [each for each, row in now.items() if row is not self._row_known(each)]
        self._told = now
        if len(changed) > _FEW:
            self._rank()
            return
        for record_id in changed:
            row = now[record_id]
            ranked = self._queue
            self._queue = ranked.with_row(row) if row is not None else ranked.without(record_id)
            self._show_anew(record_id)
        self._follow_dates()

    def _is_out_of_date(self) -> bool:
        """Say whether zones or limits were learned since it was ranked, or another day has begun somewhere."""
        return self._queue is not None and not self._queue.scope.ranks_as(self._desk.triage_scope())

    def _follow_dates(self) -> None:
        """Put to their places the rows of which a record has told that they lack their date, or no longer do."""
        undated = self._desk.undated()
        if self._queue is not None and (turned := undated ^ self._queue.scope.undated):
            rows = map(self._snapshot.row, turned)
            self._queue = self._queue.with_undated(undated, rows)
            for record_id in turned:
                self._show_anew(record_id)

    def _row_known(self, record_id: int) -> OpportunityRow | None:
        """Give a row as it was ranked last, where that is known."""
        entry = self._queue.entries.get(record_id) if self._queue is not None else None
        return entry.row if entry is not None else self._told.get(record_id)

    def _shown(self) -> Mapping[Lane, tuple[int, ...]]:
        """Give lane → rows that wait, in the order of the sitting; the same object until something changes."""
        if self._is_stale and self._queue is not None and self._sitting is not None:
            self._is_stale = False
            lanes: dict[Lane, list[int]] = {}
            for record_id in self._sitting.waiting(self._queue):
                lanes.setdefault(self._kinds.get(record_id, Lane.HYGIENE), []).append(record_id)
            if self._shows_parked:
                parked = self._queue.lane(Lane.PARKED)
                lanes[Lane.PARKED] = [entry.row.id for entry in parked]
            self._lanes = {lane: tuple(lanes[lane]) for lane in sorted(lanes) if lanes[lane]}
            places = self._sitting.places
            self._arrived = {e.row.id for e in self._queue.order if e.row.id not in places}
        return self._lanes

    def _show_anew(self, record_id: int) -> None:
        """Let one row come or go, without looking at the others."""
        sitting, queue = self._sitting, self._queue
        if sitting is None or queue is None or self._shows_parked:
            self._is_stale = True
        if self._is_stale or sitting is None or queue is None:
            return
        entry = queue.entries.get(record_id)
        waits = entry is not None and entry.lane is not Lane.PARKED
        if record_id not in sitting.places:
            (self._arrived.add if waits else self._arrived.discard)(record_id)
            return
        waits = waits and record_id not in sitting.skipped
        lane = self._kinds.get(record_id, Lane.HYGIENE)
        ids = self._lanes.get(lane, ())
        place = bisect_left(ids, sitting.places[record_id], key=sitting.places.__getitem__)
        is_there = ids[place : place + 1] == (record_id,)
        if waits != is_there:
            ids = (*ids[:place], *([record_id] if waits else []), *ids[place + is_there :])
            lanes = {**self._lanes, lane: ids}
            self._lanes = {each: lanes[each] for each in sorted(lanes) if lanes[each]}

    def _why(self, record_id: int) -> Reason:
        if self._sitting is not None and record_id in self._sitting.skipped:
            return SKIPPED
        entry = self._queue.entries.get(record_id) if self._queue is not None else None
        if self._queue is None or entry is None:
            return UNKNOWN
        known = self._reasons.get(record_id)
        if known is None or known[0] is not entry:
            known = self._reasons[record_id] = (entry, reason(self._queue, record_id))
        return known[1]
