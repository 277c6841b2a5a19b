"""Brings the book into the snapshot and the mirror, and keeps it up to date at the cost of what has changed.

At first opportunities are listed board by board, page by page; the board that is looked at comes first, and a
listing that was broken off goes on where it was.  A board that was listed whole is kept up by its changes, and
listed again when the server counts another number.  What has come is shown at once; a page that fails leaves what
is there and says so, and no record is taken for deleted unless a whole listing came without it, or the audit trail
tells of it.  It never writes to the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any, Final

from crm_tui.api.errors import (
    ApiError,
    Incomplete,
    SignInRefused,
    Unanswered,
    Unreached,
)
from crm_tui.api.pacing import Priority
from crm_tui.domain.pipeline import active_boards
from crm_tui.domain.snapshot import Snapshot
from crm_tui.service.changes import Changes
from crm_tui.service.load import Load, Phase
from crm_tui.service.readable import as_confirmed, batch_of
from crm_tui.service.recall import FIRST, all_of, first_of
from crm_tui.service.remote import Remote
from crm_tui.store.known import Known, Listing
from crm_tui.store.mirror import Mirror
from crm_tui.structs import replace

_HOPELESS: Final = (Unreached, Unanswered, SignInRefused)
"""What ails one request would ail the next one too."""

_COUNTED: Final = 10
"""Looks for changes after which the boards are counted, where nobody tells of deletions."""


class Sync:
    """Loads the book; one at a time."""

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
        self._changes = Changes(snapshot, mirror)
        self._recalled: dict[int, Listing | None] = {}
        """Boards whose cards in the mirror are still to be read; of those without a listing it has a part."""
        self._looks = 0
        self.reference = Load()
        """How far boards and stages are."""
        self.boards: dict[int, Load] = {}
        """How far each board's opportunities are."""
        self.wanted: int | None = None
        """The board that is looked at; it is loaded next."""
        self.first_loaded = asyncio.Event()
        """Set when the first board was loaded, or could not be: what is less urgent may be asked for."""

    @property
    def is_whole(self) -> bool:
        """Say whether all was loaded, so that only changes have to be asked for."""
        return self.reference.phase == Phase.READY and all(
            load.as_of is not None and load.phase == Phase.READY for load in self.boards.values()
        )

    @property
    def error(self) -> ApiError | None:
        """What keeps something from being loaded or looked at, if something does."""
        errors = (self.reference.error, *(load.error for load in self.boards.values()))
        return next((error for error in errors if error is not None), None)

    # What the mirror knows

    def recall(self, known: Known, first: int | None, each: int = FIRST) -> None:
        """Take over what the mirror tells, with a board's first cards, `each` of a stage; waits for the disk."""
        self._changes.cursors = known.cursors
        ids = [board.id for board in active_boards(self._snapshot)]
        ids += [
            each for each in known.listings if each in self._snapshot.boards and each not in ids
        ]
        self._recalled = {board_id: known.listings.get(board_id) for board_id in ids}
        self.boards = {board_id: Load(phase=Phase.LOADING) for board_id in ids}
        self.wanted = first
        if first is not None and first_of(first, each, self._snapshot, self._mirror):
            self._is_recalled(first)

    async def recall_rest(self) -> None:
        """Read what else the mirror has, the board that is looked at first; keys get their turn.

        It is told at the end: reading takes moments, and all that is drawn in between is drawn again.
        """
        while self._recalled:
            wanted = self.wanted if self.wanted in self._recalled else None
            board_id = wanted or next(iter(self._recalled))
            if not await all_of(board_id, self._snapshot, self._mirror):
                self._recalled[board_id] = None
            self._is_recalled(board_id)
            if not self._recalled:
                self._changed()

    def _is_recalled(self, board_id: int) -> None:
        listing = self._recalled.pop(board_id)
        if listing is None:
            self.boards[board_id] = Load()
        else:
            self.boards[board_id] = Load(
                Phase.READY, unreadable=listing.unreadable, as_of=listing.as_of
            )

    # What the server knows

    async def run(self, remote: Remote, *, quietly: bool = False, anew: bool = False) -> None:
        """Load what is not there and catch up with the rest; failures end up in `reference` and `boards`.

        `quietly`: nobody waits for it, so what went wrong before is said until it goes well.  `anew`: list the board
        that is looked at again, for what changes tell nothing of, such as another name of a customer.
        """
        if not quietly:
            self.reference = replace(self.reference, phase=Phase.LOADING, error=None)
            self._changes.tells_deletions = True
        self.boards = {
            board_id: load if quietly and load.as_of else _afresh(load)
            for board_id, load in self.boards.items()
        }
        if not quietly:
            self._changed()
        try:
            # One after the other: a wrong password is tried once, lest the account be locked.
            boards = await remote.boards()
            stages = await remote.stages()
        except ApiError as error:
            self.fail(error)
            return
        self._snapshot.set_reference(boards, stages)
        await self._mirror.keep_reference(boards, stages)
        self.reference = Load(phase=Phase.READY, as_of=self._clock())
        listed = [board.id for board in active_boards(self._snapshot)]
        if self.wanted in self._snapshot.boards and self.wanted not in listed:
            listed.append(self.wanted)
        self.boards = {board_id: self.boards.get(board_id, Load()) for board_id in listed}
        self._changed()
        if self._whole() and self._changes.is_known:
            await self._bring_up_to_date(remote, {self.wanted} if anew else set())
            self.first_loaded.set()
        try:
            await self._changes.begin(remote)
        except ApiError as error:
            self._give_up(error)
            self.first_loaded.set()
            return
        await self.catch_up(remote)

    async def look(self, remote: Remote) -> None:
        """Ask for what was changed meanwhile; nothing is drawn anew where nothing is new, but when that was."""
        try:
            await self._changes.catch_up(remote, self._whole(), self._clock())
            self._looks += 1
            is_counted = not self._changes.tells_deletions and self._looks % _COUNTED == 0
            miscounted = await self._miscounted(remote) if is_counted else set()
        except ApiError as error:
            self._give_up(error)
            return
        self._note_whole(miscounted)
        await self.catch_up(remote)

    def want(self, board_id: int) -> bool:
        """Load this board next; say whether it was not to be loaded before, which archived boards are not."""
        self.wanted = board_id
        is_new = board_id not in self.boards and board_id in self._snapshot.boards
        if is_new:
            self.boards[board_id] = Load()
        return is_new

    async def catch_up(self, remote: Remote) -> None:
        """Load the boards that wait; when it is over, the mirror has them."""
        is_first = True
        behind = _Behind()
        while (board_id := self._next()) is not None:
            stopped_by = await self._load(remote, board_id, behind)
            if is_first:
                self.first_loaded.set()
                is_first = False
            if isinstance(stopped_by, _HOPELESS):
                self._give_up(stopped_by)
        await behind.done()

    def fail(self, error: ApiError) -> None:
        """Give up before anything could be asked for."""
        self.reference = replace(self.reference, phase=Phase.FAILED, error=error)
        self._give_up(error)

    def _whole(self) -> set[int]:
        return {board_id for board_id, load in self.boards.items() if load.as_of is not None}

    async def _bring_up_to_date(self, remote: Remote, anew: set[int | None]) -> None:
        """Catch up with the changes to whole boards; have those listed again that are miscounted, or to be `anew`.

        Where the service does not answer such questions all are listed again.
        """
        whole = self._whole()
        try:
            await self._changes.catch_up(remote, whole, self._clock())
            miscounted = await self._miscounted(remote)
        except _HOPELESS as error:
            self._give_up(error)
            return
        except ApiError:
            miscounted = whole
        self._note_whole(miscounted | (whole & anew))

    async def _miscounted(self, remote: Remote) -> set[int]:
        sizes = self._snapshot.sizes()
        return {
            board_id
            for board_id in self._whole()
            if await remote.opportunity_count(board_id)
            != sizes[board_id] + self.boards[board_id].unreadable
        }

    def _note_whole(self, but: set[int]) -> None:
        """Note that the whole boards are as the server has them now, `but` those that are to be listed again."""
        for board_id in self._whole():
            load = self.boards[board_id]
            if board_id in but:
                self.boards[board_id] = replace(load, phase=Phase.WAITING, error=None)
            else:
                self.boards[board_id] = replace(
                    load, phase=Phase.READY, error=None, as_of=self._clock()
                )
        self._changed()

    def _next(self) -> int | None:
        """Choose the next board: the one looked at, else the first that waits."""
        waiting = [
            board_id for board_id, load in self.boards.items() if load.phase == Phase.WAITING
        ]
        if self.wanted in waiting:
            return self.wanted
        return waiting[0] if waiting else None

    def _give_up(self, error: ApiError) -> None:
        """Fail the boards that wait, unasked, and those that cannot be kept up: what ails one ails them all."""
        for board_id, load in self.boards.items():
            if load.phase == Phase.WAITING or (load.phase == Phase.READY and load.as_of):
                self.boards[board_id] = replace(load, phase=Phase.FAILED, error=error)
        self._changed()

    async def _load(self, remote: Remote, board_id: int, behind: _Behind) -> ApiError | None:
        """List one board, which is kept `behind`; give the error that stopped it, if one did."""
        before = self.boards[board_id]
        # A listing that was never whole goes on where it was broken off.
        known = self._snapshot.ids_of(board_id) if before.as_of is None else []
        load = replace(before, phase=Phase.LOADING, loaded=0, total=0, unreadable=0)
        seen: set[int] = set()
        began = asks_next = self._snapshot.generation
        self._tell(board_id, load)
        try:
            priority = Priority.VISIBLE if board_id == self.wanted else Priority.SYNC
            is_whole = True
            is_first = True
            async with aclosing(remote.opportunity_pages(board_id, priority, known)) as pages:
                async for page in pages:
                    # The page behind this one was asked for just now.
                    asked_at, asks_next = asks_next, self._snapshot.generation
                    is_whole = page.complete
                    batch = batch_of(page.records, lambda _: board_id)
                    if is_first and page.number > 1 and batch.records:
                        seen = {each for each in known if each < batch.records[0][0].id}
                        load = replace(load, loaded=len(seen))
                    is_first = False
                    self._snapshot.put(batch.rows, asked_at=asked_at)
                    seen.update(row.id for row in batch.rows)
                    load = replace(
                        load,
                        total=page.total,
                        loaded=load.loaded + len(batch.records),
                        unreadable=load.unreadable + batch.unreadable,
                    )
                    self._tell(board_id, load)
                    taken = as_confirmed(self._snapshot, batch.records)
                    await behind.do(partial(self._mirror.keep, taken))
            missing = load.total - load.loaded - load.unreadable
            if missing > 0:
                raise Incomplete(f"{missing} are missing")
            if not is_whole:
                raise Incomplete("it changed again and again while it was read")
        except ApiError as error:
            self._tell(board_id, replace(load, phase=Phase.FAILED, error=error))
            return error
        self._snapshot.keep_only(board_id, seen, asked_at=began)
        as_of = self._clock()
        listing = Listing(as_of, load.unreadable)
        await behind.do(partial(self._mirror.keep_board, board_id, seen, listing))
        self._tell(board_id, replace(load, phase=Phase.READY, as_of=as_of))
        return None

    def _tell(self, board_id: int, load: Load) -> None:
        self.boards[board_id] = load
        self._changed()


class _Behind:
    """Has the mirror keep something while the next page is on its way; one thing after the other."""

    def __init__(self) -> None:
        self._keeping: asyncio.Task[None] | None = None

    async def do(self, keep: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin to keep something, once all before it is kept."""
        await self.done()
        self._keeping = asyncio.create_task(keep(), name="mirror: behind")

    async def done(self) -> None:
        """Wait until everything is kept."""
        if self._keeping is not None:
            await self._keeping
            self._keeping = None


def _afresh(load: Load) -> Load:
    """Forget what went wrong: a whole board is there, any other is to be loaded."""
    phase = Phase.WAITING if load.as_of is None else Phase.READY
    return replace(load, phase=phase, error=None)
