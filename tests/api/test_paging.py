"""Walking a listing while others make and delete records: none is missed and none comes twice (row H15)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.world import Sandbox, running_sandbox

PATH = "/api/crm/crmopportunities"
SIZE = 10


def edits(random: Random, sandbox: Sandbox, ids: list[int]) -> list[dict[str, Any]]:
    """Order records made at some pages of a walk and deleted at others, as somebody else would."""
    ((stage, customer),) = sandbox.query(
        "SELECT CrmBoardColumnId, CoworkerId FROM crmopportunities WHERE Id = ?", ids[0]
    )
    new = {"CrmBoardColumnId": stage, "CoworkerId": customer, "Status": 1, "Position": 1}
    gone = random.sample(ids, random.randint(0, 12))
    made = random.randint(0, 6)
    wanted: list[tuple[dict[str, Any], int]] = [
        *(({"id": record_id, "delete": True}, random.choice((1, 3, 5))) for record_id in gone),
        *(({"set": new}, random.choice((2, 4, 6))) for _ in range(made)),
    ]
    return [
        {
            **{"entity": "CrmOpportunity", "by": "mina@example.com", **one},
            "at_request": {"method": "GET", "path": PATH, "nth": nth},
        }
        for one, nth in wanted
    ]


@pytest.mark.parametrize("seed", range(20))
async def test_H15_a_listing_that_changes_under_our_feet_misses_nothing(seed: int) -> None:
    random = Random(seed)
    async with running_sandbox(seed=seed) as sandbox:
        ids = [row_id for (row_id,) in sandbox.query("SELECT Id FROM crmopportunities ORDER BY Id")]
        async with sandbox.http() as http:
            ordered = await http.post("/api/_sandbox/edits", json=edits(random, sandbox, ids))
            assert ordered.status_code == 200, ordered.text
        client = sandbox.client()
        came: list[int] = []
        async for page in client.opportunities.pages(size=SIZE):
            came += [raw["Id"] for raw in page.records]
        await client.close()
        after = [row_id for (row_id,) in sandbox.query("SELECT Id FROM crmopportunities")]
        walks = len(sandbox.query("SELECT 1 FROM requests WHERE Path = ? AND Method = 'GET'", PATH))
    assert len(came) == len(set(came))
    assert page.complete
    assert set(after) <= set(came)
    assert walks <= 3 * (len(ids) // SIZE + 2)
