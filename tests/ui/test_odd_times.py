"""K13: moments that no calendar of a coworking space has are drawn, ranked and searched like any other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from tests.ui.conftest import Sit
from tests.ui.test_triage import begun
from tests.world import Sandbox

ODD: Final = (
    "0001-01-01T00:00:00Z",  # what .NET calls no moment
    "1970-01-01T00:00:00Z",
    "2026-02-28T23:59:59",  # of no zone
    "2026-03-02T09:30:00.1234567Z",  # digits as .NET writes them
    "2026-03-29T01:30:00Z",  # the hour that is left out in spring
    "2026-10-25T01:30:00Z",  # the hour that comes twice
    "2038-01-19T03:14:08Z",
    "2100-12-31T23:59:59Z",
    "9999-12-31T23:59:59.9999999Z",
)


def moment(text: str) -> datetime:
    """Read what the service writes, as UTC."""
    return datetime.fromisoformat(text.replace("Z", "").split(".")[0]).replace(tzinfo=UTC)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_k13_odd_moments_are_in_their_order_and_drawn(
    sit: Sit, sandbox: Sandbox, size: tuple[int, int]
) -> None:
    some = sandbox.query(
        "SELECT o.Id FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId"
        " JOIN crmboards b ON b.Id = c.CrmBoardId WHERE b.Archived = 0 AND o.Status = 1"
        " ORDER BY o.Id LIMIT ?",
        len(ODD),
    )
    records = {record_id: odd for (record_id,), odd in zip(some, reversed(ODD), strict=True)}
    for record_id, odd in records.items():
        sandbox.execute(
            "UPDATE crmopportunities SET DueDate = ?, CreatedOn = ?, CrmUpdatedOn = ?, Value = '13'"
            " WHERE Id = ?",
            *(odd, ODD[0], odd, record_id),
        )
    async with sit(size=size) as at:
        order = [each for each in await begun(at) if each in records]
        due = [moment(records[each]) for each in order]
        passed = [each for each in due if each < moment("2026-03-02T00:00:00Z")]
        assert passed == sorted(passed) == due[: len(passed)]
        assert len(passed) == 3
        for _ in range(len(order)):
            await at.press_only("v")
            await at.press_only("escape", "j")
        await at.press("escape", "/", *"value:13")
        await at.press("enter")
        shown = at.text()
        assert all(f"{year}" in shown for year in (1970, 2038, 2100)), shown
        for _ in ODD:
            await at.press_only("j")
        assert at.app.faults == []
