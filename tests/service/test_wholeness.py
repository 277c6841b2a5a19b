"""A write starts from the whole record, whatever the listing left out (rows F07, F08, F09, I16).

The raw text of the PUT in the sandbox's log is what is judged, digit by digit.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from crm_tui.domain.change import Planned
from crm_tui.domain.pipeline import active_boards, move_to, neighbour_stage
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from tests.api.raw_server import http, raw_server
from tests.world import Sandbox, open_book, running_sandbox

OPPORTUNITIES = "/api/crm/crmopportunities"
NOTES = "First line.\nSecond, with “quotes”, \u202e and 静か.\r\n\tLast."
EXTRA = (
    '{"x":[1,null,""],"Big":12345678901234567.89,"Cents":0.10,'
    '"Long":123456789012345678901234567890,"a":{"z":1,"b":[true,{"k":""}]}}'
)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as running:
        yield running


def a_move(crm: Crm) -> tuple[OpportunityRow, Stage]:
    """Give an open card of the first board and the stage after its own."""
    board = active_boards(crm.snapshot)[0]
    for stage in crm.snapshot.stages_of(board.id):
        target = neighbour_stage(crm.snapshot, stage, 1)
        cards = crm.snapshot.cards(stage.id)
        if cards and target is not None and not target.wins and not target.loses:
            return cards[0], target
    raise AssertionError("the seed has no card that could be moved")


async def written(sandbox: Sandbox, *, extra: str | None = None) -> tuple[int, str, dict[str, Any]]:
    """Move a card that was edited elsewhere since the book was loaded; give its id, the PUT, the record before."""
    async with open_book(sandbox) as crm:
        row, target = a_move(crm)
        sandbox.execute(
            "UPDATE crmopportunities SET Notes = ?, extra = ? WHERE Id = ?", NOTES, extra, row.id
        )
        async with sandbox.http() as http:
            before = (await http.get(f"{OPPORTUNITIES}/{row.id}")).json()
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED
    ((body,),) = sandbox.query("SELECT Body FROM requests WHERE Method = 'PUT'")
    return row.id, body, before


async def test_F07_what_the_listing_left_out_is_in_the_put(sandbox: Sandbox) -> None:
    record_id, body, before = await written(sandbox)
    async with sandbox.http() as http:
        page = (await http.get(OPPORTUNITIES, params={"Id": record_id})).json()
    (light,) = page["Records"]
    left_out = set(before) - set(light)
    assert {"Notes", "CustomFields", "UtmSource"} <= left_out
    sent = json.loads(body)
    assert {key: sent[key] for key in left_out} == {key: before[key] for key in left_out}
    assert sent["Notes"] == NOTES
    assert sandbox.query("SELECT Notes FROM crmopportunities WHERE Id = ?", record_id) == [(NOTES,)]


async def test_F08_F09_unknown_keys_and_every_digit_are_in_the_put_in_their_order(
    sandbox: Sandbox,
) -> None:
    record_id, body, before = await written(sandbox, extra=EXTRA)
    assert EXTRA[1:-1] in body
    assert list(json.loads(body)) == list(before)
    ((kept,),) = sandbox.query("SELECT extra FROM crmopportunities WHERE Id = ?", record_id)
    assert kept == EXTRA


async def test_I16_what_an_answer_wants_opened_is_not(sandbox: Sandbox) -> None:
    async with raw_server(http()) as elsewhere:
        answer = {
            **{"Status": 200, "Message": "Done", "WasSuccessful": True, "OpenInWindow": True},
            **{"RedirectURL": elsewhere.url, "JavaScript": "alert(1)", "OpenInDialog": True},
        }
        async with open_book(sandbox) as crm:
            row, target = a_move(crm)
            await sandbox.fault(
                **{"method": "PUT", "path": OPPORTUNITIES, "action": "status", "status": 200},
                **{"body": {**answer, "Value": {"Id": row.id}}, "after_commit": True},
            )
            crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
            await crm.settle()
            assert crm.snapshot.state(row.id) == RowState.SAVED
    assert elsewhere.requests == []
    assert sandbox.stage_of(row.id) == target.id
    assert len(sandbox.writes()) == 1
