"""A board: columns side by side, one cursor over them all, scrolled sideways by whole columns.

The cursor belongs to a record, not to a place: when cards come and go it stays on its record, and follows it to
another stage.  Marks belong to records too.  It is told what the book looks like and reports nothing; it never acts
on a record.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from operator import attrgetter
from typing import ClassVar

from textual.app import ComposeResult
from textual.geometry import Size

from crm_tui.commands.spec import Marking, Motion
from crm_tui.domain.lineup import place_of
from crm_tui.domain.rows import OpportunityRow
from crm_tui.structs import Struct, field, replace
from crm_tui.ui.selection import Selection
from crm_tui.ui.widgets.board_layout import Layout, lay_out
from crm_tui.ui.widgets.board_picture import BoardPicture, column_picture
from crm_tui.ui.widgets.card import Density
from crm_tui.ui.widgets.column_view import STYLES, ColumnPicture, ColumnView
from crm_tui.ui.widgets.ground import Ground
from crm_tui.ui.widgets.part_styles import PartStyles


class _Place(Struct):
    """Where somebody was on a board when they left it."""

    stage_id: int | None = None
    record_id: int | None = None
    first: int = 0
    scrolls: dict[int, int] = field(default_factory=dict)
    """Stage → cards above the first one shown."""


class BoardView(PartStyles, Ground):
    """The columns of one board and the cursor on them."""

    PARTS: ClassVar[frozenset[str]] = STYLES

    def __init__(self, *, id: str, density: Density = Density.CARDS) -> None:  # noqa: A002 - the framework's name for it
        super().__init__(id=id)
        self._views: list[ColumnView] = []
        """As many as were on the screen at once so far; those not needed now are hidden."""
        self._area = Size(0, 0)
        """Cells and lines that there are for the columns, now or with the next layout."""
        self._board: BoardPicture | None = None
        self._pictures: list[ColumnPicture] = []
        self._layout_now = Layout(0, ())
        self._current = 0
        """The column with the cursor."""
        self._places: dict[int, _Place] = {}
        self._density = density
        self._one_only = False
        self._selection = Selection()
        self._marked_shown: tuple[int, ...] | None = None
        """The marked cards that are shown, once they were asked for."""
        self._awaited: int | None = None
        """A record that the cursor goes to once it has come, unless somebody moves it before."""

    def compose(self) -> ComposeResult:
        """Begin with the columns that were needed before the view was there."""
        yield from (view for view in self._views if not view.is_attached)

    # What it is told

    def show(self, board: BoardPicture) -> None:
        """Draw a board as the book has it now, with the cursor still on its record."""
        before = self._board
        place = None
        if before is None or before.board_id != board.board_id:
            self._leave()
            place = self._places.get(board.board_id, _Place())
            self._layout_now = Layout(place.first, ())
            record_id, stage_id, height = place.record_id, place.stage_id, 0
        else:
            record_id, stage_id = self.record_id, self._stage_id
            height = self._pictures[self._current].cursor or 0 if self._pictures else 0
        self._board = board
        awaited = board.snapshot.row(self._awaited)
        if awaited is not None and awaited.board_id == board.board_id:
            record_id, self._awaited = awaited.id, None
        row = board.snapshot.row(record_id)
        if row is not None and row.board_id == board.board_id:
            stage_id = row.stage_id
        self._marked_shown = None
        known = {picture.column.stage.id: picture for picture in self._pictures}
        self._pictures = [
            column_picture(
                board,
                stage,
                known.get(stage.id),
                self._selection,
                density=self._density,
                scroll=place.scrolls.get(stage.id, 0) if place is not None else None,
            )
            for stage in board.snapshot.stages_of(board.board_id)
        ]
        self._current = self._column_of(stage_id)
        is_narrowed_anew = before is not None and before.query != board.query
        if is_narrowed_anew and self._pictures and not self._pictures[self._current].column.cards:
            self._current = self._column_of(None)
        if self._pictures:
            cards = self._pictures[self._current].column.cards
            found = place_of(cards, row) if row is not None else None
            self._point_at(found if found is not None else height)
        self._lay_out()

    def go_to(self, row: OpportunityRow) -> None:
        """Put the cursor on a card of the board that is shown, or that will be shown next."""
        if self._board is None or self._board.board_id != row.board_id:
            self._places[row.board_id] = _Place(row.stage_id, row.id)
            return
        self._current = self._column_of(row.stage_id)
        place = place_of(self._pictures[self._current].column.cards, row)
        if place is not None:
            self._point_at(place)
        self._lay_out()

    def restore(self, record_id: int | None, marked: Iterable[int]) -> None:
        """Be where somebody was: the cursor goes to its record when that has come."""
        self._awaited = record_id
        self._selection.add(marked)
        if self._pictures:
            self._draw_marks()

    @property
    def marks(self) -> tuple[int, ...]:
        """All marked records, whichever board they are on."""
        return tuple(sorted(self._selection))

    def leave(self) -> None:
        """Show no board any more; where the cursor was on it is remembered."""
        self._leave()
        self._board = None

    def expect(self, area: Size) -> None:
        """Lay out for the room that there will be, so that it takes no second frame when there is."""
        if area != self._area:
            self._area = area
            self._fit()

    def set_density(self, density: Density) -> None:
        """Show cards, or a line for each."""
        self._density = density
        self._pictures = [replace(picture, density=density) for picture in self._pictures]
        self._fit()

    def set_one_only(self, *, one_only: bool) -> None:
        """Show the column with the cursor alone, or as many as fit."""
        if one_only != self._one_only:
            self._one_only = one_only
            self._fit()

    @property
    def density(self) -> Density:
        """Say how much room a card takes."""
        return self._density

    def move(self, motion: Motion, count: int = 1) -> None:
        """Move the cursor; at an edge it stays, but for those that go round."""
        self._awaited = None
        if not self._pictures:
            return
        picture = self._pictures[self._current]
        place, page = picture.cursor or 0, self._room()
        columns = len(self._pictures)
        match motion:
            case Motion.LEFT:
                self._move_sideways(max(0, self._current - count))
            case Motion.RIGHT:
                self._move_sideways(min(self._current + count, columns - 1))
            case Motion.NEXT_COLUMN:
                self._move_sideways((self._current + count) % columns)
            case Motion.PREVIOUS_COLUMN:
                self._move_sideways((self._current - count) % columns)
            case Motion.UP:
                self._move_to(place - count)
            case Motion.DOWN:
                self._move_to(place + count)
            case Motion.PAGE_UP:
                self._move_to(place - page * count)
            case Motion.PAGE_DOWN:
                self._move_to(place + page * count)
            case Motion.FIRST:
                self._move_to(0)
            case Motion.LAST:
                self._move_to(len(picture.column.cards))

    # Marks

    def mark(self, how: Marking) -> str:
        """Set marks or take them off; give what there is to say about it, if anything."""
        cards = self._pictures[self._current].column.cards if self._pictures else ()
        said = self._selection.mark(how, self.record_id, cards, self._shown_ids())
        self._draw_marks()
        if how == Marking.STEP and not said:
            self.move(Motion.DOWN)
        return said

    def unmark(self, record_ids: Iterable[int]) -> None:
        """Take marks off records that are done with."""
        self._selection.remove(record_ids)
        self._draw_marks()

    def drop_range(self) -> bool:
        """Forget where a range was begun; say whether one was."""
        return self._selection.drop_range()

    def marked(self) -> int:
        """Count all marks, on this board and on others."""
        return len(self._selection)

    def marked_and_shown(self) -> tuple[int, ...]:
        """Give those marked records that the filter shows on this board: a verb acts on no other.

        Asked at every key, they are gathered once.
        """
        if self._marked_shown is None:
            columns = (each.column.cards for each in self._pictures if each.marked)
            ids = map(attrgetter("id"), chain.from_iterable(columns))
            self._marked_shown = self._selection.in_order(ids)
        return self._marked_shown

    def _shown_ids(self) -> list[int]:
        return [card.id for picture in self._pictures for card in picture.column.cards]

    def _draw_marks(self) -> None:
        self._marked_shown = None
        self._pictures = [
            replace(picture, marked=self._selection.among(picture.column.cards))
            for picture in self._pictures
        ]
        self._lay_out()

    # What others ask

    @property
    def record_id(self) -> int | None:
        """The record under the cursor."""
        if not self._pictures:
            return None
        picture = self._pictures[self._current]
        cards = picture.column.cards
        return cards[picture.cursor].id if cards and picture.cursor is not None else None

    @property
    def pictures(self) -> list[ColumnPicture]:
        """All columns of the board, on the screen or not."""
        return self._pictures

    @property
    def current(self) -> int:
        """Index of the column with the cursor."""
        return self._current

    def beyond(self) -> tuple[int, int]:
        """Count the columns off the screen, at the left and at the right."""
        return self._layout_now.first, max(0, len(self._pictures) - self._layout_now.last - 1)

    # The cursor

    @property
    def _stage_id(self) -> int | None:
        return self._pictures[self._current].column.stage.id if self._pictures else None

    def _leave(self) -> None:
        """Remember where the cursor is on the board that is left."""
        if self._board is not None and self._pictures:
            self._places[self._board.board_id] = _Place(
                self._stage_id,
                self.record_id,
                self._layout_now.first,
                {picture.column.stage.id: picture.scroll for picture in self._pictures},
            )
        self._pictures = []
        self._marked_shown = None
        self._current = 0
        self._selection.drop_range()

    def _column_of(self, stage_id: int | None) -> int:
        """Find a stage's column, else the first with cards."""
        for index, picture in enumerate(self._pictures):
            if picture.column.stage.id == stage_id:
                return index
        return next((i for i, picture in enumerate(self._pictures) if picture.column.cards), 0)

    def _move_to(self, place: int) -> None:
        self._point_at(place)
        self._draw(self._current)

    def _move_sideways(self, target: int) -> None:
        if target == self._current:
            return
        here, there = self._pictures[self._current], self._pictures[target]
        height_in_view = (here.cursor or 0) - here.scroll
        left = self._current
        self._pictures[left] = replace(here, cursor=None)
        self._current = target
        self._point_at(there.scroll + height_in_view)
        if self._layout_now.first <= target <= self._layout_now.last:
            self._draw(left)
            self._draw(target)
        else:
            self._lay_out()

    def _point_at(self, place: int) -> None:
        """Put the cursor on the card nearest to a place, scrolled no further than needed."""
        picture = self._pictures[self._current]
        count, room = len(picture.column.cards), self._room()
        cursor = max(0, min(place, count - 1))
        scroll = max(0, min(picture.scroll, count - room))
        scroll = max(cursor - room + 1, min(scroll, cursor))
        self._pictures[self._current] = replace(picture, cursor=cursor, scroll=scroll)

    # Drawing

    def on_resize(self) -> None:
        """Keep the cursor in sight when there is another room than was expected."""
        self.expect(self.size)

    def _fit(self) -> None:
        """Lay out anew, with the cursor's card in sight."""
        self._choose_layout()
        if self._pictures:
            self._point_at(self._pictures[self._current].cursor or 0)
        self._lay_out()

    def _room(self) -> int:
        """Count the cards that the cursor's column shows at a time."""
        shown = self._current - self._layout_now.first
        widths = self._layout_now.widths
        width = widths[shown] if 0 <= shown < len(widths) else self._area.width
        return ColumnView.room_for(self._density, width, self._area.height)

    def _draw(self, index: int) -> None:
        self._views[index - self._layout_now.first].show(self._pictures[index])

    def _choose_layout(self) -> None:
        empty = [not picture.column.every for picture in self._pictures]
        self._layout_now = lay_out(
            empty,
            self._area.width,
            self._current,
            self._layout_now.first,
            one_only=self._one_only,
        )

    def _lay_out(self) -> None:
        """Choose the columns that are on the screen, the cursor's always among them, and draw them."""
        self._choose_layout()
        missing = len(self._layout_now.widths) - len(self._views)
        if missing > 0:
            more = [ColumnView(self.style_called) for _ in range(missing)]
            self._views += more
            if self.is_attached:
                self.mount_all(more)
        for number, view in enumerate(self._views):
            is_shown = number < len(self._layout_now.widths)
            if view.display != is_shown:
                view.display = is_shown
            if not is_shown:
                continue
            width = self._layout_now.widths[number]
            if view.styles.width is None or view.styles.width.value != width:
                view.styles.width = width
            index = self._layout_now.first + number
            picture = self._pictures[index]
            room = ColumnView.room_for(self._density, width, self._area.height)
            most = max(0, len(picture.column.cards) - room)
            if picture.scroll > most:
                self._pictures[index] = picture = replace(picture, scroll=most)
            view.show(picture)
