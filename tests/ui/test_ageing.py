"""The ageing lane by what history taught: the limit of a stage is that of the won ones, and its reason says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crm_tui.domain.triage.lanes import FURTHEST, Lane
from tests.ui.conftest import Sit
from tests.ui.test_triage import begun, ranked
from tests.world import NOW, Sandbox, until


def moment(days: float) -> str:
    return (NOW + timedelta(days=days)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_a_stage_is_as_slow_as_its_won_ones_were_and_a_follow_up_within_reach_excuses(
    sit: Sit, sandbox: Sandbox
) -> None:
    ((stage_id,),) = sandbox.query(
        """SELECT c.Id FROM crmboardcolumns c JOIN crmboards b ON b.Id = c.CrmBoardId
           WHERE b.Archived = 0 AND c.Name = 'Enquiry' ORDER BY c.Id LIMIT 1"""
    )
    won = [
        record_id
        for (record_id,) in sandbox.query(
            "SELECT Id FROM crmopportunities WHERE Status = 2 ORDER BY Id LIMIT 6"
        )
    ]
    assert len(won) == 6
    sandbox.execute("DELETE FROM crmopportunityhistories WHERE OldCrmBoardColumnId = ?", stage_id)
    entries = sandbox.query(
        "SELECT Id FROM crmopportunityhistories ORDER BY Id LIMIT 6",
    )
    # Four weeks each, from Monday to Monday: 20 weekdays.
    monday = datetime(2026, 1, 5, 12, tzinfo=UTC)
    begin, end = (monday + timedelta(weeks=each) for each in (0, 4))
    for record_id, (entry,) in zip(won, entries, strict=True):
        sandbox.execute(
            "UPDATE crmopportunityhistories SET CrmOpportunityId = ?, OldCrmBoardColumnId = ?,"
            " FromTime = ?, ToTime = ? WHERE Id = ?",
            *(record_id, stage_id, begin.strftime("%Y-%m-%dT%H:%M:%SZ")),
            *(end.strftime("%Y-%m-%dT%H:%M:%SZ"), entry),
        )
    # All others are out of the way; these three tell apart limit and reach.
    sandbox.execute("UPDATE crmopportunities SET DueDate = ?", moment(10))
    (slow,), (usual,), (excused,) = sandbox.query(
        "SELECT Id FROM crmopportunities WHERE CrmBoardColumnId = ? AND Status = 1 ORDER BY Id LIMIT 3",
        stage_id,
    )
    for record_id, days, due in (
        (slow, 36, FURTHEST + 30),
        (usual, 22, FURTHEST + 30),
        (excused, 36, FURTHEST - 5),
    ):
        sandbox.execute(
            "UPDATE crmopportunities SET CrmUpdatedOn = ?, DueDate = ? WHERE Id = ?",
            *(moment(-days), moment(due), record_id),
        )
    async with sit(size=(220, 40)) as at:
        await until(at.crm, lambda: stage_id in at.crm.surroundings.limits)
        await begun(at)
        lanes = {entry.row.id: entry.lane for entry in ranked(at).order}
        assert [each for each, lane in lanes.items() if lane == Lane.AGEING] == [slow]
        assert "4 of 5 won ones took 20 at most" in at.text()
