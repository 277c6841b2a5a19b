"""A panel over the lower part of the screen in which one key chooses: a letter, or typing after a space.

It asks and is dismissed with the answer; it does not know what the answer is for.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.widgets import Input, Static

from crm_tui.commands.habits import keyed
from crm_tui.commands.spec import Answer, Ask, Choice
from crm_tui.text import safe
from crm_tui.ui.keyboard import key_name
from crm_tui.ui.screens.dialog import Dialog
from crm_tui.ui.widgets.choice_grid import Cell, ChoiceGrid
from crm_tui.ui.widgets.line import Rule
from crm_tui.ui.widgets.steady_input import SteadyInput

_STEPS = {"down": 1, "up": -1}

_SIGNS = {"space": "␣"}
"""Keys that have a name, as they are shown in one cell."""


class HintScreen(Dialog[Answer | None]):
    """Choices with a key for each; dismissed with what was chosen, or with nothing."""

    AUTO_FOCUS = ""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._title = safe(ask.title)
        self._choices = keyed(ask.choices)
        self._keys = [each.key for each in self._choices]
        self._shown: Sequence[int] = range(len(ask.choices))
        self._current: int | None = None
        """Place among those shown; nothing is highlighted before an arrow or a letter was typed."""
        self._grid = ChoiceGrid()
        self._input = SteadyInput(placeholder="type part of its name", id="hint-search")
        self._said = Static("", id="hint-keys", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the title, the search line, the choices and what the keys here do."""
        with Vertical(id="hints"):
            title = Rule(id="hint-title")
            title.show(self._title, "")
            yield title
            yield self._input
            yield self._grid
            yield self._said

    def on_mount(self) -> None:
        """Show all choices, each with its key."""
        self._input.display = False
        self._say("")
        self._draw()

    def on_key(self, event: Key) -> None:
        """Take a hint key, an arrow, or the key that leaves."""
        key = key_name(event)
        if key == "escape":
            self._peel()
        elif key in _STEPS or key in ("left", "right"):
            self._highlight(
                _STEPS[key] * self._grid.columns() if key in _STEPS else 1 - 2 * (key == "left")
            )
        elif self._input.display:
            return  # the letters belong to the search line
        elif key in self._keys:
            self._choose(self._choices[self._keys.index(key)])
        elif key == "space":
            self._input.display = True
            self._input.focus()
            self._draw()
        elif key == "enter":
            self._choose_current()
        else:
            self._say(f"{safe(key)} is none of these.")
        event.stop()
        event.prevent_default()

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Show what matches the typed words."""
        words = event.value.casefold().split()
        self._shown = [
            place
            for place, choice in enumerate(self._choices)
            if all(word in f"{choice.label} {choice.note}".casefold() for word in words)
        ]
        self._current = 0 if words and self._shown else None
        self._say("" if self._shown else "Nothing is called that.")
        self._draw()

    @on(Input.Submitted)
    def take_highlighted(self) -> None:
        """Choose what is highlighted."""
        self._choose_current()

    def _peel(self) -> None:
        """Leave the search line first, then the panel."""
        if self._input.display:
            self._input.display = False
            self._input.value = ""
            self.set_focus(None)
            self._draw()
        else:
            self.dismiss(None)

    def _highlight(self, step: int) -> None:
        if self._shown:
            before = -1 if self._current is None and step > 0 else self._current or 0
            step = min(step, 1) if self._current is None else step
            self._current = max(0, min(before + step, len(self._shown) - 1))
            self._draw()

    def _choose_current(self) -> None:
        if self._current is not None:
            self._choose(self._choices[self._shown[self._current]])

    def _choose(self, choice: Choice) -> None:
        if choice.why_not:
            self._say(safe(choice.why_not))
        else:
            self.dismiss(choice.answer)

    def _say(self, what: str) -> None:
        typing = "enter takes it   esc back" if self._input.display else "space type   esc back"
        self._said.update(what or f"a letter chooses   ↑ ↓ enter   {typing}")

    def _draw(self) -> None:
        self._grid.show(tuple(self._cell(place) for place in self._shown), self._current)

    def _cell(self, place: int) -> Cell:
        choice = self._choices[place]
        key = "" if self._input.display else _SIGNS.get(self._keys[place], self._keys[place])
        note = choice.why_not or choice.note
        return Cell(key, safe(choice.label), safe(note), not choice.why_not, choice.is_grave)
