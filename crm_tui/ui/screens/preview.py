"""What several records would become, shown before anything is written: one line for each, each can be left out.

It is dismissed with the changes that were agreed to, or with nothing; it never writes.
"""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key, Resize
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from crm_tui.commands.spec import Preview
from crm_tui.domain.change import Planned
from crm_tui.domain.effects import counted
from crm_tui.text import safe
from crm_tui.ui.cells import pad, width_of
from crm_tui.ui.keyboard import key_name
from crm_tui.ui.screens.dialog import Dialog

_NAME_WIDTH: Final = 28
"""Cells of a name at most: the rest of the line is for what was and what would be."""


class PreviewScreen(Dialog[tuple[Planned, ...] | None]):
    """Old and new for every record; dismissed with what is to be written."""

    AUTO_FOCUS = "OptionList"

    def __init__(self, preview: Preview, account: str) -> None:
        """Show a preview; `account` says whose data it is, fit to be shown."""
        super().__init__()
        self._preview = preview
        self._account = account
        subjects = [plan.subject for plan in preview.plans]
        subjects += [subject for subject, _ in preview.left_out]
        widest = max((width_of(safe(each)) for each in subjects), default=0)
        self._name_width = min(_NAME_WIDTH, widest)
        self._out: set[int] = set()
        """Records that were left out here."""
        self._title = Static("", id="preview-title", markup=False)
        self._list = OptionList(id="preview-list", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the title, the records and what the keys here do."""
        with Vertical(id="preview"):
            yield self._title
            yield self._list
            yield Static(
                "enter run   d leave out or take in   esc back", id="preview-keys", markup=False
            )

    def on_mount(self) -> None:
        """List the records."""
        self._fill()

    def on_resize(self, event: Resize) -> None:
        """Take half of the screen for the list at the most, so that title and keys are always in sight."""
        records = len(self._preview.plans) + len(self._preview.left_out)
        self._list.styles.height = max(1, min(records, event.size.height // 2))

    def on_key(self, event: Key) -> None:
        """Take the keys of the preview; cursor keys are the list's."""
        match key_name(event):
            case "escape":
                self.dismiss(None)
            case "enter":
                kept = tuple(p for p in self._preview.plans if p.record_id not in self._out)
                self.dismiss(kept or None)
            case "d":
                self._toggle()
            case "j":
                self._list.action_cursor_down()
            case "k":
                self._list.action_cursor_up()
            case _:
                return
        event.stop()
        event.prevent_default()

    def _toggle(self) -> None:
        place = self._list.highlighted
        if place is None or place >= len(self._preview.plans):
            return
        self._out ^= {self._preview.plans[place].record_id}
        self._fill()
        self._list.highlighted = min(place + 1, len(self._preview.plans) - 1)

    def _fill(self) -> None:
        self._list.clear_options()
        for plan in self._preview.plans:
            is_out = plan.record_id in self._out
            mark, style = ("✗", "$crm-muted") if is_out else (" ", "$crm-text")
            said = "left out" if is_out else safe(plan.whole)
            self._list.add_option(
                Option(
                    Content.assemble(
                        (f"{mark} {pad(safe(plan.subject), self._name_width)} {said}", style)
                    )
                )
            )
        for subject, why in self._preview.left_out:
            text = f"  {pad(safe(subject), self._name_width)} {safe(why)}"
            self._list.add_option(Option(Content.assemble((text, "$crm-muted")), disabled=True))
        self._list.highlighted = 0
        kept = [plan for plan in self._preview.plans if plan.record_id not in self._out]
        stay = len(self._out) + len(self._preview.left_out)
        counts = [f"{len(kept)} to write", *counted(plan.effects for plan in kept)]
        if stay:
            counts.append(f"{stay} stay as they are" if stay > 1 else "1 stays as it is")
        self._title.update(f"{safe(self._preview.title)} on {self._account}: {', '.join(counts)}")
