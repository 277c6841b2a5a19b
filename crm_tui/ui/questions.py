"""The dialogues in which a step is chosen, looked at or agreed to before anything is submitted.

They submit nothing themselves: what was agreed to is handed on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from textual.screen import Screen

from crm_tui.commands.spec import Answer, Ask, Confirm, Preview, Prompt
from crm_tui.domain.change import Planned
from crm_tui.store.habits import Habits
from crm_tui.structs import replace
from crm_tui.ui.screens.confirm import ConfirmScreen
from crm_tui.ui.screens.hints import HintScreen
from crm_tui.ui.screens.preview import PreviewScreen
from crm_tui.ui.screens.prompt import PromptScreen

Agreed = tuple[Planned, ...]
"""The changes that somebody agreed to."""


class Host(Protocol):
    """What of the application is needed here."""

    def push_screen(self, screen: Screen[Any], callback: Any = None) -> Any:
        """Lay a screen over the others."""


class Questions:
    """Asks, and hands on what was answered."""

    def __init__(
        self,
        host: Host,
        habits: Habits,
        *,
        whose: Callable[[Agreed], str],
        submit: Callable[[Agreed], None],
    ) -> None:
        """Ask over the screens of `host`; `whose` says in a question whose data is to be changed.

        `habits` counts what is chosen.
        """
        self._host = host
        self._habits = habits
        self._whose = whose
        self._submit = submit

    def ask(self, step: Ask, go_on: Callable[[Answer], None]) -> None:
        """Let one of several things be chosen."""

        def chosen(answer: Answer | None) -> None:
            if answer is not None:
                if step.habit and isinstance(answer, int):
                    self._habits.take(step.habit, answer)
                go_on(answer)

        self._host.push_screen(HintScreen(step), chosen)

    def prompt(self, step: Prompt, go_on: Callable[[Answer], None]) -> None:
        """Have a line typed."""

        def typed(answer: str | None) -> None:
            if answer is not None:
                go_on(answer)

        self._host.push_screen(PromptScreen(step), typed)

    def preview(self, step: Preview) -> None:
        """Show changes of several records, and submit those that are agreed to."""
        self._host.push_screen(PreviewScreen(step, self._whose(step.plans)), self._agreed)

    def confirm(self, step: Confirm) -> None:
        """Have a word typed before anything is submitted; of several records each can be left out before."""

        def ask(kept: Agreed | None) -> None:
            if kept:
                question = ConfirmScreen(replace(step, plans=kept), self._whose(kept))
                self._host.push_screen(
                    question, lambda agreed: self._agreed(kept if agreed else None)
                )

        if len(step.plans) > 1 or step.left_out:
            preview = Preview(step.title, step.plans, step.left_out)
            self._host.push_screen(PreviewScreen(preview, self._whose(step.plans)), ask)
        else:
            ask(step.plans)

    def _agreed(self, plans: Agreed | None) -> None:
        if plans:
            self._submit(plans)
