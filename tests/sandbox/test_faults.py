"""Trouble on order: each action, when it strikes, and what has happened behind it."""

import asyncio
import logging
import socket
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from crm_tui.sandbox.app import create_app
from crm_tui.sandbox.serve import serving
from tests.sandbox.driving import CARDS, Sandbox, SetClock, connected

PUT_CARDS = {"method": "PUT", "path": f"/api{CARDS}"}


def name_of(sandbox: Sandbox, record: dict[str, Any]) -> Any:
    """What the database holds, whatever the client was told."""
    return sandbox.one("SELECT Name FROM crmopportunities WHERE Id = ?", record["Id"])


async def statuses(sandbox: Sandbox, count: int, path: str = CARDS) -> list[int]:
    return [(await sandbox.client.get(path)).status_code for _ in range(count)]


async def test_a_status_with_headers_and_body(sandbox: Sandbox) -> None:
    await sandbox.fault(
        **PUT_CARDS, action="status", status=503, headers={"X-Why": "test"}, body={"Message": "no"}
    )
    record = await sandbox.card("Enquiry")
    response = await sandbox.put({**record, "Name": "changed"})
    assert (response.status_code, response.headers["x-why"]) == (503, "test")
    assert response.json() == {"Message": "no"}
    assert name_of(sandbox, record) == record["Name"]
    assert sandbox.one("SELECT Status FROM requests WHERE Method = 'PUT'") == 503


async def test_a_body_of_text_is_sent_as_it_is(sandbox: Sandbox) -> None:
    await sandbox.fault(action="status", status=200, body="{ not json")
    assert (await sandbox.client.get(CARDS)).text == "{ not json"


async def test_a_page_of_html(sandbox: Sandbox) -> None:
    await sandbox.fault(action="html", status=403)
    response = await sandbox.client.get(CARDS)
    assert response.status_code == 403
    assert response.headers["content-type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")


async def test_a_refusal_comes_with_http_200(sandbox: Sandbox) -> None:
    await sandbox.fault(**PUT_CARDS, action="refuse", message="This card is locked.")
    record = await sandbox.card("Enquiry")
    response = await sandbox.put({**record, "Name": "changed"})
    assert response.status_code == 200
    assert response.json()["WasSuccessful"] is False
    assert response.json()["Message"] == "This card is locked."
    assert name_of(sandbox, record) == record["Name"]


