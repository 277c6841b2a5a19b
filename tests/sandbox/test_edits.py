"""Other people's writes by script: at once, or exactly between two requests of the client."""

from typing import Any

import pytest

from tests.sandbox.driving import CARDS, Sandbox, decode, encode

LATER = {"at_request": {"path": "/api/auth/me"}}


async def order(sandbox: Sandbox, *edits: dict[str, Any]) -> list[dict[str, Any]]:
    response = await sandbox.client.post("/_sandbox/edits", content=encode(list(edits)))
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = decode(response.content)
    return found


async def test_an_edit_at_once_is_somebody_elses_write(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    moment = sandbox.clock.advance(minutes=1)
    (edit,) = await order(
        sandbox,
        {
            **{"entity": "CrmOpportunity", "id": card["Id"], "by": "jules@example.com"},
            "set": {"Notes": "theirs", "CrmBoardColumnId": sandbox.stage("Tour booked")},
        },
    )
    assert (edit["done"], edit["error"]) == (True, None)
    after = await sandbox.get(f"{CARDS}/{card['Id']}")
    assert (after["Notes"], after["UpdatedOn"], after["UpdatedBy"]) == (
        *("theirs", moment),
        "jules@example.com",
    )
    history = (
        await sandbox.get(
            "/crm/crmopportunityhistories", CrmOpportunityHistory_CrmOpportunity=card["Id"]
        )
    )["Records"][-1]
    assert (history["NewCrmBoardColumnName"], history["UserFullName"]) == (
        *("Tour booked", "Jules Lefèvre"),
    )
    effects = await sandbox.get("/_sandbox/effects")
    assert [each["Kind"] for each in effects] == ["tour"]
    assert await sandbox.get("/_sandbox/requests", after=0) != []
    assert sandbox.one("SELECT count(*) FROM requests WHERE Method = 'PUT'") == 0


async def test_an_edit_lies_between_a_get_and_a_put(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    path = f"{CARDS}/{card['Id']}"
    await order(
        sandbox,
        {
            **{
                "entity": "crmopportunity",
                "id": card["Id"],
                "set": {"Value": 77, "Name": "theirs"},
            },
            "at_request": {"method": "GET", "path": f"/api{path}"},
        },
    )
    sandbox.clock.advance(minutes=1)
    seen = await sandbox.get(path)
    assert seen == card, "the answer was complete before"
    (edit,) = await sandbox.get("/_sandbox/edits")
    assert edit["done"] is True
    after = await sandbox.get(path)
    assert (after["Value"], after["Name"], after["UpdatedBy"]) == (77, "theirs", "mina@example.com")


@pytest.mark.parametrize("nth", [1, 2, 5])
async def test_the_nth_matching_request_counts(sandbox: Sandbox, nth: int) -> None:
    card = await sandbox.card("Enquiry")
    await order(
        sandbox,
        {
            **{"entity": "CrmOpportunity", "id": card["Id"], "set": {"Name": "theirs"}},
            "at_request": {"path": f"/api{CARDS}*", "nth": nth},
        },
    )
    names = []
    for _ in range(6):
        await sandbox.get("/auth/me")
        names.append((await sandbox.get(f"{CARDS}/{card['Id']}"))["Name"])
    assert names == [card["Name"]] * nth + ["theirs"] * (6 - nth)


async def test_an_edit_after_a_put_is_an_overwrite(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    await order(
        sandbox,
        {
            **{"entity": "CrmOpportunity", "id": card["Id"], "set": {"Name": "theirs"}},
            "at_request": {"method": "put", "path": f"/api{CARDS}"},
        },
    )
    assert (await sandbox.put({**card, "Name": "mine"})).status_code == 200
    assert (await sandbox.get(f"{CARDS}/{card['Id']}"))["Name"] == "theirs"


async def test_nothing_set_only_moves_updated_on(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    moment = sandbox.clock.advance(minutes=1)
    await order(sandbox, {"entity": "CrmOpportunity", "id": card["Id"]})
    after = await sandbox.get(f"{CARDS}/{card['Id']}")
    assert after == {**card, "UpdatedOn": moment, "UpdatedBy": "mina@example.com"}


async def test_a_record_may_be_deleted_or_made(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    needed = ("CrmBoardColumnId", "CoworkerId", "Status", "Position")
    gone, made = await order(
        sandbox,
        {"entity": "CrmOpportunity", "id": card["Id"], "delete": True},
        {"entity": "CrmOpportunity", "set": {key: card[key] for key in needed}},
    )
    assert (await sandbox.client.get(f"{CARDS}/{gone['id']}")).status_code == 404
    assert (await sandbox.get(f"{CARDS}/{made['id']}"))["CoworkerId"] == card["CoworkerId"]


async def test_a_field_that_nobody_knows_becomes_one(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    new = {"Deep": [1, None, ""], "Score": 12345678901234567}
    await order(sandbox, {"entity": "CrmOpportunity", "id": card["Id"], "set": new})
    after = await sandbox.get(f"{CARDS}/{card['Id']}")
    assert {key: after[key] for key in new} == new
    assert await sandbox.saved(after) == {**after, "UpdatedBy": "ana@example.com"}


async def test_other_entities_are_edited_too(sandbox: Sandbox) -> None:
    stage = sandbox.stage("Negotiation")
    await order(sandbox, {"entity": "CrmBoardColumn", "id": stage, "set": {"WinOpportunity": True}})
    assert (await sandbox.get(f"/crm/crmboardcolumns/{stage}"))["WinOpportunity"] is True


async def test_an_edit_that_cannot_be_carried_out_later_says_why(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    at = {"at_request": {"path": "/api/auth/me"}}
    await order(
        sandbox,
        {"entity": "CrmOpportunity", "id": 1, **at},
        {"entity": "CrmOpportunity", "id": card["Id"], "set": {"Status": 9}, **at},
        {"entity": "CrmBoardColumn", "id": sandbox.stage("Won"), "delete": True, **at},
    )
    await sandbox.get("/auth/me")
    assert [each["error"] for each in await sandbox.get("/_sandbox/edits")] == [
        *("Not found", "Status: is not valid", "The record is in use and cannot be deleted."),
    ]
    await sandbox.client.delete("/_sandbox/edits")
    assert await sandbox.get("/_sandbox/edits") == []


@pytest.mark.parametrize(
    "edits",
    [
        {},
        [1],
        [{}],
        [{"entity": "Dream"}],
        [{"entity": "Team", "id": 1}],
        [{"entity": "CrmOpportunity", "delete": True}],
        [{"entity": "Coworker", "id": 1, "delete": True}],
        [{"entity": "CrmOpportunity", "id": 1}],
        [{"entity": "CrmOpportunity", "id": 1, "colour": "red"}],
        [{"entity": "CrmOpportunity", "id": 1, "set": ["x"]}],
        [{"entity": "CrmBoard", "id": 1, "set": {"Nmae": "theirs"}, **LATER}],
        [{"entity": "CrmOpportunity", "set": {"Nmae": "theirs"}, **LATER}],
        [{"entity": "CrmOpportunity", "id": 1, "set": {"CoworkerEmail": "x"}, **LATER}],
        [{"entity": "CrmOpportunity", "id": 1, "at_request": "GET"}],
        [{"entity": "CrmOpportunity", "id": 1, "at_request": {"nth": 0}}],
        [{"entity": "CrmOpportunity", "id": 1, "at_request": {"verb": "GET"}}],
    ],
)
async def test_an_edit_that_makes_no_sense_is_refused(sandbox: Sandbox, edits: Any) -> None:
    response = await sandbox.client.post("/_sandbox/edits", json=edits)
    assert response.status_code == 400
    assert await sandbox.get("/_sandbox/edits") == []
