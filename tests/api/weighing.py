"""One process that asks for answers and weighs itself; `test_bombs` starts it.

Argument: address.  For each line with a path it asks for that, and answers with the name of what came of it and
the bytes by which its memory was at most larger than before.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.errors import ApiError
from crm_tui.api.transport import Transport


def memory(name: str) -> int:
    """Give a figure of this process in bytes: VmRSS for now, VmHWM for the most there was."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def forgotten() -> int:
    """Make the most there was what there is now, and give it."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return memory("VmRSS")


async def main(url: str) -> None:
    """Answer lines until there are no more."""
    transport = Transport(Address.parse(url, plain_http=True), Basic("ana", Secret("right")))
    await transport.send("GET", "/small")
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        before = forgotten()
        try:
            outcome = str((await transport.send("GET", line.strip())).status)
        except ApiError as error:
            outcome = type(error).__name__
        print(outcome, memory("VmHWM") - before, flush=True)
    await transport.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
