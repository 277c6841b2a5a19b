"""Which addresses we sign in to (rows I01, C07)."""

from __future__ import annotations

import pytest

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.errors import BadAddress
from crm_tui.api.transport import Transport


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://spaces.nexudus.com/api", "https://spaces.nexudus.com/api"),
        ("https://spaces.nexudus.com/api/", "https://spaces.nexudus.com/api"),
        ("https://127.0.0.1:8800/api", "https://127.0.0.1:8800/api"),
        ("HTTPS://spaces.nexudus.com/api", "https://spaces.nexudus.com/api"),
    ],
)
def test_https_is_taken(url: str, kept: str) -> None:
    assert Address.parse(url).url == kept


LOOPBACK = (
    "http://127.0.0.1:8800/api",
    "http://127.9.9.9/api",
    "http://localhost/api",
    "http://[::1]:8800/api",
)


@pytest.mark.parametrize("url", LOOPBACK)
def test_I01_plain_http_on_this_machine_needs_to_be_asked_for(url: str) -> None:
    with pytest.raises(BadAddress, match="--plain-http allows it, or `plain_http = true`"):
        Address.parse(url)
    assert Address.parse(url, plain_http=True).url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://spaces.nexudus.com/api",
        "http://127.0.0.1.evil.example/api",
        "http://localhost.evil.example/api",
        "http://10.0.0.1/api",
        "https://ana:hunter2@spaces.nexudus.com/api",
        "https://spaces.nexudus.com/api?key=1",
        "https://spaces.nexudus.com/api#x",
        "ftp://spaces.nexudus.com",
        "file:///etc/passwd",
        "spaces.nexudus.com/api",
        "https://",
        "https://[::1",
        "https://host:port/api",
        "https://host:0/api",
        "https://☃.☃☃/",
        "https://[v1.x]/",
        "https://a\tb/",
        "https://host/a b",
        "https://-host/",
        "https://xn--/api",
        "https://x/api?",
        " https://host/api",
        "",
    ],
)
def test_I01_everything_else_is_refused_without_repeating_it(url: str) -> None:
    for plain_http in (False, True):
        with pytest.raises(BadAddress) as caught:
            Address.parse(url, plain_http=plain_http)
        assert "hunter2" not in str(caught.value)


def test_an_address_in_capitals_is_protected_like_any_other() -> None:
    assert Address.parse("HTTPS://spaces.nexudus.com/api").encrypted


def test_a_name_that_cannot_be_decoded_is_an_address_that_cannot_be_used() -> None:
    address = Address.parse("https://xn--zzzzzz99999/api")
    with pytest.raises(BadAddress):
        Transport(address, Basic("a", Secret("b")))


def test_I01_plain_http_is_taken_unasked_on_a_unix_socket() -> None:
    assert Address.parse("http://sandbox/api", "/run/x.sock").socket == "/run/x.sock"


@pytest.mark.parametrize(
    ("url", "socket", "leaves"),
    [
        ("https://spaces.nexudus.com/api", None, True),
        ("https://127.0.0.1:8800/api", None, False),
        ("http://localhost:8800/api", None, False),
        ("http://sandbox/api", "/run/x.sock", False),
    ],
)
def test_what_leaves_this_machine_is_known(url: str, socket: str | None, leaves: bool) -> None:
    assert Address.parse(url, socket, plain_http=True).leaves_this_machine == leaves


def test_an_account_has_one_short_name_that_tells_nothing() -> None:
    address = Address.parse("https://spaces.nexudus.com/api")
    name = address.account("ana@example.com")
    assert name == address.account("Ana@Example.com")
    assert name != address.account("bob@example.com")
    assert name != Address.parse("https://localhost/api").account("ana@example.com")
    assert name.isalnum()
    assert "ana" not in name
