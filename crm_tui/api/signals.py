"""What an answer says before anybody reads its body: slow down, or a firewall was here.  Pure.

Facts: the service throttles with 409, editions and libraries speak of 429; it asks for a wait by Retry-After in
seconds or as a date.  CloudFront stands before it and leaves its headers on good answers, too; only an answer that
it made itself, or that is not JSON, is a firewall's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

LONGEST_WAIT: Final = 1e9
"""Seconds, some thirty years: a number with which dates can still be reckoned."""


def is_throttled(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell throttling from a refusal: 429, or 409 with Retry-After, usable or not, or an empty body."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    return status == HTTPStatus.CONFLICT and ("retry-after" in headers or not body.strip())


def is_blocked(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell a firewall's 403 from the service's."""
    if status != HTTPStatus.FORBIDDEN:
        return False
    start = body.lstrip()[:1]
    if start == b"<" or "html" in headers.get("content-type", "").lower():
        return True
    if headers.get("server", "").lower() == "cloudfront":
        return True
    passed_by = "x-amz-cf-id" in headers or "cloudfront" in headers.get("x-cache", "").lower()
    return passed_by and start not in (b"{", b"[", b'"')


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Read `Retry-After` as seconds or as an HTTP date; junk and negative numbers are none."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
