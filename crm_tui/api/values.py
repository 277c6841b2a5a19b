"""Single values of a raw record, read tolerantly: what has another form than it should is none.

Pure, and light: the first paint reads rows with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from crm_tui.api.errors import BadAnswer

_LONGEST_NUMBER: Final = 20
"""Characters of a whole number given as text; ids are 64 bits wide."""


def instant(value: Any) -> datetime | None:
    """Read a date-time; one without a zone is UTC (inferred: the service writes `Z`), nonsense is none."""
    if not isinstance(value, str) or not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def text_of(value: Any) -> str:
    """Read a text; anything else is empty."""
    return value if isinstance(value, str) else ""


def number_of(value: Any) -> int | None:
    """Read a whole number, given as one or as its text; booleans are none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            return int(value)
        except ValueError:
            return None
    return None


def amount_of(value: Any) -> Decimal | None:
    """Read an amount of money, every digit of it; booleans and what is not finite are none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, Decimal)):
        amount = Decimal(value)
        return amount if amount.is_finite() else None
    return None


def id_of(raw: Mapping[str, Any]) -> int:
    """Give a record's id; raises `BadAnswer` when it has none."""
    record_id = number_of(raw.get("Id"))
    if record_id is None:
        raise BadAnswer("a record without an id")
    return record_id
