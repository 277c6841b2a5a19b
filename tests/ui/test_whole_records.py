"""The search by what rows lack: whole records are looked into while one types, and it is said in how many."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from crm_tui.domain.enums import Status
from crm_tui.sandbox.dialect import Switches
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_search import searching
from tests.world import Sandbox, running_sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A service whose listings tell of every field."""
    async with running_sandbox(size=80, switches=Switches(light_lists=False)) as running:
        yield running


async def answered(at: Sitting) -> None:
    """Wait until the whole records were looked into."""
    for _ in range(3):
        if ours := [worker for worker in at.app.workers if worker.name == "records"]:
            await at.app.workers.wait_for_complete(
                [worker for worker in ours if not worker.is_cancelled]
            )
        await at.pilot.pause()


async def test_what_rows_lack_is_looked_for_in_the_whole_records(
    sit: Sit, sandbox: Sandbox
) -> None:
    sandbox.execute("UPDATE crmopportunities SET UtmSource = 'zeppelin' WHERE Id % 7 = 0")
    async with sit() as at:
        ids = {row.id for row in at.crm.snapshot.rows() if row.id % 7 == 0}
        assert ids
        await at.press("/", *"utm_source:zepp")
        await answered(at)
        assert {row.id for row in searching(at).found.rows} == ids
        await at.press("x")
        await answered(at)
        assert not searching(at).found.rows
        await at.press("backspace", "space", *"status:won", "enter")
        await answered(at)
        won = {row.id for row in at.crm.snapshot.rows() if row.status == Status.WON}
        assert {row.id for row in searching(at).found.rows} == ids & won
        assert searching(at).shown_view.filter == "utm_source:zepp status:won"


async def test_nothing_is_said_where_all_records_are_whole(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"notes:parking", "enter")
        await answered(at)
        assert "searched in" not in at.status
        await at.press("escape")
        assert len(searching(at).found.rows) == len(at.crm.snapshot)


async def test_the_board_still_says_what_cards_do_not_tell(sit: Sit) -> None:
    async with sit() as at:
        await at.press("F", *"notes:parking")
        assert "notes" in at.lines()[1]
        assert "Cards" in at.lines()[1] or "cards" in at.lines()[1]
