"""Creating, replacing, deleting: what is required, what is replaced, what is kept, what is refused."""

import socket
from contextlib import closing
from decimal import Decimal
from typing import Any

import httpx
import pytest

from crm_tui.sandbox.traffic import KEPT_REQUESTS
from tests.sandbox.driving import CARDS, MINA, SIZE, Sandbox, decode, encode

DERIVED = {"UpdatedOn", "UpdatedBy"}
"""What changes by itself when a record is saved as it is."""


async def minimal(sandbox: Sandbox) -> dict[str, Any]:
    """The smallest body that may be posted."""
    card = await sandbox.card("Enquiry")
    return {
        "CrmBoardColumnId": card["CrmBoardColumnId"],
        "CoworkerId": card["CoworkerId"],
        "Status": 1,
        "Position": 0,
    }


async def test_saving_a_record_as_it_is_changes_only_who_and_when(sandbox: Sandbox) -> None:
    for stage in ("Enquiry", "Won", "Lost"):
        before = await sandbox.card(stage)
        moment = sandbox.clock.advance(minutes=1)
        after = await sandbox.saved(before)
        assert (after["UpdatedOn"], after["UpdatedBy"]) == (moment, "ana@example.com")
        assert {key for key in before if before[key] != after[key]} <= DERIVED
        assert list(after) == list(before)


