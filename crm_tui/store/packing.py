"""How what the mirror keeps becomes bytes: fast to read back, and with a sum that tells when they were damaged.

It knows no file.  What is packed must be of this version of the program; another version's is never read.
"""

from __future__ import annotations

from collections.abc import Sequence
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
_unpack_rows = msgspec.msgpack.Decoder(list[OpportunityRow])
_read_json = msgspec.json.Decoder(float_hook=Decimal)

_MANY: Final = b"\xdd"
"""Begins a list of up to 2³² values, whose number follows in four bytes (msgpack's `array 32`)."""


class DamagedError(Exception):
    """What was kept is not what comes back."""


def packed(value: object) -> bytes:
    """Pack a value; raises `OverflowError` for a whole number of more than 64 bits."""
    data = _pack.encode(value)
    return crc32(data).to_bytes(_SUM, "big") + data


def row_packed(row: OpportunityRow) -> tuple[int, bytes]:
    """Pack a row, its sum beside it; raises `OverflowError` for a whole number of more than 64 bits."""
    data = _pack.encode(row)
    return crc32(data), data


def rows_of(packed_rows: Sequence[tuple[int, bytes]]) -> list[OpportunityRow]:
    """Unpack rows and prove their sums, all at once: at a start there are tens of thousands; raises `DamagedError`."""
    if not packed_rows:
        return []
    sums, parts = zip(*packed_rows, strict=True)
    try:
        if tuple(map(crc32, parts)) != sums:
            raise DamagedError
        return _unpack_rows.decode(_MANY + len(parts).to_bytes(4, "big") + b"".join(parts))
    except (msgspec.DecodeError, TypeError) as error:
        raise DamagedError from error


def unpacked(data: bytes, kind: type[T]) -> T:
    """Unpack a value of a kind; raises `DamagedError`."""
    try:
        return msgspec.msgpack.decode(_checked(data), type=kind)
    except msgspec.DecodeError as error:
        raise DamagedError from error


def sum_of(text: bytes) -> int:
    """Sum up a record's text, to be kept beside it."""
    return crc32(text)


def record_of(kept: int, text: bytes) -> dict[str, Any] | None:
    """Read the text of a record: every key in its order, every number with its digits; raises `DamagedError`.

    None where the text is as it came, but holds what cannot be read: a number of thousands of digits, say.
    """
    try:
        is_whole = crc32(text) == kept
    except TypeError as error:
        raise DamagedError from error
    if not is_whole:
        raise DamagedError
    try:
        record = _read_json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError):
        return None
    return record if isinstance(record, dict) else None


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
