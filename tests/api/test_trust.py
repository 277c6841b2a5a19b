"""TLS and proxies: who is believed, and what a proxy gets to see (rows I02, I03, I04, I06, I07, I08)."""

from __future__ import annotations

import asyncio
import os
import ssl
import warnings
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.errors import ApiError, BadAddress, Unreached, Untrusted
from crm_tui.api.transport import Transport
from crm_tui.api.trust import proxy_for, tls_rules
from tests.api.raw_server import RawServer, http, raw_server
from tests.api.scripted import Request, Scripted, reply, scripted

SIGN_IN = Basic("ana@example.com", Secret("canary-password"))
AGO = datetime.now(UTC) - timedelta(days=2)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "company.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def served_by(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


async def ok(_request: Request) -> bytes:
    return reply({"a": 1})


async def ask(url: str, ca_file: Path | None) -> int:
    transport = Transport(Address.parse(url, plain_http=True), SIGN_IN, ca_file=ca_file)
    try:
        return (await transport.send("GET", "/x")).status
    finally:
        await transport.close()


async def test_I03_a_companys_authority_is_added(authority: trustme.CA, ca_file: Path) -> None:
    async with scripted(ok, tls=served_by(authority.issue_cert("127.0.0.1"))) as server:
        assert await ask(server.url, ca_file) == 200
    assert len(server.requests) == 1


def test_I03_the_systems_authorities_stay(ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address.parse("https://spaces.nexudus.com/api")
    system = tls_rules(address).cert_store_stats()["x509_ca"]
    assert tls_rules(address, ca_file).cert_store_stats()["x509_ca"] == system + 1
    if Path(ssl.get_default_verify_paths().openssl_cafile).is_file():
        monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
        assert tls_rules(address).cert_store_stats()["x509_ca"] == system + 1


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
def test_I03_an_unreadable_file_of_authorities_is_named(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "company.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadAddress, match="authorities"):
        tls_rules(Address.parse("https://spaces.nexudus.com/api"), path)


@pytest.mark.parametrize("fault", ["self-signed", "expired", "wrong-name"])
async def test_I02_a_wrong_certificate_is_refused(
    fault: str, authority: trustme.CA, ca_file: Path
) -> None:
    certificate = {
        "self-signed": lambda: trustme.CA().issue_cert("127.0.0.1"),
        "expired": lambda: authority.issue_cert("127.0.0.1", not_after=AGO),
        "wrong-name": lambda: authority.issue_cert("spaces.example"),
    }[fault]()
    async with scripted(ok, tls=served_by(certificate)) as server:
        with pytest.raises(Untrusted) as caught:
            await ask(server.url, ca_file)
    assert caught.value.detail
    assert server.requests == []


async def test_I04_old_tls_is_refused(authority: trustme.CA, ca_file: Path) -> None:
    context = served_by(authority.issue_cert("127.0.0.1"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with scripted(ok, tls=context) as server:
        with pytest.raises(Untrusted):
            await ask(server.url, ca_file)
    assert server.requests == []


# Proxies


@asynccontextmanager
async def tunnel(server: Scripted) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Serve as a proxy that leads every CONNECT to `server`; gives its port and what it was told in clear."""
    told: list[bytes] = []
    running: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
        writer.close()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            told.append(await reader.readuntil(b"\r\n\r\n"))
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", server.port)
            try:
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
            finally:
                far_writer.close()
        except (OSError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1], told
    finally:
        listening.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running)
        await listening.wait_closed()


async def test_I06_I07_a_proxy_is_used_and_learns_no_secret_of_the_origin(
    authority: trustme.CA, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = served_by(authority.issue_cert("spaces.example"))
    async with scripted(ok, tls=tls) as server, tunnel(server) as (port, told):
        monkeypatch.setenv("https_proxy", f"http://ana:proxy-canary@127.0.0.1:{port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert await ask("https://spaces.example/api", ca_file) == 200
    (connect,) = told
    assert connect.startswith(b"CONNECT spaces.example:443 ")
    assert b64encode(b"ana:proxy-canary") in connect
    assert b"canary-password" not in connect
    assert b64encode(b"ana@example.com:canary-password") not in connect
    assert "authorization" in server.requests[0].headers
    assert "proxy-authorization" not in server.requests[0].headers


@pytest.mark.parametrize("status", ["401 Unauthorized", "407 canary reason"])
async def test_I07_a_proxy_that_refuses_is_told_apart_from_the_service(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with raw_server(http(b"", status=status)) as proxy:
        error = await through(proxy, monkeypatch)
    assert isinstance(error, Unreached)
    assert error.detail == (
        f"the proxy http://…@127.0.0.1:{proxy.port}: it refused with HTTP {status[:3]}"
    )
    assert all(b"\nauthorization" not in request.lower() for request in proxy.requests)


async def test_I07_garbage_from_a_proxy_ends_as_a_named_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with raw_server(http(b"\x00\xff", status="200 canary")) as proxy:
        error = await through(proxy, monkeypatch)
    assert "canary" not in repr(error)
    assert all(b"\nauthorization" not in request.lower() for request in proxy.requests)


async def test_I06_a_dead_proxy_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with raw_server(http()) as proxy:
        pass
    error = await through(proxy, monkeypatch)
    assert isinstance(error, Unreached)
    assert error.detail.endswith("connection refused")
    assert "proxy-canary" not in repr(error)


async def through(proxy: RawServer, monkeypatch: pytest.MonkeyPatch) -> ApiError:
    """Ask through a proxy that will not do it."""
    monkeypatch.setenv("https_proxy", f"http://ana:proxy-canary@127.0.0.1:{proxy.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(ApiError) as caught:
        await ask("https://spaces.example/api", None)
    return caught.value


async def test_I06_what_stays_on_this_machine_has_no_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with raw_server(http(b"wrong", status="500 Oh")) as proxy, scripted(ok) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert await ask(server.url, None) == 200
    assert proxy.requests == []


def test_I06_a_proxy_is_shown_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address.parse("https://spaces.example/api")
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    assert proxy_for(address) is None
    monkeypatch.setenv("HTTPS_PROXY", "ana:proxy-canary@proxy.example:3128")
    proxy = proxy_for(address)
    assert proxy is not None
    assert proxy.shown == "http://…@proxy.example:3128"
    assert "proxy-canary" not in repr(proxy)
    monkeypatch.setenv("NO_PROXY", "spaces.example")
    assert proxy_for(address) is None


@pytest.mark.parametrize("url", ["socks5://canary:1", "http://canary:port", "http://"])
def test_I06_a_proxy_of_another_kind_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", url)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(BadAddress, match="proxy") as caught:
        proxy_for(Address.parse("https://spaces.example/api"))
    assert "canary" not in repr(caught.value)


async def test_I08_a_netrc_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login eve password netrc-canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    async with scripted(ok) as server:
        await ask(server.url, None)
    sent = server.requests[0].headers["authorization"]
    assert sent == (await SIGN_IN.header()).reveal()
