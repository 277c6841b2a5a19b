"""What is typed goes out one at a time, each once the one before has had its effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from textual.events import Event, Key
from textual.message_pump import MessagePump

from crm_tui.ui.typed_ahead import TypedAhead
from tests.ui.conftest import Sit


class Queue(MessagePump):
    """Something that has messages, each of which is done when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Callable[[], object]] = []
        self.takes_calls = True
        self.came = asyncio.Event()

    def call_later(self, callback: Callable[..., object], *args: object, **_none: object) -> bool:
        if self.takes_calls:
            self.calls.append(lambda: callback(*args))
            self.came.set()
        return self.takes_calls

    async def run(self) -> None:
        """Do all that has come so far."""
        calls, self.calls = self.calls, []
        for call in calls:
            done = call()
            if isinstance(done, Awaitable):
                await done


class Program(Queue):
    """A program with one screen."""

    def __init__(self) -> None:
        super().__init__()
        self.screen = Queue()
        self.focused: Queue | None = None
        self.sent: list[str] = []
        self.typed = TypedAhead(self, self.send)

    async def send(self, event: Event) -> None:
        assert isinstance(event, Key)
        self.sent.append(event.key)

    async def press(self, *names: str) -> None:
        for name in names:
            await self.typed.take(Key(name, name))

    async def begun(self) -> None:
        """Wait until one begins to go round."""
        self.screen.came.clear()
        await self.screen.came.wait()

    async def all_done(self) -> None:
        """Do everything that anybody has to do."""
        while self.calls or self.screen.calls:
            await self.screen.run()
            await self.run()


async def test_a_key_goes_out_once_the_one_before_is_done_with_in_order() -> None:
    program = Program()
    await program.press("a", "b", "c")
    assert program.sent == ["a"]
    await program.run()
    assert program.sent == ["a"], "the screen has not done its part yet"
    await program.all_done()
    assert program.sent == ["a", "b", "c"]


async def test_after_a_while_a_key_goes_out_at_once_if_all_is_done_and_waits_if_not() -> None:
    program = Program()
    await program.press("a")
    await program.begun()
    await program.press("b")
    assert program.sent == ["a"], "the screen is still busy with it, however long that takes"
    await program.all_done()
    await program.begun()
    await program.all_done()
    await program.press("c")
    assert program.sent == ["a", "b", "c"]


async def test_who_is_gone_has_done_its_part() -> None:
    program = Program()
    await program.press("a")
    program.screen.takes_calls = False
    await program.press("b")
    await program.all_done()
    assert program.sent == ["a", "b"]


async def test_what_a_key_led_to_goes_before_those_that_wait() -> None:
    program = Program()
    await program.press("a", "b")
    program.typed.put_first(Key("first", None))
    await program.all_done()
    assert program.sent == ["a", "first", "b"]


async def test_a_key_is_not_kept_for_ever_by_somebody_who_is_stuck() -> None:
    program = Program()
    await program.press("a", "b", "c")
    program.screen.calls.clear()
    while program.sent != ["a", "b"]:
        await asyncio.sleep(0)
        await program.run()


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_key_waits_for_a_screen_that_is_busy_with_the_one_before(
    sit: Sit, is_late: bool
) -> None:
    """Whoever looks at queues alone takes it for done: the message is out of it, and its effect is not there."""
    async with sit() as at:
        is_over = asyncio.Event()
        at.app.post_message(Key("m", "m"))
        at.app.screen.call_later(is_over.wait)
        if is_late:
            with suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), 0.06)
        at.app.post_message(Key("n", "n"))
        for _ in range(100):
            await asyncio.sleep(0)
        is_over.set()
        while not await at.crm.journal.entries():
            await at.pilot.pause()
        await at.settled()
        moved = [each.said for each in await at.crm.journal.entries()]
        assert len(moved) == 1
        assert "Negotiation" in moved[0]
