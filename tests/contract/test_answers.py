"""The answers to writes: every status of the pages and every key of their bodies, and what our client makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from crm_tui.api.errors import Invalid, Missing, ServerFault
from tests.contract.matrix import across, rows
from tests.contract.world import CARDS, World

EVERYWHERE = ("v1", "v2", "v1-nested", "v2-nested", "v2-put-by-id")
GONE = 99


@pytest.mark.parametrize("status", [200, 404, 500])
@across(*EVERYWHERE)
@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
def test_status(world: World, status: int, verb: str) -> None:
    """Update and delete: done, not there any more, or a fault of the server, after which nobody asks again."""
    record_id = world.made()
    whole = world.run(world.client.opportunities.one(record_id))
    if status == 404:
        world.sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", record_id)
    world.asked()
    if verb == "PUT":
        work: Any = world.client.opportunities.update(whole.raw, {"notes": "Called back."})
    else:
        work = world.client.opportunities.delete(record_id)
    before = world.count()
    if status == 200:
        world.run(work)
    elif status == 404:
        world.refused(Missing, work)
    else:
        with crashing(world):
            assert world.refused(ServerFault, work).detail == "An error has occurred."
    (asked,) = world.asked()
    path = CARDS if verb == "PUT" else f"{CARDS}/{record_id}"
    assert asked.line == (verb, path, status)
    assert world.count() == before - (status == 200 and verb == "DELETE")
    if verb == "PUT" and status != 404:
        assert world.column(record_id, "Notes") == ("Called back." if status == 200 else None)


@across(*EVERYWHERE)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_create_status(world: World, status: int) -> None:
    before, least = world.count(), world.minimum()
    if status == 200:
        made = world.run(world.client.opportunities.create(least))
        assert made == world.one("SELECT max(Id) FROM crmopportunities")
    elif status == 400:
        world.refused(Invalid, world.client.opportunities.create({}))
    else:
        with crashing(world):
            world.refused(ServerFault, world.client.opportunities.create(least))
    (asked,) = world.asked()
    assert asked.line == ("POST", CARDS, status)
    assert world.count() == before + (status == 200)


@contextmanager
def crashing(world: World) -> Iterator[None]:
    """Let the server's own code fail at every write of an opportunity."""
    for verb in ("INSERT", "UPDATE", "DELETE"):
        world.sandbox.execute(
            f"CREATE TRIGGER crash_{verb} BEFORE {verb} ON crmopportunities"
            " BEGIN SELECT RAISE(ABORT, 'a fault of the server'); END"
        )
    try:
        yield
    finally:
        for verb in ("INSERT", "UPDATE", "DELETE"):
            world.sandbox.execute(f"DROP TRIGGER crash_{verb}")


# The keys of the bodies


@dataclass(frozen=True)
class AnswerKey:
    """A key of an answer, in which editions it is there, and how its value is known to be right."""

    name: str
    holds: Callable[[Any], bool]
    since: str = "v1 v2"


def _is(value: Any) -> Callable[[Any], bool]:
    return lambda other: other == value and type(other) is type(value)


def _names(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value["Id"], int)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


_NEWER = (
    AnswerKey("OpenInWindow", _is(False), "v2"),
    AnswerKey("UpdatedOn", _is_text, "v2"),
    AnswerKey("UpdatedBy", _is("ana@example.com"), "v2"),
)

CREATED = (
    AnswerKey("Status", _is(200)),
    AnswerKey("Message", _is_text),
    AnswerKey("Value", _names),
    AnswerKey("WasSuccessful", _is(True)),
    AnswerKey("Errors", _is(None), "v2"),
    AnswerKey("OpenInDialog", _is(False), "v2"),
    AnswerKey("RedirectURL", _is(None), "v2"),
    AnswerKey("JavaScript", _is(None), "v2"),
    *_NEWER,
)
"""Create, 200: the response fields of v2 and its example; the sample of v1 has the first four."""

UPDATED = (
    *CREATED[:4],
    AnswerKey("OpenInDialog", _is(False)),
    AnswerKey("Errors", _is(None)),
    AnswerKey("RedirectURL", _is(None), "v2"),
    AnswerKey("JavaScript", _is(None), "v2"),
    *_NEWER,
)
"""Update, 200: the sample of v1, and what v2 has for every write."""

