"""A screen that lies over another one until it has its answer: it is left once.

What a dialogue asks and how it looks is each one's own.
"""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A question over what it is about."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Go away with the answer; the second time there is nothing left to leave but what lies under it."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
