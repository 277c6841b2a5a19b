"""The line in which a filter is typed: read at every key, its faults shown at their place.

It tells what was understood; a text that cannot be read leaves the last query in force.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Key
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from crm_tui.commands.spec import Motion
from crm_tui.domain.completion import Candidate, Completion
from crm_tui.domain.fields.field import as_value
from crm_tui.domain.language import QueryError
from crm_tui.domain.pipeline import EVERYTHING
from crm_tui.domain.query import Query
from crm_tui.text import safe
from crm_tui.ui.cells import width_of
from crm_tui.ui.reader import Reader
from crm_tui.ui.widgets.completion_panel import CompletionPanel
from crm_tui.ui.widgets.steady_input import SteadyInput

_EXAMPLE = "words, owner:ana, status:open, due<today, value>2000, -word"


_MOTIONS: Final = {
    "down": Motion.DOWN,
    "up": Motion.UP,
    "pagedown": Motion.PAGE_DOWN,
    "pageup": Motion.PAGE_UP,
}
"""Keys that mean nothing in a line of text."""

_CHOICES: Final = {"ctrl+n": 1, "ctrl+p": -1}
"""Keys that choose among what could be typed next."""

_OPENS: Final = (":", "=", "<", ">", ",")
"""What stands before a value."""

_NOTHING: Final = Completion(0, 0, ())

_MEANT: Final = "did you mean this?"


class FilterBar(Horizontal):
    """A search line and what is wrong with it."""

    class Moved(Message):
        """Somebody moves the cursor of what is shown while they type."""

        def __init__(self, motion: Motion) -> None:
            super().__init__()
            self.motion = motion

    def __init__(
        self,
        *,
        id: str,  # noqa: A002 - the framework's name for it
        panel: CompletionPanel,
        narrow: Callable[[Query], None],
        sign: str = "F",
    ) -> None:
        """Show `sign`, the key that opens it, before the text; what could be typed next shows in `panel`.

        `narrow` is given every query that is typed, at once: letter and result are one frame.
        """
        super().__init__(id=id)
        self.display = (
            False  # said before any sheet is read: what lies below it reckons with its line
        )
        self._narrow = narrow
        self._panel = panel
        self._sign = Static(f" {sign} ", id="filter-sign", markup=False)
        self.text = ""
        """What is in force; may hold anything that was typed or pasted."""
        self._before = ""
        self._read: Reader | None = None
        self._choices: Completion | None = None
        """What that stands for which means several things, if something does."""
        self._meant: Completion | None = None
        """What was probably meant in the place of what is wrong, if that can be guessed."""
        self._input = SteadyInput(placeholder=_EXAMPLE, id="filter-text", typed=self._typed)
        self._fault = Static("", id="filter-fault", markup=False)
        self._blamed = ""

    def compose(self) -> ComposeResult:
        """Lay out sign, line and fault if somebody types already; no first paint should wait for them."""
        if self._read is not None:
            yield from self._parts

    @property
    def _parts(self) -> tuple[Widget, ...]:
        return self._sign, self._input, self._fault

    def edit(self, read: Reader, text: str | None = None, *, anew: bool = False) -> None:
        """Let the filter be typed, from `text` on, else from what is in force.

        `anew`: the first letter takes the place of what is there.
        """
        self._before = self.text
        self.display = True
        if self.is_attached and not self._input.is_attached:
            self.mount(*self._parts)
        self._read = None  # what is in force need not be looked for again
        self._input.value = self.text if text is None else text
        self._read = read
        self._input.select_on_focus = anew
        self._input.cursor_position = len(self._input.value)
        self._input.focus()
        if text is not None:
            self._take(text)

    @property
    def is_open(self) -> bool:
        """Say whether a filter is being typed."""
        return self.display

    class Closed(Message):
        """Nothing is typed any more."""

    def clear(self) -> None:
        """Let everything through."""
        self.text = ""
        self._narrow(EVERYTHING)

    @on(Input.Changed)
    def take_note(self, event: Input.Changed) -> None:
        """Tell nobody else: it was read already."""
        event.stop()

    def _typed(self, text: str) -> None:
        """Read what was typed so far."""
        if self.is_open:
            self._take(text)
            self._offer(text)

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        """Close the line; a text with a fault stays open."""
        event.stop()
        if not self._blamed:
            self._close()

    def on_key(self, event: Key) -> None:
        """Close the line with the filter as it was before, or move the cursor of what it filters.

        It goes ahead of what the screen does at these keys.
        """
        motion = _MOTIONS.get(event.key)
        if motion is None and event.key not in (*_CHOICES, "tab", "escape"):
            return
        event.stop()
        event.prevent_default()
        if motion is not None:
            self.post_message(self.Moved(motion))
        elif event.key in _CHOICES:
            self._panel.choose(_CHOICES[event.key])
        elif event.key == "tab":
            self._complete()
        else:
            self._take(self._before)
            self._close()

    def _take(self, text: str) -> None:
        if self._read is None:
            return
        self._choices = self._meant = None
        try:
            query = self._read(text)
        except QueryError as error:
            self._fail(error, text[error.position : error.end])
            return
        self._blame("")
        self._input.mark_wrong(0, 0)
        self.text = text.strip()
        self._narrow(query)

    def _fail(self, error: QueryError, wrong: str) -> None:
        """Say what is wrong and show where; what was probably meant comes first, since the rest may not fit."""
        meant = error.suggestion if error.suggestion.casefold() != wrong.casefold() else ""
        guess = f" did you mean {meant}?" if meant else ""
        self._blame(safe(f"{guess} {error}"))
        self._input.mark_wrong(error.position, error.end)
        if error.choices:
            offered = tuple(Candidate(each) for each in error.choices)
            self._choices = Completion(error.position, error.end, offered)
        if meant:
            offered = (Candidate(as_value(meant), _MEANT),)
            self._meant = Completion(error.position, error.end, offered)

    def _offer(self, text: str) -> None:
        """Show what could be typed next: where it stands for several things those, else what goes on with the word.

        Where nothing goes on with it, what was probably meant.
        """
        found = self._to_offer(text)
        if not found.candidates and self._meant is not None:
            found = self._meant
        self._panel.offer(found, self._input.region.x + width_of(text[: found.begin]) - 1)

    def _to_offer(self, text: str) -> Completion:
        if self._read is None:
            return _NOTHING
        found = self._choices or self._read.complete(text, self._input.cursor_position)
        typed = text[found.begin : found.end]
        is_value = text[found.begin - 1 : found.begin] in _OPENS
        is_done = [each.text for each in found.candidates[:1]] == [typed]
        if not (typed or is_value) or is_done:
            return _NOTHING
        if not is_value:  # a word that is looked for need not be a part of every field's name
            begun = typed.casefold()
            some = tuple(each for each in found.candidates if each.text.startswith(begun))
            found = Completion(found.begin, found.end, some)
        return found

    def _complete(self) -> None:
        """Put into the line what is highlighted, else the first; who stands behind the word stays behind it."""
        taken, place = self._panel.taken, self._panel.offered
        if taken is None:
            return
        before, beyond = self._input.value, self._input.cursor_position - place.end
        self._input.value = before[: place.begin] + taken.text + before[place.end :]
        self._input.cursor_position = place.begin + len(taken.text) + max(beyond, 0)

    def _blame(self, fault: str) -> None:
        """Show what is wrong; everything is laid out anew for that, so only when it is something else."""
        if fault != self._blamed:
            self._blamed = fault
            self._fault.update(fault)

    def _close(self) -> None:
        self._panel.withdraw()
        self.display = False
        self._blame("")
        self._input.mark_wrong(0, 0)
        self.post_message(self.Closed())
        self.screen.set_focus(None)
