"""Changes and values as JSON, and back, without loss: every digit, every zone, and nothing is not the same as empty.

What JSON has no word for carries a tag.  It knows no table and no service key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from crm_tui.domain.change import Append, Change, Cut, Follow, Make, Makes, Part, Place, Set, Value
from crm_tui.domain.merge import Clash

_MOMENT: Final = "moment"
_AMOUNT: Final = "amount"
_NUMBER: Final = "number"

_WIDEST: Final = 1 << 53
"""Whole numbers beyond this one are written as text: not every reader of JSON keeps their digits."""


class Undecodable(ValueError):
    """What was read is nothing that was ever written here."""


def encoded(value: Any) -> bytes:
    """Write what `change_out`, `values_out` or `clashes_out` gave."""
    return msgspec.json.encode(value)


def change_out(change: Change) -> bytes:
    """Write a change."""
    return encoded([_part_out(part) for part in change.parts])


def change_in(text: bytes) -> Change:
    """Read a change; raises `Undecodable`."""
    parts = _decoded(text)
    if not isinstance(parts, list):
        raise Undecodable("a change without parts")
    return Change(tuple(_part_in(part) for part in parts))


def values_out(values: Mapping[str, Value]) -> bytes:
    """Write field → value; a field that is missing stays so."""
    return encoded({name: _value_out(value) for name, value in values.items()})


def values_in(text: bytes | None) -> dict[str, Value]:
    """Read field → value; raises `Undecodable`."""
    if text is None:
        return {}
    values = _decoded(text)
    if not isinstance(values, dict):
        raise Undecodable("values without names")
    return {name: _value_in(value) for name, value in values.items()}


def clashes_out(clashes: Sequence[Clash]) -> bytes:
    """Write what clashed."""
    sides = [(each.field, each.base, each.mine, each.theirs) for each in clashes]
    return encoded([[name, *map(_value_out, values)] for name, *values in sides])


def clashes_in(text: bytes | None) -> tuple[Clash, ...]:
    """Read what clashed; raises `Undecodable`."""
    if text is None:
        return ()
    try:
        return tuple(Clash(name, *map(_value_in, values)) for name, *values in _decoded(text))
    except TypeError as error:
        raise Undecodable("a clash of another form") from error


def _decoded(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, TypeError) as error:
        raise Undecodable("not readable as JSON") from error


def _part_out(part: Part) -> list[Any]:
    match part:
        case Set(field, before, after):
            return ["set", field, _value_out(before), _value_out(after)]
        case Follow(field, of, before, after):
            return ["follow", field, of, _value_out(before), _value_out(after)]
        case Append(field, block):
            return ["append", field, block]
        case Cut(field, block):
            return ["cut", field, block]
        case Place(stage_id, position, from_stage_id, from_position):
            return ["place", stage_id, position, from_stage_id, from_position]
        case Make(values, what):
            return ["make", [[name, _value_out(value)] for name, value in values], what]


def _part_in(part: Any) -> Part:
    match part:
        case ["set", str(field), before, after]:
            return Set(field, _value_in(before), _value_in(after))
        case ["follow", str(field), str(of), before, after]:
            return Follow(field, of, _value_in(before), _value_in(after))
        case ["append", str(field), str(block)]:
            return Append(field, block)
        case ["cut", str(field), str(block)]:
            return Cut(field, block)
        case ["place", int(stage_id), int(position), int(from_stage_id), int(from_position)]:
            return Place(stage_id, position, from_stage_id, from_position)
        case ["make", list(values)]:
            return Make(tuple(_field_in(each) for each in values))
        case ["make", list(values), str(what)] if what in list(Makes):
            return Make(tuple(_field_in(each) for each in values), Makes(what))
    raise Undecodable("a part of no known kind")


def _field_in(pair: Any) -> tuple[str, Value]:
    match pair:
        case [str(name), value]:
            return name, _value_in(value)
    raise Undecodable("a field of no known form")


def _value_out(value: Value) -> Any:
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, Decimal):
        return {_AMOUNT: str(value)}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _WIDEST:
        return {_NUMBER: str(value)}
    return value


def _value_in(value: Any) -> Value:
    try:
        match value:
            case None | bool() | int() | str():
                return value
            case {"moment": str(text)}:
                return datetime.fromisoformat(text)
            case {"amount": str(text)}:
                return Decimal(text)
            case {"number": str(text)}:
                return int(text)
    except (ValueError, InvalidOperation) as error:
        raise Undecodable("a value that is none") from error
    raise Undecodable("a value of no known kind")
