"""JSON ↔ records: the raw record kept whole and losslessly, envelopes read.

A raw record is a `dict` with the service's keys in the order they came; strings are kept by code point, numbers
by digit (`Decimal`).  Knows no HTTP: statuses and headers are `transport`'s and `client`'s.  Imports neither
httpx nor pydantic, so that the first paint need not wait for them.

Facts: envelope and write answer as in both editions of the service's reference; the keys `PageNumber` and
`PageSize` are missing in the newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

import msgspec

from crm_tui.api.errors import BadAnswer, FieldError, Invalid
from crm_tui.api.values import number_of, text_of
from crm_tui.domain.change import Value
from crm_tui.domain.rows import OpportunityRow
from crm_tui.structs import Struct

Raw = dict[str, Any]
"""A record as it came."""

Unread = bytes | msgspec.Raw
"""The text of a record, found inside a listing's."""

T = TypeVar("T")

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_parts = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_encoder = msgspec.json.Encoder(decimal_format="number")


class Page(Generic[T], Struct, frozen=True):
    """One page of a listing."""

    records: Sequence[T]
    ids: Sequence[int | None]
    """Of the records, in their order; none of one that has none that could be one."""
    number: int
    has_next: bool
    total: int
    """How many there are in all, as the server counts; 0 when it does not say."""
    ordered: bool = True
    """In the order that was asked for."""
    complete: bool = False
    """The last page of a walk that saw all that the server counts."""


class Fetched(Struct, frozen=True):
    """One opportunity, whole: what a PUT must carry back, and its light row."""

    raw: Raw
    row: OpportunityRow
    fields: Mapping[str, Any]
    """Every field by its name in the record's model; typed loosely, since the model is heavy to import."""


def decode(body: Unread) -> Any:
    """Read JSON.  Raises `BadAnswer` for anything else, in words that quote nothing of the body."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ArithmeticError) as error:
        looks_like_page = bytes(body).lstrip()[:1] == b"<"
        raise BadAnswer("a web page" if looks_like_page else "not readable as JSON") from error


def reader(kind: type[T]) -> Callable[[Unread], T | None]:
    """Make what reads JSON straight into a struct, in a third of the time of `decode`; none where it does not fit."""
    decoder = msgspec.json.Decoder(kind, float_hook=Decimal)

    def read(body: Unread) -> T | None:
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ArithmeticError):
            return None

    return read


def encode(value: Any) -> bytes:
    """Write JSON, numbers with the digits they came with."""
    return _encoder.encode(value)


def words_of(body: bytes) -> str:
    """Give what a failing server says in JSON; empty when it says nothing, or not in JSON."""
    try:
        answer = decode(body)
    except BadAnswer:
        return ""
    return text_of(answer.get("Message")) if isinstance(answer, dict) else ""


class Listing(Struct, frozen=True):
    """A list envelope whose records are not read yet."""

    said: dict[str, Any]
    """All but the records."""
    unread: Sequence[Unread]

    def page(self, records: Sequence[T], ids: Sequence[int | None]) -> Page[T]:
        """Make the page of all its records, read."""
        return Page(
            records=records,
            ids=ids,
            number=number_of(self.said.get("PageNumber", self.said.get("CurrentPage"))) or 1,
            has_next=_has_next(self.said, is_empty=not self.unread),
            total=number_of(self.said.get("TotalItems")) or 0,
        )


def listing(body: bytes) -> Listing | None:
    """Find the records of a list envelope, at a sixth of what reading them costs; none when it is no envelope."""
    try:
        parts = _parts.decode(body)
        unread = _items.decode(parts.pop("Records", b"null"))
        return Listing({key: _decoder.decode(part) for key, part in parts.items()}, unread)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ArithmeticError):
        return None


def _has_next(answer: Mapping[str, Any], *, is_empty: bool) -> bool:
    """Say whether pages follow; where the server does not say, its totals do."""
    said = answer.get("HasNextPage")
    if isinstance(said, bool):
        return said
    last, total = number_of(answer.get("LastItem")), number_of(answer.get("TotalItems"))
    return last is not None and total is not None and not is_empty and last < total


class Form(Generic[T], Struct, frozen=True):
    """In what form the records of a listing are wanted."""

    read: Callable[[Unread], T | None]
    """Gives none for what is no record; raises `BadAnswer` for what is no JSON."""
    id_of: Callable[[T], int | None]


def key_of(record: Raw) -> int | None:
    """Give a record's id, or none when it has none that could be one."""
    return number_of(record.get("Id"))


