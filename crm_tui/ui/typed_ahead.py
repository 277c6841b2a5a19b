"""What is typed goes out one at a time: a key only once the one before it has had its effect.

A key is for what the user saw or knew would be there: the panel that the key before it opens, the record that comes
next.  The toolkit hands each key at once to what is in front, which may be about to go.  It looks at no key, and knows
nothing of what they do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, Protocol

from textual.app import ScreenStackError
from textual.events import Event
from textual.message_pump import MessagePump

_ROUNDS: Final = 4
"""Times round all who may have to do with a key: its message, the command, what that opens, what that does first."""

_LATER: Final = 0.015
"""Seconds after which one begins to go round when no other key waits: what the key changes is drawn before."""

_GIVEN_UP: Final = 1.0
"""Seconds after which a key goes out even if the one before it still has no effect: somebody is stuck, or gone."""


class Host(Protocol):
    """What of the application is needed here."""

    @property
    def screen(self) -> MessagePump:
        """The screen in front."""

    @property
    def focused(self) -> MessagePump | None:
        """The text line, or whatever else takes keys, on that screen."""

    def call_later(self, callback: Callable[..., object], *args: object) -> bool:
        """Call it behind all that has come to the application so far."""


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
        self._is_settled = True
        """The last one has had its effect."""
        self._goes_round = False
        """One waits for that."""
        self._clocks: list[asyncio.TimerHandle] = []

    async def take(self, event: Event) -> None:
        """Send it now, or as soon as it is due."""
        self._waiting.append(event)
        if self._is_settled:
            await self._send_next()
        else:
            self._go_round(self._sent)

    def put_first(self, event: Event) -> None:
        """Have it sent before all that wait: the one before has led to it."""
        self._waiting.appendleft(event)
        if self._is_settled:
            self._host.call_later(self._settled, self._sent)
        else:
            self._go_round(self._sent)

    async def _send_next(self) -> None:
        event = self._waiting.popleft()
        self._takers = self._in_front()
        self._sent += 1
        self._is_settled = self._goes_round = False
        for clock in self._clocks:
            clock.cancel()
        await self._send(event)
        loop, number = asyncio.get_running_loop(), self._sent
        self._clocks = [
            loop.call_later(_LATER, self._go_round, number),
            loop.call_later(_GIVEN_UP, self._host.call_later, self._settled, number),
        ]
        if self._waiting:
            self._go_round(number)

    def _in_front(self) -> list[MessagePump]:
        """Give who takes a key now, and who hears of it after that; nobody when the program is about to end."""
        try:
            focused, screen = self._host.focused, self._host.screen
        except ScreenStackError:
            return []
        return [screen] if focused is None else [focused, screen]

    def _go_round(self, number: int) -> None:
        """Begin to wait for the effect of the key of that number, if it is the last one and nobody does so yet."""
        if number == self._sent and not (self._goes_round or self._is_settled):
            self._goes_round = True
            self._step(number, self._round())

    def _round(self) -> Iterator[MessagePump | None]:
        """Give whose turn it is to have done what came to it so far; none for the application."""
        for _ in range(_ROUNDS):
            yield from self._takers
            yield from (other for other in self._in_front() if other not in self._takers)
            yield None

    def _step(self, number: int, turns: Iterator[MessagePump | None]) -> None:
        """Go on to the next; who is gone already has done its part."""
        if number != self._sent:
            return
        for pump in turns:
            call_later = self._host.call_later if pump is None else pump.call_later
            if call_later(self._step, number, turns):
                return
        self._host.call_later(self._settled, number)

    async def _settled(self, number: int) -> None:
        """The key of that number has had its effect: the next one goes out."""
        if number != self._sent:
            return
        self._is_settled = True
        if self._waiting:
            await self._send_next()
