"""One HTTP exchange: a request out, a bounded answer back, before the given seconds are over.

It follows no redirect, keeps no cookie, reads no `.netrc`, and stops an answer that is too large or too slow.
It signs nobody in, waits for nobody and sends nothing twice.  Errors are those of `errors`; httpx stays in here,
and its loggers, which tell headers and addresses, are silent.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import socket
import ssl
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Final

import httpx

from crm_tui import __version__
from crm_tui.api.address import Address
from crm_tui.api.errors import (
    BadAddress,
    BadAnswer,
    TooLarge,
    TooSlow,
    Unanswered,
    Unreached,
    Untrusted,
)
from crm_tui.api.trust import proxy_for, tls_rules

# A private name, which httpx's own first request would import, while keys wait.
with contextlib.suppress(ImportError):
    import anyio._backends._asyncio  # noqa: F401

CONNECT_DEADLINE: Final = 10.0
"""Seconds to get a connection."""

MAX_BODY: Final = 16 * 1024 * 1024
"""Bytes of one answer, unpacked."""

MAX_HEADERS: Final = 64 * 1024
"""Bytes of all headers of one answer, or of one request with its address."""

_LOGGERS: Final = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read to its end."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case names."""
    body: bytes = field(repr=False)


class Exchange:
    """Connections to one address."""

    def __init__(
        self, address: Address, *, ca_file: Path | None = None, deadline: float = CONNECT_DEADLINE
    ) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(_say_nothing)
        proxy = proxy_for(address)
        self._through = f"the proxy {proxy.shown}: " if proxy is not None else ""
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(
                uds=address.socket,
                verify=tls_rules(address, ca_file),
                proxy=proxy.url.reveal() if proxy is not None else None,
                limits=httpx.Limits(max_connections=8, max_keepalive_connections=4),
            ),
            headers={
                "Accept": "application/json",
                # On this machine packing costs more than what it saves.
                "Accept-Encoding": "gzip" if address.leaves_this_machine else "identity",
                "User-Agent": f"crm-tui/{__version__}",
            },
            timeout=httpx.Timeout(deadline, connect=min(CONNECT_DEADLINE, deadline)),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(
        self,
        method: str,
        url: httpx.URL | str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float,
    ) -> Answer:
        """Send one request and read its answer, whatever its status.

        Raises `Unreached`, `Unanswered`, `BadAnswer` and their kinds, and `BadAddress` for an address
        that is too long.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(method, url, headers, body)
        except TimeoutError:
            raise TooSlow(f"after {seconds:.0f} s") from None
        except (httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Unreached(f"{self._through}no connection in time") from None
        except httpx.TimeoutException:
            raise TooSlow("") from None
        except httpx.ProxyError as error:
            raise Unreached(f"{self._through}it refused{_status_in(error)}") from None
        except httpx.ConnectError as error:
            untrusted = _tls_reason(error)
            if untrusted is not None:
                raise Untrusted(untrusted) from None
            raise Unreached(f"{self._through}{_reason(error)}") from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError):
            raise BadAddress("") from None
        except httpx.TransportError as error:
            raise Unanswered(_reason(error)) from None

    async def _exchange(
        self, method: str, url: httpx.URL | str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        request = self._client.build_request(method, url, content=body, headers=headers)
        if len(request.url.raw_path) + _size(request.headers) > MAX_HEADERS:
            raise BadAddress("what is asked for is too long")
        response = await self._client.send(request, stream=True)
        try:
            if _size(response.headers) > MAX_HEADERS:
                raise TooLarge(f"its headers are over {MAX_HEADERS // 1024} KB")
            content = await _read(response)
        finally:
            await response.aclose()
        return Answer(response.status_code, dict(response.headers), content)


def _say_nothing(_record: logging.LogRecord) -> bool:
    return False


def _size(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)


async def _read(response: httpx.Response) -> bytes:
    """Read a body, unpacking gzip in bounded steps: a small one may hide gigabytes."""
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("identity", "", "gzip"):
        raise BadAnswer("it is packed in a way that was not asked for")
    unpacker = zlib.decompressobj(wbits=31) if packing == "gzip" else None
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_raw():
        if unpacker is not None:
            try:
                piece = unpacker.decompress(piece, MAX_BODY + 1 - size)
            except zlib.error:
                raise BadAnswer("its packing is broken") from None
        size += len(piece)
        if size > MAX_BODY or (unpacker is not None and unpacker.unconsumed_tail):
            raise TooLarge(f"over {MAX_BODY // 1024 // 1024} MB")
        pieces.append(piece)
    if unpacker is not None and size and not unpacker.eof:
        raise Unanswered("it ended early")
    return b"".join(pieces)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk from an error down to what first caused it."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _reason(error: Exception) -> str:
    """Name the cause in the system's words, without an address or anything the far side sent."""
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return "its name is not known"
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno).lower()
    return "it closed the connection"


def _tls_reason(error: Exception) -> str | None:
    """Say why TLS failed; none when it was something else."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        if isinstance(cause, ssl.SSLError):
            return "no protected connection"
    return None


def _status_in(error: httpx.ProxyError) -> str:
    """Give the number of a proxy's answer, without the words it chose."""
    number = re.match(r"[1-5][0-9][0-9]\b", str(error))
    return f" with HTTP {number[0]}" if number is not None else ""
