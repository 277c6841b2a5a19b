"""How a server is reached safely: the TLS rules and the proxy that the environment names.

There is no switch that weakens either: authorities are added, never replaced, and certificates always checked.
It opens no connection.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from crm_tui.api.address import Address
from crm_tui.api.auth import Secret
from crm_tui.api.errors import BadAddress
from crm_tui.structs import Struct


class Proxy(Struct, frozen=True):
    """A proxy from the environment."""

    url: Secret
    """With the user and password that it may hold."""
    shown: str
    """Without them."""


def tls_rules(address: Address, ca_file: Path | None = None) -> ssl.SSLContext:
    """Make the TLS rules: the system's authorities and those of `ca_file`, TLS 1.2 or newer, names checked.

    Without TLS nothing is trusted, so that loading the authorities does not delay the start.
    Raises `BadAddress` when `ca_file` cannot be read.
    """
    if not address.encrypted:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.create_default_context()
        # SSL_CERT_FILE names more authorities; OpenSSL would take them instead of the system's.
        system = Path(ssl.get_default_verify_paths().openssl_cafile)
        if system.is_file():
            context.load_verify_locations(system)
        if ca_file is not None:
            _add(context, ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _add(context: ssl.SSLContext, ca_file: Path) -> None:
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError):
        raise BadAddress("its file of authorities cannot be read") from None


def proxy_for(address: Address) -> Proxy | None:
    """Give the proxy that the environment names for an address; what does not leave this machine has none.

    Raises `BadAddress` for a proxy that is not one of HTTP.
    """
    if not address.leaves_this_machine:
        return None
    parts = urlsplit(address.url)
    proxies = getproxies_environment()
    url = proxies.get(parts.scheme) or proxies.get("all")
    if not url or proxy_bypass(parts.netloc):
        return None
    if "://" not in url:
        url = f"http://{url}"
    try:
        proxy = urlsplit(url)
        host, port = proxy.hostname, proxy.port
    except ValueError:
        raise BadAddress("the proxy that the environment names is not a URL") from None
    if proxy.scheme not in ("http", "https") or not host:
        raise BadAddress("the proxy that the environment names is not one of HTTP")
    user = "…@" if proxy.username is not None else ""
    return Proxy(Secret(url), f"{proxy.scheme}://{user}{host}{f':{port}' if port else ''}")
