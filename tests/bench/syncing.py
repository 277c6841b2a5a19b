"""P9 and P10: what a first load costs beside a bare download, and a look for changes in books of two sizes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from crm_tui.service.crm import Crm
from crm_tui.store.mirror import Mirror
from tests.bench.figures import Row, Yardstick, median
from tests.bench.yardstick import Yardsticks
from tests.world import Sandbox, Waits, learned, loaded, running, running_sandbox

_OPPORTUNITIES = "/api/crm/crmopportunities"
_BOARD = "CrmOpportunity_CrmBoardColumn_CrmBoard_Id"

_UNPACKED = {"Accept-Encoding": "identity"}
"""As our client asks a server on this machine."""


class FirstLoad:
    """P9: a first load of 5,000 to a complete mirror, against R, the same pages with their bytes thrown away."""

    id = "P9"
    title = "first load of 5,000"

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._loads: list[float] = []
        self._downloads: list[float] = []

    def sample(self, yardsticks: Yardsticks) -> None:
        """Found a book, download it bare, load it."""
        asyncio.run(self._sample())

    async def _sample(self) -> None:
        async with running_sandbox(size=5000) as sandbox:
            with TemporaryDirectory(prefix="bench-sync-") as folder:
                self._downloads.append(await _downloaded(sandbox))
                begin = time.perf_counter()
                async with _book(sandbox, Path(folder)):
                    self._loads.append((time.perf_counter() - begin) * 1000)
                self._downloads.append(await _downloaded(sandbox))

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The median of the loads against twice R."""
        download, load = median(self._downloads), median(self._loads)
        return [
            Row("R", "5,000 opportunities, downloaded and thrown away", download),
            Row(
                "P9",
                f"{self.title}, to a whole mirror",
                load,
                budget=2 * download,
                measure=download,
            ),
        ]


class Look:
    """P10: a look for changes when 20 records were written, in a small and a large book."""

    id = "P10"
    title = "a look for 20 changes"
    sizes = (5_000, 50_000)

    def __init__(self, samples: int) -> None:
        """Take so many looks at each book, in one sample."""
        self.samples = 1
        self._count = samples
        self._times: dict[int, list[float]] = {size: [] for size in self.sizes}
        self._requests: dict[int, set[int]] = {size: set() for size in self.sizes}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Found both books, and look at each several times."""
        for size in self.sizes:
            asyncio.run(self._sample(size))

    async def _sample(self, size: int) -> None:
        waits = Waits()
        waits.pass_freely.clear()
        async with running_sandbox(size=size) as sandbox:
            with TemporaryDirectory(prefix="bench-sync-") as folder:
                async with _book(sandbox, Path(folder), waits) as crm:
                    await learned(crm)
                    for number in range(self._count):
                        await _edit(sandbox, crm, number)
                        before = _requests(sandbox)
                        begin = time.perf_counter()
                        waits.pass_freely.set()
                        await waits.another()
                        waits.pass_freely.clear()
                        self._times[size].append((time.perf_counter() - begin) * 1000)
                        self._requests[size].add(_requests(sandbox) - before)

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The same number of requests, and at most 1.3 times as long in the larger book."""
        small, large = (median(self._times[size]) for size in self.sizes)
        counts = [max(self._requests[size]) for size in self.sizes]
        return [
            Row("P10", f"{self.title}, book of 5,000", small),
            Row("P10", f"{self.title}, book of 50,000", large, budget=1.3 * small, measure=small),
            Row("P10", f"{self.title}, book of 5,000", counts[0], "requests"),
            Row("P10", f"{self.title}, book of 50,000", counts[1], "requests", budget=counts[0]),
        ]


@asynccontextmanager
async def _book(sandbox: Sandbox, folder: Path, waits: Waits | None = None) -> AsyncIterator[Crm]:
    """Run a book with a mirror on disk; it is whole when the block begins."""
    mirror = Mirror(folder / "book.sqlite3", "bench")
    crm = sandbox.crm(mirror=mirror, sleep=waits, every=60.0 if waits else None)
    try:
        async with running(crm):
            await loaded(crm)
            yield crm
    finally:
        mirror.close()


async def _downloaded(sandbox: Sandbox) -> float:
    """Download all boards page by page; milliseconds."""
    boards = sandbox.query("SELECT Id FROM crmboards WHERE Archived = 0")
    begin = time.perf_counter()
    async with sandbox.http() as client:
        for path in ("/api/crm/crmboards", "/api/crm/crmboardcolumns"):
            await client.get(path, params={"size": "1000"})
        for (board_id,) in boards:
            page = 1
            while True:
                query = {
                    _BOARD: board_id,
                    "size": "1000",
                    "page": page,
                    "orderby": "Id",
                    "dir": "0",
                }
                answer = await client.get(_OPPORTUNITIES, params=query, headers=_UNPACKED)
                if b'"HasNextPage":true' not in answer.content.replace(b" ", b""):
                    break
                page += 1
    return (time.perf_counter() - begin) * 1000


async def _edit(sandbox: Sandbox, crm: Crm, number: int) -> None:
    """Write 20 records as somebody else does."""
    rows = sorted(row.id for row in crm.snapshot.rows())[number * 20 : number * 20 + 20]
    async with sandbox.http() as client:
        for record_id in rows:
            raw = (await client.get(f"{_OPPORTUNITIES}/{record_id}")).json()
            await client.put(_OPPORTUNITIES, json=raw | {"Name": f"Look {number}"})


def _requests(sandbox: Sandbox) -> int:
    ((count,),) = sandbox.query("SELECT count(*) FROM requests")
    return int(count)
