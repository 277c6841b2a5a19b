"""Every entity beside opportunities: lists, whole records, filters, ranges, order, and writing where there is."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox.catalogue import CATALOGUE, Entity
from tests.sandbox.driving import Sandbox, decode, encode

WRITTEN = [entity for entity in CATALOGUE if entity.verbs]


def named(entity: Entity) -> str:
    return entity.name


def every(entities: Any = CATALOGUE) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entity", entities, ids=named)


async def whole(sandbox: Sandbox, entity: Entity) -> list[dict[str, Any]]:
    """Every record of an entity as get-one answers it, by id; a test of its own says that lists may be so."""
    await sandbox.switch(light_lists=False)
    records = (await sandbox.get(entity.path, size=1000, orderby="Id"))["Records"]
    await sandbox.switch(light_lists=True)
    return list(records)


def like(value: Any) -> Callable[[Any], bool]:
    """What a filter by that value should let through."""
    if isinstance(value, str) and not value.endswith("Z"):
        return lambda other: other is not None and value.casefold() in other.casefold()
    return lambda other: other is not None and bool(other == value)


@every()
async def test_a_list_has_light_rows_of_whole_records(sandbox: Sandbox, entity: Entity) -> None:
    page = await sandbox.get(entity.path, size=1000)
    assert page["TotalItems"] == len(page["Records"]) > 0
    assert page["CurrentOrderField"] == entity.order
    row = page["Records"][0]
    record = await sandbox.get(f"{entity.path}/{row['Id']}")
    assert set(record) == entity.keys()
    assert set(record) - set(row) == entity.heavy()
    assert {name: record[name] for name in row} == row


@every()
async def test_lists_may_come_whole(sandbox: Sandbox, entity: Entity) -> None:
    await sandbox.switch(light_lists=False)
    row = (await sandbox.get(entity.path))["Records"][0]
    assert row == await sandbox.get(f"{entity.path}/{row['Id']}")


@every()
async def test_each_filter_lets_through_what_it_says(sandbox: Sandbox, entity: Entity) -> None:
    records = await whole(sandbox, entity)
    for parameter, key in entity.parameters():
        value = next(each[key] for each in reversed(records) if each[key] not in (None, ""))
        sent = str(value).lower() if isinstance(value, bool) else value
        found = await sandbox.ids(
            entity.path, **{f"{entity.name}_{parameter}": sent, "orderby": "Id"}
        )
        assert found == [each["Id"] for each in records if like(value)(each[key])], parameter


@every()
async def test_ranges_include_both_ends(sandbox: Sandbox, entity: Entity) -> None:
    records = await whole(sandbox, entity)
    for name in f"{entity.ranges} CreatedOn UpdatedOn".split():
        known = sorted(each[name] for each in records if each[name] is not None)
        low, high = known[len(known) // 3], known[2 * len(known) // 3]
        bounds = {f"from_{entity.name}_{name}": low, f"to_{entity.name}_{name}": high}
        assert await sandbox.ids(entity.path, orderby="Id", **bounds) == [
            each["Id"] for each in records if each[name] is not None and low <= each[name] <= high
        ], name


@every()
async def test_records_by_id_and_unique_id(sandbox: Sandbox, entity: Entity) -> None:
    records = await whole(sandbox, entity)
    ids = [each["Id"] for each in records][:2]
    text = json.dumps(ids).replace(" ", "")
    assert await sandbox.ids(entity.path, **{f"{entity.name}_Id": text, "orderby": "Id"}) == ids
    bare = await sandbox.get(entity.path, id=text, orderby="Id")
    assert [each["Id"] for each in bare] == ids
    assert await sandbox.ids(entity.path, UniqueId=records[0]["UniqueId"]) == [ids[0]]
    for params in ({f"{entity.name}_Id": "[1,2]"}, {"id": "[1]"}):
        assert (await sandbox.client.get(entity.path, params=params)).status_code == 404
    assert (await sandbox.client.get(f"{entity.path}/1")).status_code == 404


@every()
async def test_lists_are_ordered_both_ways(sandbox: Sandbox, entity: Entity) -> None:
    up = await sandbox.ids(entity.path, orderby="CreatedOn", dir=0)
    down = await sandbox.ids(entity.path, orderby="CreatedOn", dir=1)
    assert sorted(up) == sorted(down)
    first, last = await asyncio.gather(
        sandbox.get(f"{entity.path}/{up[0]}"), sandbox.get(f"{entity.path}/{down[0]}")
    )
    assert first["CreatedOn"] <= last["CreatedOn"]


@every()
async def test_only_the_verbs_that_there_are_work(sandbox: Sandbox, entity: Entity) -> None:
    one = f"{entity.path}/{(await sandbox.ids(entity.path))[0]}"
    for verb, path in (("POST", entity.path), ("PUT", entity.path), ("DELETE", one)):
        if verb not in entity.verbs:
            response = await sandbox.client.request(verb, path, json={"Id": 1})
            assert response.status_code == 405, verb
            assert verb in response.json()["Message"]


@every(WRITTEN)
async def test_what_is_written_is_read_back_and_replaced_whole(
    sandbox: Sandbox, entity: Entity
) -> None:
    template = (await whole(sandbox, entity))[0]
    moment = sandbox.clock.advance(hours=1)
    needed = {name: template[name] for name in entity.required.split()}
    response = await sandbox.client.post(
        entity.path, content=encode({**needed, "SystemId": "mine", "Mood": "good"})
    )
    assert response.status_code == 200, response.text
    path = f"{entity.path}/{response.json()['Value']['Id']}"
    made = await sandbox.get(path)
    assert {name: made[name] for name in needed} == needed
    assert (made["SystemId"], made["CreatedOn"], made["UpdatedOn"]) == ("mine", moment, moment)
    assert "Mood" not in made

    later = sandbox.clock.advance(hours=1)
    response = await sandbox.client.put(entity.path, content=encode({**made, "SystemId": None}))
    assert response.status_code == 200, response.text
    assert await sandbox.get(path) == {
        **made,
        **{"SystemId": None, "UpdatedOn": later},
    }


@every(WRITTEN)
async def test_every_required_field_is_asked_for(sandbox: Sandbox, entity: Entity) -> None:
    response = await sandbox.client.post(entity.path, json={})
    assert response.status_code == 400
    problems = response.json()["Errors"]
    assert [each["PropertyName"] for each in problems] == entity.required.split()
    assert {each["Message"] for each in problems} == {"is a required field"}


@every([entity for entity in WRITTEN if "DELETE" in entity.verbs])
async def test_what_is_deleted_is_gone(sandbox: Sandbox, entity: Entity) -> None:
    template = (await whole(sandbox, entity))[0]
    needed = {name: template[name] for name in entity.required.split()}
    made = (await sandbox.client.post(entity.path, content=encode(needed))).json()["Value"]["Id"]
    path = f"{entity.path}/{made}"
    assert (await sandbox.client.delete(path)).json()["WasSuccessful"] is True
    assert (await sandbox.client.get(path)).status_code == 404
    assert (await sandbox.client.delete(path)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/crm/crmboards", "/crm/crmboardcolumns", "/crm/opportunitytypes"]
)
async def test_what_is_in_use_is_not_deleted_which_is_said_with_http_200(
    sandbox: Sandbox, path: str
) -> None:
    used = {
        "/crm/crmboards": "SELECT min(CrmBoardId) FROM crmboardcolumns",
        "/crm/crmboardcolumns": "SELECT min(CrmBoardColumnId) FROM crmopportunities",
        "/crm/opportunitytypes": "SELECT min(OpportunityTypeId) FROM crmopportunities",
    }
    one = f"{path}/{sandbox.one(used[path])}"
    response = await sandbox.client.delete(one)
    assert (response.status_code, response.json()["WasSuccessful"]) == (200, False)
    assert (await sandbox.client.get(one)).status_code == 200


async def test_a_new_customer_gets_what_is_left_out(sandbox: Sandbox) -> None:
    template = (await sandbox.get("/spaces/coworkers"))["Records"][0]
    moment = sandbox.clock.advance(hours=1)
    body = {
        **{"FullName": "Ünal", "Email": "u@example.com", "CoworkerType": 1, "CreateUser": True},
        **{name: template[name] for name in ("CountryId", "SimpleTimeZoneId")},
    }
    response = await sandbox.client.post("/spaces/coworkers", json=body)
    made = await sandbox.get(f"/spaces/coworkers/{response.json()['Value']['Id']}")
    assert (made["Active"], made["Archived"]) == (True, False)
    assert (made["RegistrationDate"], made["InvoicingBusinessName"]) == (moment, "Riverside")
    (effect,) = await sandbox.get("/_sandbox/effects")
    assert (effect["Kind"], effect["Detail"]) == ("welcome", {"To": "u@example.com"})
    assert (effect["CrmOpportunityId"], effect["CoworkerId"]) == (None, made["Id"])


async def test_a_tasks_due_date_has_a_twin_on_the_locations_clock(sandbox: Sandbox) -> None:
    customer = sandbox.one("SELECT min(Id) FROM coworkers WHERE InvoicingBusinessId = 1414811840")
    task = {
        **{"BusinessId": 1414811840, "CoworkerId": customer, "Name": "Call"},
        **{"ResponsibleId": 303917733},
    }

    async def saved(**due: Any) -> tuple[str | None, str | None]:
        response = await sandbox.client.post("/crm/coworkertasks", json={**task, **due})
        assert response.status_code == 200, response.text
        made = await sandbox.get(f"/crm/coworkertasks/{response.json()['Value']['Id']}")
        return made["DueDate"], made["DueDateLocal"]

    winter, summer = (
        ("2026-12-01T14:00:00Z", "2026-12-01T09:00:00"),
        (
            "2026-07-01T13:00:00Z",
            "2026-07-01T09:00:00",
        ),
    )
    for utc, local in (winter, summer):
        assert await saved(DueDate=utc) == (utc, local)
        assert await saved(DueDateLocal=local) == (utc, local)
    assert await saved(DueDate=winter[0], DueDateLocal=summer[1]) == winter
    assert await saved() == (None, None)
    response = await sandbox.client.post(
        "/crm/coworkertasks", json={**task, "DueDateLocal": "soon"}
    )
    assert [each["PropertyName"] for each in response.json()["Errors"]] == ["DueDateLocal"]


async def test_stages_refer_to_macros_and_task_lists_that_are_there(sandbox: Sandbox) -> None:
    stages = (await sandbox.get("/crm/crmboardcolumns", size=1000))["Records"]
    for key, path in (("CannedResponseId", "cannedresponses"), ("TaskListId", "tasklists")):
        used = {stage[key] for stage in stages} - {None}
        assert used
        assert used <= set(await sandbox.ids(f"/crm/{path}"))
    for task_list in await sandbox.ids("/crm/tasklists"):
        assert await sandbox.ids("/crm/taskitems", TaskItem_TaskList=task_list)


async def test_custom_fields_of_opportunities_are_defined(sandbox: Sandbox) -> None:
    found = await sandbox.get("/crm/customfields", CustomField_RecordType=4)
    assert found["TotalItems"] == 6
    assert {each["FieldType"] for each in found["Records"]} == {2, 3, 4, 5, 6, 7}


async def test_the_work_around_a_customer_is_found_by_them(sandbox: Sandbox) -> None:
    for path, name, table in (
        ("/crm/coworkertasks", "CoworkerTask", "coworkertasks"),
        ("/spaces/coworkernotes", "CoworkerNote", "coworkernotes"),
        ("/billing/proposals", "Proposal", "proposals"),
    ):
        customer = sandbox.one(f"SELECT CoworkerId FROM {table} LIMIT 1")
        page = await sandbox.get(path, **{f"{name}_Coworker": customer})
        assert {row["CoworkerId"] for row in page["Records"]} == {customer}


async def test_numbers_of_proposals_keep_their_digits(sandbox: Sandbox) -> None:
    answer: httpx.Response = await sandbox.client.get("/billing/proposals")
    prices = [str(row["Price"]) for row in decode(answer.content)["Records"]]
    assert all("." in price for price in prices)
