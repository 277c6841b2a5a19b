"""How what the mirror keeps becomes bytes: fast to read back, and with a sum that tells when they were damaged.

It knows no file.  What is packed must be of this version of the program; another version's is never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar
from zlib import crc32

import msgspec

from crm_tui.domain.rows import OpportunityRow

T = TypeVar("T")

_SUM: Final = 4
"""Bytes in front that tell whether the rest is as it was written."""

_pack = msgspec.msgpack.Encoder()
# Straight into the row's class: making rows of tuples takes twice as long.
_unpack_row = msgspec.msgpack.Decoder(OpportunityRow)
_write_json = msgspec.json.Encoder(decimal_format="number")
_read_json = msgspec.json.Decoder(float_hook=Decimal)


class DamagedError(Exception):
    """What was kept is not what comes back."""


def packed(value: object) -> bytes:
    """Pack a value; raises `OverflowError` for a whole number of more than 64 bits."""
    data = _pack.encode(value)
    return crc32(data).to_bytes(_SUM, "big") + data


def row_of(data: bytes) -> OpportunityRow:
    """Unpack a row; raises `DamagedError`."""
    try:
        return _unpack_row.decode(_checked(data))
    except msgspec.DecodeError as error:
        raise DamagedError from error


def unpacked(data: bytes, kind: type[T]) -> T:
    """Unpack a value of a kind; raises `DamagedError`."""
    try:
        return msgspec.msgpack.decode(_checked(data), type=kind)
    except msgspec.DecodeError as error:
        raise DamagedError from error


def record_packed(raw: Mapping[str, Any]) -> bytes:
    """Write a raw record: every key in its order, every number with its digits."""
    return _write_json.encode(raw)


def record_of(data: bytes) -> dict[str, Any]:
    """Read a raw record; raises `DamagedError`."""
    try:
        record = _read_json.decode(data)
    except msgspec.DecodeError as error:
        raise DamagedError from error
    if not isinstance(record, dict):
        raise DamagedError
    return record


def moment_of(text: str | None) -> datetime | None:
    """Read a moment as it lies in a column; raises `DamagedError`."""
    try:
        return datetime.fromisoformat(text) if text is not None else None
    except (TypeError, ValueError) as error:
        raise DamagedError from error


def _checked(data: bytes) -> memoryview:
    if not isinstance(data, bytes):
        raise DamagedError
    body = memoryview(data)[_SUM:]
    if crc32(body) != int.from_bytes(data[:_SUM], "big"):
        raise DamagedError
    return body
