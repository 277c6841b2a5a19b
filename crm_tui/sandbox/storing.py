"""Adding and changing single rows with the base columns that every record has. Knows no rules and no records."""

import sqlite3
from collections.abc import Mapping
from uuid import NAMESPACE_OID, uuid5

from crm_tui.sandbox.database import SqlValue


def insert(
    connection: sqlite3.Connection,
    table: str,
    values: Mapping[str, SqlValue],
    *,
    by: str,
    now: str,
    updated: str | None = None,
) -> int:
    """Add a row, signed and dated, and give its id; `updated` is `now` in the grain of UpdatedOn."""
    row = {
        **values,
        **{"UniqueId": "", "CreatedOn": now, "UpdatedOn": updated or now, "UpdatedBy": by},
    }
    record_id = connection.execute(
        f"INSERT INTO {table} ({', '.join(row)})"  # noqa: S608 - our names
        f" VALUES ({', '.join('?' * len(row))})",
        tuple(row.values()),
    ).lastrowid
    if record_id is None:
        raise AssertionError("an insert always has a row id")
    # Derived from the id, so that a sandbox driven twice the same way gives the same answers.
    unique_id = str(uuid5(NAMESPACE_OID, f"{table}/{record_id}"))
    change(connection, table, record_id, {"UniqueId": unique_id})
    return record_id


def change(
    connection: sqlite3.Connection, table: str, record_id: int, values: Mapping[str, SqlValue]
) -> None:
    """Set columns of a row."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    connection.execute(
        f"UPDATE {table} SET {assignments} WHERE Id = ?",  # noqa: S608 - our names
        (*values.values(), record_id),
    )


def effect(
    connection: sqlite3.Connection,
    *,
    now: str,
    kind: str,
    opportunity_id: int | None,
    customer_id: int,
    stage_id: int | None,
    detail: str,
) -> None:
    """Note what the outside world would notice; `detail` is JSON."""
    connection.execute(
        "INSERT INTO effects (At, Kind, CrmOpportunityId, CoworkerId, CrmBoardColumnId, Detail)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (now, kind, opportunity_id, customer_id, stage_id, detail),
    )
