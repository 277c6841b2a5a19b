"""A screen that lies over another one until it has its answer: it is left once, and takes no key after that.

Somebody types faster than screens come and go.  What a dialogue asks and how it looks is each one's own.
"""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.events import Event, Key
from textual.screen import ModalScreen

from crm_tui.ui.keyboard import again

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A question over what it is about."""

    async def on_event(self, event: Event) -> None:
        """Hand on a key that was on its way here when this was left; it is for what lies there now.

        First the answer takes its effect, which may be another record under the cursor.
        """
        if isinstance(event, Key) and not self.is_active:
            self.app.call_later(self._hand_on, again(event))
        else:
            await super().on_event(event)

    def _hand_on(self, key: Key) -> None:
        top = self.app.screen
        top.post_message(key)

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Go away with the answer; the second time there is nothing left to leave but what lies under it."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
