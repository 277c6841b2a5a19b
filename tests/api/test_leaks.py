"""Nothing secret in logs, tracebacks and errors, whatever happens (rows C01 and C02)."""

from __future__ import annotations

import asyncio
import io
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret, SignIn
from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import ApiError
from crm_tui.api.token import TokenSignIn
from crm_tui.api.transport import Transport
from tests.api.raw_server import Answer, hangs, http, raw_server, sends
from tests.api.scripted import Request, reply, scripted
from tests.api.test_trust import served_by, tunnel

CANARIES = {
    "password": "canary-1-password",
    "code": "canary-2-code",
    "access token": "canary-3-access",
    "refresh token": "canary-4-refresh",
    "query": "canary-5-query",
    "body": "canary-6-body",
    "cookie": "canary-7-cookie",
    "proxy": "canary-8-proxy",
}


class Talkative:
    """A service that puts canaries wherever it can."""

    def __init__(self) -> None:
        self.seen = ""

    async def __call__(self, request: Request) -> bytes:
        self.seen += f"{request.path} {request.headers} {request.body!r}\n"
        cookie = {"Set-Cookie": f"s={CANARIES['cookie']}; Path=/"}
        if not request.path.endswith("/token"):
            return reply({"a": CANARIES["body"]}, headers=cookie)
        if CANARIES["code"].encode() not in request.body and b"password=" in request.body:
            denied = {"error": "invalid_grant", "error_description": "TOTP code needed"}
            return reply(denied, status=400, headers=cookie)
        granted = {
            "access_token": CANARIES["access token"],
            "refresh_token": CANARIES["refresh token"],
            "expires_in": 3600,
        }
        return reply(granted, headers=cookie)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Listen to every logger there is, at the level that says most."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    names = ["", *logging.root.manager.loggerDict]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).addHandler(handler)
    try:
        yield heard
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
            logging.getLogger(name).removeHandler(handler)


async def test_C02_no_logger_tells_a_secret(
    log: io.StringIO,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    asyncio.get_running_loop().set_debug(True)
    authority = trustme.CA()
    ca_file = tmp_path / "company.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    service = Talkative()
    address = Address.parse("https://spaces.example/api")

    async def password() -> Secret:
        return Secret(CANARIES["password"])

    async def code() -> Secret:
        return Secret(CANARIES["code"])

    sign_in = TokenSignIn(
        address,
        "ana@example.com",
        client_id="client",
        password=password,
        code=code,
        file=tmp_path / "tokens",
        ca_file=ca_file,
    )
    tls = served_by(authority.issue_cert("spaces.example"))
    async with scripted(service, tls=tls) as server, tunnel(server) as (port, told):
        monkeypatch.setenv("https_proxy", f"http://ana:{CANARIES['proxy']}@127.0.0.1:{port}")
        monkeypatch.delenv("no_proxy", raising=False)
        transport = Transport(address, sign_in, ca_file=ca_file)
        await transport.send("GET", "/x", parameters={"q": CANARIES["query"]})
        assert await sign_in.renew(await sign_in.header())
        await transport.send("PUT", "/x", body=CANARIES["body"].encode())
        await transport.close()
    for name in ("password", "code", "access token", "refresh token", "query", "body"):
        assert CANARIES[name] in service.seen, name
    assert told
    logging.getLogger("crm_tui").warning("somebody listens")
    out, err = capfd.readouterr()
    assert "somebody listens" in log.getvalue()
    assert "canary" not in log.getvalue() + out + err


@pytest.mark.parametrize(
    "answer",
    [
        sends(b""),
        sends(b"HTTP/1.1 200 canary\r\nContent-Length: 100\r\n\r\n{canary"),
        sends(b"canary garbage\r\n\r\n"),
        http(b'{"canary": ', headers=["Set-Cookie: s=canary"]),
        http(b'{"Records": "canary"}'),
        http(b"<html>canary</html>", status="403 Forbidden"),
        http(b"{}", status="307 Moved", headers=["Location: https://canary.example/"]),
        http(b"canary", status="500 Canary"),
        http(b"", status="429 canary", headers=["Retry-After: 86400"]),
        hangs,
    ],
)
@pytest.mark.parametrize("by", ["password", "token"])
async def test_C01_no_error_of_the_client_tells_a_secret(answer: Answer, by: str) -> None:
    async with raw_server(answer) as server:
        address = Address.parse(server.url, plain_http=True)

        async def password() -> Secret:
            return Secret(CANARIES["password"])

        async def at_once(_seconds: float) -> None:
            return

        sign_in: SignIn = Basic("ana", Secret(CANARIES["password"]))
        if by == "token":
            sign_in = TokenSignIn(
                address, "ana", client_id="client", password=password, deadline=0.3
            )
        client = NexudusClient(Transport(address, sign_in, sleep=at_once, deadline=0.3))
        with pytest.raises(ApiError) as caught:
            await client.boards()
        await client.close()
    assert server.requests
    said = "".join(traceback.format_exception(caught.value))
    assert "canary" not in f"{said}{caught.value!r}{caught.value}".lower()
