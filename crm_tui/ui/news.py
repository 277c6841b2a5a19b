"""What the user is told once: of the journal, of what was left over, of what a save wrote over.

It remembers what was told, and words nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm_tui.domain.intent import WAITING, Intent, Stack
from crm_tui.service.crm import Crm
from crm_tui.ui import words
from crm_tui.ui.keys import KeyNames


class News:
    """What was told already."""

    def __init__(self, crm: Crm, keys: KeyNames) -> None:
        self._crm = crm
        self._keys = keys
        self._told: set[str] = set()

    def again(self) -> str:
        """Say again of the journal, and of what an earlier run left, what is so still; raw."""
        waiting = {intent.marker for intent in self._crm.unsettled()}
        left = [each for each in self._crm.left_over() if each.marker in waiting]
        return " ".join(filter(None, [*self._crm.notices(), self._left_over(left)]))

    def _left_over(self, left: Sequence[Intent]) -> str:
        """Word what was left over; the key that takes it back only where it does."""
        trail = self._crm.trail
        held = [each for each in left if trail.state(each.marker) in WAITING]
        begun = [each for each in left if each not in held]
        last = trail.top(Stack.UNDO)
        can = bool(held) and last is not None and last.step.id == held[-1].step
        return words.left_over(held, begun, self._keys.undo if can else "")

    def take(self) -> str:
        """Give what is new, as sentences; raw, and empty when there is nothing."""
        news = [*self._crm.notices(), self._left_over(self._crm.left_over())]
        for each in self._crm.overwritten():
            row = self._crm.snapshot.row(each.record_id)
            subject = row.customer if row is not None else f"#{each.record_id}"
            news.append(words.overwritten(each, subject, self._keys))
        fresh = [sentence for sentence in news if sentence and sentence not in self._told]
        self._told.update(fresh)
        return " ".join(fresh)
