"""The board screen: columns of cards, the strip of stages where there is room for one column only, the record.

It draws what it is given, turns keys into commands, and tells where the cursor is.  It never writes, and holds
neither book nor server.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.geometry import Size
from textual.widget import Widget

from crm_tui.commands.spec import Command, Marking, Motion, Where
from crm_tui.domain.query import Query
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.view import Place, View
from crm_tui.service.load import Phase
from crm_tui.ui import words
from crm_tui.ui.chrome import chrome
from crm_tui.ui.notice import notice
from crm_tui.ui.record import Pane
from crm_tui.ui.screens.work import WorkScreen
from crm_tui.ui.screens.work_state import BoardState
from crm_tui.ui.treatment import PLAIN, Treatment
from crm_tui.ui.widgets.board_layout import NARROW
from crm_tui.ui.widgets.board_picture import BoardPicture
from crm_tui.ui.widgets.board_view import BoardView
from crm_tui.ui.widgets.card import Density
from crm_tui.ui.widgets.column_view import ColumnPicture
from crm_tui.ui.widgets.line import Line, Pieces
from crm_tui.ui.widgets.stage_strip import stage_strip


class BoardScreen(WorkScreen):
    """One board at a time."""

    where = Where.BOARD

    def __init__(
        self,
        source: str,
        commands: tuple[Command, ...],
        density: Density = Density.CARDS,
        treatment: Treatment = PLAIN,
    ) -> None:
        super().__init__(source, commands, treatment)
        self._state: BoardState | None = None
        self._strip = Line(id="strip")
        self._board_view = BoardView(id="board", density=density)

    def heading(self) -> Iterable[Widget]:
        """Give the strip of stages."""
        return (self._strip,)

    def view(self) -> Widget:
        """Give the board."""
        return self._board_view

    # Room

    def fit(self, terminal: Size) -> None:
        """Lay out for a terminal of this size; told before the screen is shown, it takes one frame to be whole."""
        self._board_view.set_one_only(one_only=terminal.width < NARROW)
        super().fit(terminal)

    def expect_area(self, area: Size) -> None:
        """Take note of how much room the board will have."""
        self._board_view.expect(area)

    def heading_lines(self) -> int:
        """Count the strip."""
        return int(self._is_narrow)

    # What it is told

    def show(self, state: BoardState) -> None:
        """Draw the book as it is now."""
        self._state = state
        self.take(state.work, notice(state, self._source, self._key_names))

    def move(self, motion: Motion, count: int) -> None:
        """Move the cursor."""
        if not self.is_hidden:
            self._board_view.move(motion, count)
            self.draw_around()

    def go_to(self, row: OpportunityRow) -> None:
        """Put the cursor on a card, of this board or of the one that is shown next."""
        self._board_view.go_to(row)

    def restore(self, place: Place, query: Query) -> None:
        """Be where somebody was; `query` is the filter of that view, read."""
        self.put_filter(place.view.filter, query)
        if place.density in set(Density):
            self._board_view.set_density(Density(place.density))
        if place.pane in set(Pane):
            self._record.choose(Pane(place.pane))
        self._board_view.restore(place.record_id, place.marked)

    @property
    def place(self) -> Place:
        """Where somebody is."""
        board = self._state.board if self._state is not None else None
        return Place(
            View(filter=self._filter.text),
            record_id=self._board_view.record_id,
            marked=self._board_view.marks,
            board_id=board.id if board is not None else None,
            density=self._board_view.density,
            pane=self._record.chosen or "",
        )

    def mark(self, how: Marking) -> None:
        """Set marks or take them off."""
        if not self.is_hidden:
            said = self._board_view.mark(how)
            self.say((("text", f" {said}"),) if said else words.NOTHING)
            self.draw_chrome()

    def unmark(self, record_ids: set[int]) -> None:
        """Take marks off records that are done with."""
        self._board_view.unmark(record_ids)
        self.draw_chrome()

    def drop_range(self) -> bool:
        """Forget where a range of marks was begun; say whether one was."""
        return self._board_view.drop_range()

    def change_density(self) -> None:
        """Show cards, or a line for each."""
        is_cards = self._board_view.density == Density.CARDS
        self._board_view.set_density(Density.LINES if is_cards else Density.CARDS)

    # What others ask

    @property
    def record_id(self) -> int | None:
        """The record under the cursor; none while a notice hides the board."""
        return None if self.is_hidden else self._board_view.record_id

    @property
    def marked(self) -> tuple[int, ...]:
        """The marked records, in the order in which they are shown; none while a notice hides the board."""
        return () if self.is_hidden else self._board_view.marked_and_shown()

    @property
    def columns(self) -> list[ColumnPicture]:
        """All columns of the board, on the screen or not."""
        return self._board_view.pictures

    # Drawing

    @property
    def _is_narrow(self) -> bool:
        return self._terminal.width < NARROW

    def draw_view(self) -> None:
        """Draw the columns."""
        state = self._state
        if state is None or state.board is None:
            self._board_view.leave()
            return
        load = state.work.load
        partial = load.phase != Phase.READY and load.as_of is None
        self._board_view.show(
            BoardPicture(
                state.work.snapshot,
                state.board.id,
                self._query,
                self.seen(state.board.id),
                state.weights,
                partial,
            )
        )

    def draw_notice(self) -> None:
        """Show why there is no board in its place, or the board with its strip."""
        super().draw_notice()
        # Not by classes on the screen: those would have everything on it styled anew.
        self._strip.display = self._is_narrow and not self.is_hidden

    def draw_around(self) -> None:
        """Draw what depends on where the cursor is: the record, the strip, and the stages off the screen."""
        super().draw_around()
        self._status.excuse(self._emptiness())
        pictures, current = self._board_view.pictures, self._board_view.current
        if self._is_narrow:
            self._strip.show(stage_strip(pictures, current, self._terminal.width))
            self._rule.show("", "")
            return
        left, right = self._board_view.beyond()
        self._rule.show(words.beyond("←", left), words.beyond("→", right))

    @property
    def marked_unseen(self) -> int:
        """How many are marked, and on another board or not among what the filter lets through."""
        return self._board_view.marked() - len(self._board_view.marked_and_shown())

    def draw_chrome(self) -> None:
        """Name the board, the filter and how many are marked."""
        left, right = chrome(
            self._state,
            self._treatment,
            self._source,
            filter_text=self._filter.text,
            marked=self._board_view.marked(),
            hidden=self.marked_unseen,
        )
        self._chrome.show(left, right)

    def _emptiness(self) -> Pieces:
        """Say so where a whole board has come and shows no card."""
        columns = self._board_view.pictures
        if not columns or any(each.column.cards or each.partial for each in columns):
            return words.NOTHING
        is_filtered = any(each.column.every for each in columns)
        return words.nothing_here(self._key_names, filtered=is_filtered)
