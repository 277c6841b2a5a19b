"""What was decided last, with all that was answered, so that one key decides elsewhere in the same way.

A task is made beside a record and decides nothing about it, so it is not made again.  It carries nothing out itself.
"""

from __future__ import annotations

from crm_tui.commands.spec import Command, Context, Preview, Step, Write
from crm_tui.structs import replace

Given = tuple[Command, Context]
"""A command, and what it is given for."""


class Repeating:
    """The last decision."""

    def __init__(self) -> None:
        self._decided: Given | None = None

    def note(self, command: Command, context: Context, step: Step) -> None:
        """Take note of what a command came to, if that decides about records."""
        if not command.writes or command.repeats or not isinstance(step, (Write, Preview)):
            return
        if all(plan.change.made is None for plan in step.plans):
            self._decided = (command, context)

    def here(self, context: Context) -> Given | None:
        """Give the last decision for where somebody stands now; none when there was none."""
        if self._decided is None:
            return None
        command, decided = self._decided
        return command, replace(context, answer=decided.answer, earlier=decided.earlier)
