"""A screen on which opportunities are worked through: chrome, a filter, a view of them, the record beside it.

What the view is, is each screen's own.  It draws what it is given, and never writes; it holds neither book nor server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from crm_tui.commands.spec import Command
from crm_tui.domain.pipeline import EVERYTHING
from crm_tui.domain.query import Query
from crm_tui.domain.rows import OpportunityRow
from crm_tui.service.load import Load, Phase
from crm_tui.ui import keys, words
from crm_tui.ui.notice import is_small, too_small
from crm_tui.ui.reader import Reader
from crm_tui.ui.record import pane_view
from crm_tui.ui.screens.keyed import KeyedScreen
from crm_tui.ui.screens.work_state import WorkState
from crm_tui.ui.treatment import PLAIN, Treatment
from crm_tui.ui.widgets.card import Seen
from crm_tui.ui.widgets.completion_panel import CompletionPanel
from crm_tui.ui.widgets.filter_bar import FilterBar
from crm_tui.ui.widgets.ground import Work
from crm_tui.ui.widgets.line import Line, Pieces, Rule
from crm_tui.ui.widgets.record_frame import RecordFrame

_CHROME_LINES: Final = 4
"""One above the view, and the rule, the status line and the footer below it."""


class WorkScreen(KeyedScreen):
    """One view of opportunities, under a line of chrome and over a status line and the footer."""

    filter_sign: ClassVar[str] = "F"
    """The key that opens the filter, as it stands before the text."""

    def __init__(
        self, source: str, commands: tuple[Command, ...], treatment: Treatment = PLAIN
    ) -> None:
        super().__init__(commands)
        self._source = source
        self._treatment = treatment
        self._work_state: WorkState | None = None
        self._query = EVERYTHING
        self._terminal = Size(0, 0)
        self._notice = ""
        self._shown_notice = ""
        self._chrome = Line(id="chrome")
        self._completion = CompletionPanel(id="completion")
        self._filter = FilterBar(
            id="filter",
            panel=self._completion,
            narrow=self.look_for,
            sign=self.filter_sign,
        )
        self._banner = Line(id="banner")
        self._notice_view = Static(id="notice", markup=False)
        self._work = Work(id="work")
        self._record = RecordFrame(id="record")
        self._rule = Rule(id="rule")
        self._footer = Line(id="footer")

    def compose(self) -> ComposeResult:
        """Lay out chrome, work and chrome."""
        yield self._chrome
        yield self._banner
        yield self._filter
        yield self._completion
        yield from self.heading()
        yield self._notice_view
        with self._work:
            yield self.view()
            yield self._record
        yield self._rule
        yield self._status
        yield self._footer

    # What each such screen has of its own

    def view(self) -> Widget:
        """Give the view of the opportunities."""
        raise NotImplementedError

    def heading(self) -> Iterable[Widget]:
        """Give what stands over the view, line by line, if anything does."""
        return ()

    def expect_area(self, area: Size) -> None:
        """Take note of how much room the view will have: then one frame shows it all."""
        raise NotImplementedError

    def draw_view(self) -> None:
        """Draw the view anew: the book or the filter has changed."""
        raise NotImplementedError

    def draw_chrome(self) -> None:
        """Draw the line at the top."""
        raise NotImplementedError

    def draw_around(self) -> None:
        """Draw what depends on where the cursor is."""
        self.draw_chrome()
        self.draw_record()

    def rows_ahead(self) -> Sequence[OpportunityRow]:
        """Give the rows to which one goes on from the one under the cursor, where that is known."""
        return ()

    def heading_lines(self) -> int:
        """Count the lines over the view, beside the chrome."""
        return 0

    def drop_range(self) -> bool:
        """Forget where a range of marks was begun; say whether one was."""
        raise NotImplementedError

    # Room

    def on_resize(self, event: Resize) -> None:
        """Lay out anew for a terminal of another size."""
        if event.size != self._terminal:
            self.fit(event.size)
        self.call_after_refresh(self.draw_around)

    def fit(self, terminal: Size) -> None:
        """Lay out for a terminal of this size; told before the screen is shown, it takes one frame to be whole."""
        self._terminal = terminal
        self.place_record()
        left, right = keys.footer(self._commands, self.where)
        own = words.hints(right, terminal.width)
        self._footer.show(words.hints(left, terminal.width - words.width(own)), own)
        self.draw_notice()

    def place_record(self) -> None:
        """Tell record and view how much room they will have."""
        self.expect_area(self._record.place(self._terminal, self._work_area()))
        self.draw_record()

    def _work_area(self) -> Size:
        """Say how much of the screen is not chrome; what hides everything is not counted."""
        others = self.heading_lines() + self._filter.is_open + self._is_unkept
        return self._terminal - (0, _CHROME_LINES + others)

    @property
    def _is_unkept(self) -> bool:
        return self._work_state is not None and bool(self._work_state.unkept)

    @property
    def is_small(self) -> bool:
        """Say whether the terminal is too small to work in."""
        return is_small(self._terminal)

    @property
    def is_hidden(self) -> bool:
        """Say whether a notice hides the view: nobody acts on what they cannot see."""
        return bool(self._shown_notice)

    # Keys

    def peel(self) -> None:
        """Go back one step: a range that was begun, then the filter; never further."""
        if self.drop_range():
            self.say((("text", " The range is dropped."),))
        elif self._filter.text:
            self._filter.clear()
        else:
            self.say(words.NOTHING)

    # What it is told

    def take(self, state: WorkState, notice: str) -> None:
        """Take over the book as it is now, and why there is nothing to see of it, if so."""
        self._work_state = state
        self._notice = notice
        self.draw_notice()
        if self._banner.display != self._is_unkept:
            self._banner.display = self._is_unkept
            self.place_record()
        self._banner.show(words.banner(state.unkept))
        trouble: Pieces = words.NOTHING
        if state.is_there:
            trouble = words.trouble(state.reference, state.load, self._key_names, gone=state.gone)
        self._status.worry(trouble)
        self.count_down(state.now, state.held_until)
        self.draw_view()
        self.draw_around()

    def count_down(self, now: datetime, held_until: datetime | None) -> None:
        """Say what is going on: loading, sending, and how long something is held back."""
        state = self._work_state
        if state is None:
            return
        waits = state.is_there and not self._status.is_worried
        load = state.load if waits else Load(phase=Phase.READY)
        held = (held_until - now).total_seconds() if held_until is not None else 0.0
        going_on = words.progress(
            load, state.sending, held, self._key_names, state.waiting, is_stuck=state.is_stuck
        )
        self._status.go_on((*words.needs_you(state.needing, self._key_names), *going_on))

    def change_pane(self) -> None:
        """Put the record at the right, below, or away, whatever comes next and fits."""
        is_changed = self._record.change(self._terminal)
        self.place_record()
        self.draw_around()  # more or fewer stages may be seen now
        if not is_changed:
            self.say((("text", " There is no room for the record here; enlarge the terminal."),))

    def scroll_pane(self, lines: int) -> None:
        """Move what is seen of a long record."""
        self._record.scroll(lines)

    def edit_filter(self, read: Reader, text: str | None = None, *, anew: bool = False) -> None:
        """Let the filter be typed; `read` makes a query of it, or raises `QueryError`."""
        self._filter.edit(read, text, anew=anew)
        self.place_record()
        self.draw_around()

    def put_filter(self, text: str, query: Query) -> None:
        """Have a filter in force that was read elsewhere; it shows with the next picture."""
        self._filter.text = text
        self._query = query

    @property
    def asked(self) -> str:
        """The filter as it was typed; foreign text."""
        return self._filter.text

    def look_for(self, query: Query) -> None:
        """Show what a query lets through."""
        self._query = query
        self.draw_view()
        self.draw_around()

    @on(FilterBar.Moved)
    def step(self, event: FilterBar.Moved) -> None:
        """Move the cursor while the filter is typed."""
        self.move(event.motion, 1)

    @on(FilterBar.Closed)
    def make_room(self) -> None:
        """Give the view the line that the filter had."""
        self.place_record()
        self.draw_around()

    @property
    def shows_record(self) -> bool:
        """Say whether the record is shown beside the view."""
        return self._record.is_shown(self._terminal)

    # Drawing

    def draw_notice(self) -> None:
        """Show why there is nothing to work on in the place of the view, or the view."""
        text = too_small(self._terminal, self._key_names) if self.is_small else self._notice
        if text != self._shown_notice:
            self._shown_notice = text
            self._notice_view.update(text)
            self._notice_view.display = bool(text)
            self._work.display = self._rule.display = not text
            for chrome_line in (self._chrome, self._status, self._footer):
                chrome_line.display = not self.is_small

    def draw_record(self) -> None:
        """Draw the record under the cursor, if records are shown."""
        state = self._work_state
        if state is None:
            return
        row = state.snapshot.row(self.record_id)
        if not self.shows_record:
            row = None
        look = state.look(row, self.rows_ahead() if row is not None else ())
        if row is None or look is None:
            self._record.show(None)
        else:
            self._record.show(pane_view(state.snapshot, row, look, self.seen(row.board_id)))

    def seen(self, board_id: int) -> Seen:
        """Say from when and where the opportunities of a board are looked at."""
        state = self._work_state
        if state is None:
            raise LookupError(board_id)
        now = state.now.replace(minute=0, second=0, microsecond=0)
        return Seen(now, state.zone_of(board_id), self._treatment.dates)
