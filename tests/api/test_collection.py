"""The uniform endpoints against servers that answer in every documented way (rows H12, H14, H15, F07)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.client import NexudusClient
from crm_tui.api.collection import IDS_PER_CALL
from crm_tui.api.commands import CommandParameter
from crm_tui.api.errors import BadAnswer, Invalid, Missing
from crm_tui.api.transport import Transport
from tests.api.raw_server import RawServer, http, raw_server


def envelope(ids: Sequence[int], *, total: int, more: bool, **extra: Any) -> bytes:
    """Write a page of opportunities."""
    records = [{"Id": row_id, "CrmBoardColumnId": 5, "CoworkerId": 9, **extra} for row_id in ids]
    return json.dumps({"Records": records, "HasNextPage": more, "TotalItems": total}).encode()


@asynccontextmanager
async def client_of(
    *bodies: bytes, get_commands: bool = False
) -> AsyncIterator[tuple[RawServer, NexudusClient]]:
    async with raw_server(*(http(body) for body in bodies)) as server:
        transport = Transport(Address.parse(server.url, plain_http=True), Basic("a", Secret("b")))
        client = NexudusClient(transport, get_commands=get_commands)
        try:
            yield server, client
        finally:
            await client.close()


def asked(request: bytes) -> dict[str, list[str]]:
    """Read the parameters of a request."""
    return parse_qs(urlsplit(request.split(b" ")[1].decode()).query)


async def walked(client: NexudusClient) -> tuple[list[int], bool]:
    """Walk all pages; give the ids in the order they came, and whether the walk was complete."""
    ids: list[int] = []
    complete = False
    async for page in client.opportunities.pages(size=2):
        ids += [record["Id"] for record in page.records]
        complete = page.complete
    return ids, complete


async def test_a_listing_is_walked_to_its_end() -> None:
    bodies = (envelope([1, 2], total=3, more=True), envelope([3], total=3, more=False))
    async with client_of(*bodies) as (server, client):
        assert await walked(client) == ([1, 2, 3], True)
    assert [asked(request)["page"] for request in server.requests] == [["1"], ["2"]]
    assert asked(server.requests[0])["orderby"] == ["Id"]


async def test_H15_a_record_that_slipped_to_a_page_already_read_is_found_by_a_second_walk() -> None:
    """Record 1 is deleted after page 1: what was first on page 2 is now last on page 1."""
    bodies = (
        envelope([1, 2], total=5, more=True),
        envelope([4, 5], total=4, more=False),
        envelope([2, 3], total=4, more=True),
        envelope([4, 5], total=4, more=False),
    )
    async with client_of(*bodies) as (_, client):
        ids, complete = await walked(client)
    assert sorted(ids) == [1, 2, 3, 4, 5]
    assert len(set(ids)) == len(ids)
    assert complete


async def test_H15_a_page_that_repeats_for_ever_ends_and_is_said_to_be_incomplete() -> None:
    async with client_of(envelope([1, 2], total=9, more=True)) as (server, client):
        assert await walked(client) == ([1, 2], False)
    assert len(server.requests) <= 8


async def test_H15_a_total_that_is_too_high_ends_and_is_said_to_be_incomplete() -> None:
    async with client_of(envelope([1], total=7, more=False)) as (_, client):
        assert await walked(client) == ([1], False)


async def test_H15_an_empty_page_ends_whatever_the_server_promises() -> None:
    bodies = (envelope([1, 2], total=0, more=True), envelope([], total=0, more=True))
    async with client_of(*bodies) as (_, client):
        ids, _ = await walked(client)
    assert ids == [1, 2]


async def test_a_direction_that_was_not_kept_is_said_in_the_other_words_and_remembered() -> None:
    wrong = envelope([1, 2, 3], total=3, more=False)
    right = envelope([3, 2, 1], total=3, more=False)
    async with client_of(wrong, right, right) as (server, client):
        page = await client.opportunities.page(descending=True)
        assert [record["Id"] for record in page.records] == [3, 2, 1]
        assert page.ordered
        await client.opportunities.page(descending=True)
    spelled = [asked(request)["dir"] for request in server.requests]
    assert spelled == [["1"], ["Descending"], ["Descending"]]


async def test_the_third_spelling_is_tried_and_a_server_that_keeps_none_is_named() -> None:
    async with client_of(envelope([1, 2, 3], total=3, more=False)) as (server, client):
        page = await client.opportunities.page(descending=True)
        assert not page.ordered
    assert [asked(request)["dir"] for request in server.requests] == [["1"], ["Descending"], ["-1"]]


async def test_a_page_of_equals_keeps_every_order_and_teaches_nothing() -> None:
    equal = envelope([7], total=1, more=False)
    wrong = envelope([1, 2], total=2, more=False)
    right = envelope([2, 1], total=2, more=False)
    async with client_of(equal, wrong, right) as (server, client):
        await client.opportunities.page()
        await client.opportunities.page(descending=True)
    assert [asked(request)["dir"] for request in server.requests] == [["0"], ["1"], ["Descending"]]


async def test_what_an_ascending_page_taught_does_not_hold_for_a_descending_one() -> None:
    up = envelope([1, 2, 3], total=3, more=False)
    down = envelope([3, 2, 1], total=3, more=False)
    async with client_of(up, up, down, up) as (server, client):
        await client.opportunities.page()
        page = await client.opportunities.page(descending=True)
        assert page.ordered
        assert (await client.opportunities.page()).ordered
    spelled = [asked(request)["dir"] for request in server.requests]
    assert spelled == [["0"], ["1"], ["Descending"], ["0"]]


@pytest.mark.parametrize("shape", ["envelope", "list"])
async def test_by_ids_in_both_answer_shapes_and_in_chunks(shape: str) -> None:
    wanted = list(range(1, IDS_PER_CALL + 3))
    chunks = [wanted[:IDS_PER_CALL], wanted[IDS_PER_CALL:]]
    bodies = [envelope(chunk, total=len(chunk), more=False) for chunk in chunks]
    if shape == "list":
        bodies = [json.dumps(json.loads(body)["Records"]).encode() for body in bodies]
    async with client_of(*bodies) as (server, client):
        found = await client.opportunities.by_ids([*wanted, 1])
    assert [record["Id"] for record in found] == wanted
    assert b"%5B1%2C2" in server.requests[0]
    assert asked(server.requests[1])["CrmOpportunity_Id"] == [f"[{wanted[-2]},{wanted[-1]}]"]


async def test_by_ids_of_which_all_are_gone_is_an_empty_answer() -> None:
    async with raw_server(http(b'"Not found"', status="404 Not Found")) as server:
        client = NexudusClient(
            Transport(Address.parse(server.url, plain_http=True), Basic("a", Secret("b")))
        )
        assert await client.opportunities.by_ids([1, 2]) == []
        with pytest.raises(Missing):
            await client.opportunities.one(1)
        await client.close()


async def test_one_record_must_be_the_one_that_was_asked_for() -> None:
    other = json.dumps({"Id": 8, "CrmBoardColumnId": 5, "CoworkerId": 9}).encode()
    async with client_of(other) as (_, client):
        with pytest.raises(BadAnswer):
            await client.opportunities.one(7)


async def test_a_record_that_cannot_be_read_names_its_keys_and_not_their_values() -> None:
    broken = json.dumps({"Id": 7, "CrmBoardColumnId": 5, "CoworkerId": 9, "DueDate": "canary"})
    async with client_of(broken.encode()) as (_, client):
        with pytest.raises(BadAnswer, match="DueDate") as caught:
            await client.opportunities.one(7)
    assert "canary" not in str(caught.value)


async def test_create_sends_what_was_given_alone_and_proves_the_id() -> None:
    async with client_of(b'{"WasSuccessful":true,"Value":{"Id":44}}') as (server, client):
        due = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
        record_id = await client.tasks.create({"name": "Call", "customer_id": 9, "due_on": due})
    assert record_id == 44
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/crm/coworkertasks ")
    assert json.loads(body) == {"Name": "Call", "CoworkerId": 9, "DueDate": "2026-03-09T09:00:00Z"}


async def test_H12_H14_delete_and_create_believe_only_what_is_proved() -> None:
    async with client_of(b'{"WasSuccessful":false,"Message":"in use"}') as (_, client):
        with pytest.raises(Invalid, match="in use"):
            await client.tasks.delete(4)
        with pytest.raises(Invalid):
            await client.tasks.create({"name": "x"})


async def test_commands_are_read_in_order_and_tell_what_they_apply_to() -> None:
    answer = [
        {"Key": "B", "Name": "Second", "Order": 2, "AppliesOnlyToOneEntity": True},
        {"Key": "A", "Name": "First", "Order": 1, "RequiresParameters": [{"Name": "Reason", "Type": "string"}]},
        {"Key": "C", "Order": 3, "AppliesOnlyToMultipleEntities": True},
        {"Key": "D", "Order": 4, "NeedsEntitiesToRun": False},
        {"Key": "E", "Order": 5, "AppliesOnlyToTwoEntities": True},
        {"Name": "without a key"},
    ]  # fmt: skip
    async with client_of(json.dumps(answer).encode()) as (server, client):
        commands = await client.opportunities.commands(7)
    assert asked(server.requests[0]) == {"id": ["7"]}
    assert [command.key for command in commands] == list("ABCDE")
    assert commands[0].parameters == (("Reason", "string"),)
    assert [[command.applies_to(count) for count in (0, 1, 2, 3)] for command in commands] == [
        [False, True, True, True],
        [False, True, False, False],
        [False, False, True, True],
        [True, True, True, True],
        [False, False, True, False],
    ]


async def test_no_commands_is_the_usual_case_and_no_failure() -> None:
    async with raw_server(http(b'"Not found"', status="404 Not Found")) as server:
        client = NexudusClient(
            Transport(Address.parse(server.url, plain_http=True), Basic("a", Secret("b")))
        )
        assert await client.opportunities.commands() == []
        await client.close()


@pytest.mark.parametrize("get_commands", [False, True])
async def test_a_command_is_run_with_parameters_of_every_type(get_commands: bool) -> None:
    parameters = [
        CommandParameter("Reason", "string", "Moved city"),
        CommandParameter("Count", "int", 3),
        CommandParameter("Until", "datetime", datetime(2026, 3, 9, 9, 0, tzinfo=UTC)),
        CommandParameter("Owner", "User", 303914611),
        CommandParameter("Sure", "bool", True),
        CommandParameter("Note", "string", None),
    ]
    body = b'{"Status":200,"Message":"Done","WasSuccessful":true}'
    async with client_of(body, get_commands=get_commands) as (server, client):
        assert await client.opportunities.run_command("X", [1, 2], parameters) == "Done"
    head, _, sent = server.requests[0].partition(b"\r\n\r\n")
    method = b"GET" if get_commands else b"POST"
    assert head.startswith(method + b" /api/crm/crmopportunities/runcommand ")
    run = json.loads(sent)
    assert (run["Key"], run["Ids"]) == ("X", [1, 2])
    assert [parameter["Value"] for parameter in run["Parameters"]] == [
        "Moved city", 3, "2026-03-09T09:00:00Z", 303914611, True, None,
    ]  # fmt: skip
    assert [parameter["Type"] for parameter in run["Parameters"]][:2] == ["string", "int"]


async def test_a_command_that_fails_behind_a_good_status_is_a_failure() -> None:
    body = b'{"Status":500,"Message":"Two records failed","Value":null,"WasSuccessful":false}'
    async with client_of(body) as (_, client):
        with pytest.raises(Invalid, match="Two records failed"):
            await client.opportunities.run_command("X", [1])


@pytest.mark.parametrize(
    "answer",
    [
        [{"Id": 1, "Name": "InProgress", "Label": "In progress"}, {"Id": 27, "Name": "New"}],
        {"1": "In progress", "27": "New"},
    ],
)
async def test_an_enumeration_is_read_as_list_and_as_map(answer: Any) -> None:
    async with client_of(json.dumps(answer).encode()) as (server, client):
        labels = await client.enumeration("eCrmOpportunityStatus")
    assert labels == {1: "In progress", 27: "New"}
    assert asked(server.requests[0]) == {"name": ["eCrmOpportunityStatus"]}


async def test_who_we_are_is_read_without_anything_that_looks_like_a_secret() -> None:
    me = {"Id": 3, "FullName": "Ana", "Email": "ana@example.com", "AccessToken": "canary",
          "Password": "canary", "TwoFactorSecret": "canary", "Businesses": [1, 2]}  # fmt: skip
    async with client_of(json.dumps(me).encode()) as (_, client):
        user = client.users.read(await client.who_am_i())
    assert user.locations == (1, 2)
    assert "canary" not in repr(user)
