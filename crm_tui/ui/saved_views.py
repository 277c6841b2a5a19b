"""The saved views: their screen while it is open, what their file says, and the changes that are made to it.

It stands between the application, the search screen and the file, and draws nothing.  The file is read and written in
a thread, one change after the other, and always as it is at that moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from textual.screen import Screen

from crm_tui.commands.spec import Answer, Ask, Choice, Command, ForView, ViewAct
from crm_tui.config.errors import ConfigError
from crm_tui.config.views import SavedView, Views, ViewsFile
from crm_tui.domain.language import QueryError
from crm_tui.ui.desk import Desk
from crm_tui.ui.screens.hints import HintScreen
from crm_tui.ui.screens.views import Counted, ViewsScreen, ViewsState
from crm_tui.ui.searching import Searches
from crm_tui.ui.view_forms import VOCABULARY, as_saved, as_view
from crm_tui.ui.widgets.line import Pieces

_REPLACE = "replace"

_REREAD = "views.toml was changed elsewhere, and is read anew."


class Host(Protocol):
    """What of the application is needed here."""

    def push_screen(self, screen: Screen[Any], callback: Any = None) -> Any:
        """Lay a screen over the others."""

    def pop_screen(self) -> Any:
        """Take the uppermost screen away."""

    def run_worker(self, work: Awaitable[None], *, name: str, exit_on_error: bool) -> Any:
        """Do something in the background."""

    def say(self, text: str) -> None:
        """Tell the user something."""


class SavedViews:
    """The views that the user has saved."""

    def __init__(
        self,
        host: Host,
        desk: Desk,
        searches: Searches,
        commands: tuple[Command, ...],
        *,
        account: Callable[[], tuple[Pieces, Pieces]],
        path: Path,
    ) -> None:
        """Keep them in the file `path`."""
        self._host = host
        self._desk = desk
        self._searches = searches
        self._commands = commands
        self._account = account
        self._file = ViewsFile(VOCABULARY, path)
        self._views = Views()
        self._is_read = False
        self._screen: ViewsScreen | None = None
        self.has_start = False
        """The program opens with one of them."""
        self._start: SavedView | None = None
        """What is to be opened as soon as the book can read its filter."""
        self._counts: dict[str, Counted] = {}
        """By the filter of the view."""
        self._is_counting = False
        self._is_stale = False
        self._one_by_one = asyncio.Lock()

    @property
    def screen(self) -> ViewsScreen | None:
        """The screen, if it is open."""
        return self._screen

    # Coming and going

    def begin(self) -> None:
        """Open what the program is to open with, if anything; waits for the disk, so it is for the start alone."""
        self._views = self._file.read()
        if self._views.problems:
            self._host.say(self._views.problems.splitlines()[0])
        self._start = next((view for view in self._views.views if view.start), None)
        self.has_start = self._start is not None
        self._begin_where_one_can()

    def open(self) -> None:
        """Show the screen of the saved views."""
        if self._screen is None:
            self._screen = ViewsScreen(self._commands)
            self._is_read = False
            self._host.push_screen(self._screen)
            self._show()
            self._do(self._reading())

    def close(self) -> None:
        """Go back to what is under it."""
        if self._screen is not None:
            self._screen = None
            self._host.pop_screen()

    def draw(self) -> None:
        """The book has changed: count anew, if somebody looks."""
        self._begin_where_one_can()
        self._count()

    async def look(self) -> None:
        """Look whether the file was changed by somebody else, while the views are shown."""
        if self._screen is None or not self._is_read:
            return
        if await asyncio.to_thread(self._file.stamp) != self._views.stamp:
            await self._reading()
            self._host.say(_REREAD)

    def _begin_where_one_can(self) -> None:
        start = self._start
        if start is None or not self._desk.can_read(start.filter):
            return
        self._start = None
        self._searches.open_view(as_view(start), self._desk.reader(rows_only=False))

    # What is asked for

    def carry_out(self, step: ForView) -> None:
        """Do to a view what is asked for."""
        name = step.name
        match step.act:
            case ViewAct.OPEN:
                self._open_view(name)
            case ViewAct.SAVE:
                saved = as_saved(name, self._searches.shown_view)
                self._do(self._saving(saved))
            case ViewAct.RENAME:
                self._change(lambda editing: editing.rename(self._file, name, step.new_name))
                if self._screen is not None:
                    self._screen.go_to(step.new_name)
            case ViewAct.LOWER | ViewAct.HIGHER:
                steps = 1 if step.act == ViewAct.LOWER else -1
                self._change(lambda editing: editing.move(self._file, name, steps))
            case ViewAct.DELETE:
                self._change(lambda editing: editing.remove(self._file, name))
            case ViewAct.START:
                view = self._views.get(name)
                start = None if view is not None and view.start else name
                self._change(lambda editing: editing.begin_with(self._file, start))

    def _open_view(self, name: str) -> None:
        view = self._views.get(name)
        if view is not None:
            self.close()
            self._searches.open_view(as_view(view), self._desk.reader(rows_only=False))

    async def _saving(self, saved: SavedView) -> None:
        """Save a view; where there is one of that name, ask first."""
        async with self._one_by_one:
            known = await asyncio.to_thread(self._file.read)
        if known.get(saved.name) is None:
            await self._keeping(saved, replaces=False)
            return

        def answered(answer: Answer | None) -> None:
            if answer is not None:
                self._do(self._keeping(saved, replaces=True))

        replaced = Choice(_REPLACE, "replace it", "by what is looked for now")
        ask = Ask(f"There is a view called {saved.name} already", (replaced,))
        self._host.push_screen(HintScreen(ask), answered)

    async def _keeping(self, saved: SavedView, *, replaces: bool) -> None:
        is_kept = await self._changing(
            lambda editing: editing.keep(self._file, saved, replaces=replaces)
        )
        if is_kept:
            self._host.say(f"Saved as the view {saved.name}.")

    def _change(self, change: Callable[[Any], Views]) -> None:
        async def changing() -> None:
            await self._changing(change)

        self._do(changing())

    async def _changing(self, change: Callable[[Any], Views]) -> bool:
        """Change the file; say what kept it from being changed, if something did."""

        def changed() -> Views:
            from crm_tui.config import view_editing  # noqa: PLC0415 - start-up cost of tomlkit

            return change(view_editing)

        async with self._one_by_one:
            try:
                self._views = await asyncio.to_thread(changed)
            except ConfigError as error:
                self._host.say(str(error).splitlines()[0])
                return False
            finally:
                self._show()
                self._count()
        return True

    def _do(self, work: Awaitable[None]) -> None:
        self._host.run_worker(work, name="views", exit_on_error=False)

    # What is shown

    async def _reading(self) -> None:
        async with self._one_by_one:
            self._views = await asyncio.to_thread(self._file.read)
        self._is_read = True
        self._show()
        self._count()

    def _count(self) -> None:
        self._is_stale = True
        if self._screen is not None and not self._is_counting:
            self._is_counting = True
            self._do(self._counting())

    async def _counting(self) -> None:
        """Count what each view lets through, one after the other, so that keys have their turn between."""
        try:
            while self._screen is not None and self._is_stale:
                self._is_stale = False
                counts = {}
                for view in self._views.views:
                    counts[view.filter] = await self._counted(view)
                    await asyncio.sleep(0)
                self._counts = counts
                self._show()
        finally:
            self._is_counting = False

    async def _counted(self, view: SavedView) -> Counted:
        try:
            return Counted(view, await self._desk.count(view.filter))
        except QueryError as error:
            return Counted(view, wrong=error.message)

    def _show(self) -> None:
        if self._screen is None:
            return
        views = []
        for view in self._views.views:
            known = self._counts.get(view.filter, Counted(view))
            views.append(Counted(view, known.count, known.wrong))
        state = ViewsState(tuple(views), self._views.problems, self._is_read, self._account())
        self._screen.show(state)