def _raw_of(unread: Unread) -> Raw | None:
    found = decode(unread)
    return found if isinstance(found, dict) else None


AS_IT_CAME: Final = Form(_raw_of, key_of)
"""Each record with all its keys."""

NO_LISTING: Final = "a listing without records"


def record(answer: Any) -> Raw:
    """Take an answer as one record; raises `BadAnswer` when it is none."""
    if not isinstance(answer, dict):
        raise BadAnswer("something else than a record")
    return answer


def records_of(answer: Any) -> Sequence[Raw]:
    """Read records from an envelope or from a bare list; the service answers by-ids in both ways."""
    if isinstance(answer, list):
        return [item for item in answer if isinstance(item, dict)]
    if not isinstance(answer, dict) or not isinstance(answer.get("Records"), list):
        raise BadAnswer(NO_LISTING)
    return [item for item in answer["Records"] if isinstance(item, dict)]


def enumeration(answer: Any) -> dict[int, str]:
    """Read an enumeration: a list of `Id`, `Name` and perhaps `Label`, or a map of value to name."""
    if isinstance(answer, dict):
        pairs = [(number_of(key), value) for key, value in answer.items()]
    elif isinstance(answer, list):
        pairs = [
            (number_of(item.get("Id")), item.get("Label") or item.get("Name"))
            for item in answer
            if isinstance(item, dict)
        ]
    else:
        raise BadAnswer("something else than an enumeration")
    return {number: name for number, name in pairs if number is not None and isinstance(name, str)}


def require_success(answer: Any) -> str:
    """Take an answer as proof that something was done, and give the server's words.

    Raises `Invalid` when `WasSuccessful` is false, whatever the HTTP status was, and `BadAnswer` when
    the answer does not say: then nobody knows.
    """
    if not isinstance(answer, dict):
        raise BadAnswer("an answer to a write without its envelope")
    if answer.get("WasSuccessful") is False:
        raise refusal(answer)
    if answer.get("WasSuccessful") is not True:
        raise BadAnswer("an answer to a write that does not say whether it was done")
    return text_of(answer.get("Message"))


def prove(answer: Any, record_id: int | None = None) -> int:
    """Take the answer to a write as proof that it happened, and give the record's id.

    Raises `Invalid` with the server's words when it says that it was not done, whatever the HTTP status
    was, and `BadAnswer` when it does not say, or names no record or another one than `record_id`.
    """
    require_success(answer)
    value = answer.get("Value")
    proved = number_of(value.get("Id")) if isinstance(value, dict) else None
    if proved is None or (record_id is not None and proved != record_id):
        raise BadAnswer("an answer about another record")
    return proved


def refusal(answer: Any) -> Invalid:
    """Make the error that carries what the server found wrong."""
    if not isinstance(answer, dict):
        return Invalid()
    errors = answer.get("Errors")
    fields = tuple(
        FieldError(str(error.get("PropertyName") or ""), str(error.get("Message") or ""))
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, dict)
    )
    words = "; ".join(f"{error.field}: {error.message}" for error in fields)
    return Invalid(words or str(answer.get("Message") or ""), fields)


def patched(raw: Raw, assignments: Mapping[str, Value]) -> Raw:
    """Give the whole record with some keys changed: every other key, in its place, as it came."""
    result = dict(raw)
    result.update({key: _to_wire(value) for key, value in assignments.items()})
    return result


def _to_wire(value: Value) -> Any:
    """Write a value as the service takes it: an instant as ISO 8601 in UTC with `Z`."""
    return moment(value) if isinstance(value, datetime) else value


def moment(value: datetime) -> str:
    """Write an instant as the service does: ISO 8601 in UTC with `Z`, in whole seconds."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
