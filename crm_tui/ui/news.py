"""What the user is told once: of the journal, of what was left over, of what a save wrote over.

It remembers what was told, and words nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_tui.domain.audit import Overwrite
from crm_tui.domain.intent import WAITING, Intent, Stack
from crm_tui.domain.wording import Wall, spelled_name
from crm_tui.service.crm import Crm
from crm_tui.ui import words
from crm_tui.ui.keys import KeyNames


class News:
    """What was told already."""

    def __init__(self, crm: Crm, keys: KeyNames, wall_of: Callable[[int], Wall]) -> None:
        """Make it; `wall_of`: id of a record → the calendar of its location."""
        self._crm = crm
        self._keys = keys
        self._wall_of = wall_of
        self._told: set[str] = set()

    def again(self) -> str:
        """Say again of the journal, and of what an earlier run left, what is so still; raw."""
        waiting = {intent.marker for intent in self._crm.unsettled()}
        left = [each for each in self._crm.left_over() if each.marker in waiting]
        return " ".join(filter(None, [*self._crm.notices(), self._left_over(left)]))

    def _overwritten(self, found: Overwrite) -> str:
        snapshot = self._crm.snapshot
        row = snapshot.row(found.record_id)
        subject = row.customer if row is not None else f"#{found.record_id}"
        wall = self._wall_of(found.record_id)
        theirs = spelled_name(snapshot, found.field, found.theirs, wall)
        return words.overwritten(found, theirs, subject, self._keys)

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
        # The newest first: that is the one which the key restores.
        news = [self._overwritten(each) for each in reversed(self._crm.overwritten())]
        news += [*self._crm.notices(), self._left_over(self._crm.left_over())]
        fresh = [sentence for sentence in news if sentence and sentence not in self._told]
        self._told.update(fresh)
        return " ".join(fresh)
