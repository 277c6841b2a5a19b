"""What the published pages about opportunities say of the sandbox alone; their rows are in `tests/contract`."""

import json
from typing import Any

import pytest

from tests.sandbox.driving import CARDS, Sandbox

BOTH = pytest.mark.parametrize("dialect", ["v1", "v2"])


async def minimal(sandbox: Sandbox) -> dict[str, Any]:
    card = await sandbox.card("Enquiry")
    needed = ("CrmBoardColumnId", "CoworkerId", "Status", "Position")
    return {key: card[key] for key in needed}


@pytest.mark.parametrize(
    ("switches", "prefixed", "bare"),
    [
        ({"dialect": "v1"}, "envelope", "envelope"),
        ({"dialect": "v2"}, "envelope", "array"),
        ({"dialect": "v1", "by_ids": "array"}, "array", "array"),
        ({"by_ids": "envelope"}, "envelope", "envelope"),
    ],
)
async def test_list_by_ids(
    sandbox: Sandbox, switches: dict[str, Any], prefixed: str, bare: str
) -> None:
    await sandbox.switch(**switches)
    wanted = (await sandbox.ids())[:3]
    text = json.dumps(wanted).replace(" ", "")
    for parameter, expected in (("CrmOpportunity_Id", prefixed), ("id", bare)):
        answer = await sandbox.get(CARDS, **{parameter: text})
        found = answer["Records"] if expected == "envelope" else answer
        assert [each["Id"] for each in found] == wanted
        missing = await sandbox.client.get(CARDS, params={parameter: "[1,2]"})
        assert (missing.status_code, missing.json()) == (404, "Not found")


@pytest.mark.parametrize(
    ("dialect", "message", "keys"),
    [
        (
            "v1",
            "Record 'New' has been succesfully created.",
            ["Status", "WasSuccessful", "Message", "Value"],
        ),
        (
            "v2",
            "CrmOpportunity was successfully created.",
            [
                *("Status", "Message", "Value", "OpenInDialog", "OpenInWindow", "RedirectURL"),
                *("JavaScript", "UpdatedOn", "UpdatedBy", "Errors", "WasSuccessful"),
            ],
        ),
    ],
)
async def test_create_answers_200(
    sandbox: Sandbox, dialect: str, message: str, keys: list[str]
) -> None:
    await sandbox.switch(dialect=dialect)
    response = await sandbox.post({**await minimal(sandbox), "Name": "New"})
    answer = response.json()
    assert (response.status_code, list(answer), answer["Message"]) == (200, keys, message)
    assert (answer["Status"], answer["WasSuccessful"]) == (200, True)
    assert isinstance(answer["Value"]["Id"], int)


@pytest.mark.parametrize(
    ("dialect", "message", "keys"),
    [
        (
            "v1",
            "The record 'Other' was updated successfully",
            ["Status", "WasSuccessful", "Message", "Value", "OpenInDialog", "Errors"],
        ),
        ("v2", "CrmOpportunity was successfully updated.", None),
    ],
)
async def test_update_answers_200(
    sandbox: Sandbox, dialect: str, message: str, keys: list[str] | None
) -> None:
    await sandbox.switch(dialect=dialect)
    card = await sandbox.card("Enquiry")
    answer = (await sandbox.put({**card, "Name": "Other"})).json()
    assert (answer["Status"], answer["WasSuccessful"], answer["Message"]) == (200, True, message)
    assert answer["Value"] == {"Id": card["Id"]}
    assert keys is None or list(answer) == keys
    missing = await sandbox.put({**card, "Id": 1})
    assert (missing.status_code, missing.json()) == (404, "Not found")


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ("v1", "The record was deleted successfully."),
        ("v2", "CrmOpportunity was successfully deleted."),
    ],
)
async def test_delete_answers_200_and_then_404(
    sandbox: Sandbox, dialect: str, message: str
) -> None:
    await sandbox.switch(dialect=dialect)
    path = f"{CARDS}/{(await sandbox.card('Enquiry'))['Id']}"
    response = await sandbox.client.delete(path)
    answer = response.json()
    assert (response.status_code, answer["WasSuccessful"], answer["Value"]) == (200, True, None)
    assert answer["Message"] == message
    again = await sandbox.client.delete(path)
    assert (again.status_code, again.json()) == (404, "Not found")


async def test_text_that_is_required_is_missed_in_other_words(sandbox: Sandbox) -> None:
    await sandbox.switch(dialect="v1")
    response = await sandbox.client.post("/crm/crmboards", json={"Name": ""})
    assert [(each["PropertyName"], each["Message"]) for each in response.json()["Errors"]] == [
        ("Business", "may not be null"),
        ("Name", "may not be null or empty"),
    ]


@BOTH
async def test_the_placeholders_of_the_current_page_are_no_valid_data(
    sandbox: Sandbox, dialect: str
) -> None:
    await sandbox.switch(dialect=dialect)
    sample = {"CrmBoardColumnId": 0, "CoworkerId": None, "Status": 0, "Position": 0}
    response = await sandbox.post(sample)
    assert response.status_code == 400
    names = [each["PropertyName"].removesuffix("Id") for each in response.json()["Errors"]]
    assert names == ["CrmBoardColumn", "Coworker", "Status"]


async def test_the_old_page_lets_status_be_left_out_and_writes_bare_names(sandbox: Sandbox) -> None:
    await sandbox.switch(dialect="v1")
    body = await minimal(sandbox)
    bare = {
        "CrmBoardColumn": body["CrmBoardColumnId"],
        "Coworker": {"Id": body["CoworkerId"]},
        "Position": 1,
    }
    response = await sandbox.post(bare)
    assert response.status_code == 200, response.text
    made = await sandbox.get(f"{CARDS}/{response.json()['Value']['Id']}")
    assert (made["Status"], made["CoworkerId"]) == (1, body["CoworkerId"])
