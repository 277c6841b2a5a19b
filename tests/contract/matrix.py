"""The dialects that rows are tried in, and the two marks that make a test of each row in each of them.

Facts of the pages are elsewhere; here is only which switches are turned, and why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

import pytest

DIALECTS: Final[dict[str, dict[str, Any]]] = {
    "v2": {},
    "v1": {"dialect": "v1"},
    # Relations as objects, as the older samples suggest, on a server of either edition.
    "v1-nested": {"dialect": "v1", "record_shape": "nested"},
    "v2-nested": {"record_shape": "nested"},
    "v2-equals": {"string_match": "equals"},
    "v2-whole-lists": {"light_lists": False},
    "v2-1/-1": {"dir_style": "1/-1"},
    "v1-1/-1": {"dialect": "v1", "dir_style": "1/-1"},
    "v2-form": {"by_ids": "form"},
    "v2-envelope": {"by_ids": "envelope"},
    "v2-array": {"by_ids": "array"},
    "v1-array": {"dialect": "v1", "by_ids": "array"},
    "v2-put-by-id": {"put_by_id": True},
    "v2-403": {"forbidden_status": 403},
    "v2-login-400": {"login_status": 400},
    "v1-login-401": {"dialect": "v1", "login_status": 401},
    "v2-short-tokens": {"access_seconds": 60, "refresh_seconds": 600, "reuse_revokes": True},
    "v2-throttle-409": {"throttle": "409"},
    "v1-throttle-409": {"dialect": "v1", "throttle": "409"},
    "v2-throttle-429": {"throttle": "429"},
    "v2-few-a-minute": {"throttle": "429", "gets_per_100ms": 2, "requests_per_minute": 2},
    "v2-few-an-hour": {"throttle": "409", "gets_per_100ms": 2, "requests_per_hour": 2},
    "v2-few-a-day": {"throttle": "429", "gets_per_100ms": 2, "requests_per_day": 2},
    "v2-few-writes": {"throttle": "409", "writes_per_minute": 2},
    "v2-few-writes-a-day": {"throttle": "409", "writes_per_day": 2},
    "v2-commands": {"commands": "sample"},
    "v1-commands": {"dialect": "v1", "commands": "sample"},
    "v2-drops-system-id": {"strip_system_id": True},
    "v2-coarse": {"updated_grain": 60, "audit_delay": 90},
    "v2-full": {"opportunities_per_location": 1},
}
"""Name → the switches that are not at their default.  One sandbox runs for each that is asked for."""

RUNS_BY_GET: Final = "v1-commands"
"""The dialect whose client runs commands as the older page has it."""


class Row(Protocol):
    """One row of a page's table."""

    @property
    def name(self) -> str:
        """What the page calls it."""
        ...


def rows(table: Iterable[Row]) -> pytest.MarkDecorator:
    """Make a test of each row."""
    return pytest.mark.parametrize("row", [pytest.param(each, id=each.name) for each in table])


def across(*dialects: str) -> pytest.MarkDecorator:
    """Try it in each of these dialects."""
    return pytest.mark.parametrize("world", dialects, indirect=True)
