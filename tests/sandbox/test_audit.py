"""The audit trail: who changed which property from what to what, and when that can be read."""

from typing import Any

import pytest

from tests.sandbox.driving import CARDS, MINA, Sandbox

ENTRIES = "/sys/audittrailentries"


async def entries(sandbox: Sandbox, record_id: int, moment: str = "") -> list[dict[str, Any]]:
    """A record's entries since a moment, oldest first."""
    page = await sandbox.get(
        ENTRIES,
        **{
            "AuditTrailEntry_EntityId": record_id,
            "from_AuditTrailEntry_CreatedOn": moment,
            "size": 1000,
        },
    )
    return list(page["Records"])


async def test_one_entry_for_each_changed_property(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    moment = sandbox.clock.advance(minutes=1)
    setting = {"Notes": "mine", "Value": 12, "Reminded": not card["Reminded"], "DueDate": None}
    await sandbox.put({**card, "Completed": False, **setting}, auth=MINA)
    found = await entries(sandbox, card["Id"], moment)
    changed = {each["PropertyName"]: (each["OldValue"], each["NewValue"]) for each in found}
    expected = {
        "Notes": (card["Notes"], "mine"),
        "Value": (None if card["Value"] is None else str(card["Value"]), "12"),
        "Reminded": (str(card["Reminded"]), str(not card["Reminded"])),
        **({"DueDate": (card["DueDate"], None)} if card["DueDate"] else {}),
    }
    assert changed == expected
    for each in found:
        assert (each["AuditType"], each["ActionBy"]) == (2, "mina@example.com")
        assert (each["EntityShortName"], each["BusinessName"]) == ("CrmOpportunity", "Riverside")


async def test_saving_what_is_there_leaves_no_entry(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    moment = sandbox.clock.advance(minutes=1)
    await sandbox.saved(card)
    assert await entries(sandbox, card["Id"], moment) == []


async def test_what_the_automation_does_is_signed_by_the_system(sandbox: Sandbox) -> None:
    card = await sandbox.card("Negotiation")
    moment = sandbox.clock.advance(minutes=1)
    await sandbox.saved({**card, "CrmBoardColumnId": sandbox.stage("Won")})
    found = await entries(sandbox, card["Id"], moment)
    assert {each["PropertyName"]: each["ActionBy"] for each in found} == {
        "CrmBoardColumnId": "ana@example.com",
        **dict.fromkeys(("Status", "Completed", "WonOn"), "[System]"),
    }


async def test_creating_and_deleting_leave_one_entry_without_values(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    body = {key: card[key] for key in ("CrmBoardColumnId", "CoworkerId", "Status", "Position")}
    made = (await sandbox.post(body)).json()["Value"]["Id"]
    await sandbox.client.delete(f"{CARDS}/{made}")
    assert [
        (each["AuditType"], each["PropertyName"], each["OldValue"], each["NewValue"])
        for each in await entries(sandbox, made)
    ] == [(1, None, None, None), (3, None, None, None)]


async def test_tasks_are_audited_and_notes_are_not(sandbox: Sandbox) -> None:
    task = (await sandbox.get("/crm/coworkertasks"))["Records"][0]
    whole = await sandbox.get(f"/crm/coworkertasks/{task['Id']}")
    moment = sandbox.clock.advance(minutes=1)
    await sandbox.client.put("/crm/coworkertasks", json={**whole, "Name": "Other"})
    (entry,) = await entries(sandbox, task["Id"], moment)
    assert (entry["EntityShortName"], entry["NewValue"]) == ("CoworkerTask", "Other")
    note = (await sandbox.get("/spaces/coworkernotes"))["Records"][0]
    await sandbox.client.put("/spaces/coworkernotes", json={**note, "Notes": "Other"})
    assert await entries(sandbox, note["Id"]) == []


@pytest.mark.parametrize("delay", [60, 3600])
async def test_entries_may_show_late(sandbox: Sandbox, delay: int) -> None:
    await sandbox.switch(audit_delay=delay)
    card = await sandbox.card("Enquiry")
    moment = sandbox.clock.advance(minutes=1)
    await sandbox.saved({**card, "Name": "late"})
    entry_id = sandbox.one("SELECT max(Id) FROM audittrailentries")
    sandbox.clock.advance(seconds=delay - 1)
    assert await entries(sandbox, card["Id"], moment) == []
    assert (await sandbox.client.get(f"{ENTRIES}/{entry_id}")).status_code == 404
    sandbox.clock.advance(seconds=1)
    assert [each["Id"] for each in await entries(sandbox, card["Id"], moment)] == [entry_id]


async def test_a_deleting_stage_is_told_too(sandbox: Sandbox) -> None:
    card = await sandbox.card("Lead", "Members")
    moment = sandbox.clock.advance(minutes=1)
    await sandbox.put({**card, "CrmBoardColumnId": sandbox.stage("Erase on request", "Members")})
    last = (await entries(sandbox, card["Id"], moment))[-1]
    assert (last["AuditType"], last["ActionBy"]) == (3, "[System]")
