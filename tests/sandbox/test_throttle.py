"""The limits: sliding windows over the clock, two statuses, empty bodies, and what is not counted."""

import pytest

from tests.sandbox.driving import CARDS, MINA, Sandbox

FREE = {
    **{"gets_per_100ms": 0, "requests_per_minute": 0, "requests_per_hour": 0},
    **{"requests_per_day": 0, "writes_per_minute": 0, "writes_per_day": 0},
}


async def statuses(sandbox: Sandbox, count: int, path: str = "/auth/me") -> list[int]:
    return [(await sandbox.client.get(path)).status_code for _ in range(count)]


async def test_nothing_is_limited_unless_it_is_switched_on(sandbox: Sandbox) -> None:
    assert await statuses(sandbox, 130) == [200] * 130


@pytest.mark.parametrize("status", ["409", "429"])
async def test_one_get_in_100_milliseconds(sandbox: Sandbox, status: str) -> None:
    await sandbox.switch(throttle=status)
    assert await statuses(sandbox, 1) == [200]
    refused = await sandbox.client.get("/auth/me")
    assert (refused.status_code, refused.content) == (int(status), b"")
    assert refused.headers["retry-after"] == "1"
    sandbox.clock.advance(milliseconds=99)
    assert await statuses(sandbox, 1) == [int(status)]
    sandbox.clock.advance(milliseconds=1)
    assert await statuses(sandbox, 2) == [200, int(status)]


async def test_the_documented_numbers_hold_for_a_minute(sandbox: Sandbox) -> None:
    await sandbox.switch(throttle="409", gets_per_100ms=0)
    assert await statuses(sandbox, 121) == [200] * 120 + [409]
    sandbox.clock.advance(seconds=60)
    card = (await sandbox.get(CARDS))["Records"][0]
    answers = [(await sandbox.put(card)).status_code for _ in range(61)]
    assert answers == [200] * 60 + [409]


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        *(("requests_per_minute", 60), ("requests_per_hour", 3600)),
        ("requests_per_day", 86400),
    ],
)
async def test_windows_slide_and_the_wait_is_told(
    sandbox: Sandbox, name: str, seconds: int
) -> None:
    await sandbox.switch(throttle="429", **{**FREE, name: 3})
    assert await statuses(sandbox, 2) == [200, 200]
    sandbox.clock.advance(seconds=seconds - 10)
    assert await statuses(sandbox, 2) == [200, 429]
    refused = await sandbox.client.get("/auth/me")
    assert refused.headers["retry-after"] == "10"
    sandbox.clock.advance(seconds=10)
    assert await statuses(sandbox, 3) == [200, 200, 429]


@pytest.mark.parametrize(
    ("name", "seconds"), [("writes_per_minute", 60), ("writes_per_day", 86400)]
)
async def test_writes_have_limits_of_their_own(sandbox: Sandbox, name: str, seconds: int) -> None:
    await sandbox.switch(throttle="409", **{**FREE, name: 2})
    card = await sandbox.card("Enquiry")
    assert [(await sandbox.put(card)).status_code for _ in range(3)] == [200, 200, 409]
    assert await statuses(sandbox, 3) == [200] * 3
    sandbox.clock.advance(seconds=seconds)
    assert (await sandbox.put(card)).status_code == 200


async def test_a_refused_write_changes_nothing_and_is_logged(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    await sandbox.switch(throttle="409", **{**FREE, "writes_per_minute": 1})
    await sandbox.put(card)
    await sandbox.put({**card, "Name": "changed"})
    assert sandbox.one("SELECT Name FROM crmopportunities WHERE Id = ?", card["Id"]) == card["Name"]
    log = sandbox.rows("SELECT Status FROM requests WHERE Method = 'PUT' ORDER BY Id")
    assert log == [(200,), (409,)]


async def test_each_user_has_their_own_limits_and_looking_behind_has_none(sandbox: Sandbox) -> None:
    await sandbox.switch(throttle="409", **{**FREE, "requests_per_minute": 1})
    assert await statuses(sandbox, 2) == [200, 409]
    assert (await sandbox.client.get("/auth/me", auth=MINA)).status_code == 200
    assert await statuses(sandbox, 3, "/_sandbox/requests") == [200] * 3


async def test_what_was_refused_does_not_count(sandbox: Sandbox) -> None:
    await sandbox.switch(throttle="409", **{**FREE, "requests_per_minute": 2})
    assert await statuses(sandbox, 5) == [200, 200, 409, 409, 409]
    sandbox.clock.advance(seconds=60)
    assert await statuses(sandbox, 3) == [200, 200, 409]
