"""A history: two windows of ours on one journal and somebody else, in any order, with trouble and crashes between.

`Play` carries out what a test has drawn and takes down what was asked for and what was told; `judging` says what it
was worth.  All runs in one thread by one clock, so that a history goes the same way each time.  Values are unique, so
that each tells who wrote it.  Nothing here knows how a save is made.
"""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Final

from crm_tui.domain.change import Append, Change, Place, Planned, Set, Value
from crm_tui.domain.intent import NEEDS_SOMEBODY, UNSETTLED, Entry, Intent, IntentState
from crm_tui.domain.pipeline import active_boards, move_to, new_card
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.service.crm import Crm
from crm_tui.service.load import Phase
from crm_tui.store.journal import JournalFailed
from tests.service.journals import HELD, OPPORTUNITIES
from tests.service.judging import WIRE, Told, read
from tests.stillness import Stillness, Time
from tests.world import Sandbox

TROUBLE: Final[dict[str, dict[str, Any]]] = {
    "reset": {"action": "drop"},
    "lost answer": {"action": "drop", "after_commit": True},
    "refused": {"action": "refuse"},
    "throttled": {"action": "throttle"},
    "broken": {"action": "status", "status": 500},
    "broken after": {"action": "status", "status": 500, "after_commit": True},
}

LONGEST: Final = timedelta(minutes=20)
"""After which everything must have come to rest."""

LOOKS: Final = (5.0, 15.0, 45.0, 120.0)
"""Seconds after which it is looked behind a write."""


class Window:
    """One of our windows, which can crash and be opened again."""

    def __init__(self, make: Callable[[], Crm]) -> None:
        self._make = make
        self.told: set[Told] = set()
        self._open()

    def _open(self) -> None:
        self.crm = crm = self._make()
        crm.subscribe(lambda _outcome: self._listen(crm))
        self._task = asyncio.create_task(crm.run())

    def _listen(self, crm: Crm) -> None:
        self.told |= {
            Told(each.record_id, each.field, read(each.field, each.theirs))
            for each in crm.overwritten()
        }

    async def close(self) -> None:
        """End in the middle of whatever it does."""
        self._task.cancel()
        for fault in await asyncio.gather(self._task, return_exceptions=True):
            if not isinstance(fault, asyncio.CancelledError):
                raise AssertionError(f"the window ended with {fault!r}") from fault

    async def crash(self) -> None:
        """End it, and open another one in its place."""
        await self.close()
        self._open()

    @property
    def is_at_rest(self) -> bool:
        """Say whether nothing is loaded, sent or still to be sent."""
        if self._task.done():
            self._task.result()
        crm = self.crm
        has_loaded = crm.reference.phase != Phase.WAITING and not crm.is_loading
        return has_loaded and not crm.unsettled()


