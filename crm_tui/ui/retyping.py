"""What was typed for verbs, for as long as it may turn out that the journal could not take it.

Nobody types a note twice because a disk is full or slow.  It opens no line itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crm_tui.commands.spec import Command, Context, Prompt
from crm_tui.domain.intent import Intent
from crm_tui.service.writer import Outcome
from crm_tui.structs import replace

Given = tuple[Command, Context]
"""A command, and what it was given for, with what was typed for it."""

_KEPT: Final = 50
"""Answers; the journal has long told of the ones before."""


class Retyping:
    """Typed answers, by the intents that came of them."""

    def __init__(self) -> None:
        self._given: dict[str, Given] = {}
        self._lost: list[Given] = []

    def note(self, intents: Sequence[Intent], given: Given | None) -> None:
        """Take note of what came of a command, if something was typed for it."""
        if given is not None and _typed(given[1]):
            for intent in intents[:1]:  # a step is written down whole or not at all
                self._given[intent.marker] = given
            for marker in list(self._given)[:-_KEPT]:
                del self._given[marker]

    def hear(self, outcome: Outcome) -> None:
        """Take note of what became of an intent."""
        given = self._given.pop(outcome.intent.marker, None)
        if given is not None and not outcome.is_kept:
            self._lost.append(given)

    def next(self) -> tuple[Given, Prompt] | None:
        """Give a command whose answer was lost, once, with the line that is to be opened again for it."""
        while self._lost:
            command, context = self._lost.pop(0)
            anew = replace(context, answer=None, earlier=())
            step = command.handler(anew)
            if isinstance(step, Prompt):
                return (command, anew), replace(step, text=_typed(context))
        return None


def _typed(context: Context) -> str:
    """Give the text that was typed first; empty when none was."""
    answers = (*context.earlier, context.answer)
    return next((each for each in answers if isinstance(each, str)), "")
