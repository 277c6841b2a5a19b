"""One process of a user whose tokens lie in a shared file; `test_two_processes` starts two of them.

Arguments: address, file, and perhaps an event of Python's own at whose second time it is killed: a step of the
second saving.  For each line with a number of seconds it moves its clock there, asks for something, and answers
with the status or the name of what went wrong.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crm_tui.api.address import Address
from crm_tui.api.auth import Secret
from crm_tui.api.errors import ApiError
from crm_tui.api.token import TokenSignIn
from crm_tui.api.transport import Transport
from tests.api.token_service import CLIENT, PASSWORD, USER


def die_at_the_second(event: str) -> None:
    """Be killed when Python is about to do something for the second time; nothing of ours is replaced."""
    times = 0

    def hook(name: str, _arguments: object) -> None:
        nonlocal times
        if name == event:
            times += 1
            if times == 2:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


async def main(url: str, file: str, dies_at: str = "") -> None:
    """Answer lines until there are no more."""
    if dies_at:
        die_at_the_second(dies_at)
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def clock() -> datetime:
        return now

    async def password() -> Secret:
        return Secret(PASSWORD)

    address = Address.parse(url, plain_http=True)
    sign_in = TokenSignIn(
        address, USER, client_id=CLIENT, password=password, file=Path(file), clock=clock
    )
    transport = Transport(address, sign_in, clock=clock)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        now += timedelta(seconds=float(line))
        try:
            answer = str((await transport.send("GET", "/x")).status)
        except ApiError as error:
            answer = repr(error)
        print(answer, flush=True)
    await transport.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
