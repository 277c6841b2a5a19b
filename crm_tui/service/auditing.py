"""Looks behind our writes into the audit trail, several at a time, for what they overwrote unseen.

It runs after everything else and never holds a write up.  Where the trail may not be read it says so once, and looks
at stage moves through their history, which everybody may read.  It restores nothing by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from crm_tui.api.errors import ApiError, Forbidden
from crm_tui.api.pacing import Priority
from crm_tui.domain.audit import Overwrite, Written, is_told, overwritten, value_of
from crm_tui.domain.change import Change, Planned, Set, Value
from crm_tui.domain.intent import Binding
from crm_tui.domain.pipeline import move_to
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.wording import field_name
from crm_tui.service.keeping import Keeping
from crm_tui.service.remote import Remote
from crm_tui.store import lookups
from crm_tui.store.journal import JournalFailed
from crm_tui.structs import Struct, replace

WAITS: Final = (5.0, 15.0, 45.0, 120.0)
"""Seconds before each look: what comes meanwhile is looked at together, and entries may be late."""

SLACK: Final = timedelta(minutes=10)
"""By which the server's clock may differ from ours."""

UNREAD: Final = (
    "The audit trail may not be read (role AuditTrailEntry-List): what others write in the very moment of a save "
    "is found for stage moves only."
)


KEPT: Final = timedelta(hours=1)
"""How far back our writes are remembered: longer than the trail is asked for."""


class Proved(Struct, frozen=True):
    """A write that the server has proved, or that nobody knows of."""

    record_id: int
    written: Written
    at: datetime
    looks: int = 0
    """How often the trail did not have it yet."""


def restoring(snapshot: Snapshot, overwrite: Overwrite, subject: str) -> Planned | None:
    """Plan to write back what was overwritten; none when it cannot be told what that was."""
    row = snapshot.row(overwrite.record_id)
    said = f"{field_name(overwrite.field)} as {overwrite.by or 'somebody'} had it"
    if overwrite.field in ("stage", "stage_id"):
        stage_id = value_of("stage_id", overwrite.theirs) if overwrite.field == "stage_id" else None
        for stage in snapshot.stages.values():
            is_theirs = stage.id == stage_id or stage.name == overwrite.theirs
            if row is not None and stage.board_id == row.board_id and is_theirs:
                return Planned(row.id, move_to(snapshot, row, stage), subject, said)
        return None
    theirs = value_of(overwrite.field, overwrite.theirs)
    if theirs is None and overwrite.theirs:
        return None
    change = Change((Set(overwrite.field, overwrite.mine, theirs),))
    return Planned(overwrite.record_id, change, subject, said)


