"""The triage screen: the queue lane by lane, each row with why it is there, and the record beside it.

It draws what it is given, turns keys into commands, and tells where the cursor is; after a decision it goes on to the
next row.  It never ranks and never writes, and holds neither book nor server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from textual.geometry import Size
from textual.widget import Widget

from crm_tui.commands.keys import written
from crm_tui.commands.spec import Command, Marking, Motion, Where
from crm_tui.domain.matching import select
from crm_tui.domain.pipeline import EVERYTHING
from crm_tui.domain.query import Query
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.triage.lanes import Lane
from crm_tui.domain.triage.reasons import LANE_NAMES, SHORT_LANE_NAMES
from crm_tui.text import safe
from crm_tui.ui import words
from crm_tui.ui.record import Pane, fits
from crm_tui.ui.screens.work import WorkScreen
from crm_tui.ui.screens.work_state import TriageState
from crm_tui.ui.treatment import PLAIN, Treatment
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.queue_view import QueuePicture, QueueView

_AHEAD: Final = 3
"""Rows whose records are fetched before somebody comes there."""


class TriageScreen(WorkScreen):
    """One sitting at the queue."""

    where = Where.TRIAGE

    def __init__(
        self, source: str, commands: tuple[Command, ...], treatment: Treatment = PLAIN
    ) -> None:
        super().__init__(source, commands, treatment)
        self._state: TriageState | None = None
        self._narrowed: tuple[Mapping[Lane, tuple[int, ...]], Query] | None = None
        """What was narrowed last, and by what."""
        self._shown: Mapping[Lane, tuple[int, ...]] = {}
        self._is_pane_chosen = False
        self._is_scope_below = False
        """There is no room at the top for which part of the book is ranked."""
        self._queue = QueueView(id="queue")
        self._cures = {
            each.name: f"{written(each.keys[0])} {each.hint or each.name}" for each in commands
        }
        """Name of a command → its key and what it is, to be named where it sets something right."""

    def view(self) -> Widget:
        """Give the queue."""
        return self._queue

    # Room

    def fit(self, terminal: Size) -> None:
        """Lay out for a terminal of this size; the record is there wherever it fits, until somebody says otherwise."""
        if not self._is_pane_chosen:
            places = (pane for pane in (Pane.RIGHT, Pane.BELOW) if fits(pane, terminal))
            self._record.choose(next(places, Pane.OFF))
        super().fit(terminal)

    def change_pane(self) -> None:
        """Put the record at the right, below, or away, whatever comes next and fits."""
        self._is_pane_chosen = True
        super().change_pane()

    def expect_area(self, area: Size) -> None:
        """Take note of how much room the queue will have."""
        self._queue.expect(area)

    # What it is told

    def show(self, state: TriageState) -> None:
        """Draw the sitting as it is now."""
        self._state = state
        self.take(state.work, "" if state.waiting.is_ranked else "Looking for what waits for you …")

    def move(self, motion: Motion, count: int) -> None:
        """Move the cursor."""
        if not self.is_hidden:
            self._queue.move(motion, count)
            self.draw_around()

    def mark(self, how: Marking) -> None:
        """Set marks or take them off."""
        if not self.is_hidden:
            said = self._queue.mark(how)
            self.say((("text", f" {said}"),) if said else words.NOTHING)
            self.draw_around()

    def unmark(self, record_ids: set[int]) -> None:
        """Take marks off records that are done with."""
        self._queue.unmark(record_ids)
        self.draw_around()

    def drop_range(self) -> bool:
        """Forget where a range of marks was begun; say whether one was."""
        return self._queue.drop_range()

    def go_on_from(self, record_ids: Iterable[int]) -> None:
        """Go on to the next row: these are decided.  It shows with what is shown next."""
        self._queue.go_on(record_ids)

    def return_to(self, record_id: int) -> None:
        """Go back to a record: what was done to it is taken back, and may have been drawn already."""
        self._queue.go_to(record_id)
        self.draw_around()

    def peel(self) -> None:
        """Go back one step: a range that was begun, then the filter, then to where one came from."""
        if self.drop_range():
            self.say((("text", " The range is dropped."),))
        elif self._filter.text:
            self._filter.clear()
        else:
            self.post_message(self.Left())

    # What others ask

    def rows_ahead(self) -> Sequence[OpportunityRow]:
        """Give the next rows: a decision leads there."""
        return self._queue.following(_AHEAD)

    @property
    def record_id(self) -> int | None:
        """The record under the cursor; none while a notice hides the queue."""
        return None if self.is_hidden else self._queue.record_id

    @property
    def marked(self) -> tuple[int, ...]:
        """The marked records of the queue, in their order; none while a notice hides the queue."""
        return () if self.is_hidden else self._queue.marked_rows()

    @property
    def marked_unseen(self) -> int:
        """How many are marked and wait, and are not among what the filter lets through."""
        if self._state is None or self._query == EVERYTHING or not self._queue.marks:
            return 0
        waiting = set(chain.from_iterable(self._state.waiting.lanes.values()))
        return len(self._queue.marks & waiting) - len(self._queue.marked_rows())

    @property
    def lane(self) -> Lane | None:
        """The lane that is shown."""
        return self._queue.lane

    # Drawing

    def draw_view(self) -> None:
        """Draw the rows that the filter lets through."""
        state = self._state
        if state is not None:
            lanes = self._lanes(state)
            picture = QueuePicture(
                state.work.snapshot,
                lanes,
                state.why,
                self._cures,
                (*state.waiting.basis, self._query),
            )
            self._queue.show_queue(picture)

    def _lanes(self, state: TriageState) -> Mapping[Lane, tuple[int, ...]]:
        """Give the rows that the filter lets through; what has not changed is not looked through again."""
        query = self._query
        if query == EVERYTHING:
            return state.waiting.lanes
        if self._narrowed != (state.waiting.lanes, query):
            self._narrowed = (state.waiting.lanes, query)
            found = {lane: self._found(state, ids) for lane, ids in state.waiting.lanes.items()}
            self._shown = {lane: ids for lane, ids in found.items() if ids}
        return self._shown

    def _found(self, state: TriageState, record_ids: tuple[int, ...]) -> tuple[int, ...]:
        snapshot = state.work.snapshot
        rows = [row for each in record_ids if (row := snapshot.row(each)) is not None]
        return tuple(row.id for row in select(self._query, snapshot, rows))

    def draw_around(self) -> None:
        """Draw what depends on where the cursor is: the record, the lane, the place in the queue."""
        super().draw_around()
        self._status.excuse(self._emptiness())
        state = self._state
        if state is None:
            return
        place, of = self._queue.place
        left = f"{place:,} of {of:,}" if of else ""
        if marked := len(self._queue.marked_rows()) + self.marked_unseen:
            unseen = f", {self.marked_unseen:,} not shown" if self.marked_unseen else ""
            left = f"{marked:,} marked{unseen} · {left}"
        if self._is_scope_below and state.scope:
            left = " · ".join(filter(None, (left, safe(state.scope))))
        right = f"{state.waiting.skipped:,} skipped" if state.waiting.skipped else ""
        self._rule.show(left, right)

    def draw_chrome(self) -> None:
        """Say what waits in which lane, and what has come since; what does not fit is said shorter, or by the rule."""
        state = self._state
        right: Pieces = (*self._treatment.marks, ("muted", safe(self._source)))
        if state is None:
            self._chrome.show((("strong", " crm-tui"),), right)
            return
        unsent = words.unsent(state.work.snapshot.pending_count(), state.work.load)
        right = (*right, *words.as_of(state.work.load), *unsent)
        name: Pieces = () if self._treatment.marks else (("strong", " crm-tui"),)
        scope: Pieces = (("text", f"  {safe(state.scope)} "),)
        whole, short = self._counts(state, LANE_NAMES, "  "), self._counts(state, SHORT_LANE_NAMES)
        others = self._others(state)
        heads = ((*name, *scope, *whole), (*scope, *whole), (*scope, *short), short)
        room = self._terminal.width - words.width(right) - words.width(others) - 1
        head = next((each for each in heads if words.width(each) <= room), short)
        self._is_scope_below = head is short
        self._chrome.show((*head, *others), right)

    def _counts(self, state: TriageState, names: Mapping[Lane, str], gap: str = " ") -> Pieces:
        """Count what waits, lane by lane."""
        counts: list[tuple[str, str]] = []
        for lane, ids in self._lanes(state).items():
            style = "current" if lane == self._queue.lane else "muted"
            counts += [("text", gap), (style, f"{names[lane]} {len(ids):,}")]
        return tuple(counts)

    def _others(self, state: TriageState) -> Pieces:
        """Say by what the queue is narrowed, and what has come since its order was made."""
        others: list[tuple[str, str]] = []
        if self._filter.text and not self._filter.is_open:
            others.append(("key", f"  {safe(self._filter.text)}"))
        if state.waiting.arrivals:
            others.append(("busy", f"  {state.waiting.arrivals:,} more: {self._key_names.refresh}"))
        return tuple(others)

    def _emptiness(self) -> Pieces:
        """Say so where nothing waits, or nothing that matches."""
        state = self._state
        if state is None or not state.waiting.is_ranked or self._queue.record_id is not None:
            return words.NOTHING
        if state.waiting.lanes:
            return words.nothing_here(self._key_names, filtered=True)
        return words.plain("Nothing waits for you here.")
