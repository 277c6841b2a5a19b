"""Two people changed one field: what was there, what is mine and what is theirs, one key for each, and what comes out.

It is dismissed with field → side, or with nothing; nothing is sent before a side was chosen of every field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key, Resize
from textual.widgets import Static

from crm_tui.domain.intent import Entry
from crm_tui.domain.merge import Clash
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.wording import Wall, field_name
from crm_tui.service.activity import BASE, MINE, THEIRS
from crm_tui.text import safe
from crm_tui.ui.cells import pad, wrapped
from crm_tui.ui.entry_words import side_words
from crm_tui.ui.keyboard import key_name
from crm_tui.ui.screens.dialog import Dialog
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.lines_view import LinesView
from crm_tui.ui.widgets.record_view import padded

_SIDES: Final = {"1": BASE, "2": MINE, "3": THEIRS}

_CALLED: Final = {BASE: "as it was", MINE: "mine", THEIRS: "theirs"}

_KEYS: Final = "1 as it was   2 mine   3 theirs   ↑ ↓ field   enter takes it   esc back"

_LEAD: Final = 18


class CompareScreen(Dialog[Mapping[str, str] | None]):
    """The fields of a conflict, each with three values to choose from."""

    AUTO_FOCUS = ""

    def __init__(self, entry: Entry, snapshot: Snapshot, wall: Wall) -> None:
        super().__init__()
        self._entry = entry
        self._values = {clash.field: side_words(snapshot, clash, wall) for clash in entry.clashes}
        """Field → side → its value in words; safe."""
        self._chosen: dict[str, str] = {}
        self._at = 0
        self._room = 0
        self._lines = LinesView(id="compare-lines")
        self._said = Static(_KEYS, id="compare-keys", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out whose record it is, the fields and what the keys here do."""
        what = f"{safe(self._entry.subject)} {safe(self._entry.said)}: {safe(self._entry.words)}"
        with Vertical(id="compare"):
            yield Static(what, id="compare-title", markup=False)
            yield self._lines
            yield self._said

    def on_resize(self, event: Resize) -> None:
        """Take as many lines as the fields need and the screen has."""
        self._room = max(1, event.size.height * 9 // 10 - 4)
        self._lines.styles.height = min(len(self._all_lines(event.size.width - 2)[0]), self._room)
        self.call_after_refresh(self._draw)

    def on_key(self, event: Key) -> None:
        """Take a side of the field under the cursor, go to another one, or be done."""
        key = key_name(event)
        clashes = self._entry.clashes
        if key in _SIDES:
            self._choose(_SIDES[key])
        elif key in ("left", "right"):
            self._shift(1 if key == "right" else -1)
        elif key in ("down", "j", "up", "k"):
            step = 1 if key in ("down", "j") else -1
            self._at = max(0, min(self._at + step, len(clashes) - 1))
        elif key == "enter":
            self._finish()
        elif key == "escape":
            self.dismiss(None)
        else:
            return
        event.stop()
        event.prevent_default()
        self._draw()

    def _choose(self, side: str) -> None:
        """Take a side, and go on to the next field of which none was taken."""
        fields = [clash.field for clash in self._entry.clashes]
        self._chosen[fields[self._at]] = side
        left = [place for place, field in enumerate(fields) if field not in self._chosen]
        self._at = next(
            (place for place in left if place > self._at), left[0] if left else self._at
        )
        self._said.update(_KEYS)

    def _shift(self, step: int) -> None:
        field = self._entry.clashes[self._at].field
        sides = list(_CALLED)
        now = self._chosen.get(field)
        to = (sides.index(now) + step) % len(sides) if now is not None else (0 if step > 0 else 2)
        self._chosen[field] = sides[to]
        self._said.update(_KEYS)

    def _finish(self) -> None:
        if len(self._chosen) < len(self._entry.clashes):
            self._said.update("Choose of every field first: 1 as it was, 2 mine, 3 theirs")
        else:
            self.dismiss(dict(self._chosen))

    def _draw(self) -> None:
        lines, current = self._all_lines(self._lines.size.width)
        height = self._lines.size.height
        top = max(0, min(current - height // 2, len(lines) - height))
        self._lines.show(lines[top : top + height])

    def _all_lines(self, width: int) -> tuple[list[Pieces], int]:
        """Write every field with its three values and what comes out; give also the line of the cursor's field."""
        lines: list[Pieces] = []
        current = 0
        for place, clash in enumerate(self._entry.clashes):
            is_current = place == self._at
            if is_current:
                current = len(lines)
            mark = "▸" if is_current else " "
            lines.append(padded((("head", f"{mark} {field_name(clash.field)}"),), width))
            for key, side in _SIDES.items():
                lines += self._side_lines(clash, key, side, width)
        lines.append(padded((("rule", "─" * width),), width))
        lines += [
            padded(piece, width) for clash in self._entry.clashes for piece in self._merged(clash)
        ]
        return lines, current

    def _side_lines(self, clash: Clash, key: str, side: str, width: int) -> list[Pieces]:
        is_chosen = self._chosen.get(clash.field) == side
        said = self._values[clash.field][side]
        found: list[Pieces] = []
        for number, text in enumerate(wrapped(said, max(width - _LEAD - 1, 8))):
            sign = "✓" if is_chosen else " "
            style = "cursor-strong" if is_chosen else "text"
            lead = pad(f"  {sign} {key} {_CALLED[side]}", _LEAD) if not number else " " * _LEAD
            key_style = "cursor-key" if is_chosen else "key"
            found.append(padded(((key_style, lead), (style, text)), width))
        return found

    def _merged(self, clash: Clash) -> list[Pieces]:
        """Say what will be in a field."""
        side = self._chosen.get(clash.field)
        name = pad(f"  {field_name(clash.field)}", _LEAD)
        if side is None:
            return [(("muted", name), ("muted", "not chosen yet"))]
        after = self._values[clash.field][side]
        kept = "stays" if side == THEIRS else "is written"
        return [(("muted", name), ("good", after), ("muted", f"  {kept}"))]
