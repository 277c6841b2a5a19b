"""Answers that are no listing: the board says so, keeps what it has, and is well again with the server (row I12)."""

from __future__ import annotations

import pytest

from crm_tui.api.errors import BadAnswer
from crm_tui.domain.pipeline import active_boards
from crm_tui.service.load import Phase
from tests.world import loaded, open_book, running_sandbox

BROKEN = {
    "deep": "[" * 100_000,
    "not-a-number": '{"Records":[{"Id":NaN}]}',
    "5000-digits": f'{{"Records":[{{"Id":{"7" * 5_000}}}]}}',
    "byte-order-mark": '\ufeff{"Records":[]}',
    "trailing": '{"Records":[]} and more',
    "half-a-surrogate-pair": '{"Records":[{"Name":"\\ud800"}]}',
    "cut-short": '{"Records":[{"Id":1',
    "nothing": "",
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_I12_a_broken_listing_is_said_and_the_book_goes_on(broken: str) -> None:
    async with running_sandbox() as sandbox, open_book(sandbox) as crm:
        before = len(crm.snapshot)
        board = active_boards(crm.snapshot)[0]
        await sandbox.fault(
            action="status",
            status=200,
            path="/api/crm/crmopportunities",
            body=BROKEN[broken],
            times=None,
        )
        crm.refresh()
        await loaded(crm)
        load = crm.load(board.id)
        assert load.phase == Phase.FAILED
        assert isinstance(load.error, BadAnswer)
        assert len(crm.snapshot) == before
        await sandbox.heal()
        crm.refresh()
        await loaded(crm)
        assert crm.load(board.id).phase == Phase.READY
