"""A table of opportunities: a heading that stays, a row for each, one cursor, scrolled line by line.

The cursor belongs to a record, not to a line, and so do marks: when rows come and go it stays on its record.  It is
told what was found and reports nothing; it never acts on a record.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import compress, count, repeat
from typing import Final

from textual.geometry import Size

from crm_tui.commands.spec import Marking, Motion
from crm_tui.domain.finding import Found, Sort
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState, Snapshot
from crm_tui.domain.view import Chosen
from crm_tui.structs import Struct
from crm_tui.ui.cells import pad, width_of
from crm_tui.ui.selection import Selection
from crm_tui.ui.widgets.card import MARK, Seen
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.lines_view import LinesView
from crm_tui.ui.widgets.table_columns import GAP, Placed, Told, placed

_HEAD: Final = 1
"""Lines of the heading."""

_EDGE: Final = 4
"""Cells at the left: the cursor, the mark, and a space at each end of what stands between."""

_CURSOR: Final = "▸"

_KEPT: Final = 2_000
"""Rows whose cells are kept as they were written; far more than are on a screen."""

_ID: Final = operator.attrgetter("id")

_ARROWS: Final = {False: "↑", True: "↓"}


class TablePicture(Struct, frozen=True):
    """Everything a table draws."""

    snapshot: Snapshot
    found: Found
    columns: tuple[Chosen, ...]
    sort: Sort
    page_size: int
    seen: Callable[[int], Seen]
    """Id of a board → from when and where its opportunities are looked at."""


class TableView(LinesView):
    """The rows of one page, and the cursor on them."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the framework's name for it
        super().__init__(id=id)
        self._area = Size(0, 0)
        self._picture: TablePicture | None = None
        self._placed: tuple[Placed, ...] = ()
        self._at = 0
        """Place of the cursor among what was found."""
        self._record_id: int | None = None
        self._top = 0
        """Place of the first row on the screen."""
        self._selection = Selection()
        self._marked_rows: list[OpportunityRow] | None = []
        """The marked ones of what was found, until a mark or the result changes."""
        self._written: dict[int, tuple[OpportunityRow, RowState, Pieces]] = {}
        """Record → its cells as they were written last, for a row and a state."""

    # What it is told

    def expect(self, area: Size) -> None:
        """Take note of how much room there is, or will be with the next layout."""
        if area != self._area:
            self._area = area
            self._place_columns()
            self._follow()
            self._draw()

    def show_table(self, picture: TablePicture) -> None:
        """Draw what was found, with the cursor still on its record."""
        before, self._picture = self._picture, picture
        self._marked_rows = None
        if before is None or before.columns != picture.columns:
            self._place_columns()
        if before is None or before.seen(0) != picture.seen(0) or len(self._written) > _KEPT:
            self._written.clear()
        rows = picture.found.rows
        if not (self._at < len(rows) and rows[self._at].id == self._record_id):
            is_it = map(operator.eq, map(_ID, rows), repeat(self._record_id))
            self._at = next(compress(count(), is_it), min(self._at, max(0, len(rows) - 1)))
        self._follow()
        self._draw()

    def go_to(self, record_id: int) -> None:
        """Put the cursor on a record with the next picture, if it is in it."""
        self._record_id = record_id
        self._at = len(self._rows)

    def move(self, motion: Motion, count: int) -> None:
        """Move the cursor."""
        screen = max(1, self._room - 1)
        steps = {
            Motion.DOWN: count,
            Motion.UP: -count,
            Motion.PAGE_DOWN: count * screen,
            Motion.PAGE_UP: -count * screen,
            Motion.FIRST: -len(self._rows),
            Motion.LAST: len(self._rows),
        }
        self._go(self._at + steps.get(motion, 0))

    def turn(self, pages: int) -> bool:
        """Go to the first row of another page; say whether there is one there."""
        page = self.page + pages
        if not 1 <= page <= self.pages:
            return False
        self._go((page - 1) * self._page_size)
        self._top = self._at
        self._draw()
        return True

    def mark(self, how: Marking) -> str:
        """Set marks or take them off; say what there is to say."""
        shown = (row.id for row in self._rows)
        self._marked_rows = None
        said = self._selection.mark(how, self.record_id, self._rows, shown)
        if how == Marking.STEP and not said:
            self._go(self._at + 1)
        else:
            self._draw()
        return said

    def mark_these(self, record_ids: Sequence[int]) -> None:
        """Mark these as well."""
        self._selection.add(record_ids)
        self._marked_rows = None
        self._draw()

    def unmark(self, record_ids: set[int]) -> None:
        """Take marks off records that are done with."""
        self._selection.remove(record_ids)
        self._marked_rows = None
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
        return self._rows[self._at].id if self._at < len(self._rows) else None

    def marked(self) -> int:
        """Count all marks, on what was found and on what was not."""
        return len(self._selection)

    @property
    def marks(self) -> tuple[int, ...]:
        """All marked records, whether they were found or not."""
        return tuple(sorted(self._selection))

    def marked_rows(self) -> list[OpportunityRow]:
        """Give the marked ones of what was found, in their order; asked at every key, they are gathered once."""
        if self._marked_rows is None:
            marked = self._selection.among(self._rows) if len(self._selection) else frozenset()
            self._marked_rows = [row for row in self._rows if row.id in marked] if marked else []
        return self._marked_rows

    @property
    def widths(self) -> Mapping[str, int]:
        """Name of a column → its cells, of those for which there is room."""
        return {each.column.name: each.width for each in self._placed}

    @property
    def page(self) -> int:
        """The page that the cursor is on, from 1."""
        return self._at // self._page_size + 1

    @property
    def pages(self) -> int:
        """Count the pages; one at the least."""
        return max(1, -(-len(self._rows) // self._page_size))

    # Drawing

    @property
    def _rows(self) -> tuple[OpportunityRow, ...]:
        return self._picture.found.rows if self._picture is not None else ()

    @property
    def _page_size(self) -> int:
        return self._picture.page_size if self._picture is not None else 1

    @property
    def _room(self) -> int:
        return max(1, self._area.height - _HEAD)

    def _place_columns(self) -> None:
        self._written.clear()
        if self._picture is not None:
            self._placed = placed(self._picture.columns, self._area.width - _EDGE - 1)

    def _go(self, at: int) -> None:
        self._at = max(0, min(at, len(self._rows) - 1))
        self._follow()
        self._draw()

    def _follow(self) -> None:
        """Keep the cursor on the screen, and nothing of another page."""
        self._record_id = self.record_id
        begin = (self.page - 1) * self._page_size
        end = min(begin + self._page_size, len(self._rows))
        lowest = max(begin, end - self._room)
        self._top = min(max(self._top, self._at - self._room + 1, begin), self._at, lowest)

    def _draw(self) -> None:
        picture = self._picture
        if picture is None or not self._area.width:
            return
        end = min(self._top + self._room, self.page * self._page_size, len(self._rows))
        rows = self._rows[self._top : end]
        marked = self._selection.among(rows)
        self.show(
            [
                self._heading(picture),
                *(
                    self._line(picture, row, row.id in marked, self._top + n == self._at)
                    for n, row in enumerate(rows)
                ),
            ]
        )

    def _heading(self, picture: TablePicture) -> Pieces:
        titles = []
        for place in self._placed:
            title = place.column.title
            if place.column.name == picture.sort.by:
                title += f" {_ARROWS[picture.sort.descending]}"
            titles.append(_fitted(title, place))
        text = " " * _EDGE + (" " * GAP).join(titles)
        return (("muted", pad(text, self._area.width)),)

    def _line(
        self, picture: TablePicture, row: OpportunityRow, is_marked: bool, is_current: bool
    ) -> Pieces:
        edge = f" {_CURSOR if is_current else ' '}{MARK if is_marked else ' '} "
        cells = self._cells(picture, row)
        first, *others = cells
        pieces = ((first[0], edge + first[1]), *others)
        if is_current:
            return tuple((f"cursor-{style}", text) for style, text in pieces)
        return pieces

    def _cells(self, picture: TablePicture, row: OpportunityRow) -> Pieces:
        """Write a row's cells, neighbours of one style as one piece: bytes follow pieces."""
        state = picture.snapshot.state(row.id)
        kept = self._written.get(row.id)
        if kept is not None and kept[0] is row and kept[1] == state:
            return kept[2]
        told = Told(picture.snapshot, state, picture.seen(row.board_id))
        pieces: list[tuple[str, str]] = []
        for place in self._placed:
            style, text = place.column.cell(row, told)
            text = _fitted(text, place)
            if pieces:
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + " " * GAP)
            if pieces and pieces[-1][0] == style:
                pieces[-1] = (style, pieces[-1][1] + text)
            else:
                pieces.append((style, text))
        room = self._area.width - _EDGE - sum(width_of(text) for _, text in pieces)
        pieces[-1] = (pieces[-1][0], pieces[-1][1] + " " * max(0, room))
        self._written[row.id] = (row, state, tuple(pieces))
        return tuple(pieces)


def _fitted(text: str, place: Placed) -> str:
    if place.column.is_right:
        text = pad(text, min(width_of(text), place.width))
        return " " * (place.width - width_of(text)) + text
    return pad(text, place.width)
