"""Creating, replacing and deleting records of any entity: one call, one transaction.

Documented: PUT replaces the whole record. Inferred: histories, tasks and notes go with what they belong to, and
a board, stage or type that is in use is not deleted. What a body may carry is decided by `rules`; what a write
brings about beyond itself is looked up by entity in the table below.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm_tui.sandbox import audit, customers, opportunities
from crm_tui.sandbox.database import writing
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.entities import CUSTOMER, OPPORTUNITY, TASK
from crm_tui.sandbox.fields import Entity
from crm_tui.sandbox.records import read_one
from crm_tui.sandbox.roles import EVERYTHING
from crm_tui.sandbox.rules import BusinessRefusedError, Signature, find, values_of
from crm_tui.sandbox.storing import change, insert
from crm_tui.sandbox.wire import Json, loads

Row = dict[str, Any]
Complete = Callable[[sqlite3.Connection, Json, Row, Row | None, Signature], None]
Follow = Callable[[sqlite3.Connection, int, Json, Row | None, Signature], None]


@dataclass(frozen=True, slots=True)
class _Custom:
    """What an entity does beyond being stored. The old row is None for a new record."""

    complete: Complete | None = None
    """Adds to the values before they are stored, given the body and the old row."""
    follow: Follow | None = None
    """Acts afterwards."""


_CUSTOMS = {
    OPPORTUNITY.name: _Custom(opportunities.complete, opportunities.follow),
    CUSTOMER.name: _Custom(customers.complete_customer, customers.welcome),
    TASK.name: _Custom(customers.complete_task),
}
_NONE = _Custom()


def create(connection: sqlite3.Connection, entity: Entity, body: Json, by: Signature) -> int:
    """Add a record and give its id. Raises ValidationRefusedError."""
    custom = _CUSTOMS.get(entity.name, _NONE)
    with writing(connection):
        values = values_of(connection, entity, body, by, creating=True)
        if custom.complete:
            custom.complete(connection, body, values, None, by)
        record_id = insert(
            connection, entity.table, values, by=by.email, now=by.now, updated=by.updated
        )
        audit.note(connection, entity, record_id, None, values, by=by.email, now=by.now)
        if custom.follow:
            custom.follow(connection, record_id, body, None, by)
    return record_id


def replace(connection: sqlite3.Connection, entity: Entity, body: Json, by: Signature) -> int:
    """Make the record with the body's Id what the body says, and nothing else; give the id.

    Raises RecordNotFoundError, ValidationRefusedError.
    """
    custom = _CUSTOMS.get(entity.name, _NONE)
    with writing(connection):
        old = find(connection, entity, body.get("Id"), by.sees)
        record_id = int(body["Id"])
        values = values_of(connection, entity, body, by, creating=False)
        if custom.complete:
            custom.complete(connection, body, values, old, by)
        change(
            connection,
            entity.table,
            record_id,
            {**values, "UpdatedOn": by.updated, "UpdatedBy": by.email},
        )
        audit.note(connection, entity, record_id, old, values, by=by.email, now=by.now)
        if custom.follow:
            custom.follow(connection, record_id, body, old, by)
    return record_id


def amend(
    connection: sqlite3.Connection, entity: Entity, record_id: object, setting: Json, by: Signature
) -> None:
    """Set some fields of a record, by a PUT of the whole record with these changed.

    Raises RecordNotFoundError, ValidationRefusedError.
    """
    find(connection, entity, record_id, by.sees)
    whole = read_one(connection, entity, int(str(record_id)), EVERYTHING, Switches())
    replace(connection, entity, {**loads(whole or b"{}"), **setting}, by)


def delete(connection: sqlite3.Connection, entity: Entity, record_id: int, by: Signature) -> None:
    """Remove a record and what belongs to it. Raises RecordNotFoundError, BusinessRefusedError."""
    with writing(connection):
        old = find(connection, entity, record_id, by.sees)
        for table, column in entity.held_by:
            held = connection.execute(
                f"SELECT 1 FROM {table} WHERE {column} = ?",  # noqa: S608 - our names
                (record_id,),
            )
            if held.fetchone():
                raise BusinessRefusedError("The record is in use and cannot be deleted.")
        audit.note(connection, entity, record_id, old, None, by=by.email, now=by.now)
        connection.execute(f"DELETE FROM {entity.table} WHERE Id = ?", (record_id,))  # noqa: S608
