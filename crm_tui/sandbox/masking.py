"""Takes secrets out of what a log keeps: of forms, JSON and queries, whoever sent them and wherever to.

What cannot be read and speaks of a secret is not kept at all. It knows nothing of requests.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from crm_tui.sandbox.wire import Json, WireError, dumps, loads

STARS = "***"

_SHOWN = {"grant_type", "username", "client_id"}
_HIDDEN = {"password", "totp", "refresh_token"}
"""The fields of the token form, and whether their values may be shown."""

_SECRET = re.compile(
    r"pass_?word|passwd|totp|secret|(access|refresh|id)_?token|^token$", re.IGNORECASE
)
"""In the name of what nobody else may know."""


def masked_form(body: str) -> str:
    """Give the body of a token request: what is known to be no secret, and stars for the rest."""
    kept = [
        (
            name if name.lower() in _SHOWN | _HIDDEN else STARS,
            value if name.lower() in _SHOWN else STARS,
        )
        for name, value in parse_qsl(body, keep_blank_values=True)
    ]
    return urlencode(kept, safe="*")


def masked_query(query: str) -> str:
    """Give a query, or a form, with stars for the values of secrets, and all else as it came."""
    return "&".join(
        f"{name}={STARS}" if _SECRET.search(unquote_plus(name)) else f"{name}{equals}{value}"
        for name, equals, value in (pair.partition("=") for pair in query.split("&"))
    )


def masked_body(body: str, *, for_token: bool) -> str:
    """Give a body of any kind as a log may keep it; as it came when there is no secret in it."""
    try:
        document = loads(body)
    except WireError:
        document = None
    if for_token:
        return masked_form(body) if not isinstance(document, dict) else _known(document)
    if not isinstance(document, dict | list):
        return STARS if _SECRET.search(unquote_plus(body)) else body
    masked = _masked(document)
    return body if masked == document else dumps(masked).decode()


def _known(document: Json) -> str:
    """Give a token request that came as JSON: what is known to be no secret, and stars for the rest."""
    kept = {
        name: value if name.lower() in _SHOWN and isinstance(value, str) else STARS
        for name, value in document.items()
    }
    return dumps(kept).decode()


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: STARS if _SECRET.search(name) else _masked(inner) for name, inner in value.items()
        }
    return [_masked(each) for each in value] if isinstance(value, list) else value
