"""A word that has to be typed before something is done that nothing takes back.

It is dismissed with whether it was typed; it writes nothing.
"""

from __future__ import annotations

from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.widgets import Input, Static

from crm_tui.commands.spec import Confirm
from crm_tui.text import safe
from crm_tui.ui.screens.dialog import Dialog
from crm_tui.ui.widgets.steady_input import SteadyInput

WORD: Final = "delete"

_NAMED: Final = 6
"""Records that are named; of more the number says enough."""


class ConfirmScreen(Dialog[bool]):
    """What is lost for good, and a line to type the word or the customer's name into."""

    AUTO_FOCUS = "Input"

    def __init__(self, confirm: Confirm, account: str) -> None:
        """Ask; `account` says whose data it is, fit to be shown."""
        super().__init__()
        self._confirm = confirm
        self._account = account
        self._accepted = {WORD}
        if len(confirm.plans) == 1:
            self._accepted |= {
                confirm.plans[0].subject.strip(),
                safe(confirm.plans[0].subject).strip(),
            }
        self._said = Static("", id="confirm-keys", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out what will happen, to whom, and the line to type into."""
        names = [safe(plan.subject) for plan in self._confirm.plans]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        what = "the customer's name, or delete" if len(names) == 1 else "delete"
        with Vertical(id="confirm"):
            yield Static(
                f"{safe(self._confirm.title)} on {self._account}", id="confirm-title", markup=False
            )
            yield Static(f"‼ {safe(self._confirm.warning)}", id="confirm-warning", markup=False)
            yield Static(", ".join(names[:_NAMED]) + more, id="confirm-records", markup=False)
            yield SteadyInput(placeholder=f"type {what}", id="confirm-word")
            yield self._said

    def on_mount(self) -> None:
        """Say what the keys here do."""
        self._say()

    def on_key(self, event: Key) -> None:
        """Go back on escape."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.dismiss(False)

    @on(Input.Changed)
    def take_back_words(self) -> None:
        """Say again what the keys do, once something else is typed."""
        self._say()

    @on(Input.Submitted)
    def judge(self, event: Input.Submitted) -> None:
        """Agree only when exactly the word or the name was typed."""
        if event.value.strip() in self._accepted - {""}:
            self.dismiss(True)
        else:
            self._say("That is not it, so nothing was done.   ")

    def _say(self, what: str = "") -> None:
        self._said.update(f"{what}enter goes ahead   esc back")
