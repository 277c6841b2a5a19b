"""What a sitting came to, in a few lines over the lower part of the screen; any key closes it.

A key that means something on the screen under it is not lost: it is handed on.  It counts nothing itself.
"""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.widgets import Static

from crm_tui.domain.triage.meter import Tally, counted
from crm_tui.ui.screens.dialog import Dialog

_SWALLOWED: Final = ("escape", "enter", "space")
"""Keys that only close it: whoever presses them means nothing else."""


class SummaryScreen(Dialog[Key | None]):
    """The end of a sitting; dismissed with the key that goes on, if one does."""

    AUTO_FOCUS = ""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self._tally = tally

    def compose(self) -> ComposeResult:
        """Lay out the figures and what was done."""
        first, *others = in_words(self._tally)
        with Vertical(id="summary"):
            yield Static(first, id="summary-title", markup=False)
            for each in others:
                yield Static(each, classes="summary-line", markup=False)
            yield Static("any key goes on", id="summary-keys", markup=False)

    def on_key(self, event: Key) -> None:
        """Close, and hand the key on."""
        event.stop()
        event.prevent_default()
        self.dismiss(None if event.key in _SWALLOWED else event)


def in_words(tally: Tally) -> list[str]:
    """Say what a sitting came to, line by line."""
    items = "1 item" if tally.decided == 1 else f"{tally.decided:,} items"
    minutes, seconds = divmod(round(tally.seconds), 60)
    took = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    each = f"{tally.keys_per_item:.1f} keys and {tally.seconds_per_item:.0f} s each"
    return [
        f"{items} decided in {took}: {each}",
        ", ".join(counted(count, what) for what, count in tally.done.items()),
        f"key to screen: {tally.median_ms:.0f} ms, 95 of 100 within {tally.p95_ms:.0f} ms",
    ]
