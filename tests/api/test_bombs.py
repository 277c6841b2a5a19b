"""Answers that unpack to something huge are given up early, and cost little memory (row I09)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.bombs import UNPACKED, deflate_bomb, gzip_bomb, nested_bomb
from tests.api.scripted import Request, scripted
from tests.api.test_two_processes import process, said, tell

MOST = 64 * 1024 * 1024
"""Bytes by which the process may grow."""

BOMBS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "/gzip": (gzip_bomb, "gzip", "TooLarge"),
    # What was not asked for is not unpacked at all.
    "/deflate": (deflate_bomb, "deflate", "BadAnswer"),
    "/nested": (nested_bomb, "gzip, gzip", "BadAnswer"),
    "/gzip-in-gzip": (nested_bomb, "gzip", "200"),
}


def packed(body: bytes, encoding: str) -> bytes:
    """Make an answer of bytes that are packed."""
    head = (
        "HTTP/1.1 200 OK",
        "Content-Type: application/json",
        f"Content-Encoding: {encoding}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="weighed as on Linux")
async def test_I09_a_bomb_is_given_up_and_costs_little_memory() -> None:
    """In a process of its own, so that the figure is of the bombs alone."""
    answers = {path: packed(make(), encoding) for path, (make, encoding, _) in BOMBS.items()}

    async def answer(request: Request) -> bytes:
        return answers.get(request.path.removeprefix("/api"), packed(b"\x1f\x8b", "identity"))

    async with (
        scripted(answer) as server,
        process("tests.api.weighing", server.url) as weighing,
    ):
        for path, (_, _, expected) in BOMBS.items():
            assert len(answers[path]) < UNPACKED / 500
            tell(weighing, path)
            outcome, grown = (await said(weighing)).split()
            print(path, outcome, f"{int(grown) / 1024 / 1024:.1f} MB")
            assert outcome == expected
            assert int(grown) <= MOST