class Play:
    """The stage on which one history is played."""

    def __init__(
        self,
        sandbox: Sandbox,
        journal: Path,
        stillness: Stillness,
        time: Time,
    ) -> None:
        self.sandbox = sandbox
        self._journal = journal
        self._stillness = stillness
        self._time = time
        self._numbers = count(1_000_000)
        self._http = sandbox.http()
        self.windows = [Window(self._made) for _ in range(2)]
        self.records: list[int] = []
        self.stages: list[Stage] = []
        self._customer = 0
        self.had: dict[tuple[int, str], Value] = {}
        """What the server had at the beginning."""
        self.asked: dict[str, Change] = {}
        """Marker → what was asked for at first."""

    def _made(self) -> Crm:
        return self.sandbox.crm(
            sleep=self._time.sleep,
            hold=HELD,
            journal=self._journal,
            new_id=lambda: str(uuid.UUID(int=next(self._numbers))),
        )

    async def begin(self, least: int) -> None:
        """Wait until both windows have loaded, and choose the records and stages that it is about."""
        await self.rest()
        snapshot = self.windows[0].crm.snapshot
        board = max(active_boards(snapshot), key=lambda each: len(snapshot.ids_of(each.id)))
        self.stages = [
            each
            for each in snapshot.stages_of(board.id)
            if not (each.wins or each.loses or each.deletes_customer)
        ]
        plain = {stage.id for stage in self.stages}
        rows = (snapshot.row(record_id) for record_id in snapshot.ids_of(board.id))
        self.records = [row.id for row in rows if row is not None and row.stage_id in plain]
        assert len(self.records) >= least
        self.records = self.records[:least]
        assert len(self.stages) >= 3
        names = ", ".join(WIRE.values())
        for record_id in self.records:
            sql = f"SELECT {names}, CoworkerId FROM crmopportunities WHERE Id = ?"
            ((*values, self._customer),) = self.sandbox.query(sql, record_id)
            for field, value in zip(WIRE, values, strict=True):
                self.had[record_id, field] = read(field, value)

    async def end(self) -> None:
        """Close the windows."""
        for window in self.windows:
            await window.close()
        await self._http.aclose()

    # What can happen

    def ask(self, window: int, record: int, kind: str, choice: int) -> None:
        """Change a record in one of our windows, as it shows there, or make one."""
        crm = self.windows[window].crm
        row = crm.snapshot.row(self.records[record % len(self.records)])
        if kind == "make":
            values: dict[str, Value] = {"name": f"Studio {next(self._numbers)}"}
            change = new_card(crm.snapshot, self._stage(choice), self._customer, values)
            self._note(crm.submit([Planned(0, change, "", kind)]))
        elif row is not None:
            change = self._change(crm, row, kind, choice)
            self._note(crm.submit([Planned(row.id, change, row.customer, kind)]))

    def _note(self, intents: list[Intent]) -> None:
        for intent in intents:
            self.asked.setdefault(intent.marker, intent.pending.change)

    def _stage(self, choice: int) -> Stage:
        return self.stages[choice % len(self.stages)]

    def _change(self, crm: Crm, row: OpportunityRow, kind: str, choice: int) -> Change:
        if kind == "value":
            return Change((Set("value", row.value, Decimal(next(self._numbers))),))
        if kind == "due_on":
            return Change((Set("due_on", row.due_on, self._moment()),))
        if kind == "notes":
            return Change((Append("notes", f"ours {next(self._numbers)}"),))
        if kind == "move":
            return move_to(crm.snapshot, row, self._stage(choice))
        return Change((Place(row.stage_id, row.position + choice, row.stage_id, row.position),))

    def _moment(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=next(self._numbers))

    async def others(self, record: int, kind: str, choice: int, after: int) -> None:
        """Somebody else changes a record: now, or the moment after the server answers that many looks at it."""
        record_id = self.records[record % len(self.records)]
        field = kind if kind in WIRE else "stage_id"
        edit = {
            "entity": "CrmOpportunity",
            "id": record_id,
            "set": {WIRE[field]: self._theirs(record_id, field, choice)},
        }
        if after:
            path = f"{OPPORTUNITIES}/{record_id}"
            edit["at_request"] = {"method": "GET", "path": path, "nth": after}
        answer = await self._http.post("/api/_sandbox/edits", json=[edit])
        assert answer.status_code == 200, answer.text

    def _theirs(self, record_id: int, field: str, choice: int) -> str | int:
        if field == "value":
            return next(self._numbers)
        if field == "due_on":
            return self._moment().strftime("%Y-%m-%dT%H:%M:%SZ")
        if field == "notes":
            sql = "SELECT Notes FROM crmopportunities WHERE Id = ?"
            ((text,),) = self.sandbox.query(sql, record_id)
            return f"{text or ''}\ntheirs {next(self._numbers)}"
        return self._stage(choice).id

    async def trouble(self, method: str, kind: str, after: int) -> None:
        """Have a request of ours go wrong."""
        rule = {"method": method, "path": f"{OPPORTUNITIES}*", "after": after, **TROUBLE[kind]}
        answer = await self._http.post("/api/_sandbox/faults", json=rule)
        assert answer.status_code == 200, answer.text

    def undo(self, window: int) -> None:
        """Take back."""
        self._note(self.windows[window].crm.undo())

    def redo(self, window: int) -> None:
        """Do again."""
        self._note(self.windows[window].crm.redo())

    async def resolve(self, window: int, choice: str) -> None:
        """Say how one goes on that waits for somebody."""
        crm = self.windows[window].crm
        for entry in await self._read(crm):
            if entry.state in (*NEEDS_SOMEBODY, IntentState.FAILED):
                is_conflict = entry.state == IntentState.CONFLICT
                other = {"mine": "again", "theirs": "drop"}.get(choice, choice)
                await crm.journal.resolve(entry.number, choice if is_conflict else other)
                return

    async def _read(self, crm: Crm) -> list[Entry]:
        try:
            return await crm.journal.entries(200)
        except JournalFailed:  # a window that has just been opened
            return []

    def restore(self, window: int) -> None:
        """Put back what was told to have been written over."""
        crm = self.windows[window].crm
        for found in crm.overwritten()[:1]:
            crm.restore(found)

    async def crash(self, window: int, seconds: int, turns: int) -> None:
        """End a window after so many seconds and turns of the loop, wherever it is then."""
        await self.go_on(seconds, turns)
        await self.windows[window].crash()

    async def go_on(self, seconds: int, turns: int) -> None:
        """Let time pass, and everybody run on for a moment."""
        self._time.move(self._time.now + timedelta(seconds=seconds))
        for _ in range(turns):
            await asyncio.sleep(0)

    async def heal(self) -> None:
        """End all trouble, and all that others still had in mind."""
        for what in ("faults", "edits"):
            answer = await self._http.delete(f"/api/_sandbox/{what}")
            assert answer.status_code == 200, answer.text

    async def rest(self) -> None:
        """Let time pass until nobody has anything to do."""
        end = self._time.now + LONGEST
        while True:
            await self._stillness.come()
            if all(window.is_at_rest for window in self.windows) and not self._unfinished():
                return
            due = self._time.next_due()
            assert due is not None, "nobody does anything, and all wait for ever"
            assert due < end, f"it does not come to rest: {self._unfinished()}"
            self._time.move(due)

    def _unfinished(self) -> list[tuple[Any, ...]]:
        """Give what the journal has that has not ended, read past everything that is being tested."""
        with closing(sqlite3.connect(self._journal)) as connection:
            marks = ", ".join("?" * len(UNSETTLED))
            sql = f"SELECT number, state FROM intents WHERE state IN ({marks})"
            return list(connection.execute(sql, UNSETTLED))

    async def look_behind(self) -> None:
        """Let as much time pass as all looks behind our writes may take."""
        for seconds in (*LOOKS, *LOOKS):
            await self.go_on(int(seconds), 0)
            await self._stillness.come()

    async def entries(self) -> list[Entry]:
        """Give the journal, oldest first."""
        return list(reversed(await self.windows[0].crm.journal.entries(10_000)))

    @property
    def told(self) -> set[Told]:
        """Give what the windows have told."""
        return set().union(*(window.told for window in self.windows))
