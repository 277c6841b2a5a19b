"""What became of the changes that a headless command asked for: a line for each as it comes, or JSON at the end.

It words outcomes as the journal does, and asks nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from crm_tui.cli.output import say, show_json
from crm_tui.cli.perform import Asked
from crm_tui.domain.intent import Intent, IntentState
from crm_tui.domain.snapshot import RowState
from crm_tui.process import DONE, FAILED
from crm_tui.service.writer import Outcome
from crm_tui.text import safe

_STATES: Final = {
    RowState.SAVED: IntentState.DONE,
    RowState.QUEUED: IntentState.QUEUED,
    RowState.FAILED: IntentState.FAILED,
    RowState.CONFLICT: IntentState.CONFLICT,
    RowState.UNKNOWN: IntentState.UNKNOWN,
    RowState.PARKED: IntentState.PARKED,
}
"""What a record shows → the state of its intent; what is not here is no outcome."""

_FINE: Final = (IntentState.DONE, IntentState.CANCELLED)


class Outcomes:
    """Collects and prints what became of what was asked for."""

    def __init__(self, account: dict[str, Any], *, waits: bool, as_json: bool) -> None:
        """Print for an account; without `waits` it is fine to stay in the journal."""
        self._account = account
        self._fine = (*_FINE, *(() if waits else (IntentState.QUEUED,)))
        self._as_json = as_json
        self._expected: dict[str, Intent] = {}
        self._found: dict[str, tuple[IntentState, str]] = {}
        self._left_out: Sequence[tuple[str, str]] = ()

    def expect(self, asked: Asked) -> None:
        """Wait for the outcomes of these from now on."""
        self._expected = {each.marker: each for each in (*asked.intents, *asked.cancelled)}
        self._left_out = asked.left_out
        for intent in asked.cancelled:
            self._take(intent, IntentState.CANCELLED, "the server never heard of it")

    def note(self, outcome: Outcome | None) -> None:
        """Take note of an outcome, as a listener of the book."""
        state = _STATES.get(outcome.state) if outcome is not None else None
        if outcome is None or state is None:
            return
        if outcome.is_moot:
            state = IntentState.CANCELLED
        if outcome.intent.marker in self._expected:
            self._take(outcome.intent, state, outcome.words)
        else:
            say(f"crm-tui: left over from before: {_line(outcome.intent, state, outcome.words)}")

    def close(self, waiting: Sequence[Intent], words: str = "") -> int:
        """Print the rest; returns the exit code.

        `waiting` have no outcome and stay in the journal; of what else has none, another window took it back.
        """
        left = {intent.marker for intent in waiting}
        for marker, intent in self._expected.items():
            if marker in left:
                self._take(intent, IntentState.QUEUED, words)
            elif marker not in self._found:
                self._take(intent, IntentState.CANCELLED, "taken back in another window")
        if self._as_json:
            show_json(self._document())
        return FAILED if self.bad() else DONE

    def bad(self) -> str:
        """Say how many did not go through, by outcome; empty when all did."""
        bad = Counter(state for state, _ in self._found.values() if state not in self._fine)
        said = [f"{count} {state}" for state, count in sorted(bad.items())]
        return ", ".join([*said, *([f"{len(self._left_out)} left out"] if self._left_out else [])])

    def queued(self) -> int:
        """Count what stays in the journal."""
        return sum(state == IntentState.QUEUED for state, _ in self._found.values())

    def _take(self, intent: Intent, state: IntentState, words: str) -> None:
        self._found[intent.marker] = (state, words)
        if not self._as_json:
            print(_line(intent, state, words), flush=True)

    def _document(self) -> dict[str, Any]:
        outcomes = [
            {
                "id": intent.record_id if intent.pending.change.made is None else None,
                "subject": intent.subject,
                "change": intent.said,
                "outcome": self._found[marker][0],
                "words": self._found[marker][1],
            }
            for marker, intent in self._expected.items()
        ]
        left_out = [{"subject": subject, "why": why} for subject, why in self._left_out]
        return {**self._account, "outcomes": outcomes, "left_out": left_out}


def _line(intent: Intent, state: IntentState, words: str) -> str:
    said = f"  ({safe(words)})" if words else ""
    which = f"#{intent.record_id}" if intent.pending.change.made is None else "new"
    return f"{state:<9}  {which}  {safe(intent.subject)}  {safe(intent.said)}{said}"
