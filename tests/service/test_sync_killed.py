"""A first sync that is killed again and again, as a real process, goes on where it was and ends whole."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from crm_tui.domain.pipeline import active_boards
from crm_tui.store.mirror import Mirror
from tests.service.syncing import PAGE
from tests.world import Sandbox, loaded, running, running_sandbox

ROOT = Path(__file__).parents[2]
SIZE = 150

IN_DATABASE = """
SELECT o.Id, o.CrmBoardColumnId, o.Position FROM crmopportunities o
JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
JOIN crmboards b ON b.Id = c.CrmBoardId WHERE b.Archived = 0 ORDER BY o.Id
"""


async def test_H16_a_sync_killed_at_any_page_goes_on_and_ends_whole(tmp_path: Path) -> None:
    path = tmp_path / "book.sqlite3"
    points = random.Random(20).sample(range(1, SIZE), 6)
    async with running_sandbox(size=SIZE) as sandbox:
        for point in sorted(points):
            await kill_at(sandbox, path, point)
        killed = pages(sandbox)
        mirror = Mirror(path, "ana")
        crm = sandbox.crm(mirror=mirror, page_size=PAGE)
        crm.recall()
        async with running(crm):
            await loaded(crm)
            rows = sorted((row.id, row.stage_id, row.position) for row in crm.snapshot.rows())
            boards = active_boards(crm.snapshot)
            assert all(crm.load(board.id).as_of for board in boards)
        assert mirror.take_notice() == ""
        mirror.close()
        assert rows == sandbox.query(IN_DATABASE)
    # Each start asks for the page again on which it was killed, and for the one before it.
    assert killed <= SIZE // PAGE + len(boards) + 2 * len(points)


async def kill_at(sandbox: Sandbox, path: Path, count: int) -> None:
    """Start the sync in a process, and kill it when it has so many cards."""
    command = [sys.executable, "-m", "tests.service.syncing"]
    command += [str(sandbox.database.parent), str(path)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while line := (await process.stdout.readline()).strip():
            if line == b"whole" or int(line) >= count:
                break
    process.kill()
    await process.wait()


def pages(sandbox: Sandbox) -> int:
    ((count,),) = sandbox.query(
        f"SELECT count(*) FROM requests WHERE Query LIKE '%CrmBoard_Id=%size={PAGE}&%'"
    )
    return int(count)
