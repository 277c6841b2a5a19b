"""A screen that closes while something is sent ends nothing of it (row G12): the writer is the app's."""

from __future__ import annotations

import asyncio

import pytest

from crm_tui.domain.intent import IntentState
from crm_tui.domain.snapshot import RowState
from tests.ui.conftest import Sit
from tests.world import Sandbox


@pytest.mark.parametrize(
    "points",
    [
        range(0, 50, 10),
        pytest.param(range(50), marks=[pytest.mark.long, pytest.mark.timeout(600)]),
    ],
)
async def test_g12_a_screen_that_closes_ends_no_write_and_its_outcome_is_told(
    sit: Sit, sandbox: Sandbox, points: range
) -> None:
    async with sit() as at:
        board, card = at.board, at.record_id
        told: list[RowState] = []
        at.crm.subscribe(lambda outcome: told.append(outcome.state) if outcome else None)
        for round_, turns in enumerate(points):
            await at.press_only("slash", *f"id:{card}", "enter")
            assert at.app.screen is not board
            begin = sandbox.stage_of(card)
            await at.pilot.press("comma" if round_ % 2 else "full_stop")
            for _ in range(turns):  # from before the look until behind the answer
                await asyncio.sleep(0)
            await at.pilot.press("escape", "escape")
            await at.settled()
            assert at.app.screen is board
            assert (told, at.crm.snapshot.state(card)) == ([RowState.SAVED], RowState.SAVED), turns
            told.clear()
            entry = (await at.crm.journal.entries(1))[0]
            assert (entry.state, sandbox.stage_of(card) != begin) == (IntentState.DONE, True), turns
        assert len(sandbox.writes()) == len(points)
