"""Where a service lives, and whether we are willing to sign in there.  It opens no connection."""

from __future__ import annotations

import re
from hashlib import sha256
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from crm_tui.api.errors import BadAddress
from crm_tui.structs import Struct


class Address(Struct, frozen=True):
    """Where a service lives: a base URL, and the Unix socket that leads there if it is not on the network."""

    url: str
    """Without a slash at its end."""
    socket: str | None = None

    @staticmethod
    def parse(url: str, socket: str | None = None, *, plain_http: bool = False) -> Address:
        """Check an address; `plain_http` says that somebody asked for it by name, for this machine.

        Raises `BadAddress` unless it is https, a Unix socket, or asked for plain http that does not leave
        this machine, and when it holds a user or password, which would end up in logs.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise BadAddress("it is not a URL") from None
        if parts.scheme not in ("http", "https") or not host:
            raise BadAddress("it is not a URL that starts with https://")
        if parts.username is not None or parts.password is not None:
            raise BadAddress("it holds a user or a password")
        if (
            not url.isascii()
            or not url.isprintable()
            or " " in url
            or not _is_host(host, parts.netloc)
        ):
            raise BadAddress("it holds characters that an address does not have")
        if parts.query or parts.fragment or port == 0 or url.endswith(("?", "#")):
            raise BadAddress("it has parts that an address does not have")
        if parts.scheme == "http" and socket is None:
            if not _is_loopback(host):
                raise BadAddress("plain http would show your password to the network; use https")
            if not plain_http:
                raise BadAddress(_UNASKED)
        return Address(f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/"), socket)

    @property
    def encrypted(self) -> bool:
        """Say whether the connection is protected by TLS."""
        return self.url.startswith("https:")

    @property
    def leaves_this_machine(self) -> bool:
        """Say whether requests go out to a network."""
        return self.socket is None and not _is_loopback(urlsplit(self.url).hostname or "")

    def account(self, user: str) -> str:
        """Give a short name of a user's account here, fit for a file name and telling nobody who it is."""
        return sha256(f"{self.url}\n{user.casefold()}".encode(errors="replace")).hexdigest()[:16]


_UNASKED: Final = (
    "plain http is not protected; for a server on this machine --plain-http allows it, or "
    "`plain_http = true` in the profile"
)
"""Even here whoever gets hold of the port gets the password, so it is not taken by a slip."""

_LABEL: Final = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"


def _is_host(host: str, netloc: str) -> bool:
    """Say whether a host is a name of letters, digits and hyphens, or an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return "[" not in netloc and all(
            re.fullmatch(_LABEL, label) for label in host.removesuffix(".").split(".")
        )
    return True


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
