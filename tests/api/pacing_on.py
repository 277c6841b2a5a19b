"""One process that takes turns as long as there is no wait; `test_two_processes` starts two of them.

Argument: the file of the pace.  Its clock stands still, so that what both take together is exactly one burst.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from crm_tui.api.ledger import Limits
from crm_tui.api.pacing import Pacing, Priority
from tests.api.faketime import EPOCH

LIMITS = Limits(per_second=None, per_minute=5000, writes_per_minute=None, writes_per_day=None)
"""A burst of 400."""


async def main(file: str) -> None:
    """Take turns, and say how many there were."""
    pacing = Pacing(LIMITS, file=Path(file), clock=lambda: EPOCH)
    waits = asyncio.Event()
    pacing.on_wait = lambda waiting: waits.set() if waiting is not None else None
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    taken = 0
    for _ in range(1000):
        turn = asyncio.create_task(pacing.turn(Priority.SYNC, write=False))
        waiting = asyncio.create_task(waits.wait())
        await asyncio.wait({turn, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not turn.done():
            turn.cancel()
            break
        taken += 1
    print(taken, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
