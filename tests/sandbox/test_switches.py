"""The switches themselves: shown, turned one by one, and refused when they make no sense."""

import socket
from pathlib import Path
from typing import Any

import pytest

from crm_tui.sandbox.app import create_app
from crm_tui.sandbox.dialect import BadSwitchError, Switches, assigned
from crm_tui.sandbox.serve import serving
from tests.sandbox.driving import CARDS, Sandbox, SetClock, connected, encode


async def test_switches_are_shown_and_turned(sandbox: Sandbox) -> None:
    before = await sandbox.get("/_sandbox/switches")
    assert before["dialect"] == "v2"
    response = await sandbox.client.post("/_sandbox/switches", json={"dialect": "v1"})
    assert response.json() == {**before, "dialect": "v1"}
    assert await sandbox.get("/_sandbox/switches") == {**before, "dialect": "v1"}


@pytest.mark.parametrize(
    "switches",
    [
        {"colour": "red"},
        {"dialect": "v3"},
        {"dialect": None},
        {"login_status": 403},
        {"login_status": True},
        {"access_seconds": -1},
        {"access_seconds": "soon"},
        {"access_seconds": "-1"},
        {"access_seconds": True},
        {"forbidden_status": "404"},
        {"reuse_revokes": 1},
        {"dialect": "v1", "login_status": 1},
        ["dialect"],
    ],
)
async def test_what_a_switch_cannot_be_is_refused_and_nothing_is_turned(
    sandbox: Sandbox, switches: Any
) -> None:
    before = await sandbox.get("/_sandbox/switches")
    response = await sandbox.client.post("/_sandbox/switches", json=switches)
    assert response.status_code == 400
    assert await sandbox.get("/_sandbox/switches") == before


@pytest.mark.parametrize("form", [int, str])
async def test_a_number_may_come_as_text_and_text_as_a_number(sandbox: Sandbox, form: type) -> None:
    numbers = {"throttle": form(429), "forbidden_status": form(403), "access_seconds": form(60)}
    await sandbox.switch(**numbers)
    turned = await sandbox.get("/_sandbox/switches")
    assert turned["throttle"] == "429"
    assert (turned["forbidden_status"], turned["access_seconds"]) == (403, 60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("throttle=429", Switches(throttle="429")),
        ("dialect=v1", Switches(dialect="v1")),
        ("login-status=400", Switches(login_status=400)),
        ("login_status=null", Switches(login_status=None)),
        ("reuse_revokes=true", Switches(reuse_revokes=True)),
        ("access_seconds=0", Switches(access_seconds=0)),
    ],
)
def test_a_switch_can_be_written_as_text(text: str, expected: Switches) -> None:
    assert assigned(Switches(), text) == expected


@pytest.mark.parametrize(
    "text", ["dialect", "=v1", "dialect=v3", "dialect=", "access_seconds=soon"]
)
def test_text_that_is_no_switch_is_refused(text: str) -> None:
    with pytest.raises(BadSwitchError):
        assigned(Switches(), text)


