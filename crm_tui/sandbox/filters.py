"""A list's query string turned into SQL: filters, ranges, order, page. Runs nothing.

Two questions are switches: what the numbers of `dir` mean and how text is compared.
Documented: `{Entity}_{Property}=`, `from_`/`to_` inclusive, `Id=`, `UniqueId=`, `{Entity}_Id=[1,2]`,
`?id=[1,2]`, page 1, size 25 (at most 1000), `orderby`, `dir`. Inferred: names in any case, text matches
by containing and ignores case, unknown parameters are ignored, an empty value is no filter, a larger size
is cut to 1000, a value that cannot be read is a 400.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from crm_tui.sandbox.database import SqlValue, whole_number
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.entities import BY_NAME
from crm_tui.sandbox.fields import UNIQUE_ID, Entity, Field, Kind
from crm_tui.sandbox.times import from_wire

DEFAULT_SIZE = 25
LARGEST_SIZE = 1000

_WORDS = {"ascending": False, "descending": True}
_DIRECTIONS = {
    "0/1": {**_WORDS, "0": False, "1": True},
    "1/-1": {**_WORDS, "1": False, "-1": True, "0": False},  # what 0 did there is not known
}
_BOOLEANS = {"true": 1, "1": 1, "false": 0, "0": 0}
_IDS = re.compile(r"\[\s*(?:[0-9]+(?:\s*,\s*[0-9]+)*)?\s*\]|[0-9]+")


class BadQueryError(ValueError):
    """A parameter cannot be read; the text says which."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list request asks for."""

    where: str
    """Conditions joined by AND over the entity's source; `1` when there are none."""
    values: tuple[SqlValue, ...]
    """The values of the question marks in `where`."""
    orderby: Field
    descending: bool
    page: int
    """From 1."""
    size: int
    """1 to 1000, or the number of ids when records are asked for by id."""
    by_ids: bool
    """Asked for by a list of ids: when none is there the answer is 404."""
    bare: bool
    """The answer is an array without the paging envelope."""


@dataclass(frozen=True, slots=True)
class _Filter:
    field: Field
    comparison: str


@lru_cache(maxsize=len(BY_NAME))
def _filters_of(name: str) -> dict[str, _Filter]:
    """Give every parameter of an entity in lower case."""
    entity, prefix = BY_NAME[name], f"{name}_"
    known = {"uniqueid": _Filter(UNIQUE_ID, "=")}
    for each in entity.fields:
        for parameter in each.filters:
            known[f"{prefix}{parameter}".lower()] = _Filter(each, "=")
            if each.ranged:
                known[f"from_{prefix}{parameter}".lower()] = _Filter(each, ">=")
                known[f"to_{prefix}{parameter}".lower()] = _Filter(each, "<=")
    return known


def parse(entity: Entity, pairs: Iterable[tuple[str, str]], switches: Switches) -> ListQuery:
    """Read the decoded name and value pairs of a query string. Raises BadQueryError."""
    known = _filters_of(entity.name)
    paging = {"page": "", "size": "", "orderby": "", "dir": ""}
    conditions: list[str] = []
    values: list[SqlValue] = []
    asked_ids: int | None = None
    by_bare_id = False
    for given, text in pairs:
        name = given.lower()
        if not text:
            continue
        if name in paging:
            paging[name] = text
        elif name in ("id", f"{entity.name}_id".lower()):
            ids = _ids(given, text)
            conditions.append(f"r.Id IN ({', '.join('?' * len(ids))})")
            values.extend(ids)
            if text.startswith("["):
                asked_ids, by_bare_id = len(ids), name == "id"
        elif name in known:
            condition, value = _condition(given, known[name], text, switches.string_match)
            conditions.append(condition)
            values.append(value)
    return ListQuery(
        where=" AND ".join(conditions) or "1",
        values=tuple(values),
        orderby=_orderby(entity, paging["orderby"] or entity.order),
        descending=_descending(paging["dir"] or "ascending", switches.dir_style),
        page=_count("page", paging["page"] or "1"),
        # By ids everything that was asked for comes at once unless a size is given (inferred).
        size=min(_count("size", paging["size"] or str(asked_ids or DEFAULT_SIZE)), LARGEST_SIZE),
        by_ids=asked_ids is not None,
        bare=asked_ids is not None
        and (
            switches.by_ids_answer == "array" or (switches.by_ids_answer == "form" and by_bare_id)
        ),
    )


def order_expression(field: Field) -> str:
    """Give what SQL sorts a field by: amounts as numbers, anything else as it is stored."""
    return f"CAST({field.sql} AS REAL)" if field.kind is Kind.DECIMAL else field.sql


def _condition(name: str, wanted: _Filter, text: str, string_match: str) -> tuple[str, SqlValue]:
    field, comparison = wanted.field, wanted.comparison
    try:
        match field.kind:
            case Kind.INTEGER:
                return f"{field.sql} {comparison} ?", _integer(text)
            case Kind.BOOLEAN:
                return f"{field.sql} {comparison} ?", _BOOLEANS[text.lower()]
            case Kind.TIME:
                condition = f"{field.sql} {comparison} ?"
                return _few(condition) if comparison == ">=" else condition, from_wire(text)
            case Kind.LOCAL_TIME:
                return f"{field.sql} {comparison} ?", from_wire(text).removesuffix("Z")
            case Kind.DECIMAL:
                return f"{order_expression(field)} {comparison} ?", float(Decimal(text))
    except (ValueError, KeyError, InvalidOperation) as error:
        raise BadQueryError(f"The value '{text}' is not valid for {name}.") from error
    if field is UNIQUE_ID:
        return f"{field.sql} = ?", text.lower()
    return f"{string_match}({field.sql}, ?)", text


def _few(condition: str) -> str:
    """Say that few rows pass: asked is from a moment on, for what is new, which an index finds in a book of any size.

    SQLite would take a quarter of the rows for passing, and go through all of them in the order of their ids.
    """
    return f"likelihood({condition}, 0.001)"


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError(text)
    return whole_number(text)


def _ids(name: str, text: str) -> list[int]:
    if _IDS.fullmatch(text):
        return [whole_number(digits) for digits in re.findall(r"[0-9]+", text)]
    raise BadQueryError(f"The value '{text}' is not valid for {name}.")


def _count(name: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text) or int(text) == 0:
        raise BadQueryError(f"The value '{text}' is not valid for {name}.")
    return int(text)


def _descending(text: str, style: str) -> bool:
    try:
        return _DIRECTIONS[style][text.lower()]
    except KeyError:
        raise BadQueryError(f"The value '{text}' is not valid for dir.") from None


def _orderby(entity: Entity, text: str) -> Field:
    for field in entity.fields:
        if field.name.lower() == text.lower() and field.listed:
            return field
    raise BadQueryError(f"The value '{text}' is not valid for orderby.")
