"""The search screen while it is open, and what is kept of it while it is not.

It stands between the application and the screen, and draws nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, Protocol

from textual.screen import Screen

from crm_tui.commands.spec import Command, Export, PageSize, SortBy, Turn
from crm_tui.domain.language import QueryError
from crm_tui.domain.query import Query
from crm_tui.domain.view import Place, View
from crm_tui.export.formats import Format
from crm_tui.ui.desk import Desk
from crm_tui.ui.exporting import Order, carried_out
from crm_tui.ui.reader import Reader
from crm_tui.ui.screens.columns import ColumnsScreen
from crm_tui.ui.screens.search import SearchScreen
from crm_tui.ui.treatment import Treatment

_NAME: Final = "search"


class Host(Protocol):
    """What of the application is needed here."""

    def install_screen(self, screen: Screen[Any], name: str) -> None:
        """Keep a screen under a name."""

    def push_screen(self, screen: str | Screen[Any]) -> Any:
        """Lay a screen, by its name if it is kept, over the others."""

    def pop_screen(self) -> Any:
        """Take the uppermost screen away."""

    def run_worker(
        self, work: Coroutine[Any, Any, None], *, group: str, exit_on_error: bool
    ) -> Any:
        """Do something beside the keys, which does not end with a screen."""

    def say(self, text: str) -> None:
        """Tell the user something."""


class Searches:
    """The search screen: made when it is first asked for, and the same from then on."""

    def __init__(
        self,
        host: Host,
        desk: Desk,
        commands: tuple[Command, ...],
        source: str,
        treatment: Treatment,
    ) -> None:
        self._host = host
        self._desk = desk
        self._screen = SearchScreen(source, commands, treatment)
        self._is_known = False
        """The application keeps the screen: it is mounted once, when it is first asked for."""
        self._is_open = False

    @property
    def screen(self) -> SearchScreen | None:
        """The screen, if it is open."""
        return self._screen if self._is_open else None

    @property
    def kept(self) -> SearchScreen:
        """The screen, open or not."""
        return self._screen

    def open(self, read: Reader, text: str | None = None) -> None:
        """Show the search screen with its filter to be typed, from `text` on, which `read` makes a query of."""
        self._show()
        self._screen.edit_filter(read, text, anew=text is None)

    def _show(self) -> None:
        if not self._is_known:
            self._is_known = True
            self._host.install_screen(self._screen, _NAME)
        if not self._is_open:
            self._is_open = True
            self._host.push_screen(_NAME)
            self.draw()

    def open_view(self, view: View, read: Reader) -> None:
        """Show what a view looks for.

        A filter that cannot be read now is left in its line to be mended, and what was found stays.
        """
        self._show()
        try:
            query = read(view.filter)
        except QueryError:
            self._screen.lay_out(view)
            self._screen.edit_filter(read, view.filter)
        else:
            self._screen.open_view(view, query)

    @property
    def shown_view(self) -> View:
        """What is looked for, and how it is laid out."""
        return self._screen.shown_view

    def restore(self, place: Place, query: Query) -> None:
        """Be where somebody was, once the screen is opened; `query` is the filter of that view, read."""
        self._screen.restore(place, query)

    @property
    def place(self) -> Place | None:
        """Where somebody is on the screen; none when it was not opened yet."""
        return self._screen.place if self._is_known else None

    def close(self) -> None:
        """Go back to what is under it."""
        if self._is_open:
            self._is_open = False
            self._host.pop_screen()

    def draw(self) -> None:
        """Show the book as it is now, if somebody looks."""
        if self._is_open:
            self._screen.show(self._desk.search_state())

    def export(self, step: Export) -> None:
        """Write what was found, or what was marked of it, into a file, and say which."""
        day = self._desk.today().isoformat()
        marked = "marked" if step.record_ids else ""
        order = Order(
            Format(step.how),
            self._screen.rows_of(step.record_ids),
            self._desk.told(),
            day,
            " ".join(filter(None, (self._screen.asked, marked))),
        )
        self._host.run_worker(self._export(order), group="export", exit_on_error=False)

    async def _export(self, order: Order) -> None:
        self._host.say("Writing …")
        self._host.say(await asyncio.to_thread(carried_out, order))

    def arrange(self, step: SortBy | Turn | PageSize) -> None:
        """Show the table in another order, or another part of it."""
        match step:
            case SortBy(by):
                self._screen.sort_by(by)
            case Turn(pages):
                self._screen.turn(pages)
            case PageSize(rows):
                self._screen.set_page_size(rows)

    def ask_server(self) -> None:
        """Ask the service itself for what is looked for."""
        self._screen.ask_server()

    def choose_columns(self) -> None:
        """Let the columns of the table be chosen."""
        columns = self._screen.shown_view.columns
        self._host.push_screen(ColumnsScreen(columns, self._screen.set_columns))
