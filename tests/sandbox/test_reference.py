"""Signing in, and everything that is only read: boards, stages, customers, users, locations, enumerations."""

import httpx
import pytest

from tests.sandbox.driving import CARDS, Sandbox, connected

DENIED = {"Message": "Authorization has been denied for this request."}


@pytest.mark.parametrize(
    "auth",
    [
        None,
        httpx.BasicAuth("ana@example.com", "wrong"),
        httpx.BasicAuth("nobody@example.com", "sandbox"),
    ],
)
async def test_nothing_is_answered_without_the_right_password(
    sandbox: Sandbox, auth: httpx.Auth | None
) -> None:
    async with connected(sandbox.socket_path, auth) as stranger:
        for path in (CARDS, "/auth/me", "/utils/enums", "/_sandbox/requests", "/nowhere"):
            response = await stranger.get(path)
            assert (response.status_code, response.json()) == (401, DENIED), path


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic /w==", "Bearer abc", "Digest x=y"])
async def test_a_broken_authorization_header_is_no_authorization(
    sandbox: Sandbox, header: str
) -> None:
    async with connected(sandbox.socket_path, None) as stranger:
        response = await stranger.get("/auth/me", headers={"Authorization": header})
    assert response.status_code == 401


async def test_a_user_without_api_access_is_a_stranger(sandbox: Sandbox) -> None:
    assert (await sandbox.client.get("/auth/me")).status_code == 200
    sandbox.change("UPDATE users SET APIAccess = 0")
    assert (await sandbox.client.get("/auth/me")).status_code == 401


async def test_who_am_i(sandbox: Sandbox) -> None:
    me = await sandbox.get("/auth/me")
    assert (me["FullName"], me["Email"], me["IsAdmin"]) == ("Ana Ruiz", "ana@example.com", True)
    assert (me["DefaultBusinessName"], me["DefaultCurrencyCode"]) == ("Riverside", "GBP")
    assert me["DefaultSimpleTimeZoneName"] == "GMT Standard Time"
    assert me["DefaultSimpleTimeZoneNameIana"] == "Europe/London"
    assert len(me["Businesses"]) == 3
    assert "AccessToken" in me, "the service gives away a secret here, and so does the sandbox"


async def test_no_answer_holds_a_password(sandbox: Sandbox) -> None:
    for path in ("/sys/users", "/auth/me"):
        assert "Password" not in (await sandbox.client.get(path)).text


async def test_an_unknown_address_is_said_to_be_unknown(sandbox: Sandbox) -> None:
    response = await sandbox.client.get("/crm/crmdreams")
    assert response.status_code == 404
    assert "No HTTP resource" in response.json()["Message"]


async def test_stages_of_a_board_come_in_order_with_all_their_flags(sandbox: Sandbox) -> None:
    board = (await sandbox.get("/crm/crmboards", CrmBoard_Name="sales"))["Records"][0]
    stages = (
        await sandbox.get(
            "/crm/crmboardcolumns", CrmBoardColumn_CrmBoard=board["Id"], orderby="Position"
        )
    )["Records"]
    assert [stage["Position"] for stage in stages] == list(range(7))
    assert [stage["Name"] for stage in stages][-2:] == ["Won", "Lost"]
    flags = {name for name, value in stages[0].items() if isinstance(value, bool)} - {"IsNew"}
    assert len(flags) == 21
    assert stages[-2]["WinOpportunity"] is True
    assert stages[-2]["LoseOpportunity"] is False
    assert stages[3]["CannedResponseId"] > 0
    whole = await sandbox.get(f"/crm/crmboardcolumns/{stages[0]['Id']}")
    assert (whole["Products"], whole["Resources"]) == ([], [])


async def test_collections_come_with_the_whole_record_only(sandbox: Sandbox) -> None:
    row = (await sandbox.get("/sys/users", User_Email="ana@"))["Records"][0]
    assert "Businesses" not in row
    assert len((await sandbox.get(f"/sys/users/{row['Id']}"))["Businesses"]) == 3


async def test_archived_boards_can_be_left_out(sandbox: Sandbox) -> None:
    everything = await sandbox.ids("/crm/crmboards")
    assert len(everything) == 5
    assert len(await sandbox.ids("/crm/crmboards", CrmBoard_Archived="false")) == 4


async def test_customers_are_ordered_by_name_and_found_by_a_part_of_it(sandbox: Sandbox) -> None:
    page = await sandbox.get("/spaces/coworkers", size=1000)
    names = [record["FullName"] for record in page["Records"]]
    assert names == sorted(names)
    assert page["CurrentOrderField"] == "FullName"
    found = await sandbox.get("/spaces/coworkers", Coworker_FullName=names[5][1:4].upper())
    assert names[5] in [record["FullName"] for record in found["Records"]]


@pytest.mark.parametrize("parameter", ["CrmOpportunity", "CrmOpportunity_Id"])
async def test_the_history_of_one_opportunity(sandbox: Sandbox, parameter: str) -> None:
    card = await sandbox.card("Negotiation")
    rows = (
        await sandbox.get(
            "/crm/crmopportunityhistories", **{f"CrmOpportunityHistory_{parameter}": card["Id"]}
        )
    )["Records"]
    assert {row["CrmOpportunityId"] for row in rows} == {card["Id"]}
    assert rows[-1]["NewCrmBoardColumnName"] == "Negotiation"
    assert rows[0]["OldCrmBoardColumnId"] is None


async def test_enumerations(sandbox: Sandbox) -> None:
    assert await sandbox.get("/utils/enums", name="eCrmOpportunityStatus") == [
        {"Id": 1, "Name": "InProgress", "Label": "In progress"},
        {"Id": 2, "Name": "Won", "Label": "Won"},
        {"Id": 3, "Name": "Lost", "Label": "Lost"},
    ]
    sources = await sandbox.get("/utils/enums", name="ecrmopportunitysource")
    assert len(sources) == 27
    assert 3 not in [member["Id"] for member in sources]
    assert len(await sandbox.get("/utils/enums", Name="eCrmOpportunityLossReason")) == 21
    assert (await sandbox.client.get("/utils/enums", params={"name": "eColour"})).status_code == 400


async def test_the_email_is_taken_in_any_case(sandbox: Sandbox) -> None:
    async with connected(
        sandbox.socket_path, httpx.BasicAuth("ANA@Example.com", "sandbox")
    ) as client:
        assert (await client.get("/auth/me")).status_code == 200
