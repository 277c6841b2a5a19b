"""What goes to a terminal arrives whole and in order, whether the terminal takes it at once, late or in pieces."""

from __future__ import annotations

import os
import select
import tty
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from threading import Event

import pytest

from crm_tui.ui.output import Output


@pytest.fixture
def pair() -> Iterator[tuple[int, int]]:
    """A terminal that changes nothing of what it is given: where it is read, and where it is written."""
    read, write = os.openpty()
    tty.setraw(write)
    yield read, write
    for each in (read, write):
        with suppress(OSError):
            os.close(each)


def taken(read: int, count: int) -> bytes:
    """Read so many bytes, as they come."""
    found = b""
    while len(found) < count:
        assert select.select([read], [], [], 20)[0], f"{len(found)} of {count} bytes came"
        found += os.read(read, count - len(found))
    return found


def texts(seed: int) -> list[str]:
    """Make texts of all lengths, most of them short, each telling its place."""
    random = Random(seed)
    lengths = [random.choice((1, 9, 400, 5_000, 30_000)) for _ in range(60)]
    return [f"{n}:" + "é" * length for n, length in enumerate(lengths)]


@pytest.mark.parametrize("seed", range(4))
def test_all_arrives_in_order_from_a_terminal_that_takes_it_when_it_wants(
    pair: tuple[int, int], seed: int
) -> None:
    read, write = pair
    random, arrived, sent = Random(seed), b"", b""
    output = Output(write, str.encode, lambda: None)
    for text in texts(seed):
        output.write(text)
        sent += text.encode()
        if random.random() < 0.5:
            arrived += taken(read, random.randrange(len(sent) - len(arrived) + 1))
    arrived += taken(read, len(sent) - len(arrived))
    output.close(20)
    assert arrived == sent


def test_a_terminal_that_takes_nothing_holds_nobody_up_and_tells_when_it_has_caught_up(
    pair: tuple[int, int],
) -> None:
    read, write = pair
    caught_up = Event()
    output = Output(write, str.encode, caught_up.set)
    sent = 0
    while not output.is_behind:
        output.write("x" * 1_000)
        sent += 1_000
    assert sent > 1_000
    assert not caught_up.is_set()
    assert taken(read, sent) == b"x" * sent
    assert caught_up.wait(20)
    output.write("on")
    assert taken(read, 2) == b"on"
    output.close(20)


def test_a_terminal_that_is_gone_ends_no_write(pair: tuple[int, int]) -> None:
    read, write = pair
    output = Output(write, str.encode, lambda: None)
    os.close(read)
    for _ in range(20):
        output.write("x" * 1_000)
    output.close(20)