class Auditing:
    """The looks behind our writes."""

    def __init__(
        self,
        binding: Binding,
        keeping: Keeping,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        changed: Callable[[], None],
    ) -> None:
        self._binding = binding
        self._keeping = keeping
        self._clock = clock
        self._sleep = sleep
        self._changed = changed
        self._due: list[Proved] = []
        """Writes that are still to be looked behind."""
        self._writes: list[Proved] = []
        """Ours of the last while, whatever was found behind them, the oldest first."""
        self._some = asyncio.Event()
        self._told: set[int] = set()
        """Entries of the trail that were told of."""
        self.found: list[Overwrite] = []
        """What was overwritten, and was not put back yet; the newest last."""
        self.is_unread = False
        """The trail may not be read by this user."""

    def note(self, record_id: int, sent: Mapping[str, Value], before: Mapping[str, Value]) -> None:
        """Take down a write that is to be looked behind."""
        if sent:
            self._note(Proved(record_id, Written(sent, before), self._clock()))

    def take(self, snapshot: Snapshot, overwrite: Overwrite) -> list[Planned]:
        """Plan to write back what was overwritten, which is then no longer told; nothing when that cannot be said."""
        row = snapshot.row(overwrite.record_id)
        plan = restoring(snapshot, overwrite, row.customer if row is not None else "")
        if plan is None:
            return []
        self.found.remove(overwrite)
        return [plan]

    async def recall(self) -> None:
        """Look behind what was written before this window became the one that sends, too."""
        try:
            found = await self._keeping.do(lookups.sent(self._binding, self._clock() - KEPT))
        except JournalFailed:
            return  # what cannot be read is told by who writes
        for entry, at in found:
            written = Written(entry.sent, entry.before)
            if all(each.written != written or each.at != at for each in self._writes):
                self._note(Proved(entry.record_id, written, at))

    def _note(self, proved: Proved) -> None:
        self._due.append(proved)
        self._writes = [each for each in self._writes if self._clock() - each.at < KEPT]
        self._writes.append(proved)
        self._some.set()

    async def run(self, remote: Remote) -> None:
        """Look behind what was noted, until cancelled."""
        while True:
            await self._some.wait()
            await self._sleep(WAITS[min(each.looks for each in self._due)])
            self._some.clear()
            due, self._due = self._due, []
            try:
                late = await self._look(remote, due)
            except ApiError:
                late = due
            again = [
                replace(each, looks=each.looks + 1) for each in late if each.looks + 1 < len(WAITS)
            ]
            self._due = [*again, *self._due]
            if self._due:
                self._some.set()

    async def _look(self, remote: Remote, due: list[Proved]) -> list[Proved]:
        """Look behind some writes; give those that the trail does not have yet."""
        if not self.is_unread:
            try:
                trail = await remote.audit(min(each.at for each in due) - SLACK)
            except Forbidden:
                self.is_unread = True
                self._changed()
        if self.is_unread:
            for each in due:
                await self._look_at_moves(remote, each)
            return []
        late: list[Proved] = []
        for record_id in dict.fromkeys(each.record_id for each in due):
            told = [entry for entry in trail if entry.record_id == record_id]
            writes = [each for each in self._writes if each.record_id == record_id]
            await self._tell(
                overwritten(told, self._binding.user, [each.written for each in writes])
            )
            for each in due:
                if each.record_id != record_id:
                    continue
                until = [other.written for other in writes[: self._place(writes, each) + 1]]
                if until and not is_told(told, self._binding.user, until):
                    late.append(each)
        return late

    @staticmethod
    def _place(writes: Sequence[Proved], due: Proved) -> int:
        return next((n for n, each in enumerate(writes) if each.written is due.written), -1)

    async def _look_at_moves(self, remote: Remote, proved: Proved) -> None:
        """Find a stage that somebody had put the card into just before we moved it."""
        sent, before = proved.written.sent, proved.written.before
        if "stage_id" not in sent:
            return
        history = await remote.history(proved.record_id, Priority.PREFETCH)
        if not history.moves or history.moves[0].from_stage in ("", before.get("stage")):
            return
        ours = history.moves[0]
        by = history.moves[1].user if len(history.moves) > 1 else ""
        theirs, mine = ours.from_stage, sent["stage_id"]
        await self._tell([Overwrite(proved.record_id, "stage", theirs, mine, by, sent=sent)])

    async def _tell(self, found: list[Overwrite]) -> None:
        new = [each for each in found if each.at not in self._told]
        self._told |= {each.at for each in new if each.at}
        if new:
            self.found += [replace(each, marker=await self._marker(each)) for each in new]
            self._changed()

    async def _marker(self, overwrite: Overwrite) -> str:
        """Find the change that overwrote it in the journal; of several that sent the same, the last."""
        try:
            ours = await self._keeping.do(lookups.sent(self._binding, self._clock() - KEPT))
        except JournalFailed:
            return ""
        return next(
            (
                entry.marker
                for entry, _ in reversed(ours)
                if (entry.record_id, entry.sent) == (overwrite.record_id, overwrite.sent)
            ),
            "",
        )