DELETED = (
    *(key for key in UPDATED[:6] if key.name != "Value"),
    AnswerKey("Value", _is(None)),
    AnswerKey("RedirectURL", _is(None)),
    AnswerKey("JavaScript", _is(None)),
    *_NEWER,
)
"""Delete, 200: the sample of v1, and what v2 has for every write."""


def answered(world: World, verb: str, body: dict[str, Any] | None, path: str = CARDS) -> Any:
    """Send a write past our client, and give the very answer."""

    async def ask() -> Any:
        async with world.sandbox.http() as http:
            return (await http.request(verb, path, json=body)).json()

    return world.run(ask())


def check_key(world: World, row: AnswerKey, answer: Any) -> None:
    """See that a key is there exactly in the editions that have it, with the right value."""
    assert (row.name in answer) == (world.name in row.since.split())
    assert row.name not in answer or row.holds(answer[row.name])


def minimal_body(world: World) -> dict[str, Any]:
    """Give the body that both pages take, by the names on the wire."""
    least = world.minimum()
    return {
        "CrmBoardColumnId": least["stage_id"],
        "CoworkerId": least["customer_id"],
        "Status": least["status"],
        "Position": least["position"],
    }


@across("v1", "v2")
@rows(CREATED)
def test_created(world: World, row: AnswerKey) -> None:
    check_key(world, row, answered(world, "POST", minimal_body(world)))
    ours = world.run(world.client.opportunities.create(world.minimum()))
    assert ours == world.one("SELECT max(Id) FROM crmopportunities")


@across("v1", "v2")
@rows(UPDATED)
def test_updated(world: World, row: AnswerKey) -> None:
    record_id = world.made()
    answer = answered(world, "PUT", {**minimal_body(world), "Id": record_id})
    check_key(world, row, answer)
    assert answer["Value"] == {"Id": record_id}
    whole = world.run(world.client.opportunities.one(record_id))
    world.run(world.client.opportunities.update(whole.raw, {"position": 5}))
    assert world.column(record_id, "Position") == 5


@across("v1", "v2")
@rows(DELETED)
def test_deleted(world: World, row: AnswerKey) -> None:
    before = world.count()
    check_key(world, row, answered(world, "DELETE", None, f"{CARDS}/{world.made()}"))
    world.run(world.client.opportunities.delete(world.made()))
    assert world.count() == before


def _problems(value: Any) -> bool:
    return isinstance(value, list) and len(value) in (3, 4)


REFUSED = (
    AnswerKey("Status", _is(500), "v1"),
    AnswerKey("Message", _is_text),
    AnswerKey("Value", _is(None)),
    AnswerKey("Errors", _problems),
    AnswerKey("WasSuccessful", _is(False)),
)
"""Create and update, 400; v1 says 500 in the body, v2 nothing."""

PROBLEM = (
    AnswerKey("AttemptedValue", _is(None)),
    AnswerKey("Message", _is_text),
    AnswerKey("PropertyName", _is_text),
)
"""Create and update, 400: what each of the errors has."""


@across("v1", "v2")
@pytest.mark.parametrize("verb", ["POST", "PUT"])
@rows(REFUSED)
def test_refused(world: World, row: AnswerKey, verb: str) -> None:
    answer = answered(world, verb, {"Id": world.made()})
    check_key(world, row, answer)
    first = answer["Errors"][0]
    assert answer["Message"] == f"{first['PropertyName']}: {first['Message']}"


@across("v1", "v2")
@rows(PROBLEM)
def test_refused_problem(world: World, row: AnswerKey) -> None:
    """Our client tells all that is wrong, while the server's Message tells of one thing only."""
    answer = answered(world, "POST", {})
    for each in answer["Errors"]:
        check_key(world, row, each)
    error = world.refused(Invalid, world.client.opportunities.create({}))
    assert isinstance(error, Invalid)
    told = [(each["PropertyName"], each["Message"]) for each in answer["Errors"]]
    assert [(each.field, each.message) for each in error.fields] == told
    assert error.detail == "; ".join(f"{name}: {words}" for name, words in told)
