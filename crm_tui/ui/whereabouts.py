"""Where somebody is on each screen: taken up again at the start, and kept from time to time.

What is kept may be of another version or of a book that has changed: what makes no sense any more is left out.
A filter whose names are not known yet waits for them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final, Protocol

from crm_tui.domain.finding import SOONEST
from crm_tui.domain.language import QueryError
from crm_tui.domain.ordering import SORTABLE
from crm_tui.domain.pipeline import EVERYTHING
from crm_tui.domain.query import Query
from crm_tui.domain.view import USUAL, USUAL_PAGE, Chosen, Place, View
from crm_tui.store.places import Places
from crm_tui.structs import replace
from crm_tui.ui.desk import Desk
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.widgets.table_columns import COLUMNS, NARROWEST, WIDEST

_BOARD: Final = "board"
_SEARCH: Final = "search"

_LONGEST_PAGE: Final = 100_000
"""Rows of a page at most: as many as the largest book has."""


class Filtered(Protocol):
    """A screen with a filter, as far as it is needed here."""

    @property
    def asked(self) -> str:
        """The filter that is in force."""

    def put_filter(self, text: str, query: Query) -> None:
        """Have a filter in force."""


class Search(Protocol):
    """The search, as far as it is needed here."""

    @property
    def kept(self) -> Filtered:
        """Its screen, open or not."""

    @property
    def place(self) -> Place | None:
        """Where somebody is on it; none when it was not opened yet."""

    def restore(self, place: Place, query: Query) -> None:
        """Be where somebody was; `query` is the filter of that view, read."""


class Whereabouts:
    """The places of one window."""

    def __init__(self, places: Places, desk: Desk, board: BoardScreen) -> None:
        self._places = places
        self._desk = desk
        self._board = board
        self._searches: Search | None = None
        """None before the search was made, with which one cannot be yet."""
        self._waiting: dict[str, str] = {}
        """Screen → the filter that it had, as long as that cannot be read yet."""

    def restore(self) -> None:
        """Be where somebody was; before anything is shown."""
        if at_board := self._taken_up(_BOARD):
            self._desk.restore(at_board.board_id, at_board.location_id)
            self._board.restore(*self._understood(at_board, rows_only=True))

    def take_up_search(self, searches: Search) -> None:
        """Be where somebody was in the search, which is made now; before anything of it is shown."""
        self._searches = searches
        if at_search := self._taken_up(_SEARCH):
            searches.restore(*self._understood(at_search, rows_only=False))

    def _taken_up(self, name: str) -> Place | None:
        place = self._places.found.get(name)
        if place is not None and not self._desk.can_read(place.view.filter):
            self._waiting[name] = place.view.filter
        return place

    def go_on(self) -> None:
        """Have the filters in force that can be read by now, unless somebody looks for something else meanwhile."""
        for name, text in list(self._waiting.items()):
            screen: Filtered = self._board
            if name == _SEARCH and self._searches is not None:
                screen = self._searches.kept
            if screen.asked:
                del self._waiting[name]
            elif self._desk.can_read(text):
                with suppress(
                    QueryError
                ):  # what is not there now may be with the next start, and is kept until then
                    query = self._desk.reader(rows_only=name == _BOARD)(text)
                    del self._waiting[name]
                    screen.put_filter(text, query)

    async def keep(self) -> None:
        """Keep where somebody is, without anybody waiting for it."""
        await asyncio.to_thread(self._places.keep, self._now())

    def keep_now(self) -> None:
        """Keep where somebody is; waits for the disk."""
        self._places.keep(self._now())

    def _now(self) -> dict[str, Place]:
        board, location_id = self._desk.board(), self._desk.location_id
        now = {_BOARD: replace(self._board.place, location_id=location_id)}
        if board is not None:  # the screen may lie behind others, and still show the one before
            now[_BOARD] = replace(now[_BOARD], board_id=board.id)
        place = self._searches.place if self._searches is not None else None
        if place is not None:
            now[_SEARCH] = place
        for name in self._waiting.keys() & now.keys():
            view = replace(now[name].view, filter=self._waiting[name])
            now[name] = replace(now[name], view=view)
        return now

    def _understood(self, place: Place, *, rows_only: bool) -> tuple[Place, Query]:
        """Give what of a place makes sense, with its filter, read."""
        view = sensible(place.view)
        try:
            query = self._desk.reader(rows_only=rows_only)(view.filter)
        except QueryError:
            view, query = replace(view, filter=""), EVERYTHING
        return replace(place, view=view), query


def sensible(view: View) -> View:
    """Give what of a view this version understands."""
    columns = {
        each.name: Chosen(each.name, each.width if NARROWEST <= each.width <= WIDEST else 0)
        for each in view.columns
        if each.name in COLUMNS
    }
    return View(
        view.filter,
        view.sort if view.sort.by in SORTABLE else SOONEST,
        tuple(columns.values()) or USUAL,
        view.page_size if 1 <= view.page_size <= _LONGEST_PAGE else USUAL_PAGE,
    )
