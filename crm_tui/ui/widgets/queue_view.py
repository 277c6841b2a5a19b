"""The triage queue: its rows lane by lane, each with why it is there, one cursor, scrolled line by line.

The cursor belongs to a record, not to a line, and so do marks.  It is told in which order and in which lane the rows
stand, and keeps to that; it neither ranks nor acts on a record.  What has left the queue is still seen in its place
until the rows have to be moved anyway, but no key comes there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Final

from textual.geometry import Size

from crm_tui.commands.spec import Marking, Motion
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.triage.lanes import Lane
from crm_tui.domain.triage.reasons import Reason
from crm_tui.structs import Struct
from crm_tui.ui.selection import Selection
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.lines_view import LinesView
from crm_tui.ui.widgets.queue_drawn import Drawn
from crm_tui.ui.widgets.queue_lines import Written, gone_line, heading, row_lines

_ROOM_FOR_TWO: Final = 4
"""Lines from which on the row of the cursor has two, and the first row of a lane its heading in sight."""


class QueuePicture(Struct, frozen=True):
    """Everything the queue draws."""

    snapshot: Snapshot
    lanes: Mapping[Lane, tuple[int, ...]]
    """Lane → ids of its rows in their order, for the lanes that have any, in the order of the lanes."""
    why: Callable[[int], Reason]
    """Record id → why it is there."""
    cures: Mapping[str, str]
    """Name of a command → its key and what it is, for those that can be given."""
    basis: tuple[object, ...] = ()
    """By what the rows were chosen; while it is the same, those that are missing were there and have left."""

    def places(self) -> list[int]:
        """Give all rows in their order, lane after lane."""
        return list(chain.from_iterable(self.lanes.values()))


class QueueView(LinesView):
    """The rows of all lanes, each lane under its heading."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the framework's name for it
        super().__init__(id=id)
        self._area = Size(0, 0)
        self._picture: QueuePicture | None = None
        self._order: list[int] = []
        self._drawn = Drawn({})
        self._at = 0
        """Place of the cursor in the order."""
        self._record_id: int | None = None
        self._top = 0
        """The first line on the screen, counted from the heading of the first lane."""
        self._selection = Selection()
        self._written_lines: dict[int, tuple[tuple[object, ...], tuple[Pieces, ...]]] = {}
        """Record → its lines as they were written last, and of what."""

    # What it is told

    def expect(self, area: Size) -> None:
        """Take note of how much room there is, or will be with the next layout."""
        if area != self._area:
            self._area = area
            self._draw()

    def show_queue(self, picture: QueuePicture) -> None:
        """Draw the queue, with the cursor still on its record, or where that was."""
        before, self._picture = self._picture, picture
        if before is None or before.lanes is not picture.lanes:
            is_chosen_alike = before is not None and before.basis == picture.basis
            drawn = self._drawn if is_chosen_alike else Drawn({})
            self._drawn = drawn.followed(picture.lanes)
            self._order = picture.places()
            self._stay()
        self._draw()

    def go_to(self, record_id: int) -> None:
        """Put the cursor on a record, now or with the next picture that has it."""
        self._record_id = record_id
        self._stay()
        self._draw()

    def go_on(self, record_ids: Iterable[int]) -> None:
        """Put the cursor on the next row that is none of these, from the beginning behind the last one.

        It is drawn with the next picture: what makes somebody go on changes that, too.
        """
        done = set(record_ids)
        if self._record_id not in done:
            return
        order, at = self._order, self._at
        turned = chain(islice(order, at + 1, None), islice(order, at))
        following = next((each for each in turned if each not in done), None)
        if following is not None:
            self._record_id = following
            self._stay()

    def move(self, motion: Motion, count: int) -> None:
        """Move the cursor."""
        screen = max(1, self._area.height - 1)
        steps = {
            Motion.DOWN: count,
            Motion.UP: -count,
            Motion.PAGE_DOWN: count * screen,
            Motion.PAGE_UP: -count * screen,
            Motion.FIRST: -len(self._order),
            Motion.LAST: len(self._order),
        }
        if motion in (Motion.NEXT_COLUMN, Motion.PREVIOUS_COLUMN):
            self._turn(count if motion == Motion.NEXT_COLUMN else -count)
        elif self._order:
            at = max(0, min(self._at + steps.get(motion, 0), len(self._order) - 1))
            self.go_to(self._order[at])

    def mark(self, how: Marking) -> str:
        """Set marks or take them off; say what there is to say."""
        rows = self._rows(self._order)
        said = self._selection.mark(how, self.record_id, rows, self._order)
        if how == Marking.STEP and not said:
            self.move(Motion.DOWN, 1)
        self._draw()
        return said

    def unmark(self, record_ids: set[int]) -> None:
        """Take marks off records that are done with."""
        self._selection.remove(record_ids)
        self._draw()

    def drop_range(self) -> bool:
        """Forget where a range was begun; say whether one was."""
        return self._selection.drop_range()

    def on_resize(self) -> None:
        """Keep the cursor in sight when there is another room than was expected."""
        self.expect(self.size)

    # What others ask

    @property
    def record_id(self) -> int | None:
        """The record under the cursor."""
        return self._order[self._at] if self._at < len(self._order) else None

    @property
    def lane(self) -> Lane | None:
        """The lane of the cursor; none when there is nothing in any."""
        if self._picture is None or self.record_id is None:
            return None
        at = self._at
        for lane, ids in self._picture.lanes.items():
            if at < len(ids):
                return lane
            at -= len(ids)
        return None

    @property
    def place(self) -> tuple[int, int]:
        """The place of the cursor, from 1, and of how many."""
        return min(self._at + 1, len(self._order)), len(self._order)

    def following(self, count: int) -> list[OpportunityRow]:
        """Give the next rows behind the cursor, as many as there are up to so many."""
        return self._rows(self._order[self._at + 1 : self._at + 1 + count])

    @property
    def marks(self) -> frozenset[int]:
        """All marked records, those that are shown and others."""
        return frozenset(self._selection)

    def marked_rows(self) -> tuple[int, ...]:
        """Give the marked ones of the queue, in their order."""
        return tuple(row.id for row in self._rows(self._selection.in_order(self._order)))

    # Drawing

    def _rows(self, record_ids: Sequence[int]) -> list[OpportunityRow]:
        if self._picture is None:
            return []
        found = (self._picture.snapshot.row(each) for each in record_ids)
        return [row for row in found if row is not None]

    def _stay(self) -> None:
        """Keep the cursor on its record; where that has left, on what has come to its place."""
        if not (self._at < len(self._order) and self._order[self._at] == self._record_id):
            places = (at for at, each in enumerate(self._order) if each == self._record_id)
            self._at = next(places, min(self._at, max(0, len(self._order) - 1)))
        if self._record_id is None:
            self._record_id = self.record_id

    def _turn(self, lanes: int) -> None:
        """Go to the first row of another lane, round the edge."""
        lane = self.lane
        if self._picture is not None and lane is not None:
            there = list(self._picture.lanes)
            to = self._picture.lanes[there[(there.index(lane) + lanes) % len(there)]][0]
            self._top = self._drawn.line_of(to) - 1
            self.go_to(to)

    def _draw(self) -> None:
        picture, width, room = self._picture, *self._area
        if picture is None or not width or room < 1:
            return
        in_full = room >= _ROOM_FOR_TWO and self.record_id is not None
        top = self._top_for(room, in_full=in_full)
        if top != self._top and self._drawn.gone:
            # What would be moved anyway is the time to clear away what is done.
            self._drawn = Drawn(picture.lanes)
            self._top = self._cursor_line() - 1
            top = self._top_for(room, in_full=in_full)
        self._top = top
        shown: list[Pieces] = []
        begin = 0
        for lane, ids in self._drawn.lanes.items():
            skipped = max(0, top - begin)
            begin += len(ids) + 1
            if skipped > len(ids) or len(shown) >= room:
                continue
            if not skipped:
                shown.append(heading(lane, len(picture.lanes.get(lane, ())), width))
            seen = ids[max(0, skipped - 1) :][: room - len(shown)]
            shown += self._lines_of(picture, seen, in_full=in_full)
        self.show(shown[:room])

    def _top_for(self, room: int, *, in_full: bool) -> int:
        """Give the first line that is seen, with the one of the cursor in sight and as little moved as can be."""
        cursor = self._cursor_line()
        first = cursor - (in_full and self._drawn.is_first(self.record_id))
        top = min(max(self._top, cursor + in_full - room + 1), first)
        return max(0, min(top, self._drawn.height + in_full - room))

    def _cursor_line(self) -> int:
        return 0 if self.record_id is None else self._drawn.line_of(self.record_id)

    def _lines_of(
        self, picture: QueuePicture, ids: Sequence[int], *, in_full: bool
    ) -> Iterable[Pieces]:
        marked = self._selection.among(self._rows(ids))
        for record_id in ids:
            row = picture.snapshot.row(record_id)
            if row is None or record_id in self._drawn.gone:
                yield gone_line(row, picture.why(record_id), self._area.width)
                continue
            is_current = row.id == self.record_id
            why = picture.why(row.id)
            said = Written(
                row,
                picture.snapshot.state(row.id),
                why,
                picture.cures.get(why.fix, ""),
                is_current=is_current,
                is_marked=row.id in marked,
            )
            yield from self._row_lines(said, in_full=in_full and is_current)

    def _row_lines(self, said: Written, *, in_full: bool) -> tuple[Pieces, ...]:
        """Write a row, unless it reads as it did."""
        told, record_id = (said, self._area.width, in_full), said.row.id
        kept = self._written_lines.get(record_id)
        if kept is None or kept[0] != told:
            lines = row_lines(said, self._area.width, in_full=in_full)
            kept = self._written_lines[record_id] = (told, lines)
        return kept[1]
