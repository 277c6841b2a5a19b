"""JSON that loses nothing: every digit of a number, every code point of a text; what is not ASCII is escaped.

Foreign text goes out as it came, for no terminal obeys anything that is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from crm_tui.domain.rows import OpportunityRow
from crm_tui.export.columns import COLUMNS, Told, spelled

_escaped: Final = json.JSONEncoder(ensure_ascii=True).encode

_WORDS: Final = {None: "null", True: "true", False: "false"}


def json_of(value: Any) -> str:
    """Write a value on one line: what JSON has, amounts as numbers, days and moments as ISO 8601.

    Raises `TypeError` for anything else.
    """
    match value:  # what there is most of comes first
        case str():
            return _escaped(value)
        case None | bool():
            return _WORDS[value]
        case int() | Decimal():
            return str(value)
        case date():
            return _escaped(spelled(value))
        case dict():
            pairs = [f"{_escaped(key)}: {json_of(each)}" for key, each in value.items()]
            return f"{{{', '.join(pairs)}}}"
        case list():
            return f"[{', '.join(map(json_of, value))}]"
    raise TypeError(type(value))


def described(row: OpportunityRow, told: Told) -> dict[str, Any]:
    """Give an opportunity as an object, all of `COLUMNS` by name."""
    return {column.name: column.value(row, told) for column in COLUMNS}


def json_lines(rows: Sequence[OpportunityRow], told: Told) -> Iterator[str]:
    """Write a list of objects, an opportunity on each line."""
    yield "["
    for place, row in enumerate(rows):
        yield f"{',' if place else ''}\n{json_of(described(row, told))}"
    yield "\n]\n" if rows else "]\n"
