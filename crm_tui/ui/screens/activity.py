"""The activity screen: what was asked for and what became of it, with the history of the one under the cursor.

It draws what it is given, turns keys into commands, and tells which entry the cursor is on; the cursor follows its
entry by number.  It reads no journal and settles nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize
from textual.message import Message

from crm_tui.commands.spec import Command, Motion, Where
from crm_tui.domain.audit import Overwrite
from crm_tui.domain.intent import NEEDS_SOMEBODY, Entry
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.wording import Wall, spelled_name
from crm_tui.structs import Struct
from crm_tui.text import safe
from crm_tui.ui import keys, words
from crm_tui.ui.cells import pad
from crm_tui.ui.entry_words import entry_line, story_lines
from crm_tui.ui.screens.keyed import KeyedScreen
from crm_tui.ui.widgets.ground import Ground
from crm_tui.ui.widgets.line import Line, Pieces, Rule
from crm_tui.ui.widgets.lines_view import LinesView
from crm_tui.ui.widgets.unscrolled import Unscrolled

_BESIDE: Final = 110
"""Cells from which on the history stands beside the list."""

_HEADED: Final = 2
"""Lines of the two headings of the list, where something needs somebody."""

_AHEAD: Final = 30
"""Lines below the cursor that should have been fetched."""


class ActivityState(Struct, frozen=True):
    """What of the journal the screen draws."""

    front: tuple[Entry, ...]
    """Those that need somebody, or did when they were first seen."""
    rest: tuple[Entry, ...]
    is_whole: bool
    """There are no older ones."""
    snapshot: Snapshot
    """Names what the entries hold the numbers of."""
    wall_of: Callable[[int], Wall]
    """Id of a record → the calendar of its location."""
    now: datetime
    overwritten: tuple[Overwrite, ...]
    """What others had written and ours replaced unseen; the newest last, which a key restores."""
    needing: int
    account: tuple[Pieces, Pieces]
    """The line of chrome: at the left whose account it is marked as, at the right its name."""


class _Work(Ground, Container):
    """The ground under list and history."""


class _Frame(Unscrolled, Container):
    """The history in its place, with the rule between it and the list."""


class ActivityScreen(KeyedScreen):
    """The journal as a list, the history of one entry beside it or below."""

    where = Where.ACTIVITY

    class Reached(Message):
        """The cursor has come near the oldest entry that was fetched."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__(commands)
        self._state: ActivityState | None = None
        self._number: int | None = None
        """Of the entry under the cursor."""
        self._top = 0
        """The first line of the list that is on the screen."""
        self._scrolled = 0
        """Lines of the history above those on the screen."""
        self._chrome = Line(id="chrome")
        self._list = LinesView(id="activity-list")
        self._frame = _Frame(id="activity-frame")
        self._story = LinesView(id="activity-story")
        self._footer = Line(id="footer")

    def compose(self) -> ComposeResult:
        """Lay out the list and the history between chrome."""
        yield self._chrome
        with _Work(id="activity-work"):
            yield self._list
            with self._frame:
                yield self._story
        yield Rule(id="rule")
        yield self._status
        yield self._footer

    def on_resize(self, event: Resize) -> None:
        """Put the history where there is room for it."""
        is_beside = event.size.width >= _BESIDE
        self._frame.set_class(is_beside, "-right")
        self._frame.set_class(not is_beside, "-below")
        left, right = keys.footer(self._commands, Where.ACTIVITY)
        own = words.hints(right, event.size.width)
        self._footer.show(words.hints(left, event.size.width - words.width(own)), own)
        self.call_after_refresh(self._draw)

    # What it is told

    def show(self, state: ActivityState) -> None:
        """Draw the journal as it is now; the cursor stays on its entry."""
        is_first = self._state is None
        at = self._place() or 0
        self._state = state
        numbers = [entry.number for entry in self._entries()]
        if self._number not in numbers:
            self._number = numbers[min(at, len(numbers) - 1)] if numbers else None
        if is_first:
            self._top = 0
        self._draw()

    def move(self, motion: Motion, count: int) -> None:
        """Move the cursor."""
        entries, at = self._entries(), self._place()
        if at is None:
            return
        page = max(1, self._list.size.height - 2)
        steps = {
            Motion.DOWN: count,
            Motion.UP: -count,
            Motion.PAGE_DOWN: count * page,
            Motion.PAGE_UP: -count * page,
            Motion.FIRST: -len(entries),
            Motion.LAST: len(entries),
        }
        to = max(0, min(at + steps.get(motion, 0), len(entries) - 1))
        self._go_to(entries[to].number)

    def go_to_needing(self) -> bool:
        """Put the cursor on the next entry that needs somebody, round the end; say whether there is one."""
        entries, at = self._entries(), self._place()
        if at is None:
            return False
        order = (*entries[at + 1 :], *entries[: at + 1])
        found = next((entry for entry in order if entry.state in NEEDS_SOMEBODY), None)
        if found is not None:
            self._go_to(found.number)
        return found is not None

    def scroll_pane(self, lines: int) -> None:
        """Move what is seen of a long history."""
        self._scrolled += lines
        self._draw()

    def peel(self) -> None:
        """Go back to what is under this screen."""
        self.post_message(self.Left())

    # What others ask

    @property
    def entry(self) -> Entry | None:
        """The entry under the cursor, as it was drawn."""
        return next((each for each in self._entries() if each.number == self._number), None)

    @property
    def record_id(self) -> int | None:
        """The record of the entry under the cursor."""
        return entry.record_id if (entry := self.entry) is not None else None

    @property
    def shown(self) -> list[int]:
        """The numbers of the entries on the screen."""
        begin = max(self._top - _HEADED, 0)
        return [each.number for each in self._entries()[begin : begin + self.size.height]]

    # Drawing

    def _entries(self) -> tuple[Entry, ...]:
        return (*self._state.front, *self._state.rest) if self._state is not None else ()

    def _place(self) -> int | None:
        numbers = (
            place for place, each in enumerate(self._entries()) if each.number == self._number
        )
        return next(numbers, None)

    def _go_to(self, number: int) -> None:
        if number != self._number:
            self._number, self._scrolled = number, 0
        self._status.say(words.NOTHING)
        self._draw()

    def _draw(self) -> None:
        state = self._state
        if not self.is_mounted:
            return
        if state is None:
            self._list.show([(("muted", pad(" Reading the journal …", self._list.size.width)),)])
            return
        left, right = state.account
        needing = words.needing(state.needing)
        said = (("bad", f"  {needing}"),) if needing else ()
        self._chrome.show((*left, ("strong", " Activity"), *said), right)
        self._draw_list(state)
        self._draw_story(state)
        at = self._place() or 0
        if not state.is_whole and at + self._list.size.height + _AHEAD > len(self._entries()):
            self.post_message(self.Reached())

    def _draw_list(self, state: ActivityState) -> None:
        width, height = self._list.size
        entries, at = self._entries(), self._place()
        if at is None:
            self._list.show([(("muted", pad(" Nothing was asked for yet.", width)),)])
            return
        front = len(state.front)
        lines: list[Entry | str] = list(entries)
        if front:
            lines.insert(front, " Everything else" if state.rest else "")
            lines.insert(0, " Needs you, or did when this was opened")
            at += 1 + (at >= front)
        # With the first entry in sight its heading is, too.
        first = max(0, at - 1) if front else at
        self._top = max(0, min(max(at - height + 1, min(self._top, first)), len(lines) - height))
        self._list.show(
            [
                (("muted", pad(line, width)),)
                if isinstance(line, str)
                else entry_line(
                    line,
                    width,
                    state.now,
                    is_current=self._top + row == at,
                    overwrote=self._overwrote(state, line, is_short=True),
                )
                for row, line in enumerate(lines[self._top : self._top + height])
            ]
        )

    def _overwrote(self, state: ActivityState, entry: Entry, *, is_short: bool = False) -> str:
        """Say what of others' an entry replaced unseen; safe, and empty for nothing."""
        theirs = [each for each in state.overwritten if each.marker == entry.marker]
        if not theirs:
            return ""
        wall = state.wall_of(entry.record_id)
        parts = (
            f"{words.whose(each, is_short=is_short)} {spelled_name(state.snapshot, each.field, each.theirs, wall)}"
            for each in reversed(theirs)
        )
        return safe(f"overwrote {', '.join(parts)}")

    def _restores(self, state: ActivityState, entry: Entry) -> str:
        """Say which key puts back what an entry replaced, and after how many others'."""
        markers = [each.marker for each in reversed(state.overwritten)]
        before = markers.index(entry.marker)
        restores = f"{keys.KeyNames.of(self._commands).restore} restores it"
        return f"{restores}, after {before} newer" if before else restores

    def _draw_story(self, state: ActivityState) -> None:
        entry = self.entry
        width, height = self._story.size
        if entry is None or width < 1:
            self._story.show([])
            return
        wall = state.wall_of(entry.record_id)
        said = self._overwrote(state, entry)
        if said:
            said += f". {self._restores(state, entry)}"
        lines = story_lines(entry, state.snapshot, wall, width, state.now, overwrote=said)
        self._scrolled = max(0, min(self._scrolled, len(lines) - height))
        shown = lines[self._scrolled : self._scrolled + height]
        below = len(lines) - self._scrolled - height
        if below > 0:
            shown[-1] = (("muted", pad(f" ↓ {below + 1} more", width)),)
        if self._scrolled:
            shown[0] = (("muted", pad(f" ↑ {self._scrolled + 1} more", width)),)
        self._story.show(shown)
