"""Real processes of one user: two spend no refresh token twice (row B02) and share one pace (row H05), and one that
is killed while it saves a token leaves the next one a way in (row B04)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.api.scripted import Request, scripted
from tests.api.token_service import TokenService

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def process(module: str, *arguments: str) -> AsyncIterator[Process]:
    """Run a module of ours until the block ends; it is ready when the block begins."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    try:
        assert await said(running) == "ready"
        yield running
    finally:
        assert running.stdin is not None
        running.stdin.close()
        try:
            await asyncio.wait_for(running.wait(), 10)
        except TimeoutError:
            running.kill()
            await running.wait()


async def said(running: Process) -> str:
    """Give the next line of a process."""
    assert running.stdout is not None
    return (await asyncio.wait_for(running.stdout.readline(), 30)).decode().rstrip("\n")


def tell(running: Process, line: str) -> None:
    """Write a line to a process."""
    assert running.stdin is not None
    running.stdin.write(f"{line}\n".encode())


class Racing(TokenService):
    """Answers 401 to two at once, so that both are after the same refresh token."""

    def __init__(self) -> None:
        super().__init__()
        self._start = asyncio.Barrier(2)

    async def __call__(self, request: Request) -> bytes:
        """Hold the first that is refused until the second is."""
        answer = await super().__call__(request)
        if answer.startswith(b"HTTP/1.1 401"):
            await self._start.wait()
        return answer


@pytest.mark.parametrize(
    "rounds", [10, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(600)])]
)
async def test_B02_two_processes_share_each_refresh(rounds: int, tmp_path: Path) -> None:
    service = Racing()
    async with scripted(service) as server, AsyncExitStack() as stack:
        both = [
            await stack.enter_async_context(
                process("tests.api.renewing", server.url, str(tmp_path / "tokens"))
            )
            for _ in range(2)
        ]
        for number in range(rounds):
            for one in both:
                tell(one, "3600")
            assert [await said(one) for one in both] == ["200", "200"]
            assert (service.count("password"), service.count("refresh_token")) == (1, number)
            service.expire()
    assert len(service.grants) == rounds


@pytest.mark.parametrize("step", ["os.remove", "os.rename"])
async def test_B04_killed_between_the_reply_and_its_saving_leads_to_the_password(
    step: str, tmp_path: Path
) -> None:
    """The refresh token is spent and its successor lost; the next start signs in once, and nothing loops.

    The steps of a saving: what a killed process may have left is removed, the new file is written and renamed.
    """
    service = TokenService()
    module, file = "tests.api.renewing", str(tmp_path / "tokens")
    async with scripted(service) as server:
        async with process(module, server.url, file, step) as killed:
            tell(killed, "0")
            assert await said(killed) == "200"
            service.expire()
            tell(killed, "3600")
            assert await said(killed) == ""
            assert await asyncio.wait_for(killed.wait(), 10) == -signal.SIGKILL
        assert (service.count("password"), service.count("refresh_token")) == (1, 1)
        left = {".tokens.new"} if step == "os.rename" else set()
        assert set(os.listdir(tmp_path)) == {"tokens", "tokens.lock"} | left
        async with process(module, server.url, file) as next_one:
            for _ in range(3):
                tell(next_one, "3600")
                assert await said(next_one) == "200"
    # The spent token is shown once, which ends its family; then the password helps.
    assert (service.count("password"), service.count("refresh_token")) == (2, 2)
    assert set(os.listdir(tmp_path)) == {"tokens", "tokens.lock"}


async def test_H05_two_processes_spend_one_allowance(tmp_path: Path) -> None:
    path = tmp_path / "pace"
    async with AsyncExitStack() as stack:
        both = [
            await stack.enter_async_context(process("tests.api.pacing_on", str(path)))
            for _ in range(2)
        ]
        for one in both:
            tell(one, "go")
        taken = [int(await said(one)) for one in both]
    assert sum(taken) == 400
