"""A process that loads a book over the mirror in a file, and tells how many cards it has: to be killed.

python -m tests.service.syncing SANDBOX_FOLDER MIRROR
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from crm_tui.store.mirror import Mirror
from tests.world import Sandbox, loaded, running

PAGE = 5


async def main(folder: str, file: str) -> None:
    """Load the book, writing the number of cards whenever something has changed, and `whole` at the end."""
    mirror = Mirror(Path(file), "ana")
    crm = Sandbox(Path(folder)).crm(mirror=mirror, page_size=PAGE)
    crm.recall()
    crm.subscribe(lambda _outcome: print(len(crm.snapshot), flush=True))
    async with running(crm):
        await loaded(crm)
    mirror.close()
    print("whole", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
