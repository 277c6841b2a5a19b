"""Signing in for a token: both grants, the second factor, lives by the clock, and what is refused."""

import json
from typing import Any

import httpx
import pytest

from crm_tui.sandbox import totp
from crm_tui.sandbox.people import THEOS_SECRET
from tests.sandbox.driving import CARDS, Bearer, Sandbox, connected

ANAS = {"grant_type": "password", "username": "ana@example.com", "password": "sandbox"}
WRONG = {
    "error": "invalid_grant",
    "error_description": "The user name or password is incorrect.",
}


async def ask(sandbox: Sandbox, form: dict[str, Any], **headers: str) -> httpx.Response:
    """Ask for a token, as nobody."""
    async with connected(sandbox.socket_path, None) as stranger:
        return await stranger.post("/token", data=form, headers=headers)


async def given(sandbox: Sandbox, form: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Ask for a token that must be given."""
    response = await ask(sandbox, form, **headers)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def status(sandbox: Sandbox, token: str, path: str = "/auth/me") -> int:
    """What an address answers to the holder of a token."""
    async with connected(sandbox.socket_path, Bearer(token)) as client:
        return (await client.get(path)).status_code


def renewal(answer: dict[str, Any], **more: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"], **more}


async def test_a_password_gives_a_token_that_every_address_accepts(sandbox: Sandbox) -> None:
    answer = await given(sandbox, ANAS)
    assert set(answer) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 604_799)
    for path in (CARDS, "/auth/me", "/crm/crmboards", "/utils/enums?name=eCrmOpportunityStatus"):
        assert await status(sandbox, answer["access_token"], path) == 200


async def test_the_writer_of_a_record_is_the_tokens_holder(sandbox: Sandbox) -> None:
    answer = await given(sandbox, {**ANAS, "username": "mina@example.com"})
    card = await sandbox.card("Enquiry")
    response = await sandbox.put(card, auth=Bearer(answer["access_token"]))
    assert response.json()["UpdatedBy"] == "mina@example.com"


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"dialect": "v1"}, 400),
        ({"dialect": "v2"}, 401),
        ({"dialect": "v1", "login_status": 401}, 401),
        ({"login_status": 400}, 400),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        {"password": "wrong"},
        {"password": ""},
        {"username": "nobody@example.com"},
        {"username": "noel@example.com"},
        {"username": "piet@example.com"},
    ],
)
async def test_who_is_not_known_gets_none(
    sandbox: Sandbox, form: dict[str, str], switches: dict[str, Any], expected: int
) -> None:
    await sandbox.switch(**switches)
    response = await ask(sandbox, {**ANAS, **form})
    assert (response.status_code, response.json()) == (expected, WRONG)


@pytest.mark.parametrize("grant_type", ["", "client_credentials", None])
async def test_an_unknown_grant_is_refused(sandbox: Sandbox, grant_type: str | None) -> None:
    response = await ask(sandbox, {**ANAS, "grant_type": grant_type})
    assert (response.status_code, response.json()) == (400, {"error": "unsupported_grant_type"})


async def test_a_json_body_is_an_unsupported_grant(sandbox: Sandbox) -> None:
    async with connected(sandbox.socket_path, None) as stranger:
        response = await stranger.post("/token", json=ANAS)
    assert (response.status_code, response.json()) == (400, {"error": "unsupported_grant_type"})


async def test_the_token_ends_when_its_time_has_come(sandbox: Sandbox) -> None:
    answer = await given(sandbox, ANAS)
    sandbox.clock.advance(seconds=answer["expires_in"] - 1)
    assert await status(sandbox, answer["access_token"]) == 200
    sandbox.clock.advance(seconds=1)
    assert await status(sandbox, answer["access_token"]) == 401


async def test_lives_can_be_set(sandbox: Sandbox) -> None:
    await sandbox.switch(access_seconds=60, refresh_seconds=90)
    answer = await given(sandbox, ANAS)
    assert answer["expires_in"] == 60
    sandbox.clock.advance(seconds=61)
    assert await status(sandbox, answer["access_token"]) == 401
    renewed = await given(sandbox, renewal(answer))
    assert await status(sandbox, renewed["access_token"]) == 200
    sandbox.clock.advance(seconds=90)
    refused = await ask(sandbox, renewal(renewed))
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})


async def test_a_refresh_token_works_once_and_leaves_access_tokens_alone(sandbox: Sandbox) -> None:
    first = await given(sandbox, ANAS, client_id="here")
    second = await given(sandbox, renewal(first), client_id="here")
    assert second["refresh_token"] != first["refresh_token"]
    again = await ask(sandbox, renewal(first), client_id="here")
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})
    for answer in (first, second):
        assert await status(sandbox, answer["access_token"]) == 200
    await given(sandbox, renewal(second), client_id="here")


async def test_showing_a_used_refresh_token_may_end_its_family(sandbox: Sandbox) -> None:
    await sandbox.switch(reuse_revokes=True)
    first = await given(sandbox, ANAS)
    second = await given(sandbox, renewal(first))
    assert (await ask(sandbox, renewal(first))).status_code == 400
    assert (await ask(sandbox, renewal(second))).status_code == 400


async def test_one_refresh_token_lives_per_client(sandbox: Sandbox) -> None:
    here = await given(sandbox, ANAS, client_id="here")
    there = await given(sandbox, {**ANAS, "client_id": "there"})
    newer = await given(sandbox, ANAS, client_id="here")
    assert (await ask(sandbox, renewal(here), client_id="here")).status_code == 400
    await given(sandbox, renewal(there, client_id="there"))
    await given(sandbox, renewal(newer), client_id="here")


async def test_the_client_must_be_the_same_at_a_refresh(sandbox: Sandbox) -> None:
    answer = await given(sandbox, ANAS, client_id="here")
    for client in ({"client_id": "there"}, {}):
        assert (await ask(sandbox, renewal(answer, **client))).status_code == 400
    mail = await given(sandbox, ANAS)
    await given(sandbox, renewal(mail, client_id="ana@example.com"))


async def test_a_second_factor_is_asked_for(sandbox: Sandbox) -> None:
    form = {**ANAS, "username": "theo@example.com"}
    bare = await ask(sandbox, form)
    assert bare.status_code == 400
    assert bare.json() == {
        "error": "invalid_grant",
        "error_description": "The two-factor code is required.",
    }
    wrong = await ask(sandbox, {**form, "totp": "000000"})
    assert wrong.json()["error_description"] == "The two-factor code is not valid."
    now = sandbox.clock().timestamp()
    for shift in (-30, 0, 30):
        await given(sandbox, {**form, "totp": totp.code(THEOS_SECRET, now + shift)})
    late = await ask(sandbox, {**form, "totp": totp.code(THEOS_SECRET, now - 90)})
    assert late.status_code == 400
    answer = await given(sandbox, {**form, "totp": totp.code(THEOS_SECRET, now)})
    assert await status(sandbox, answer["access_token"]) == 200
    await given(sandbox, renewal(answer))


async def test_a_user_with_a_second_factor_is_refused_on_basic(sandbox: Sandbox) -> None:
    auth = httpx.BasicAuth("theo@example.com", "sandbox")
    async with connected(sandbox.socket_path, auth) as theo:
        assert (await theo.get("/auth/me")).status_code == 401


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1; the standard prints eight digits, of which the last six are these.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    expected = {
        59: "287082",
        1_111_111_109: "081804",
        1_111_111_111: "050471",
        1_234_567_890: "005924",
        2_000_000_000: "279037",
        20_000_000_000: "353130",
    }
    assert {moment: totp.code(secret, moment) for moment in expected} == expected


async def test_tokens_can_be_ended_before_their_time(sandbox: Sandbox) -> None:
    answer = await given(sandbox, ANAS)
    wrong = await sandbox.client.delete("/_sandbox/tokens", params={"kind": "acess"})
    assert wrong.status_code == 400
    assert "one of access, refresh, all" in wrong.json()["Message"]
    await sandbox.client.delete("/_sandbox/tokens", params={"kind": "access"})
    assert await status(sandbox, answer["access_token"]) == 401
    renewed = await given(sandbox, renewal(answer))
    await sandbox.client.delete("/_sandbox/tokens")
    assert await status(sandbox, renewed["access_token"]) == 401
    assert (await ask(sandbox, renewal(renewed))).status_code == 400


async def test_no_secret_of_a_sign_in_is_logged(sandbox: Sandbox) -> None:
    answer = await given(sandbox, {**ANAS, "totp": "123456", "client_id": "here"})
    await ask(sandbox, renewal(answer, client_id="here"))
    async with connected(sandbox.socket_path, None) as stranger:
        await stranger.post("/token", json={"password": "canary"})
    bodies = [row["Body"] for row in await sandbox.get("/_sandbox/requests")]
    assert bodies == [
        "grant_type=password&username=ana%40example.com&password=***&totp=***&client_id=here",
        "grant_type=refresh_token&refresh_token=***&client_id=here",
        '{"password":"***"}',
    ]


async def test_tokens_are_kept_where_a_restarted_server_finds_them(sandbox: Sandbox) -> None:
    answer = await given(sandbox, ANAS)
    assert sandbox.rows("SELECT Token FROM accesstokens") == [(answer["access_token"],)]


@pytest.mark.parametrize("path", ["/token", "/Crm/CrmOpportunities"])
@pytest.mark.parametrize(
    "body",
    [
        {"grant_type": "password", "PassWord": "hunter2", "totp": "hunter2"},
        [{"deep": {"client_secret": {"is": "hunter2"}, "Refresh_Token": ["hunter2"]}}],
        '{"password": "hunter2"',
        '"password=hunter2"',
        'x&password=hunter2&username=y"',
        "<password>hunter2</password>",
    ],
)
async def test_no_secret_is_logged_however_and_wherever_it_is_sent(
    sandbox: Sandbox, path: str, body: object
) -> None:
    content = body if isinstance(body, str) else json.dumps(body)
    query = "Password=hunter2&size=5&refresh%5ftoken=hunter2&TOTP=hunter2"
    await sandbox.client.post(f"{path}?{query}", content=content)
    (row,) = await sandbox.get("/_sandbox/requests")
    assert "hunter2" not in json.dumps(row)
    assert row["Query"] == "Password=***&size=5&refresh%5ftoken=***&TOTP=***"


async def test_what_is_no_secret_is_logged_as_it_came(sandbox: Sandbox) -> None:
    query, body = "Name=a%20secret&&x", '{ "Notes": "the password is lost", "Value": 1.50 }'
    await sandbox.client.post(f"/crm/crmopportunities?{query}", content=body)
    (row,) = await sandbox.get("/_sandbox/requests")
    assert (row["Query"], row["Body"]) == (query, body)
