"""The audit trail: one entry per changed property, and one for each record made or deleted.

Documented: the entry's fields, that a creation carries no values, that opportunities and tasks are among what
is audited. Inferred: how values are spelled (as .NET prints them where that is known, else as on the wire) and
what the description says. Runs inside the caller's transaction and decides nothing.
"""

import sqlite3
from collections.abc import Mapping

from crm_tui.sandbox.database import SqlValue
from crm_tui.sandbox.fields import Entity, Kind, Writable
from crm_tui.sandbox.storing import insert

CREATED, UPDATED, DELETED = 1, 2, 3
"""The values of AuditType."""

Row = Mapping[str, SqlValue]


def note(
    connection: sqlite3.Connection,
    entity: Entity,
    record_id: int,
    old: Row | None,
    new: Row | None,
    *,
    by: str,
    now: str,
) -> None:
    """Write the entries of one write; `old` is None for a new record, `new` for one about to be deleted.

    Only writable fields count. The record must be in its table. Does nothing for what is not audited.
    """
    if not entity.audited:
        return
    place, label = connection.execute(
        f"SELECT {entity.place}, {_label(entity)} FROM {entity.source} WHERE r.Id = ?",  # noqa: S608
        (record_id,),
    ).fetchone()
    described = f"{entity.name} '{label}'"
    shared: dict[str, SqlValue] = {
        **{"BusinessId": place, "EntityShortName": entity.name},
        **{"EntityId": record_id, "ActionBy": by},
    }
    if old is None or new is None:
        kind, done = (CREATED, "created") if old is None else (DELETED, "deleted")
        entry = {**shared, "AuditType": kind, "Description": f"{described} was {done}."}
        insert(connection, "audittrailentries", entry, by=by, now=now)
        return
    for writable in entity.writable:
        before, after = old.get(writable.name), new.get(writable.name)
        if before != after:
            entry = {
                **shared,
                "AuditType": UPDATED,
                "Description": f"{writable.name} of {described} was changed.",
                "PropertyName": writable.name,
                "OldValue": _spelled(writable, before),
                "NewValue": _spelled(writable, after),
            }
            insert(connection, "audittrailentries", entry, by=by, now=now)


def _label(entity: Entity) -> str:
    return next(field.sql for field in entity.fields if field.name == "ToStringText")


def _spelled(writable: Writable, value: SqlValue) -> str | None:
    if value is None:
        return None
    return str(bool(value)) if writable.kind is Kind.BOOLEAN else str(value)
