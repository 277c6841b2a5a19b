"""Table rows as the service's JSON: one whole record, or a list of light ones. Reads only.

Rows become text column by column and without detours: a page of 1,000 records is a third quicker so than
through dictionaries, and what the tables keep as text (amounts, JSON) goes out exactly as it is kept.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any

from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.entities import BY_NAME, OPPORTUNITY
from crm_tui.sandbox.fields import Entity, Kind
from crm_tui.sandbox.filters import ListQuery, order_expression
from crm_tui.sandbox.nested import nested
from crm_tui.sandbox.roles import Sight
from crm_tui.sandbox.wire import Json, dumps, loads

Column = Iterable[Any]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one kind of answer is read and written."""

    select: str
    kinds: tuple[Kind, ...]
    template: str
    """The record's text with a %s for each value."""


@lru_cache(maxsize=2 * len(BY_NAME))
def _shape(name: str, *, light: bool) -> _Shape:
    """Give the shape of an entity's whole records, or of its list rows."""
    entity = BY_NAME[name]
    fields = [field for field in entity.fields if field.listed or not light]
    return _Shape(
        select=f"SELECT {', '.join(field.sql for field in fields)} FROM {entity.source}",  # noqa: S608 - our names
        kinds=tuple(field.kind for field in fields),
        template=f"{{{','.join(f'{quoted(field.name)}:%s' for field in fields)}}}",
    )


def read_one(
    connection: sqlite3.Connection, entity: Entity, record_id: int, seen: Sight, switches: Switches
) -> bytes | None:
    """Give the whole record as get-one answers it, or None when none with that id is seen."""
    shape = _shape(entity.name, light=False)
    rows = connection.execute(
        f"{shape.select} WHERE r.Id = ? AND {seen.where}", (record_id, *seen.values)
    ).fetchall()
    if not rows:
        return None
    text = _text(shape, rows)
    extra = read_extra(connection, record_id) if entity is OPPORTUNITY else None
    if switches.record_shape == "nested":
        return dumps({**nested(entity, loads(text)), **(extra or {})})
    return dumps({**loads(text), **extra}) if extra else text.encode()


def read_label(connection: sqlite3.Connection, entity: Entity, record_id: int) -> str:
    """Give a record's ToStringText; empty when the write that is spoken of has ended in its deletion."""
    label = next(field.sql for field in entity.fields if field.name == "ToStringText")
    row = connection.execute(
        f"SELECT {label} FROM {entity.source} WHERE r.Id = ?",  # noqa: S608 - our names
        (record_id,),
    ).fetchone()
    return "" if row is None else str(row[0])


def read_extra(connection: sqlite3.Connection, opportunity_id: int) -> Json | None:
    """Give the fields that an opportunity has beyond the documented ones, or None when it has none.

    They stand for what the service may add one day; a client has to carry them from GET to PUT.
    """
    row = connection.execute(
        "SELECT extra FROM crmopportunities WHERE Id = ?", (opportunity_id,)
    ).fetchone()
    if row is None or row[0] is None:
        return None
    extra: Json = loads(row[0])
    return extra


def read_list(
    connection: sqlite3.Connection,
    entity: Entity,
    query: ListQuery,
    seen: Sight,
    switches: Switches,
) -> bytes | None:
    """Give the light records that are asked for and seen, in the paging envelope unless they come bare.

    Ties are in the order of Id. An empty result has no pages (inferred). None when records were asked for
    by their ids and none of them is there.
    """
    shape = _shape(entity.name, light=switches.light_lists)
    direction = "DESC" if query.descending else "ASC"
    where = f"{query.where} AND {seen.where}"
    values = (*query.values, *seen.values)
    statement = (
        f"{shape.select} WHERE {where}"
        f" ORDER BY {order_expression(query.orderby)} {direction}, r.Id LIMIT ? OFFSET ?"
    )
    limits = (query.size, (query.page - 1) * query.size)
    rows = connection.execute(statement, (*values, *limits)).fetchall()
    records = f"[{_text(shape, rows)}]"
    if switches.record_shape == "nested":
        records = dumps([nested(entity, record) for record in loads(records)]).decode()
    if query.bare:
        return records.encode() if rows else None
    (total,) = connection.execute(
        f"SELECT count(*) FROM {entity.source} WHERE {where}",  # noqa: S608 - where is ours
        values,
    ).fetchone()
    if query.by_ids and not total:
        return None
    paging = dumps(_paging(query, len(rows), total, switches)).decode()
    return f'{{"Records":{records},{paging[1:]}'.encode()


def _paging(query: ListQuery, shown: int, total: int, switches: Switches) -> Json:
    """Give the envelope's keys after Records; the current reference lacks two of the old one's."""
    first = (query.page - 1) * query.size + 1
    pages = -(-total // query.size)
    return {
        "CurrentPageSize": query.size,
        "CurrentPage": query.page,
        "CurrentOrderField": query.orderby.name,
        "CurrentSortDirection": int(query.descending),
        "FirstItem": first if shown else 0,
        "LastItem": first + shown - 1 if shown else 0,
        "HasNextPage": query.page < pages,
        "HasPreviousPage": query.page > 1,
        **({"PageNumber": query.page, "PageSize": query.size} if switches.is_v1 else {}),
        "TotalItems": total,
        "TotalPages": pages,
    }


def _text(shape: _Shape, rows: list[tuple[Any, ...]]) -> str:
    """Give the records of the rows, with commas between them."""
    columns = zip(*rows, strict=True)
    written = (_WRITERS[kind](column) for kind, column in zip(shape.kinds, columns, strict=False))
    return ",".join([shape.template % values for values in zip(*written, strict=True)])


def _quoted(column: Column) -> list[str]:
    return ["null" if value is None else quoted(value) for value in column]


def _as_kept(column: Column) -> list[Any]:
    """Write integers, and text that is JSON already."""
    return ["null" if value is None else value for value in column]


def _truth(column: Column) -> list[str]:
    return ["true" if value else "false" for value in column]


_WRITERS: dict[Kind, Callable[[Column], list[Any]]] = {
    Kind.TEXT: _quoted,
    Kind.TIME: _quoted,
    Kind.LOCAL_TIME: _quoted,
    Kind.INTEGER: _as_kept,
    Kind.DECIMAL: _as_kept,
    Kind.JSON: _as_kept,
    Kind.BOOLEAN: _truth,
}