async def test_the_answer_to_a_put_is_the_documented_envelope(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    response = await sandbox.put(record, auth=MINA)
    assert response.status_code == 200
    assert response.json() == {
        "Status": 200,
        "Message": "CrmOpportunity was successfully updated.",
        "Value": {"Id": record["Id"]},
        "OpenInDialog": False,
        "OpenInWindow": False,
        "RedirectURL": None,
        "JavaScript": None,
        "UpdatedOn": "2026-11-20T14:02:00Z",
        "UpdatedBy": "mina@example.com",
        "Errors": None,
        "WasSuccessful": True,
    }


async def test_put_replaces_what_is_left_out_becomes_null_or_false(sandbox: Sandbox) -> None:
    card = await sandbox.card("Lost")
    other = card["CoworkerId"]
    full = await sandbox.saved(
        {
            **card,
            **{
                "Name": "n",
                "Notes": "n",
                "DueDate": "2026-12-01T00:00:00Z",
                "Value": 1,
                "Reminded": True,
            },
            **{"LeadSource": 1, "LossReason": 4, "SystemId": "s", "CustomFields": [{"a": 1}]},
            **{
                "ReferrerId": other,
                "AgentId": other,
                "ResponsibleId": 303914611,
                "WonOn": "2026-01-01",
            },
            **{f"Utm{part}": "x" for part in ("Source", "Medium", "Campaign", "Content", "Term")},
            "TeamId": sandbox.one("SELECT min(Id) FROM teams"),
            "OpportunityTypeId": sandbox.one("SELECT min(Id) FROM opportunitytypes"),
        }
    )
    kept = {"Id", "CrmBoardColumnId", "CoworkerId", "Status", "Position"}
    bare = await sandbox.saved({key: full[key] for key in kept})
    written = {
        *("Name", "TeamId", "OpportunityTypeId", "ResponsibleId", "ReferrerId", "AgentId", "Notes"),
        *(
            "DueDate",
            "Value",
            "LeadSource",
            "LossReason",
            "WonOn",
            "LostOn",
            "SystemId",
            "CustomFields",
        ),
        *("UtmSource", "UtmMedium", "UtmCampaign", "UtmContent", "UtmTerm"),
    }
    assert all(full[key] is not None for key in written)
    assert {key: bare[key] for key in written} == dict.fromkeys(written)
    assert (bare["Completed"], bare["Reminded"]) == (False, False)
    assert {key: bare[key] for key in kept} == {key: full[key] for key in kept}
    assert (bare["CreatedOn"], bare["UniqueId"]) == (full["CreatedOn"], full["UniqueId"])


async def test_every_digit_of_an_amount_survives(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    for amount in ("2450.00", "0.10", "12345678901234567.89", "-5.50", "100"):
        saved = await sandbox.saved({**record, "Value": Decimal(amount)})
        assert str(saved["Value"]) == amount
    listed = (await sandbox.get(CARDS, Id=record["Id"]))["Records"][0]
    assert listed["Value"] == Decimal(100)


async def test_unknown_keys_are_ignored_unless_the_record_has_them(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    assert "Mood" not in await sandbox.saved({**record, "Mood": "good", "TypeName": "x"})


async def test_extra_fields_travel_with_get_and_put_and_are_replaced_too(sandbox: Sandbox) -> None:
    extra = '{"Score":0.10,"Deep":{"List":[1,{"Big":123456789012345678901234567890}],"Null":null}}'
    record_id = (await sandbox.ids())[0]
    sandbox.change("UPDATE crmopportunities SET extra = ? WHERE Id = ?", extra, record_id)
    record = await sandbox.get(f"{CARDS}/{record_id}")
    assert {key: record[key] for key in ("Score", "Deep")} == decode(extra)
    assert list(record)[-2:] == ["Score", "Deep"]

    saved = await sandbox.saved(record)
    assert encode(saved["Score"]) == "0.10"
    assert {**saved, "UpdatedOn": 0, "UpdatedBy": 0} == {**record, "UpdatedOn": 0, "UpdatedBy": 0}

    del record["Deep"]
    lossy = await sandbox.saved({**record, "Score": 7, "New": 1})
    assert (lossy["Score"], lossy["Deep"], "New" in lossy) == (7, None, False)


async def test_custom_fields_come_back_as_they_were_sent(sandbox: Sandbox) -> None:
    custom = [{"Name": "Floor", "Value": Decimal("3.50")}, {"Name": "Ключ \ud800", "Value": None}]
    record = await sandbox.card("Enquiry")
    assert (await sandbox.saved({**record, "CustomFields": custom}))["CustomFields"] == custom


async def test_text_survives_whatever_it_is_made_of(sandbox: Sandbox) -> None:
    text = 'a"b\\c\x00\x1b[31m\x9b\u202e\u2028\r\n\t</script> {"x":"1"} %s % 李伟 🙂'
    record = await sandbox.card("Enquiry")
    saved = await sandbox.saved({**record, "Name": text, "Notes": text})
    assert (saved["Name"], saved["Notes"], saved["ToStringText"]) == (text, text, text)
    assert (await sandbox.get(CARDS, Id=record["Id"]))["Records"][0]["Name"] == text


async def test_dates_are_brought_to_utc(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    for sent, kept in (
        ("2026-12-01T09:30:00Z", "2026-12-01T09:30:00Z"),
        ("2026-12-01T09:30:00+01:00", "2026-12-01T08:30:00Z"),
        ("2026-12-01T09:30", "2026-12-01T09:30:00Z"),
        ("2026-12-01", "2026-12-01T00:00:00Z"),
    ):
        assert (await sandbox.saved({**record, "DueDate": sent}))["DueDate"] == kept


async def test_creating_needs_four_fields_and_fills_in_the_rest(sandbox: Sandbox) -> None:
    body = await minimal(sandbox)
    moment = sandbox.clock.advance(hours=1)
    response = await sandbox.post({**body, "Name": "New", "Mood": "good"})
    answer = response.json()
    assert (response.status_code, answer["WasSuccessful"]) == (200, True)
    assert answer["Message"] == "CrmOpportunity was successfully created."
    record = await sandbox.get(f"{CARDS}/{answer['Value']['Id']}")
    for key in ("CreatedOn", "UpdatedOn", "CrmUpdatedOn"):
        assert record[key] == moment
    assert (record["UpdatedBy"], record["ToStringText"]) == ("ana@example.com", "New")
    assert len(record["UniqueId"]) == 36
    history = await sandbox.get(
        "/crm/crmopportunityhistories", CrmOpportunityHistory_CrmOpportunity=record["Id"]
    )
    (first,) = history["Records"]
    assert (first["OldCrmBoardColumnId"], first["FromTime"]) == (None, None)
    assert (first["NewCrmBoardColumnName"], first["ToTime"]) == ("Enquiry", moment)
    assert first["UserFullName"] == "Ana Ruiz"


@pytest.mark.parametrize("verb", ["POST", "PUT"])
async def test_every_missing_required_field_is_named(sandbox: Sandbox, verb: str) -> None:
    record = await sandbox.card("Enquiry")
    response = await sandbox.client.request(verb, CARDS, json={"Id": record["Id"], "Status": None})
    assert response.status_code == 400
    names = ["CrmBoardColumnId", "CoworkerId", "Status", "Position"]
    assert response.json() == {
        "Message": "CrmBoardColumnId: is a required field",
        "Value": None,
        "Errors": [
            {"AttemptedValue": None, "Message": "is a required field", "PropertyName": name}
            for name in names
        ],
        "WasSuccessful": False,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("CrmBoardColumnId", 0),
        ("CoworkerId", 12),
        ("ResponsibleId", 12),
        ("TeamId", 12),
        ("ReferrerId", -1),
        ("OpportunityTypeId", 12),
        ("AgentId", 1 << 70),
        ("Status", 0),
        ("Status", 4),
        ("Status", "1"),
        ("Status", True),
        ("Position", Decimal("1.5")),
        ("Value", "12"),
        ("Value", True),
        ("Value", Decimal("1E+40")),
        ("Completed", 1),
        ("DueDate", "soon"),
        ("DueDate", "2026-02-30"),
        ("DueDate", 20261120),
        ("Notes", 5),
        ("Name", ["x"]),
        ("Notes", "\ud800"),
    ],
)
async def test_a_wrong_value_is_refused_by_name_and_nothing_is_changed(
    sandbox: Sandbox, field: str, value: Any
) -> None:
    record = await sandbox.card("Enquiry")
    response = await sandbox.put({**record, "Name": "changed", field: value})
    assert response.status_code == 400
    assert [error["PropertyName"] for error in response.json()["Errors"]] == [field]
    assert await sandbox.get(f"{CARDS}/{record['Id']}") == record


async def test_a_lead_source_that_nobody_knows_passes(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    assert (await sandbox.saved({**record, "LeadSource": 27}))["LeadSource"] == 27


async def test_quoted_booleans_pass(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    assert (await sandbox.saved({**record, "Reminded": "true"}))["Reminded"] is True


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"Value":NaN}', b"[" * 100_000, b"\xff"])
async def test_a_body_that_is_no_json_object_is_a_bad_request(
    sandbox: Sandbox, body: bytes
) -> None:
    for verb in ("POST", "PUT"):
        response = await sandbox.client.request(verb, CARDS, content=body)
        assert response.status_code == 400
        assert response.json()["Message"].startswith("The request is invalid.")


@pytest.mark.parametrize("record_id", [1, None, "871654325", Decimal("1.5"), -1, 1 << 80])
async def test_what_is_not_there_cannot_be_saved(sandbox: Sandbox, record_id: Any) -> None:
    response = await sandbox.put({**await minimal(sandbox), "Id": record_id})
    assert (response.status_code, response.json()) == (404, "Not found")


async def test_deleting_takes_the_history_along(sandbox: Sandbox) -> None:
    record = await sandbox.card("Negotiation")
    path = f"{CARDS}/{record['Id']}"
    response = await sandbox.client.delete(path)
    assert (response.status_code, response.json()["WasSuccessful"]) == (200, True)
    assert response.json()["Value"] is None
    assert (await sandbox.client.get(path)).status_code == 404
    assert (await sandbox.client.delete(path)).status_code == 404
    assert (
        sandbox.one(
            "SELECT count(*) FROM crmopportunityhistories WHERE CrmOpportunityId = ?", record["Id"]
        )
        == 0
    )


async def test_the_id_of_a_deleted_record_is_not_used_again(sandbox: Sandbox) -> None:
    last = (await sandbox.ids())[-1]
    await sandbox.client.delete(f"{CARDS}/{last}")
    created = (await sandbox.post(await minimal(sandbox))).json()["Value"]["Id"]
    assert created > last


async def test_the_log_has_every_request_with_the_body_of_writes(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    mark = max(each["Id"] for each in await sandbox.get("/_sandbox/requests"))
    await sandbox.client.get(CARDS, params={"page": "2", "CrmOpportunity_Name": "ü"})
    body = encode({**record, "Name": "Öl"})
    await sandbox.client.put(CARDS, content=body, auth=MINA)
    await sandbox.client.get(f"{CARDS}/1", auth=httpx.BasicAuth("ana@example.com", "wrong"))
    rows = await sandbox.get("/_sandbox/requests", after=mark)
    path = f"/api{CARDS}"
    assert [{**row, "Id": 0} for row in rows] == [
        {
            **{
                "Id": 0,
                "At": "2026-11-20T14:02:00Z",
                "Method": method,
                "Path": where,
                "Query": query,
            },
            **{"Status": status, "User": user, "Body": sent},
        }
        for method, where, query, status, user, sent in (
            ("GET", path, "page=2&CrmOpportunity_Name=%C3%BC", 200, "ana@example.com", None),
            ("PUT", path, "", 200, "mina@example.com", body),
            ("GET", f"{path}/1", "", 401, None, None),
        )
    ]
    assert sandbox.one("SELECT count(*) FROM requests WHERE Method = 'PUT'") == 1


async def test_a_write_that_fails_half_way_leaves_nothing_behind(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    body = await minimal(sandbox)
    sandbox.change("DROP TABLE crmopportunityhistories")
    response = await sandbox.post(body)
    assert (response.status_code, response.json()) == (500, {"Message": "An error has occurred."})
    assert sandbox.one("SELECT count(*) FROM crmopportunities") == SIZE
    assert sandbox.one("SELECT Status FROM requests WHERE Method = 'POST'") == 500
    assert "no such table" in caplog.text


async def test_half_a_request_is_no_request(sandbox: Sandbox) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as line:
        line.connect(str(sandbox.socket_path))
        line.sendall(
            f"DELETE /api{CARDS}/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf".encode()
        )
        await sandbox.get("/auth/me")
    await sandbox.get("/auth/me")
    assert sandbox.one("SELECT count(*) FROM requests WHERE Method = 'DELETE'") == 0


async def test_the_log_forgets_what_is_long_ago(sandbox: Sandbox) -> None:
    for request_id in (1000, 1001, KEPT_REQUESTS + 999):
        sandbox.change(
            "INSERT INTO requests (Id, At, Method, Path, Query) VALUES (?, '', 'GET', '', '')",
            request_id,
        )
    await sandbox.get("/auth/me")
    assert [row["Id"] for row in await sandbox.get("/_sandbox/requests")] == [
        *(1001, KEPT_REQUESTS + 999, KEPT_REQUESTS + 1000)
    ]
