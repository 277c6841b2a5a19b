"""Walking a listing while others make and delete records: none is missed and none comes twice (row H15)."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest

from crm_tui.api.errors import ApiError
from crm_tui.api.wire import AS_IT_CAME
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


@pytest.mark.parametrize("ahead", [False, True], ids=["in turn", "ahead"])
@pytest.mark.parametrize("seed", range(20))
async def test_H15_a_listing_that_changes_under_our_feet_misses_nothing(
    seed: int, ahead: bool
) -> None:
    random = Random(seed)
    async with running_sandbox(seed=seed) as sandbox:
        ids = [row_id for (row_id,) in sandbox.query("SELECT Id FROM crmopportunities ORDER BY Id")]
        async with sandbox.http() as http:
            ordered = await http.post("/api/_sandbox/edits", json=edits(random, sandbox, ids))
            assert ordered.status_code == 200, ordered.text
        client = sandbox.client()
        came: list[int] = []
        async for page in client.opportunities.walk(AS_IT_CAME, size=SIZE, ahead=ahead):
            came += [raw["Id"] for raw in page.records]
        await client.close()
        after = [row_id for (row_id,) in sandbox.query("SELECT Id FROM crmopportunities")]
        walks = len(sandbox.query("SELECT 1 FROM requests WHERE Path = ? AND Method = 'GET'", PATH))
    assert len(came) == len(set(came))
    assert page.complete
    assert set(after) <= set(came)
    assert walks <= 3 * (len(ids) // SIZE + 2)


async def test_a_page_is_asked_for_when_the_one_before_is_given_and_never_two() -> None:
    async with running_sandbox() as sandbox:
        client = sandbox.client()
        pages = client.opportunities.walk(AS_IT_CAME, size=SIZE, ahead=True)
        first = await anext(pages)
        await answered(sandbox, 2)
        rest = [page async for page in pages]
        await client.close()
        walked = [raw["Id"] for page in (first, *rest) for raw in page.records]
        ids = [row_id for (row_id,) in sandbox.query("SELECT Id FROM crmopportunities ORDER BY Id")]
        assert walked == ids
        assert len(sandbox.asked(PATH)) == len(rest) + 1


@pytest.mark.parametrize("is_answered", [False, True], ids=["on its way", "there"])
async def test_a_page_that_was_asked_for_ahead_is_dropped_with_its_walk(is_answered: bool) -> None:
    async with running_sandbox() as sandbox:
        client = sandbox.client()
        before = asyncio.all_tasks()
        pages = client.opportunities.walk(AS_IT_CAME, size=SIZE, ahead=True)
        await anext(pages)
        ahead = [task for task in asyncio.all_tasks() - before if task.get_name() == "page 2"]
        if is_answered:
            await answered(sandbox, 2)
        await asyncio.wait_for(pages.aclose(), 5)
        assert [task.done() for task in ahead] == [True]
        await client.close()


async def test_a_page_asked_for_ahead_that_fails_is_an_error_when_it_is_wanted() -> None:
    async with running_sandbox() as sandbox:
        client = sandbox.client()
        pages = client.opportunities.walk(AS_IT_CAME, size=SIZE, ahead=True)
        await sandbox.fault(action="status", status=400, path=PATH, after=1, times=None)
        first = await anext(pages)
        assert len(first.records) == SIZE
        with pytest.raises(ApiError):
            await anext(pages)
        await client.close()


async def answered(sandbox: Sandbox, count: int) -> None:
    """Wait until so many pages were asked for and answered."""
    good = "SELECT 1 FROM requests WHERE Path = ? AND Status = 200"
    for _ in range(500):
        if len(sandbox.query(good, PATH)) == count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it was not asked for")
