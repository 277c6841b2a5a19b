"""Which faults are told: every one of ours, and none that is only a wake-up that came too late."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from crm_tui.process.crash import report_from_threads


@pytest.fixture
def told() -> Iterator[list[Exception]]:
    """What has been reported in the test."""
    before = threading.excepthook
    yield []
    threading.excepthook = before


async def turns_of_the_loop(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_reader_that_is_cancelled_as_its_answer_comes_is_no_fault(
    told: list[Exception],
) -> None:
    report_from_threads(told.append)
    with (
        tempfile.TemporaryDirectory(prefix="t") as folder,
        socket.socket(socket.AF_UNIX) as listening,
    ):
        address = str(Path(folder) / "socket")
        listening.bind(address)
        listening.listen()
        async with await anyio.connect_unix(address) as stream:
            peer, _ = listening.accept()
            reading = asyncio.create_task(stream.receive())
            await turns_of_the_loop()
            asyncio.get_running_loop().call_soon(reading.cancel)
            peer.send(b"an answer")
            with contextlib.suppress(asyncio.CancelledError):
                await reading
            await turns_of_the_loop()
            peer.close()
            assert reading.cancelled()
    assert told == []


async def test_a_callback_and_a_thread_of_ours_that_fail_are_told(told: list[Exception]) -> None:
    report_from_threads(told.append)
    done = asyncio.get_running_loop().create_future()
    done.set_result(None)

    def answer_twice() -> None:
        done.set_result(None)

    def fail() -> None:
        raise LookupError

    asyncio.get_running_loop().call_soon(answer_twice)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    await turns_of_the_loop()
    assert {type(error) for error in told} == {asyncio.InvalidStateError, LookupError}
