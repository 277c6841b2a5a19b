"""What the pages leave open, in every way that the sandbox can answer it; and that no way is left out."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from crm_tui.api.auth import Secret
from crm_tui.api.errors import Invalid, SignInRefused, Throttled
from crm_tui.api.pacing import MAX_WAIT
from crm_tui.api.token import TokenSignIn
from crm_tui.sandbox.dialect import Switches
from tests.contract.matrix import DIALECTS, across
from tests.contract.world import CARDS, World
from tests.world import SIGN_IN

TOKEN = "/api/token"


def test_every_value_of_every_switch_is_met_by_the_client() -> None:
    turned = [dataclasses.replace(Switches(), **switches) for switches in DIALECTS.values()]
    for switch in dataclasses.fields(Switches):
        met = {getattr(each, switch.name) for each in turned}
        accepts = switch.metadata["accepts"]
        if isinstance(accepts, range):
            assert len(met) > 1, switch.name
        else:
            assert met == set(accepts), switch.name


# Signing in


def sign_in(world: World, password: str) -> TokenSignIn:
    """Make a sign-in by token, as Ana."""

    async def ask() -> Secret:
        return Secret(password)

    address = world.sandbox.address
    return TokenSignIn(address, SIGN_IN.user, client_id="c", password=ask, clock=world.time)


@across("v1", "v2", "v2-login-400", "v1-login-401")
@pytest.mark.parametrize("password", ["sandbox", "wrong"])
def test_login(world: World, password: str) -> None:
    client = world.sandbox.client(sign_in(world, password))
    page = client.opportunities.page(size=5)
    if password == "wrong":
        assert "incorrect" in world.refused(SignInRefused, page).detail
        (asked,) = world.asked()
        assert asked.line == ("POST", TOKEN, world.switches.wrong_password_status)
    else:
        assert len(world.run(page).records) == 5
        granted, asked = world.asked()
        assert granted.line == ("POST", TOKEN, 200)
        assert (asked.status, asked.user) == (200, SIGN_IN.user)
    world.run(client.close())


@across("v2", "v2-short-tokens")
def test_tokens_are_renewed_as_long_as_they_can_be(world: World) -> None:
    """A used refresh token that were shown again would end its family: a third password would be asked for."""
    client = world.sandbox.client(sign_in(world, "sandbox"))
    grants = []
    for seconds in (0, 70, 70, 70, 700):
        world.time.seconds += seconds
        world.run(client.opportunities.page(size=5))
        grants += [each.body for each in world.asked() if each.path == TOKEN]
    world.run(client.close())
    kinds = ["refresh" if "refresh_token" in str(body) else "password" for body in grants]
    is_short = world.name == "v2-short-tokens"
    assert kinds == (
        ["password", *["refresh"] * 3, "refresh", "password"] if is_short else kinds[:1]
    )
    assert kinds[0] == "password"


# Limits


@across("v2-throttle-409", "v1-throttle-409", "v2-throttle-429")
def test_throttle(world: World) -> None:
    """A second read comes too early, waits as long as it is told, and is answered."""
    begun = world.time.seconds
    for _ in range(2):
        world.run(world.client.opportunities.page(size=5))
    *_, before, throttled, after = world.asked()
    assert [before.status, throttled.status, after.status] == [
        200,
        int(world.switches.throttle),
        200,
    ]
    assert world.time.seconds >= begun + 1


@across("v2-few-a-minute", "v2-few-an-hour", "v2-few-a-day", "v2-few-writes", "v2-few-writes-a-day")
def test_throttle_limits(world: World) -> None:
    """Two are let through; the third waits when that is bearable, and is told about when it is not."""
    world.time.seconds += 200_000
    begun = world.time.seconds
    is_write = "writes" in world.name
    before = world.count()
    for number in (1, 2, 3):
        client = world.client.opportunities
        work = client.create(world.minimum()) if is_write else client.page(size=number)
        if number < 3 or world.name in ("v2-few-a-minute", "v2-few-writes"):
            world.run(work)
            continue
        error = world.refused(Throttled, work)
        assert isinstance(error, Throttled)
        assert (error.retry_after or 0) > MAX_WAIT
    answered = [each.status for each in world.asked()]
    waits = world.name in ("v2-few-a-minute", "v2-few-writes")
    assert answered == [200, 200, int(world.switches.throttle), *([200] if waits else [])]
    assert world.time.seconds - begun == (60 if waits else 0)
    assert world.count() == before + (answered.count(200) if is_write else 0)


@across("v2-full")
def test_a_location_that_is_full_takes_no_more(world: World) -> None:
    before = world.count()
    error = world.refused(Invalid, world.client.opportunities.create(world.minimum()))
    assert isinstance(error, Invalid)
    assert [each.field for each in error.fields] == ["CrmBoardColumnId"]
    (asked,) = world.asked()
    assert asked.line == ("POST", CARDS, 400)
    assert world.count() == before


# What is stored and shown


@across("v1", "v2", "v2-whole-lists")
def test_only_a_whole_record_is_whole(world: World) -> None:
    record_id = world.made(notes="Needs parking.")
    (row,) = world.run(world.client.opportunities.page(filters={"Id": str(record_id)})).records
    assert ("Notes" in row) == (world.name == "v2-whole-lists")
    assert world.run(world.client.opportunities.one(record_id)).record.notes == "Needs parking."


@across("v2", "v2-drops-system-id")
def test_a_system_id_may_be_dropped_without_a_word(world: World) -> None:
    record_id = world.made(system_id="marker-7")
    kept = None if world.name == "v2-drops-system-id" else "marker-7"
    assert world.column(record_id, "SystemId") == kept
    assert world.run(world.client.opportunities.one(record_id)).record.system_id == kept
    page = world.run(
        world.client.opportunities.page(filters={"CrmOpportunity_SystemId": "marker-7"})
    )
    assert [raw["Id"] for raw in page.records] == ([record_id] if kept else [])


@across("v2", "v2-coarse")
def test_updated_on_may_be_coarse(world: World) -> None:
    world.time.seconds = world.time.seconds // 60 * 60 + 100
    whole = world.run(world.client.opportunities.one(world.made()))
    written = world.time().replace(microsecond=0)
    assert whole.record.updated_on == written - timedelta(
        seconds=written.second if world.name == "v2-coarse" else 0
    )


@across("v2", "v2-coarse")
def test_the_audit_trail_may_be_late(world: World) -> None:
    record_id = world.made(notes="old")
    whole = world.run(world.client.opportunities.one(record_id))
    world.run(world.client.opportunities.update(whole.raw, {"notes": "new"}))
    trail = world.client.audit_trail
    about = {"AuditTrailEntry_EntityId": str(record_id), "AuditTrailEntry_PropertyName": "Notes"}
    late = world.switches.audit_delay
    assert len(world.run(trail.all(about))) == (0 if late else 1)
    world.time.seconds += late + 1
    (entry,) = world.run(trail.all(about))
    assert (entry.before, entry.after) == ("old", "new")