async def test_throttling_is_409_with_retry_after_and_nothing_else(sandbox: Sandbox) -> None:
    await sandbox.fault(action="throttle", times=2)
    await sandbox.fault(action="throttle", status=429, headers={"Retry-After": "7"})
    answers = [await sandbox.client.get(CARDS) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [409, 409, 429, 200]
    assert [answer.headers.get("retry-after") for answer in answers] == ["1", "1", "7", None]
    assert answers[0].content == b""


@pytest.mark.parametrize("after_commit", [False, True])
async def test_a_dropped_connection(sandbox: Sandbox, after_commit: bool) -> None:
    await sandbox.fault(**PUT_CARDS, action="drop", after_commit=after_commit)
    record = await sandbox.card("Enquiry")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await sandbox.put({**record, "Name": "changed"})
    assert name_of(sandbox, record) == ("changed" if after_commit else record["Name"])
    assert sandbox.rows("SELECT Status FROM requests WHERE Method = 'PUT'") == [(None,)]
    assert await statuses(sandbox, 1) == [200]


async def test_an_error_may_follow_what_was_carried_out(sandbox: Sandbox) -> None:
    await sandbox.fault(**PUT_CARDS, action="status", status=504, after_commit=True)
    record = await sandbox.card("Enquiry")
    assert (await sandbox.put({**record, "Name": "changed"})).status_code == 504
    assert name_of(sandbox, record) == "changed"


async def test_a_hanging_request_is_never_answered(sandbox: Sandbox) -> None:
    await sandbox.fault(path=f"/api{CARDS}", action="hang")
    with pytest.raises(httpx.ReadTimeout):
        await sandbox.client.get(CARDS, timeout=0.05)
    assert await statuses(sandbox, 1) == [200]
    assert sandbox.rows("SELECT Status FROM requests") == [(None,), (200,)]


async def test_latency_delays_and_then_serves(sandbox: Sandbox) -> None:
    await sandbox.fault(action="latency", seconds=0.1)
    started = monotonic()
    assert await statuses(sandbox, 1) == [200]
    assert monotonic() - started >= 0.1


async def test_a_delayed_write_happens_although_the_client_has_left(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    await sandbox.fault(**PUT_CARDS, action="latency", seconds=0.1)
    with pytest.raises(httpx.ReadTimeout):
        await sandbox.put({**record, "Name": "late"}, timeout=0.02)
    assert name_of(sandbox, record) == record["Name"]
    async with asyncio.timeout(5):
        while (await sandbox.get(f"{CARDS}/{record['Id']}"))["Name"] != "late":
            pass


async def test_after_and_times_count_matching_requests_only(sandbox: Sandbox) -> None:
    await sandbox.fault(path=f"/api{CARDS}", action="status", status=500, after=1, times=2)
    assert await statuses(sandbox, 2, "/crm/crmboards") == [200, 200]
    assert await statuses(sandbox, 5) == [200, 500, 500, 200, 200]
    (rule,) = await sandbox.get("/_sandbox/faults")
    assert (rule["seen"], rule["fired"]) == (5, 2)


async def test_a_fault_without_times_lasts_until_it_is_cleared(sandbox: Sandbox) -> None:
    await sandbox.fault(action="status", status=500, times=None)
    assert await statuses(sandbox, 4) == [500] * 4
    assert (await sandbox.client.delete("/_sandbox/faults")).status_code == 200
    assert await statuses(sandbox, 2) == [200, 200]
    assert await sandbox.get("/_sandbox/faults") == []


async def test_a_fault_can_mean_one_page_one_verb_and_any_record(sandbox: Sandbox) -> None:
    await sandbox.fault(
        method="get",
        path=f"/api{CARDS.upper()}",
        query={"Page": 2},
        action="status",
        status=500,
        times=None,
    )
    pages = [await sandbox.client.get(CARDS, params={"page": n, "size": 10}) for n in (1, 2, 3)]
    assert [page.status_code for page in pages] == [200, 500, 200]
    await sandbox.fault(path=f"/api{CARDS}/*", action="status", status=404)
    record_id = (await sandbox.ids())[0]
    assert (await sandbox.client.get(f"{CARDS}/{record_id}")).status_code == 404


async def test_trouble_comes_before_the_password_is_looked_at(sandbox: Sandbox) -> None:
    await sandbox.fault(action="html")
    async with connected(sandbox.socket_path, None) as stranger:
        assert [(await stranger.get(CARDS)).status_code for _ in range(2)] == [403, 401]


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"action": "explode"},
        {"action": "status"},
        {"action": "latency"},
        {"action": "latency", "seconds": 0},
        {"action": "latency", "seconds": -1},
        {"action": "drop", "seconds": -1},
        {"action": "drop", "times": 0},
        {"action": "drop", "times": -1},
        {"action": "drop", "after": -1},
        {"action": "status", "status": 100},
        {"action": "status", "status": 600},
        {"action": "status", "status": 204, "body": "text"},
        {"action": "html", "status": 304},
        {"action": "throttle", "headers": {"X-A": "one\r\nX-B: two"}},
        {"action": "throttle", "headers": {"X-A": "\0"}},
        {"action": "throttle", "headers": {"X-A": "łódź"}},
        {"action": "throttle", "headers": {"X A": "b"}},
        {"action": "throttle", "headers": {"Größe": "b"}},
        {"action": "throttle", "headers": {"": "b"}},
        {"action": "throttle", "headers": {"content-Length": "7"}},
        {"action": "status", "status": 500, "colour": "red"},
        {"action": "status", "status": 999},
        {"action": "drop", "after": "soon"},
        {"action": "latency", "seconds": "long"},
        {"action": "drop", "query": ["page"]},
        {"action": "drop", "seen": 4},
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    sandbox: Sandbox, rule: dict[str, Any]
) -> None:
    response = await sandbox.client.post("/_sandbox/faults", json=rule)
    assert response.status_code == 400
    assert response.json()["Message"]
    assert await sandbox.get("/_sandbox/faults") == []


@pytest.mark.parametrize("status", [200, 204, 304, 418, 511])
@pytest.mark.parametrize("value", ["", "a\tb c", "Grüße"])
async def test_what_is_ordered_can_be_served(sandbox: Sandbox, status: int, value: str) -> None:
    await sandbox.fault(action="status", status=status, headers={"X-Why": value})
    response = await sandbox.client.get(CARDS)
    assert response.status_code == status
    assert response.headers["x-why"].encode("latin-1").decode("latin-1") == value


async def test_the_server_ends_at_once_whatever_is_waiting(
    tmp_path: Path, listening: socket.socket, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(tmp_path / "sandbox.db", clock=clock, size=5)
    path = listening.getsockname()
    with caplog.at_level(logging.WARNING):
        async with connected(path) as client:
            async with serving(app, listening):
                for rule in ({"action": "hang"}, {"action": "latency", "seconds": 60}):
                    await client.post("/_sandbox/faults", json=rule)
                waiting = [asyncio.create_task(client.get(CARDS)) for _ in range(2)]
                async with asyncio.timeout(5):
                    while (await client.get("/_sandbox/requests")).text.count('"Status":null') < 2:
                        pass
                started = monotonic()
            assert monotonic() - started < 1
            outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(outcome, httpx.TransportError) for outcome in outcomes)
    assert caplog.records == []
