"""What arriving on a stage does: history, status and dates, accounts, and the log of outside effects."""

from typing import Any

import pytest

from tests.sandbox.driving import CARDS, Sandbox


async def test_a_move_writes_history_with_the_time_in_the_old_stage(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    moves = []
    for name in ("Tour booked", "Office tour"):
        moment = sandbox.clock.advance(days=2)
        await sandbox.saved({**card, "CrmBoardColumnId": sandbox.stage(name)})
        moves.append((name, moment))
    rows = (
        await sandbox.get(
            "/crm/crmopportunityhistories", CrmOpportunityHistory_CrmOpportunity=card["Id"]
        )
    )["Records"][-2:]
    assert [
        (row["OldCrmBoardColumnName"], row["NewCrmBoardColumnName"], row["ToTime"]) for row in rows
    ] == [
        ("Enquiry", "Tour booked", moves[0][1]),
        ("Tour booked", "Office tour", moves[1][1]),
    ]
    assert rows[0]["FromTime"] == card["CrmUpdatedOn"]
    assert rows[1]["FromTime"] == moves[0][1]
    assert rows[1]["UserId"] == 303914611


async def test_only_a_move_or_a_status_moves_crm_updated_on(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    histories = sandbox.one("SELECT count(*) FROM crmopportunityhistories")
    sandbox.clock.advance(hours=1)
    renamed = await sandbox.saved({**card, "Name": "renamed"})
    assert renamed["CrmUpdatedOn"] == card["CrmUpdatedOn"]
    moment = sandbox.clock.advance(hours=1)
    lost = await sandbox.saved({**renamed, "Status": 3})
    assert lost["CrmUpdatedOn"] == moment
    assert lost["CrmBoardColumnId"] == card["CrmBoardColumnId"], "a status alone moves no card"
    assert sandbox.one("SELECT count(*) FROM crmopportunityhistories") == histories
    assert await sandbox.get("/_sandbox/effects") == []


@pytest.mark.parametrize(
    ("stage", "status", "dated", "cleared"),
    [("Won", 2, "WonOn", "LostOn"), ("Lost", 3, "LostOn", "WonOn")],
)
async def test_entering_the_stage_wins_or_loses(
    sandbox: Sandbox, stage: str, status: int, dated: str, cleared: str
) -> None:
    card = await sandbox.card("Negotiation")
    moment = sandbox.clock.advance(minutes=3)
    after = await sandbox.saved(
        {**card, "CrmBoardColumnId": sandbox.stage(stage), cleared: "2020-01-01T00:00:00Z"}
    )
    assert (after["Status"], after["Completed"]) == (status, True)
    assert (after[dated], after[cleared]) == (moment, None)
    assert after["CrmUpdatedOn"] == after["UpdatedOn"] == moment
    assert after["UpdatedBy"] == "[System]"


async def test_a_date_that_came_with_the_same_status_is_kept(sandbox: Sandbox) -> None:
    card = await sandbox.card("Negotiation")
    won = {"Status": 2, "WonOn": "2026-11-01T09:00:00Z", "CrmBoardColumnId": sandbox.stage("Won")}
    assert (await sandbox.saved({**card, **won}))["WonOn"] == "2026-11-01T09:00:00Z"


async def test_leaving_the_stage_undoes_nothing_by_itself(sandbox: Sandbox) -> None:
    card = await sandbox.card("Negotiation")
    won = await sandbox.saved({**card, "CrmBoardColumnId": sandbox.stage("Won")})
    back = await sandbox.saved({**won, "CrmBoardColumnId": card["CrmBoardColumnId"]})
    assert (back["Status"], back["Completed"]) == (2, True)


async def test_mail_and_tasks_are_logged_not_sent(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    moment = sandbox.clock.advance(minutes=1)
    proposal, negotiation = sandbox.stage("Proposal sent"), sandbox.stage("Negotiation")
    card = await sandbox.saved({**card, "CrmBoardColumnId": proposal, "ResponsibleId": 303914652})
    await sandbox.saved({**card, "CrmBoardColumnId": negotiation})
    mail, *made = await sandbox.get("/_sandbox/effects")
    assert mail == {
        "Id": mail["Id"],
        "At": moment,
        "Kind": "mail",
        "CrmOpportunityId": card["Id"],
        "CoworkerId": card["CoworkerId"],
        "CrmBoardColumnId": proposal,
        "Detail": {
            "CannedResponseId": 1414840511,
            "To": card["CoworkerEmail"],
            "Subject": "Your proposal from Riverside",
        },
    }
    # Four items are on the list, and one of them is switched off.
    assert [(each["Kind"], each["CrmBoardColumnId"]) for each in made] == [
        ("task", negotiation)
    ] * 3
    tasks = await tasks_of(sandbox, card["CoworkerId"], moment)
    assert [
        (task["Name"], task["ResponsibleFullName"], task["DueDate"], task["NotifyByEmail"])
        for task in tasks
    ] == [
        ("Check references", "Mina Kovač", "2026-11-20T18:03:00Z", False),
        ("Call about the terms", "Mina Kovač", "2026-11-22T14:03:00Z", True),
        ("Send the licence agreement", "Mina Kovač", "2026-11-25T14:03:00Z", False),
    ]
    assert {task["TaskListName"] for task in tasks} == {"Negotiation"}
    assert {task["UpdatedBy"] for task in tasks} == {"[System]"}
    assert [each["Detail"]["CoworkerTaskId"] for each in made] == [task["Id"] for task in tasks]
    assert made[0]["Detail"] == {
        "TaskListId": 1414850207,
        "CoworkerTaskId": tasks[0]["Id"],
        "Name": "Check references",
        "ResponsibleId": 303914652,
        "DueDate": tasks[0]["DueDate"],
    }


async def tasks_of(sandbox: Sandbox, customer_id: int, since: str) -> list[dict[str, Any]]:
    """A customer's tasks that were made since a moment, in the order in which they are due."""
    page = await sandbox.get(
        "/crm/coworkertasks",
        CoworkerTask_Coworker=customer_id,
        from_CoworkerTask_CreatedOn=since,
    )
    return list(page["Records"])


async def test_a_task_list_may_bring_its_own_owners(sandbox: Sandbox) -> None:
    card = await sandbox.card("New request", "Event space")
    moment = sandbox.clock.advance(minutes=1)
    await sandbox.saved(
        {
            **card,
            "ResponsibleId": 303917733,
            "CrmBoardColumnId": sandbox.stage("Date held", "Event space"),
        }
    )
    tasks = await tasks_of(sandbox, card["CoworkerId"], moment)
    assert [task["ResponsibleFullName"] for task in tasks] == [
        "Mina Kovač",
        "Ana Ruiz",
        "Mina Kovač",
    ]


async def test_a_card_without_an_owner_leaves_tasks_to_the_lists_own(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    moment = sandbox.clock.advance(minutes=1)
    target = sandbox.stage("Negotiation")
    await sandbox.saved({**card, "ResponsibleId": None, "CrmBoardColumnId": target})
    tasks = await tasks_of(sandbox, card["CoworkerId"], moment)
    assert [task["ResponsibleFullName"] for task in tasks] == [
        "Mina Kovač",
        "Ana Ruiz",
        "Mina Kovač",
    ]


async def test_a_list_that_is_switched_off_makes_no_tasks(sandbox: Sandbox) -> None:
    sandbox.change("UPDATE tasklists SET Active = 0")
    card = await sandbox.card("Enquiry")
    await sandbox.saved({**card, "CrmBoardColumnId": sandbox.stage("Negotiation")})
    assert await sandbox.get("/_sandbox/effects") == []


async def test_accounts_are_activated_and_deactivated(sandbox: Sandbox) -> None:
    card = await sandbox.card("Lead", "Members")
    customer = f"/spaces/coworkers/{card['CoworkerId']}"
    card = await sandbox.saved({**card, "CrmBoardColumnId": sandbox.stage("Joined", "Members")})
    assert (await sandbox.get(customer))["Active"] is True
    await sandbox.saved({**card, "CrmBoardColumnId": sandbox.stage("Declined", "Members")})
    assert (await sandbox.get(customer))["Active"] is False
    assert [effect["Kind"] for effect in await sandbox.get("/_sandbox/effects")] == [
        *("win", "activate"),
        *("lose", "deactivate"),
    ]


async def test_a_tour_is_confirmed(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    await sandbox.saved({**card, "CrmBoardColumnId": sandbox.stage("Tour booked")})
    assert [effect["Kind"] for effect in await sandbox.get("/_sandbox/effects")] == ["tour"]


async def test_a_deleting_stage_takes_the_customer_and_all_their_opportunities(
    sandbox: Sandbox,
) -> None:
    card = await sandbox.card("Lead", "Members")
    twin = {key: card[key] for key in ("CrmBoardColumnId", "CoworkerId", "Status", "Position")}
    twin_id = (await sandbox.post(twin)).json()["Value"]["Id"]
    referred = await sandbox.card("Enquiry")
    await sandbox.saved({**referred, "ReferrerId": card["CoworkerId"]})
    others = sandbox.one(
        "SELECT count(*) FROM crmopportunities WHERE CoworkerId <> ?", card["CoworkerId"]
    )

    response = await sandbox.put(
        {**card, "CrmBoardColumnId": sandbox.stage("Erase on request", "Members")}
    )

    assert response.json()["WasSuccessful"] is True
    for path in (
        f"/spaces/coworkers/{card['CoworkerId']}",
        f"{CARDS}/{card['Id']}",
        f"{CARDS}/{twin_id}",
    ):
        assert (await sandbox.client.get(path)).status_code == 404
    assert (await sandbox.get(f"{CARDS}/{referred['Id']}"))["ReferrerId"] is None
    assert sandbox.one("SELECT count(*) FROM crmopportunities") == others
    lost, effect = await sandbox.get("/_sandbox/effects")
    assert (lost["Kind"], effect["Kind"]) == ("lose", "delete")
    assert effect["Detail"]["CoworkerId"] == card["CoworkerId"]
    assert effect["Detail"]["Opportunities"] >= 2


async def test_creating_on_a_stage_is_arriving_there(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    body = {"CrmBoardColumnId": sandbox.stage("Won"), "CoworkerId": card["CoworkerId"]}
    created = (await sandbox.post({**body, "Status": 1, "Position": 0})).json()["Value"]["Id"]
    assert (await sandbox.get(f"{CARDS}/{created}"))["Status"] == 2
