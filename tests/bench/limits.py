"""P13: how long 200 writes of two windows take under the service's limits, in time that passes by waiting only.

The clock stands while anything is under way, or a request would arrive long after it was counted, which no line does.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from crm_tui.api.client import NexudusClient
from crm_tui.api.ledger import Limits
from crm_tui.api.pacing import Pacing
from crm_tui.api.transport import Transport
from crm_tui.domain.change import Planned
from crm_tui.domain.intent import Binding
from crm_tui.domain.pipeline import active_boards, move_to
from crm_tui.domain.snapshot import RowState
from crm_tui.sandbox.dialect import Switches
from crm_tui.service.crm import Crm
from tests.bench.figures import Row, Yardstick
from tests.bench.yardstick import Yardsticks
from tests.stillness import Stillness, Time, one_thread
from tests.world import NOW, SIGN_IN, Sandbox, loaded, running, running_sandbox, until

WRITES = 200

_LOADED = timedelta(hours=1)
"""After loading, so that nothing of it counts."""

_COUNTS = """
SELECT count(*), sum(Status = 429), sum(Status = 200 AND Query LIKE '%CrmOpportunity?_Id=%' ESCAPE '?')
FROM requests WHERE Id > ?
"""


class Writes:
    """P13: stage moves of two windows on one profile."""

    id = "P13"
    title = "200 writes of two windows under the limits"
    samples = 1

    def __init__(self) -> None:
        self._seconds = 0.0
        self._requests = self._throttled = self._by_ids = 0

    def sample(self, yardsticks: Yardsticks) -> None:
        """Have each window move half of the cards; the time is the clock's, so that one sample tells all."""
        with one_thread(NOW) as (runner, stillness, time):
            runner.run(self._sample(stillness, time))

    async def _sample(self, stillness: Stillness, time: Time) -> None:
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-limits-")))
            sandbox = await stack.enter_async_context(
                running_sandbox(
                    size=1500,
                    switches=Switches(throttle="429"),
                    clock=time.clock,
                    sleep=time.sleep,
                )
            )
            with _passing(stillness, time):
                windows = [
                    await stack.enter_async_context(_window(sandbox, folder, time))
                    for _ in range(2)
                ]
            time.move(time.now + _LOADED)
            await stillness.come()
            ((last,),) = sandbox.query("SELECT max(Id) FROM requests")
            begin = time.now
            with _passing(stillness, time):
                for number, crm in enumerate(windows):
                    await _move(crm, number)
                await until(windows[0], lambda: not windows[0].unsettled())
                self._seconds = (time.now - begin).total_seconds()
            time.move(time.now + _LOADED)
            await stillness.come()
            ((self._requests, self._throttled, self._by_ids),) = sandbox.query(_COUNTS, last)

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Seconds against the floor, and what was asked for."""
        limits = Limits()
        assert limits.writes_per_minute is not None
        assert limits.per_minute is not None
        floor = WRITES * max(60 / limits.writes_per_minute, 2 * 60 / limits.per_minute)
        return [
            Row("P13", self.title, self._seconds, "s", budget=1.15 * floor, measure=floor),
            Row("P13", f"{self.title}, requests", self._requests, ""),
            Row(
                "P13", f"{self.title}, throttled", self._throttled, "", budget=self._requests / 100
            ),
            Row("P13", f"{self.title}, read by ids", self._by_ids, "calls", budget=3),
        ]


@contextmanager
def _passing(stillness: Stillness, time: Time) -> Iterator[None]:
    """Let time pass in the block whenever nothing is under way."""

    async def passing() -> None:
        while True:
            await stillness.come()
            due = time.next_due()
            assert due is not None, "nobody will ever go on"
            time.move(due)

    task = asyncio.create_task(passing())
    try:
        yield
    finally:
        task.cancel()


@asynccontextmanager
async def _window(sandbox: Sandbox, folder: Path, time: Time) -> AsyncIterator[Crm]:
    def connect() -> NexudusClient:
        pacing = Pacing(file=folder / "pace.json", clock=time.clock, sleep=time.sleep)
        return NexudusClient(
            Transport(sandbox.address, SIGN_IN, clock=time.clock, sleep=time.sleep, pacing=pacing)
        )

    binding = Binding(sandbox.address.url, SIGN_IN.user)
    journal = folder / "journal.sqlite3"
    crm = Crm(connect, clock=time.clock, sleep=time.sleep, journal=journal, binding=binding)
    async with running(crm):
        await loaded(crm)
        await until(crm, lambda: bool(crm.surroundings.weights))
        yield crm


async def _move(crm: Crm, number: int) -> None:
    """Move this window's half of the cards, and wait until that is promised."""
    stages = crm.snapshot.stages_of(active_boards(crm.snapshot)[0].id)
    plain = [stage for stage in stages if not stage.wins and not stage.loses]
    rows = [row for stage in plain[:-1] for row in crm.snapshot.cards(stage.id)]
    half = rows[number * WRITES // 2 : (number + 1) * WRITES // 2]
    plans = [Planned(row.id, move_to(crm.snapshot, row, plain[-1]), "", "") for row in half]
    crm.submit(plans)
    await until(crm, lambda: _is_promised(crm, plans))


def _is_promised(crm: Crm, plans: Sequence[Planned]) -> bool:
    return all(crm.snapshot.state(plan.record_id) != RowState.NOTING for plan in plans)
