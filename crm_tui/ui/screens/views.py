"""The screen of the saved views: each with how many opportunities it has now, and what is wrong with their file.

It draws what it is given, turns keys into commands, and tells which view the cursor is on; the cursor follows its view
by name.  It reads no file and counts nothing.
"""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.events import Resize

from crm_tui.commands.spec import Command, Motion, Where
from crm_tui.config.views import SavedView
from crm_tui.structs import Struct
from crm_tui.text import safe
from crm_tui.ui import keys, words
from crm_tui.ui.cells import pad, width_of, wrapped
from crm_tui.ui.screens.keyed import KeyedScreen
from crm_tui.ui.widgets.line import Line, Pieces, Rule
from crm_tui.ui.widgets.lines_view import LinesView

_NAME: Final = 24
"""Cells of the names."""

_COUNT: Final = 9
"""Cells of the counts."""

_HEAD: Final = 1
"""Lines of the heading."""


class Counted(Struct, frozen=True):
    """A saved view with what it comes to now."""

    view: SavedView
    count: int | None = None
    """Opportunities that it lets through; none while they are not counted."""
    wrong: str = ""
    """Why its filter cannot be read now, if it cannot; foreign text."""


class ViewsState(Struct, frozen=True):
    """What the screen draws."""

    views: tuple[Counted, ...]
    problems: str
    """What is wrong with the file, a line each."""
    is_read: bool
    """The file has been read."""
    account: tuple[Pieces, Pieces]
    """The line of chrome: at the left whose account it is marked as, at the right its name."""


class ViewsScreen(KeyedScreen):
    """The saved views as a list."""

    where = Where.VIEWS

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__(commands)
        self._state: ViewsState | None = None
        self._current = ""
        """Of the view under the cursor."""
        self._top = 0
        self._chrome = Line(id="chrome")
        self._list = LinesView(id="views-list")
        self._footer = Line(id="footer")

    def compose(self) -> ComposeResult:
        """Lay out the list between chrome."""
        yield self._chrome
        yield self._list
        yield Rule(id="rule")
        yield self._status
        yield self._footer

    def on_resize(self, event: Resize) -> None:
        """Draw for a terminal of another size."""
        left, right = keys.footer(self._commands, Where.VIEWS)
        own = words.hints(right, event.size.width)
        self._footer.show(words.hints(left, event.size.width - words.width(own)), own)
        self.call_after_refresh(self._draw)

    # What it is told

    def show(self, state: ViewsState) -> None:
        """Draw the views as they are now; the cursor stays on its view, or in its place when that is gone."""
        at = self._place()
        self._state = state
        names = [each.view.name for each in state.views]
        if self._current not in names:
            self._current = names[min(at, len(names) - 1)] if names else ""
        self._draw()

    def go_to(self, name: str) -> None:
        """Put the cursor on a view, now or when it has come."""
        self._current = name
        self._draw()

    def move(self, motion: Motion, count: int) -> None:
        """Move the cursor."""
        state = self._state
        if state is None or not state.views:
            return
        page, last = max(1, self._list.size.height - _HEAD - 1), len(state.views) - 1
        steps = {
            Motion.DOWN: count,
            Motion.UP: -count,
            Motion.PAGE_DOWN: count * page,
            Motion.PAGE_UP: -count * page,
            Motion.FIRST: -last,
            Motion.LAST: last,
        }
        to = max(0, min(self._place() + steps.get(motion, 0), last))
        self._current = state.views[to].view.name
        self._status.say(words.NOTHING)
        self._draw()

    def peel(self) -> None:
        """Go back to what is under this screen."""
        self.post_message(self.Left())

    @property
    def view_name(self) -> str:
        """The name of the view under the cursor; empty when there is none."""
        return self._current

    # Drawing

    def _place(self) -> int:
        views = self._state.views if self._state is not None else ()
        return next((at for at, each in enumerate(views) if each.view.name == self._current), 0)

    def _draw(self) -> None:
        state = self._state
        if state is None or not self.is_mounted:
            return
        left, right = state.account
        self._chrome.show((*left, ("strong", " Saved views")), right)
        width, height = self._list.size
        problems = [
            (("bad", pad(f" {part}", width)),)
            for line in state.problems.splitlines()
            for part in wrapped(line, max(1, width - 2))
        ][: max(0, height - _HEAD - 2)]
        room = max(1, height - _HEAD - len(problems) - bool(problems))
        at = self._place()
        self._top = max(at - room + 1, min(self._top, at, len(state.views) - room), 0)
        shown = state.views[self._top : self._top + room]
        lines = [self._heading(width)]
        lines += [
            self._line(each, width, is_current=self._top + n == at) for n, each in enumerate(shown)
        ]
        if state.is_read and not state.views:
            save = next(each for each in self._commands if each.name == "save-view")
            none = f" There are no saved views yet; {save.keys[0]} in the search saves one."
            lines.append((("muted", pad(none, width)),))
        if problems:
            lines += [(("text", pad("", width)),), *problems]
        self._list.show(lines)

    def _heading(self, width: int) -> Pieces:
        count = " " * (_COUNT - len("found")) + "found"
        return (("muted", pad(f"     {pad('Name', _NAME)} {count}  Filter", width)),)

    def _line(self, counted: Counted, width: int, *, is_current: bool) -> Pieces:
        view = counted.view
        told = "…" if counted.count is None else f"{counted.count:,}"
        told = "–" if counted.wrong else told
        sort = f"   sorted by {view.sort}" if view.sort else ""
        text = f"{view.filter or 'everything'}{sort}"
        edge = f" {'▸' if is_current else ' '} {'★' if view.start else ' '} "
        count = " " * (_COUNT - width_of(told)) + told
        pieces = [
            ("strong", f"{edge}{pad(safe(view.name), _NAME)}"),
            ("text", f"{count}  "),
            ("bad", f"{safe(counted.wrong)}   " if counted.wrong else ""),
        ]
        room = width - sum(width_of(text) for _, text in pieces)
        pieces.append(("muted", pad(safe(text), max(0, room))))
        return tuple((f"cursor-{style}" if is_current else style, text) for style, text in pieces)
