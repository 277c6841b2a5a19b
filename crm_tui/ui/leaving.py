"""Leaving: with nothing on its way at once, else when it has arrived, or as somebody says of what is held back.

It asks and waits; what is sent, kept or dropped is the book's business.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

from textual.screen import Screen

from crm_tui.api.errors import SignInRefused
from crm_tui.commands.spec import Answer, Ask, Choice
from crm_tui.domain.intent import Intent
from crm_tui.process import DONE, FAILED, SIGN_IN
from crm_tui.process.endings import GRACE
from crm_tui.service.crm import Crm
from crm_tui.ui import words
from crm_tui.ui.desk import Desk
from crm_tui.ui.keys import KeyNames
from crm_tui.ui.screens.hints import HintScreen

SEND: Final = "send"
KEEP: Final = "keep"
DROP: Final = "drop"


class Host(Protocol):
    """What of the application is needed here."""

    def push_screen(self, screen: Screen[Any], callback: Any = None) -> Any:
        """Lay a screen over the others."""

    def run_worker(self, work: Awaitable[None], *, name: str, exit_on_error: bool) -> Any:
        """Do something in the background."""

    def say(self, text: str) -> None:
        """Tell the user something."""

    def exit(self, result: int) -> None:
        """End the application with a code."""


class Leaving:
    """How the program is left."""

    def __init__(self, host: Host, crm: Crm, desk: Desk, keys: KeyNames) -> None:
        self._host = host
        self._crm = crm
        self._desk = desk
        self._keys = keys
        self._is_leaving = False
        self._go_on: Callable[[], None] = lambda: None
        """Lets be sent what was held off while somebody is asked."""

    def ask(self) -> None:
        """Leave once every change has its outcome; asked a second time, leave at once."""
        sending = self._crm.snapshot.pending_count()
        held = self._crm.held()
        if sending == 0 or self._is_leaving or self._desk.stands_still:
            self._host.exit(self._exit_code())
        elif held:
            # What is asked about stays as it is until it is answered.
            self._go_on = self._crm.hold_off()
            asked = question(held, can_keep=self._crm.keeps_changes)
            self._host.push_screen(HintScreen(asked), self._leave_with)
        else:
            self._leave_later(sending)

    def soon(self, code: int) -> None:
        """Leave with this code, as the process is told to."""
        self._leave_landed(code, words.LEAVING_SOON)

    def _leave_landed(self, code: int, said: str) -> None:
        """Leave and begin nothing new: what is being sent gets a moment for its answer, and that is said."""
        if self._crm.sending() and not self._desk.stands_still:
            self._host.say(said)
            self._host.run_worker(self._close(code), name="closing", exit_on_error=False)
        else:
            self._host.exit(code)

    def _leave_with(self, answer: Answer | None) -> None:
        """Leave with what was held back sent, kept or dropped; without an answer stay."""
        if answer is None:
            self._go_on()
            return
        if answer == KEEP:
            self._leave_landed(self._exit_code(), words.LEAVING_KEPT)
            return
        if answer == DROP:
            self._crm.drop_held()
        if sending := self._crm.snapshot.pending_count():
            self._leave_later(sending)
        else:
            self._host.exit(self._exit_code())

    def _leave_later(self, sending: int) -> None:
        self._is_leaving = True
        self._host.say(words.leaving(sending, self._keys))
        self._host.run_worker(self._leave_when_settled(), name="leaving", exit_on_error=False)

    async def _leave_when_settled(self) -> None:
        await self._crm.settle()
        self._host.exit(self._exit_code())

    async def _close(self, code: int) -> None:
        await self._crm.close(GRACE)
        self._host.exit(code)

    def _exit_code(self) -> int:
        """Say how it went: 4 when sign-in was refused, 1 when nothing could be loaded, else 0."""
        if self._crm.failure is None or self._crm.snapshot.boards:
            return DONE
        return SIGN_IN if isinstance(self._crm.failure, SignInRefused) else FAILED


def question(held: Sequence[Intent], *, can_keep: bool) -> Ask:
    """Ask whether what is held back is to be sent, kept for next time if it can be, or dropped; holds foreign text."""
    what = f"{held[-1].subject} {held[-1].said}"
    if len(held) > 1:
        what = f"{len(held)} changes, the last {what}"
    choices = [Choice(SEND, "Send, then leave"), Choice(DROP, "Drop, then leave")]
    if can_keep:
        choices.insert(1, Choice(KEEP, "Keep for next time"))
    return Ask(f"Not sent yet: {what}", tuple(choices))
