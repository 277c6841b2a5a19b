"""The search screen: a filter, and in a table what it lets through of the whole book, page by page, with the record.

It draws what it is given, turns keys into commands, and tells where the cursor is.  It never writes, and holds
neither book nor server.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

from textual.geometry import Size
from textual.widget import Widget
from textual.worker import Worker

from crm_tui.commands.spec import Command, Marking, Motion, Where
from crm_tui.domain.finding import Found, Sort, sums_of
from crm_tui.domain.money import Sums, format_amount, format_short
from crm_tui.domain.ordering import SORTABLE
from crm_tui.domain.query import Query
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.view import Chosen, Place, View
from crm_tui.service.load import Phase
from crm_tui.structs import replace
from crm_tui.text import safe
from crm_tui.ui import words
from crm_tui.ui.asking import Asking
from crm_tui.ui.cells import width_of
from crm_tui.ui.record import Pane
from crm_tui.ui.screens.work import WorkScreen
from crm_tui.ui.screens.work_state import SearchState
from crm_tui.ui.treatment import PLAIN, Treatment
from crm_tui.ui.widgets.line import Line, Pieces
from crm_tui.ui.widgets.table_view import TablePicture, TableView

_LEFT: Final = 1
"""Cells before the first word of a line."""


class SearchScreen(WorkScreen):
    """A table of what was found."""

    where = Where.SEARCH
    filter_sign: ClassVar[str] = "/"

    def __init__(
        self, source: str, commands: tuple[Command, ...], treatment: Treatment = PLAIN
    ) -> None:
        super().__init__(source, commands, treatment)
        self._state: SearchState | None = None
        self._found = Found()
        self._view = View()
        self._asking = Asking(self)
        self._asked = Line(id="asked")
        self._table = TableView(id="table")

    def heading(self) -> Iterable[Widget]:
        """Give the line that says what is looked for."""
        return (self._asked,)

    def view(self) -> Widget:
        """Give the table."""
        return self._table

    # Room

    def expect_area(self, area: Size) -> None:
        """Take note of how much room the table will have."""
        self._asked.display = not self._filter.is_open and not self.is_small
        self._table.expect(area)

    def heading_lines(self) -> int:
        """Count the line that says what is looked for, in whose place the filter is typed."""
        return int(not self._filter.is_open)

    # What it is told

    def show(self, state: SearchState) -> None:
        """Draw the book as it is now."""
        self._state = state
        self.take(state.work, "")
        self._asking.take(state)

    def move(self, motion: Motion, count: int) -> None:
        """Move the cursor."""
        self._table.move(motion, count)
        self.draw_around()

    def turn(self, pages: int) -> None:
        """Go to another page."""
        is_there = self._table.turn(pages)
        end = "last" if pages > 0 else "first"
        self.say(words.NOTHING if is_there else words.plain(f"This is the {end} page."))
        self.draw_around()

    def mark(self, how: Marking) -> None:
        """Set marks or take them off."""
        said = self._table.mark(how)
        self.say((("text", f" {said}"),) if said else words.NOTHING)
        self.draw_around()

    def unmark(self, record_ids: set[int]) -> None:
        """Take marks off records that are done with."""
        self._table.unmark(record_ids)
        self.draw_around()

    def drop_range(self) -> bool:
        """Forget where a range of marks was begun; say whether one was."""
        return self._table.drop_range()

    def sort_by(self, by: str) -> None:
        """Sort by something; asked for what it is sorted by already, the other way round."""
        sort = self._view.sort
        turned = by == sort.by and not sort.descending
        self.lay_out(replace(self._view, sort=Sort(by, descending=turned)))

    def set_page_size(self, rows: int) -> None:
        """Show so many rows on a page."""
        self.lay_out(replace(self._view, page_size=rows))

    def set_columns(self, columns: tuple[Chosen, ...]) -> Mapping[str, int]:
        """Show these columns; give the cells that each has, of those for which there is room."""
        if columns != self._view.columns:
            self.lay_out(replace(self._view, columns=columns))
        return self._table.widths

    def lay_out(self, view: View) -> None:
        """Show what was found in another order, other columns or other pages."""
        self._view = view
        self.draw_view()
        self.draw_around()

    def look_for(self, query: Query) -> None:
        """Show what a query lets through; where rows cannot tell, what was found stays until the answer comes."""
        if not self._asking.look_for(query):
            super().look_for(query)

    def put_filter(self, text: str, query: Query) -> None:
        """Have a filter in force that was read elsewhere; it shows with the next picture, or when it is answered."""
        comes_later = self._asking.look_for(query)
        super().put_filter(text, self._query if comes_later else query)

    def show_answer(self, query: Query) -> None:
        """Show what a query lets through that rows can answer."""
        super().look_for(query)

    def begin(self, work: Coroutine[Any, Any, None], name: str) -> Worker[None]:
        """Do something in the background, for as long as the screen is there."""
        return self.run_worker(work, name=name, group=name, exit_on_error=False)

    def ask_server(self) -> None:
        """Ask the service itself for what is looked for, unless it is being asked."""
        self._asking.ask_server()

    def open_view(self, view: View, query: Query) -> None:
        """Look for what a view looks for, laid out as it says; `query` is its filter, read."""
        self.put_filter(view.filter, query)
        self.lay_out(view)

    def restore(self, place: Place, query: Query) -> None:
        """Be where somebody was; `query` is the filter of that view, read."""
        self.open_view(place.view, query)
        if place.pane in set(Pane):
            self._record.choose(Pane(place.pane))
        self._table.mark_these(place.marked)
        if place.record_id is not None:
            self._table.go_to(place.record_id)

    @property
    def shown_view(self) -> View:
        """What is looked for, and how it is laid out."""
        return replace(self._view, filter=self._filter.text)

    @property
    def place(self) -> Place:
        """Where somebody is."""
        return Place(
            self.shown_view,
            self._table.record_id,
            self._table.marks,
            pane=self._record.chosen or "",
        )

    def peel(self) -> None:
        """Go back one step: a range that was begun, then the filter, then to where one came from."""
        if self._asking.is_at_server:
            self._asking.leave_server()
            self.say(words.plain("The server is asked no more; what has come stays."))
        elif self.drop_range():
            self.say((("text", " The range is dropped."),))
        elif self._filter.text:
            self._filter.clear()
        else:
            self.post_message(self.Left())

    # What others ask

    @property
    def record_id(self) -> int | None:
        """The record under the cursor; none while a notice hides the table."""
        return None if self.is_hidden else self._table.record_id

    @property
    def marked(self) -> tuple[int, ...]:
        """The marked records that were found, in their order; none while a notice hides the table."""
        return () if self.is_hidden else tuple(row.id for row in self._table.marked_rows())

    @property
    def found(self) -> Found:
        """What was found."""
        return self._found

    def rows_of(self, record_ids: tuple[int, ...]) -> tuple[OpportunityRow, ...]:
        """Give the records with these ids that the book has, in their order; without ids all that was found."""
        if not record_ids or self._state is None:
            return self._found.rows
        rows = map(self._state.work.snapshot.row, record_ids)
        return tuple(row for row in rows if row is not None)

    # Drawing

    def draw_view(self) -> None:
        """Look through the book, and draw what was found."""
        state = self._state
        if state is None:
            return
        self._found = state.find(self._query, self._view.sort)
        self._table.show_table(
            TablePicture(
                state.work.snapshot,
                self._found,
                self._view.columns,
                self._shown_sort(),
                self._view.page_size,
                self.seen,
            )
        )

    def _shown_sort(self) -> Sort:
        """Say what the table is sorted by: what the filter asks for goes before what was chosen."""
        for order in self._query.order[:1]:
            by = next(word for word, field in SORTABLE.items() if field == order.field)
            return Sort(by, order.descending)
        return self._view.sort

    def draw_around(self) -> None:
        """Draw what depends on where the cursor is: the record, the page and the sums."""
        super().draw_around()
        self._status.excuse(self._emptiness())
        if self._state is None:
            return
        page, pages = self._table.page, self._table.pages
        right = f"page {page:,} of {pages:,}" if pages > 1 else ""
        room = self._terminal.width - words.width(words.plain(right)) - _LEFT * 4
        says = (self._totals(write) for write in (format_amount, format_short, None))
        self._rule.show(next((left for left in says if width_of(left) <= room), ""), right)

    def _totals(self, write: Callable[[Decimal, str], str] | None) -> str:
        """Say how much was found and how much of it is marked, amounts as `write` does, or none of them."""
        left = _counted(len(self._found.rows), "found", self._found.sums, write)
        if not self._table.marked():
            return left
        here = self._table.marked_rows()
        hidden = self._table.marked() - len(here)
        not_shown = f", {hidden:,} not shown" if hidden else ""
        marked = _counted(len(here) + hidden, "marked", sums_of(here), write)
        return f"{marked}{not_shown} · {left}"

    def draw_chrome(self) -> None:
        """Say where one is, what is looked for, and how much was found."""
        state = self._state
        left: list[tuple[str, str]] = [] if self._treatment.marks else [("strong", " crm-tui")]
        right: Pieces = (*self._treatment.marks, ("muted", safe(self._source)))
        if state is not None:
            left += [("strong", "  Search"), ("text", f"  {safe(state.scope)}")]
            unsent = words.unsent(state.work.snapshot.pending_count(), state.work.load)
            right = (*right, *words.as_of(state.work.load), *unsent)
        self._chrome.show(tuple(left), right)
        rows, of = len(self._found.rows), self._found.of
        counted = f"{rows:,} of {of:,} " if rows != of else f"{of:,} "
        text = safe(self._filter.text)
        asked: Pieces = (("key", " / "), ("text" if text else "muted", text or "everything"))
        self._asked.show(asked, (("muted", counted),))

    def _emptiness(self) -> Pieces:
        """Say so where the whole book has come and nothing was found."""
        state = self._state
        if state is None or self._found.rows or state.work.load.phase != Phase.READY:
            return words.NOTHING
        if self._found.of:
            return words.nothing_here(self._key_names, filtered=True)
        return words.plain("There are no opportunities here yet.")


def _counted(count: int, what: str, sums: Sums, write: Callable[[Decimal, str], str] | None) -> str:
    """Say how many there are, and what their values add up to, by currency."""
    if write is None or not sums:
        return f"{count:,} {what}"
    added = " + ".join(write(amount, safe(currency)) for currency, amount in sums.items())
    return f"{count:,} {what}: {added}"
