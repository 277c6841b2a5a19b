"""Commands: none unless they are switched on, then three; run one by one, in either dialect."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.driving import CARDS, MINA, Sandbox, encode

LIST, RUN = f"{CARDS}/commands", f"{CARDS}/runcommand"
MINAS_ID = 303914652


async def run(
    sandbox: Sandbox, key: str, ids: list[int], /, method: str = "POST", **parameters: Any
) -> dict[str, Any]:
    """Run a command; the envelope always comes with HTTP 200."""
    given = [{"Name": name, "Type": "x", "Value": value} for name, value in parameters.items()]
    body = {"Key": key, "Ids": ids, "Parameters": given}
    response = await sandbox.client.request(method, RUN, content=encode(body))
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    assert set(answer) == {"Status", "Message", "Value", "Errors", "WasSuccessful"}
    return answer


async def test_there_are_none_unless_they_are_switched_on(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    assert await sandbox.get(LIST) == []
    assert await sandbox.get(LIST, id=card["Id"]) == []
    assert (await run(sandbox, "SANDBOX_WIN", [card["Id"]]))["WasSuccessful"] is False
    await sandbox.switch(commands="sample")
    assert await sandbox.get("/spaces/coworkers/commands") == []


@pytest.mark.parametrize("dialect", ["v1", "v2"])
async def test_three_are_described(sandbox: Sandbox, dialect: str) -> None:
    await sandbox.switch(commands="sample", dialect=dialect)
    found = await sandbox.get(LIST)
    assert [(each["Key"], each["Order"], each["RequiresParameters"]) for each in found] == [
        ("SANDBOX_WIN", 1, []),
        ("SANDBOX_LOSE", 2, [{"Name": "Reason", "Type": "int"}]),
        ("SANDBOX_ASSIGN", 3, [{"Name": "Responsible", "Type": "User"}]),
    ]
    assert ("Icon" in found[0], "DisplayInGrid" in found[0]) == (dialect == "v2",) * 2
    assert all(each["NeedsEntitiesToRun"] for each in found)


async def test_one_record_narrows_them(sandbox: Sandbox) -> None:
    await sandbox.switch(commands="sample")
    for stage, keys in (
        ("Enquiry", ["SANDBOX_WIN", "SANDBOX_LOSE", "SANDBOX_ASSIGN"]),
        ("Won", ["SANDBOX_LOSE", "SANDBOX_ASSIGN"]),
        ("Lost", ["SANDBOX_WIN", "SANDBOX_ASSIGN"]),
    ):
        card = await sandbox.card(stage)
        assert [each["Key"] for each in await sandbox.get(LIST, id=card["Id"])] == keys
    assert (await sandbox.client.get(LIST, params={"id": 1})).status_code == 404
    assert (await sandbox.client.get(LIST, params={"id": "x"})).status_code == 400


@pytest.mark.parametrize("reason", [4, "4"])
async def test_winning_losing_and_assigning(sandbox: Sandbox, reason: Any) -> None:
    await sandbox.switch(commands="sample")
    card = await sandbox.card("Enquiry")
    path = f"{CARDS}/{card['Id']}"
    moment = sandbox.clock.advance(hours=1)
    assert (await run(sandbox, "SANDBOX_WIN", [card["Id"]]))["Status"] == 200
    won = await sandbox.get(path)
    assert (won["Status"], won["Completed"], won["WonOn"]) == (2, True, moment)
    assert (await run(sandbox, "SANDBOX_LOSE", [card["Id"]], Reason=reason))["WasSuccessful"]
    lost = await sandbox.get(path)
    assert (lost["Status"], lost["WonOn"], lost["LostOn"], lost["LossReason"]) == (
        3,
        None,
        moment,
        4,
    )
    assert (await run(sandbox, "SANDBOX_ASSIGN", [card["Id"]], Responsible=MINAS_ID))[
        "WasSuccessful"
    ]
    assert (await sandbox.get(path))["ResponsibleFullName"] == "Mina Kovač"
    changed = {"Status", "Completed", "WonOn", "LostOn", "LossReason", "CrmUpdatedOn", "UpdatedOn"}
    after = await sandbox.get(path)
    assert {key for key in after if after[key] != card[key]} <= changed | {
        *("ResponsibleId", "ResponsibleFullName", "UpdatedBy"),
    }


async def test_a_run_that_fails_for_some_is_still_http_200(sandbox: Sandbox) -> None:
    await sandbox.switch(commands="sample")
    card, won = await sandbox.card("Enquiry"), await sandbox.card("Won")
    answer = await run(sandbox, "SANDBOX_WIN", [card["Id"], won["Id"], 1])
    assert (answer["Status"], answer["WasSuccessful"]) == (500, False)
    assert "2 of 3" in answer["Message"]
    assert (await sandbox.get(f"{CARDS}/{card['Id']}"))["Status"] == 2


@pytest.mark.parametrize(
    ("key", "ids", "parameters"),
    [
        ("SANDBOX_SING", [1], {}),
        ("SANDBOX_WIN", [], {}),
        ("SANDBOX_LOSE", [1], {}),
        ("SANDBOX_LOSE", [1], {"Reason": "price"}),
        ("SANDBOX_ASSIGN", [1], {"Responsible": True}),
        ("SANDBOX_WIN", [10**26], {}),
        ("SANDBOX_LOSE", [1], {"Reason": "9" * 5_000}),
        ("SANDBOX_LOSE", [1], {"Reason": Decimal("1E+999999999")}),
    ],
)
async def test_a_run_that_makes_no_sense_fails(
    sandbox: Sandbox, key: str, ids: list[int], parameters: dict[str, Any]
) -> None:
    await sandbox.switch(commands="sample")
    assert (await run(sandbox, key, ids, **parameters))["WasSuccessful"] is False


async def test_the_old_reference_runs_by_get_with_a_body_and_the_log_has_it(
    sandbox: Sandbox,
) -> None:
    card = await sandbox.card("Enquiry")
    await sandbox.switch(commands="sample")
    refused = await sandbox.client.request("GET", RUN, json={"Key": "SANDBOX_WIN"})
    assert refused.status_code == 405
    await sandbox.switch(dialect="v1")
    assert (await run(sandbox, "SANDBOX_WIN", [card["Id"]], "GET"))["WasSuccessful"] is True
    assert sandbox.one("SELECT count(*) FROM requests WHERE Body LIKE '%SANDBOX_WIN%'") == 2


async def test_commands_do_not_reach_what_their_user_does_not_see(sandbox: Sandbox) -> None:
    await sandbox.switch(commands="sample")
    hidden = await sandbox.card("Lead", "Members")
    response = await sandbox.client.post(
        RUN, json={"Key": "SANDBOX_WIN", "Ids": [hidden["Id"]]}, auth=MINA
    )
    assert response.json()["WasSuccessful"] is False
    assert (await sandbox.get(f"{CARDS}/{hidden['Id']}"))["Status"] == 1
