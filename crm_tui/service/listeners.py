"""Whoever wants to know when the book changes, and how they are told.  It keeps nothing of what it tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from crm_tui.domain.intent import Intent
from crm_tui.domain.snapshot import RowState
from crm_tui.service.writer import Outcome

Listener = Callable[[Outcome | None], None]
"""Told on the event loop that something changed, with the outcome of an intent if that is what it was."""


class Listeners:
    """Those who are told, in the order in which they came."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._all: list[Listener] = []

    def add(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of every change from now on; the function given back ends that."""
        self._all.append(listener)
        return lambda: self._all.remove(listener)

    def changed(self) -> None:
        """Tell them that something is another."""
        self.tell(None)

    def tell(self, outcome: Outcome | None) -> None:
        """Tell them of an outcome, or that something is another."""
        for listener in tuple(self._all):
            listener(outcome)

    def say(self, intents: Sequence[Intent], state: RowState, words: str, put_back: bool) -> None:
        """Tell them what became of some intents, which the writer never had."""
        for intent in intents:
            self.tell(Outcome(intent, state, words, put_back, self._clock()))

    def say_lost(self, intents: Sequence[Intent], words: str) -> None:
        """Tell them of intents that could not be written down and are no more."""
        for intent in intents:
            self.tell(
                Outcome(
                    intent, RowState.FAILED, words, put_back=True, at=self._clock(), is_kept=False
                )
            )
