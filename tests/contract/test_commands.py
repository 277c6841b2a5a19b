"""Commands: discovered and run by our client, by POST or, as the older page has it, by GET with a body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from crm_tui.api.commands import CommandParameter
from crm_tui.api.errors import Invalid
from tests.contract.matrix import across, rows
from tests.contract.world import CARDS, World

OFFERED = ("v1-commands", "v2-commands")
LIST, RUN = f"{CARDS}/commands", f"{CARDS}/runcommand"
REASON = CommandParameter("Reason", "int", 4)


@dataclass(frozen=True)
class Metadata:
    """A key of a command's description, and our name for it."""

    name: str
    field: str


METADATA = (
    Metadata("Key", "key"),
    Metadata("Name", "name"),
    Metadata("AppliesOnlyToMultipleEntities", "only_several"),
    Metadata("AppliesOnlyToOneEntity", "only_one"),
    Metadata("AppliesOnlyToTwoEntities", "only_two"),
    Metadata("NeedsEntitiesToRun", "needs_records"),
    Metadata("Order", "order"),
    Metadata("RequiresParameters", "parameters"),
)
"""v1, "Commands": the keys of its answer."""


@across(*OFFERED)
@rows(METADATA)
def test_commands(world: World, row: Metadata) -> None:
    told = [each[row.name] for each in world.get(LIST)]
    if row.name == "RequiresParameters":
        told = [tuple((each["Name"], each["Type"]) for each in wanted) for wanted in told]
    found = world.run(world.client.opportunities.commands())
    assert [getattr(each, row.field) for each in found] == told
    assert len(told) == 3
    *_, asked = world.asked()
    assert asked.line == ("GET", LIST, 200)


@across("v1", "v2", *OFFERED)
def test_commands_of_one_record(world: World) -> None:
    """None are published, so that none is the usual case."""
    record_id = world.made(status=2)
    found = world.run(world.client.opportunities.commands(record_id))
    (asked,) = world.asked()
    assert asked.line == ("GET", LIST, 200)
    assert asked.query == {"id": str(record_id)}
    wanted = ["SANDBOX_LOSE", "SANDBOX_ASSIGN"] if world.name in OFFERED else []
    assert [each.key for each in found] == wanted


@dataclass(frozen=True)
class BodyKey:
    """A key of the body that runs a command."""

    name: str


RUN_BODY = (BodyKey("Key"), BodyKey("Parameters"), BodyKey("Ids"))
"""v1, "Run Command": its body parameters."""


@across(*OFFERED)
@rows(RUN_BODY)
def test_run_command(world: World, row: BodyKey) -> None:
    ids = [world.made(), world.made()]
    sent: dict[str, Any] = {
        "Key": "SANDBOX_LOSE",
        "Parameters": [{"Name": "Reason", "Type": "int", "Value": 4}],
        "Ids": ids,
    }
    world.run(world.client.opportunities.run_command("SANDBOX_LOSE", ids, [REASON]))
    (asked,) = world.asked()
    assert asked.line == ("GET" if world.switches.is_v1 else "POST", RUN, 200)
    assert asked.body[row.name] == sent[row.name]
    for record_id in ids:
        assert (world.column(record_id, "Status"), world.column(record_id, "LossReason")) == (3, 4)


@dataclass(frozen=True)
class Outcome:
    """A key of the answer to a run, when it went well and when it did not."""

    name: str
    done: Any
    failed: Any


OUTCOMES = (
    Outcome("Status", 200, 500),
    Outcome("Message", "The command was run for 1 records.", "The command failed for 1 of 1 records."),
    Outcome("Value", None, None),
    Outcome("Errors", None, None),
    Outcome("WasSuccessful", True, False),
)  # fmt: skip
"""v1, "Run Command", 200: also the answer of a command that failed."""


@across(*OFFERED)
@pytest.mark.parametrize("status", [1, 2], ids=["done", "failed"])
@rows(OUTCOMES)
def test_run_command_answer(world: World, row: Outcome, status: int) -> None:
    async def ask(record_id: int) -> Any:
        async with world.sandbox.http() as http:
            answer = await http.post(RUN, json={"Key": "SANDBOX_WIN", "Ids": [record_id]})
            assert answer.status_code == 200
            return answer.json()

    answer = world.run(ask(world.made(status=status)))
    assert answer[row.name] == (row.done if status == 1 else row.failed)
    assert set(answer) == {each.name for each in OUTCOMES}
    run = world.client.opportunities.run_command("SANDBOX_WIN", [world.made(status=status)])
    if status == 1:
        assert world.run(run) == answer["Message"]
    else:
        assert world.refused(Invalid, run).detail == answer["Message"]


@across("v1", "v2")
def test_a_command_that_is_not_offered_fails(world: World) -> None:
    run = world.client.opportunities.run_command("SANDBOX_WIN", [world.made()])
    assert "not known" in world.refused(Invalid, run).detail
    (asked,) = world.asked()
    assert asked.line == ("POST", RUN, 200)