async def test_text_may_have_to_be_equal(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    await sandbox.saved({**card, "Name": "ÅNGSTRÖM ab"})
    assert await sandbox.ids(CrmOpportunity_Name="ngström") == [card["Id"]]
    await sandbox.switch(string_match="equals")
    assert await sandbox.ids(CrmOpportunity_Name="ngström") == []
    assert await sandbox.ids(CrmOpportunity_Name="ångström AB") == [card["Id"]]


@pytest.mark.parametrize(
    ("style", "up", "down", "unreadable"),
    [
        ("0/1", ["0", "Ascending", ""], ["1", "descending"], ["-1", "2", "down"]),
        ("1/-1", ["1", "ascending", "", "0"], ["-1", "Descending"], ["2", "down"]),
    ],
)
async def test_the_numbers_of_dir(
    sandbox: Sandbox, style: str, up: list[str], down: list[str], unreadable: list[str]
) -> None:
    rising = await sandbox.ids()
    await sandbox.switch(dir_style=style)
    for text in up:
        assert await sandbox.ids(dir=text) == rising, text
    for text in down:
        assert await sandbox.ids(dir=text) == rising[::-1], text
    for text in unreadable:
        assert (await sandbox.client.get(CARDS, params={"dir": text})).status_code == 400, text


async def test_records_may_come_nested(sandbox: Sandbox) -> None:
    card = await sandbox.card("Won")
    card = await sandbox.saved({**card, "TeamId": None, "Name": "n"})
    await sandbox.switch(record_shape="nested")
    record = await sandbox.get(f"{CARDS}/{card['Id']}")
    assert record["Coworker"] == {
        **{"Id": card["CoworkerId"], "FullName": card["CoworkerFullName"]},
        **{
            "CoworkerType": card["CoworkerCoworkerType"],
            "CompanyName": card["CoworkerCompanyName"],
        },
        "Email": card["CoworkerEmail"],
    }
    assert record["CrmBoardColumn"]["Id"] == card["CrmBoardColumnId"]
    assert record["CrmBoardColumn"]["CrmBoardBusinessCurrencyCode"] == "GBP"
    assert record["Team"] is None
    assert not {"CoworkerId", "TeamId", "Name", "Reminded", "CrmUpdatedOn", "UtmTerm"} & set(record)
    assert (record["Value"], record["Id"]) == (card["Value"], card["Id"])
    listed = (await sandbox.get(CARDS, Id=card["Id"]))["Records"][0]
    assert listed["Coworker"] == record["Coworker"]
    history = (await sandbox.get("/crm/crmopportunityhistories"))["Records"][-1]
    assert set(history["NewCrmBoardColumn"]) == {"Id", "Name"}


@pytest.mark.parametrize(("grain", "kept"), [(1, "14:02:59"), (60, "14:02:00"), (3600, "14:00:00")])
async def test_updated_on_has_a_grain(sandbox: Sandbox, grain: int, kept: str) -> None:
    await sandbox.switch(updated_grain=grain)
    card = await sandbox.card("Enquiry")
    sandbox.clock.advance(seconds=59)
    after = await sandbox.saved({**card, "Status": 2})
    assert after["UpdatedOn"] == f"2026-11-20T{kept}Z"
    assert after["CrmUpdatedOn"] == "2026-11-20T14:02:59Z"


async def test_a_system_id_may_be_dropped(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    assert (await sandbox.saved({**card, "SystemId": "mine"}))["SystemId"] == "mine"
    await sandbox.switch(strip_system_id=True)
    assert (await sandbox.saved({**card, "SystemId": "mine"}))["SystemId"] is None


async def test_put_at_the_records_own_address(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    path, body = f"{CARDS}/{card['Id']}", encode({**card, "Id": 1, "Name": "there"})
    assert (await sandbox.client.put(path, content=body)).status_code == 405
    await sandbox.switch(put_by_id=True)
    assert (await sandbox.client.put(path, content=body)).status_code == 200
    assert (await sandbox.get(path))["Name"] == "there"


async def test_a_location_holds_so_many_opportunities(sandbox: Sandbox) -> None:
    card, other = await sandbox.card("Enquiry"), await sandbox.card("Lead", "Members")
    body = {key: card[key] for key in ("CrmBoardColumnId", "CoworkerId", "Status", "Position")}
    here = sandbox.one(
        "SELECT count(*) FROM crmopportunities r JOIN crmboardcolumns s ON s.Id = r.CrmBoardColumnId"
        " JOIN crmboards b ON b.Id = s.CrmBoardId WHERE b.BusinessId = 1414802377"
    )
    assert (await sandbox.get("/_sandbox/switches"))["opportunities_per_location"] == 5000
    await sandbox.switch(opportunities_per_location=here + 1)
    assert (await sandbox.post(body)).status_code == 200
    for response in (
        await sandbox.post(body),
        await sandbox.put({**other, "CrmBoardColumnId": card["CrmBoardColumnId"]}),
    ):
        assert response.status_code == 400
        (problem,) = response.json()["Errors"]
        assert problem["PropertyName"] == "CrmBoardColumnId"
        assert problem["AttemptedValue"] == card["CrmBoardColumnId"]
    await sandbox.saved({**card, "CrmBoardColumnId": sandbox.stage("Office tour")})


async def test_switches_are_set_at_the_start(
    tmp_path: Path, listening: socket.socket, clock: SetClock
) -> None:
    turned = assigned(Switches(), "throttle=429")
    app = create_app(tmp_path / "db", clock=clock, size=1, switches=turned)
    async with serving(app, listening), connected(listening.getsockname()) as client:
        assert (await client.get("/_sandbox/switches")).json()["throttle"] == "429"
