"""Crm: the one object that a front end holds.  It owns the snapshot, the loading, the journal and the writer.

Front ends read the snapshot, subscribe, and submit changes; they never speak to the server.  It knows no
terminal, and neither httpx nor pydantic is imported before it runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from crm_tui.api.errors import ApiError
from crm_tui.api.pacing import Waiting
from crm_tui.domain.audit import Overwrite
from crm_tui.domain.change import Planned
from crm_tui.domain.intent import Binding, Intent, Stack
from crm_tui.domain.pipeline import active_boards, location_called
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import TROUBLE, RowState, Snapshot
from crm_tui.service.activity import Activity
from crm_tui.service.auditing import UNREAD, Auditing
from crm_tui.service.details import Details, Look
from crm_tui.service.keeping import Keeping
from crm_tui.service.listeners import Listener, Listeners
from crm_tui.service.load import Load
from crm_tui.service.loading import Loading
from crm_tui.service.nearby import Nearby
from crm_tui.service.offering import Offering
from crm_tui.service.outbox import SOON, Hold, Outbox
from crm_tui.service.recall import FIRST
from crm_tui.service.remote import Connect, Remote
from crm_tui.service.rereading import Rereading
from crm_tui.service.rhythm import Rhythm
from crm_tui.service.searching import Searching
from crm_tui.service.sending import Sending
from crm_tui.service.surroundings import Surroundings
from crm_tui.service.sync import Sync
from crm_tui.service.trail import Trail
from crm_tui.service.windows import Windows, kept_for_others
from crm_tui.service.wishes import Told, Wishes
from crm_tui.service.writer import Outcome, Writer
from crm_tui.store.mirror import Mirror
from crm_tui.structs import replace

NO_HOLD: Final = Hold()
"""For those who wait for the outcome, and have nobody who could take anything back."""

NOBODY: Final = Binding("", "")
"""For a journal in memory, which nobody else reads."""

_NOTICED: Final = timedelta(seconds=1)


class Crm:
    """The book of one user at one address."""

    def __init__(
        self,
        connect: Connect,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        hold: Hold = NO_HOLD,
        mirror: Mirror | None = None,
        every: float | None = None,
        journal: Path | None = None,
        binding: Binding = NOBODY,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        """Make the book of the account that `binding` names.

        What is learned is kept in `mirror`, changes in the file `journal`; without them both live as long as this
        object.  `every`: seconds between two looks for what was changed elsewhere; none is when somebody asks.
        """
        self.snapshot = Snapshot()
        self.user = binding.user
        """Who is signed in, by the name of the account."""
        self._mirror = Mirror() if mirror is None else mirror
        self._connect = connect
        self._clock = clock
        self._sleep = sleep
        self._listeners = Listeners(clock)
        changed = self._listeners.changed
        self._sync = Sync(self.snapshot, self._mirror, clock=clock, changed=changed)
        self._loading = Loading(self._sync, Rhythm(every, sleep), changed=changed)
        self.surroundings = Surroundings(self.snapshot, self._mirror, clock=clock, changed=changed)
        self.offering = Offering(self.snapshot, self._mirror, clock=clock, changed=changed)
        self.searching = Searching(self.snapshot, self._mirror, changed=changed)
        self.details = Details(changed=changed)
        self.nearby = Nearby(binding.user, changed=changed)
        self._outbox = Outbox(clock=clock, sleep=sleep)
        self._keeping = Keeping(journal, clock=clock)
        self.trail = Trail()
        common = (self.snapshot, self._outbox, self._keeping, self.trail)
        instance = new_id()
        self._wishes = Wishes(
            *common,
            binding=binding,
            instance=instance,
            hold=hold,
            clock=clock,
            new_id=new_id,
            told=Told(changed, self._listeners.say, self._listeners.say_lost),
        )
        self._auditing = Auditing(binding, self._keeping, clock=clock, sleep=sleep, changed=changed)
        self._rereading = Rereading(
            self.snapshot,
            self._mirror,
            self._keeping,
            self.trail,
            clock=clock,
            sleep=sleep,
            changed=changed,
        )
        self._writer = Writer(
            *common,
            clock=clock,
            changed=changed,
            report=self._settled,
            proved=self._auditing.note,
            unread=self._rereading.note,
        )
        self._windows = Windows(
            *common,
            self._wishes,
            self._writer.sending,
            binding=binding,
            instance=instance,
            clock=clock,
            sleep=sleep,
            report=self._settled,
            changed=self._looked,
        )
        self.journal = Activity(self.snapshot, self._keeping, self._wishes, binding, changed)
        """What was asked for and what became of it."""
        self.waiting: Waiting | None = None
        """Until when requests wait for their turn, and why, if they do."""

    # What a front end reads

    @property
    def reference(self) -> Load:
        """How far the list of boards and stages is."""
        return self._sync.reference

    def load(self, board_id: int) -> Load:
        """Say how far a board's opportunities are."""
        return self._sync.boards.get(board_id, Load())

    @property
    def failure(self) -> ApiError | None:
        """What kept anything from being loaded, if something did."""
        return self._sync.reference.error

    @property
    def is_loading(self) -> bool:
        """Say whether something is being loaded or about to be."""
        return self._loading.is_going_on

    def unsettled(self) -> list[Intent]:
        """Give the changes that have no outcome yet."""
        return self._writer.sending() + self._outbox.intents() + self._wishes.noting()

    def sending(self) -> list[Intent]:
        """Give the changes that are on their way, or not written down yet: of these nothing is promised."""
        return self._writer.sending() + self._wishes.noting()

    def held(self) -> list[Intent]:
        """Give what nobody has begun to send, as long as some of it waits for more than a moment."""
        waiting = self._outbox.intents() + self._wishes.noting()
        waits = len(waiting) > SOON or any(intent.due > self._clock() for intent in waiting)
        return waiting if waits or self._outbox.has_stuck() else []

    def left_over(self) -> list[Intent]:
        """Give what an earlier run left to be sent, and is held afresh."""
        return list(self._windows.left_over)

    def notices(self) -> list[str]:
        """Give what the user has to be told about the journal, as sentences; they may quote names of files."""
        said = list(self._keeping.notices)
        if self._auditing.is_unread:
            said.append(UNREAD)
        if others := self._windows.of_others:
            said.append(kept_for_others(others))
        return said

    @property
    def keeps_changes(self) -> bool:
        """Say whether changes outlive this run, so that what cannot be sent now may wait for the next."""
        return self._keeping.is_kept

    def drop_held(self) -> None:
        """Take back all that nobody has begun to send."""
        self._wishes.cancel_waiting()

    def held_until(self) -> datetime | None:
        """Say until when the last step can still be taken back; none when nothing waits."""
        return self._outbox.held_until()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of every change from now on; the function given back ends that."""
        return self._listeners.add(listener)

    def news(self) -> str:
        """Give what the user should know of the local copy of the book, once."""
        return self._mirror.take_notice()

    # What a front end asks

    def recall(
        self, wanted: int | str | None = None, board_id: int | None = None, each: int = FIRST
    ) -> None:
        """Take over what the mirror tells, with the first cards of a board, else of the first of a location or of all.

        `each`: how many of a stage.  It waits for the disk, so it is for the time before there is an event loop;
        `run` reads the rest.
        """
        known = self._mirror.known()
        self.snapshot.set_reference(known.boards, known.stages)
        self.surroundings.recall(known.around)
        self.offering.recall(known.offered)
        location_id = location_called(self.snapshot, wanted) if wanted is not None else None
        boards = [board.id for board in active_boards(self.snapshot, location_id)]
        first = board_id if board_id in boards else next(iter(boards), None)
        self._sync.recall(known, first, each)

    async def run(self) -> None:
        """Connect, load, and send what is submitted, until cancelled.

        Failures of the service end up as state; only a fault of our own comes out as an exception.
        """
        try:
            await self._keeping.open()
            await self._windows.begin()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keeping.run(), name="crm: journal")
                tasks.create_task(self._windows.run(self._writer.stir), name="crm: windows")
                tasks.create_task(self._work(), name="crm: working")
        finally:
            self._keeping.close()
            self._windows.end()

    async def _work(self) -> None:
        await self._sync.recall_rest()
        remote = await self._connected()
        remote.watch_waiting(self._wait)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write(remote), name="crm: writing")
                tasks.create_task(self._auditing.run(remote), name="crm: audit")
                tasks.create_task(self._rereading.run(remote), name="crm: reading back")
                tasks.create_task(self.details.run(remote), name="crm: details")
                tasks.create_task(self.nearby.run(remote), name="crm: nearby")
                tasks.create_task(self._look_around(remote), name="crm: surroundings")
                tasks.create_task(self.offering.run(remote), name="crm: offers")
                tasks.create_task(self.searching.server.run(remote), name="crm: server search")
                tasks.create_task(
                    self._loading.run(remote, partial(self._begin_afresh, remote)),
                    name="crm: loading",
                )
        finally:
            await remote.close()

    def _begin_afresh(self, remote: Remote) -> None:
        """Somebody asks anew: what was refused, or could not be sent, may be tried once more."""
        remote.again()
        self._outbox.retry()

    async def _write(self, remote: Remote) -> None:
        """Send, once this window is the one that sends."""
        await self._windows.sends.wait()
        await self._auditing.recall()
        sending = Sending(
            remote,
            self._keeping,
            self.snapshot,
            self._writer.may_begin,
            clock=self._clock,
            sleep=self._sleep,
        )
        await self._writer.run(sending)

    async def _look_around(self, remote: Remote) -> None:
        """Behind the first cards ask for what the board is read with; behind the whole book learn from it."""
        while True:
            await self._sync.first_loaded.wait()
            self._sync.first_loaded.clear()
            await self.surroundings.look_around(remote)
            self.offering.stir()
            await self._loading.done()
            await self.searching.get_ready()
            await self.surroundings.know_roles(remote)
            await self.surroundings.learn_labels(remote)
            await self.surroundings.learn(remote)

    async def _connected(self) -> Remote:
        """Make the far side; while that fails, wait to be asked again."""
        while True:
            try:
                return await asyncio.to_thread(self._connect)
            except ApiError as error:
                self._sync.fail(error)
                await self._loading.asked_again()

    def want(self, board_id: int) -> None:
        """Load this board before the others."""
        self._loading.want(board_id)

    def look_at(self, row: OpportunityRow | None, ahead: Sequence[OpportunityRow] = ()) -> None:
        """Fetch a record whole once somebody has rested on it, and those `ahead` behind it; none when nobody looks."""
        if row is not None:
            self.snapshot.look_at(row.id)
        self.details.want(row, ahead)
        self.nearby.want(row)

    def detail(self, record_id: int) -> Look:
        """Give what is known of a record beside its row."""
        look, row = self.details.look(record_id), self.snapshot.row(record_id)
        return look if row is None else replace(look, beside=self.nearby.look(row))

    def refresh(self) -> bool:
        """Load everything anew, unless that is already going on; say whether it was not."""
        if self.is_loading:
            return False
        self.details.forget_all()
        self.nearby.forget_all()
        self.offering.ask_anew()
        self._loading.refresh()
        return True

    def submit(self, plans: Sequence[Planned]) -> list[Intent]:
        """Show one step's changes at once, and send them when their hold is over and their turn comes."""
        return self._wishes.submit(plans)

    def undo(self) -> list[Intent]:
        """Take the last step back: what waits is cancelled unheard, what was sent is written back (`takes_back`)."""
        return self._wishes.undo()

    def redo(self) -> list[Intent]:
        """Do again what was taken back last; gives the intents that do it."""
        return self._wishes.redo()

    def overwritten(self) -> list[Overwrite]:
        """Give what others had written and a write of ours replaced unseen, and was not put back yet."""
        return list(self._auditing.found)

    def restore(self, overwrite: Overwrite) -> bool:
        """Write back what somebody else had written; say whether it can be told what that was."""
        plans = self._auditing.take(self.snapshot, overwrite)
        if plans:
            self.submit(plans)
        return bool(plans)

    def hold_off(self) -> Callable[[], None]:
        """Begin to send nothing, so that it can be taken back, before `settle` or the function that is given back."""
        self._writer.hold_off()
        return self._writer.go_on

    async def settle(self) -> None:
        """Wait until every change that was submitted has its outcome, or cannot be sent now."""
        await self._writer.drained()

    async def close(self, grace: float) -> None:
        """Begin nothing new, and wait so many seconds at most until what is on its way has its outcome."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._writer.landed(), grace)

    def _settled(self, outcome: Outcome) -> None:
        intent = outcome.intent
        self.details.forget(intent.record_id)
        if intent.pending.change.made is not None:
            self.nearby.forget_customer(intent.pending.change.made.get("customer_id"))
        row = self.snapshot.confirmed(intent.record_id)
        if row is not None and outcome.state == RowState.SAVED:
            self._mirror.note(row)
        trace = self.trail.trace(intent.step)
        if trace is not None and self.trail.came_to_nothing(intent.step):
            self._wishes.put_on({trace.step.undoes: Stack.UNDO, intent.step: Stack.NONE})
        if outcome.state in TROUBLE:
            self.journal.recount()
        self._listeners.tell(outcome)

    def _looked(self) -> None:
        """The journal was looked at: another run or window may have left something that needs somebody."""
        self.journal.recount()
        self._listeners.changed()

    def _wait(self, waiting: Waiting | None) -> None:
        """Take note of a wait that somebody could notice; keeping the pace makes many that nobody does."""
        if waiting is not None and waiting.until - self._clock() < _NOTICED:
            waiting = None
        if waiting != self.waiting:
            self.waiting = waiting
            self._listeners.changed()
