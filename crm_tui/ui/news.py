"""What the user is told once: of the journal, of what was left over, of what a save wrote over.

It remembers what was told, and words nothing itself.
"""

from __future__ import annotations

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
        return " ".join(filter(None, [*self._crm.notices(), words.left_over(left, self._keys)]))

    def take(self) -> str:
        """Give what is new, as sentences; raw, and empty when there is nothing."""
        news = [*self._crm.notices(), words.left_over(self._crm.left_over(), self._keys)]
        for each in self._crm.overwritten():
            row = self._crm.snapshot.row(each.record_id)
            subject = row.customer if row is not None else f"#{each.record_id}"
            news.append(words.overwritten(each, subject, self._keys))
        fresh = [sentence for sentence in news if sentence and sentence not in self._told]
        self._told.update(fresh)
        return " ".join(fresh)
