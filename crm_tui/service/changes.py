"""Learns what was changed and deleted elsewhere: it costs what has changed, whatever the size of the book.

Moments are the server's own, as it wrote them into its records; this machine's clock is never asked.  It lists no
board, and takes no record for deleted but on the word of the audit trail.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from crm_tui.api.errors import Forbidden, Incomplete
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState, Snapshot
from crm_tui.service.readable import as_confirmed, batch_of, board_by_stage
from crm_tui.service.remote import Remote
from crm_tui.store.known import Cursors
from crm_tui.store.mirror import Mirror
from crm_tui.structs import replace

OVERLAP: Final = timedelta(minutes=2)
"""Asked for once more each time: filters have the grain of a minute, and a write may show late."""


class Changes:
    """How far the changes to the book are known."""

    def __init__(self, snapshot: Snapshot, mirror: Mirror) -> None:
        self._snapshot = snapshot
        self._mirror = mirror
        self.cursors = Cursors()
        self.tells_deletions = True
        """The audit trail may be read, as far as is known."""

    @property
    def is_known(self) -> bool:
        """Say whether there is a moment from which changes can be asked for."""
        return self.cursors.changed is not None

    async def begin(self, remote: Remote) -> None:
        """Take down where the changes stand before anything is listed: what is listed may change meanwhile."""
        if not self.is_known:
            newest = await remote.newest_change()
            self.cursors = Cursors(newest, newest)
            await self._mirror.keep_changes((), self.cursors, None)

    async def catch_up(self, remote: Remote, whole: set[int], as_of: datetime) -> int:
        """Bring what was written and deleted since the last time to the boards that are whole; count it.

        A record of another board is left to that board's listing, unless it came from one of these.  `as_of` is what is
        noted of those boards.  Raises `ApiError`; what has come until then stays, and is asked for again.
        """
        changed, written = await self._written(remote, whole)
        gone, deleted = await self._gone(remote)
        self._snapshot.forget(gone)
        self.cursors = Cursors(
            _later(self.cursors.changed, changed), _later(self.cursors.deleted, deleted)
        )
        await self._mirror.keep_changes(gone, self.cursors, as_of)
        return written + len(gone)

    async def _written(self, remote: Remote, whole: set[int]) -> tuple[datetime | None, int]:
        """Take over what was written; give a moment until which all of it has come, and how much it was."""
        assert self.cursors.changed is not None  # noqa: S101 - the caller has begun
        snapshot = self._snapshot
        asked_at = snapshot.generation
        until: datetime | None = None
        count = 0
        is_complete = is_first = True
        async for page in remote.changed_opportunities(self.cursors.changed - OVERLAP):
            is_complete = page.complete
            batch = batch_of(page.records, partial(board_by_stage, snapshot))
            if is_first:
                # What is changed while later pages are asked for is later than anything on the first one.
                until = max(filter(None, (row.updated_on for row in batch.rows)), default=None)
            ours = [(row, text) for row, text in batch.records if self._concerns(row, whole)]
            news = [row for row, _ in ours if snapshot.confirmed(row.id) != row]
            if news:  # nothing is drawn anew where nothing is new
                self._take_over(news, asked_at)
                count += len(news)
            await self._mirror.keep(as_confirmed(snapshot, ours))
            is_first = False
            asked_at = snapshot.generation
        if not is_complete:
            raise Incomplete("it changed again and again while it was read")
        return until, count

    def _take_over(self, news: list[OpportunityRow], asked_at: int) -> None:
        """Show what others wrote, and mark it."""
        before = {row.id: self._snapshot.confirmed(row.id) for row in news}
        # Where a write of ours ended unsure, what comes now is its outcome as likely as another's.
        ours = {row.id for row in news if self._snapshot.state(row.id) == RowState.UNKNOWN}
        self._snapshot.put(news, asked_at=asked_at)
        taken = [
            row for row in news if row.id not in ours and self._snapshot.confirmed(row.id) is row
        ]
        self._snapshot.mark_elsewhere(
            (row.id for row in taken if before[row.id] is None), RowState.NEW
        )
        self._snapshot.mark_elsewhere(
            (row.id for row in taken if _tells_more(row, before[row.id])), RowState.CHANGED
        )

    async def _gone(self, remote: Remote) -> tuple[list[int], datetime | None]:
        """Give those of our records that were deleted, and a moment until which all of them are known."""
        since = self.cursors.deleted or self.cursors.changed
        gone: list[int] = []
        until: datetime | None = None
        if since is None or not self.tells_deletions:
            return gone, until
        try:
            is_first = True
            async for entries in remote.deleted_opportunities(since - OVERLAP):
                for record_id, deleted_on in entries:
                    if self._snapshot.confirmed(record_id) is not None:
                        gone.append(record_id)
                    if is_first:
                        until = _later(until, deleted_on)
                is_first = False
        except Forbidden:
            self.tells_deletions = False
        return gone, until

    def _concerns(self, row: OpportunityRow, whole: set[int]) -> bool:
        return row.board_id in whole or self._snapshot.confirmed(row.id) is not None


def _tells_more(row: OpportunityRow, before: OpportunityRow | None) -> bool:
    """Say whether a row differs in more than the moments that the server notes down."""
    return before is not None and before != replace(
        row, updated_on=before.updated_on, stage_since=before.stage_since
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)
