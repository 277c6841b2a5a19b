"""What is typed goes out one at a time: a key only once the one before it has had its effect.

A key is for what the user saw or knew would be there: the panel that the key before it opens, the record that comes
next.  The toolkit hands each key at once to what is in front, which may be about to go.  It looks at no key, and knows
nothing of what they do.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Final, Protocol

from textual.events import Event
from textual.message_pump import MessagePump

_ROUNDS: Final = 4
"""Times round all who may have to do with a key: its message, the command, what that opens, what that does first."""

_LONG: Final = 0.05
"""Seconds after which a key has had its effect if nobody has anything left to do."""

_GIVEN_UP: Final = 1.0
"""Seconds after which a key goes out even if the one before it still has no effect: somebody is stuck, or gone."""


class Host(Protocol):
    """What of the application is needed here."""

    @property
    def message_queue_size(self) -> int:
        """How many messages wait for the application."""

    @property
    def screen(self) -> MessagePump:
        """The screen in front."""

    @property
    def focused(self) -> MessagePump | None:
        """The text line, or whatever else takes keys, on that screen."""

    def call_later(self, callback: Callable[..., object], *args: object) -> bool:
        """Call it behind all that has come to the application so far."""

    def set_timer(self, delay: float, callback: Callable[[], object]) -> object:
        """Call it in so many seconds."""


class TypedAhead:
    """Keys and pastes that wait for those before them."""

    def __init__(self, host: Host, send: Callable[[Event], Awaitable[None]]) -> None:
        """Hand them to `send`, in their order, from the application's own queue of messages."""
        self._host = host
        self._send = send
        self._waiting: deque[Event] = deque()
        self._takers: list[MessagePump] = []
        """Who took the last one."""
        self._sent = 0
        """How many went out."""
        self._sent_at = float("-inf")
        """When the last one did, by the steady clock."""
        self._is_settling = False
        """One waits for the effect of the last one."""

    async def take(self, event: Event) -> None:
        """Send it now, or as soon as it is due."""
        self._waiting.append(event)
        is_long_ago = time.monotonic() - self._sent_at > _LONG
        if is_long_ago and not self._is_settling and self._is_done():
            await self._go_on(self._sent)
        else:
            self._await_effect()

    def put_first(self, event: Event) -> None:
        """Have it sent before all that wait: the one before has led to it."""
        self._waiting.appendleft(event)
        self._await_effect()

    async def _go_on(self, number: int) -> None:
        """Send the next, unless another one went out after the one of that number."""
        if number != self._sent or not self._waiting:
            return
        self._is_settling = False
        event = self._waiting.popleft()
        self._takers = self._in_front()
        self._sent += 1
        self._sent_at = time.monotonic()
        await self._send(event)
        if self._waiting:
            self._await_effect()

    def _in_front(self) -> list[MessagePump]:
        """Give who takes a key now, and who hears of it after that."""
        focused, screen = self._host.focused, self._host.screen
        return [screen] if focused is None else [focused, screen]

    def _is_done(self) -> bool:
        """Say whether nobody has anything left to do."""
        pumps: tuple[MessagePump | Host, ...] = (self._host, *self._takers, *self._in_front())
        return all(pump.message_queue_size == 0 for pump in pumps)

    def _await_effect(self) -> None:
        """Send the next when the last has had its effect."""
        if not self._is_settling:
            self._is_settling = True
            go_on = partial(self._host.call_later, self._go_on, self._sent)
            self._host.set_timer(_GIVEN_UP, go_on)
            self._settle(self._sent, self._steps())

    def _steps(self) -> Iterator[MessagePump | None]:
        """Give whose turn it is to have done what came to it so far; none for the application."""
        for _ in range(_ROUNDS):
            yield from self._takers
            yield from (other for other in self._in_front() if other not in self._takers)
            yield None

    def _settle(self, number: int, steps: Iterator[MessagePump | None]) -> None:
        """Go round until the effect of a key is there, then send the next; who is gone already has done its part."""
        if number != self._sent:
            return
        for pump in steps:
            go_on = self._host.call_later if pump is None else pump.call_later
            if go_on(self._settle, number, steps):
                return
        self._host.call_later(self._go_on, number)
