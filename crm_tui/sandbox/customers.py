"""What saving a customer or one of their tasks does beyond storing it. Runs inside the caller's transaction.

Documented: a new customer may get a user and a welcome by mail; a task's DueDate has a twin in local time.
Inferred: where a new customer belongs when nothing is said, and that DueDate goes before its twin.
"""

import sqlite3
from typing import Any

from crm_tui.sandbox.rules import Problem, Signature, ValidationRefusedError
from crm_tui.sandbox.storing import effect
from crm_tui.sandbox.times import from_wall_clock
from crm_tui.sandbox.wire import Json, dumps

Row = dict[str, Any]


def complete_customer(
    connection: sqlite3.Connection, body: Json, values: Row, old: Row | None, by: Signature
) -> None:
    """Keep, or make up, when a customer registered and which location bills them."""
    if values["RegistrationDate"] is None:
        values["RegistrationDate"] = old["RegistrationDate"] if old else by.now
    if values["InvoicingBusinessId"] is None:
        if old:
            values["InvoicingBusinessId"] = old["InvoicingBusinessId"]
        else:
            # Of whoever signs, or of the main user when that is nobody.
            values["InvoicingBusinessId"] = connection.execute(
                "SELECT DefaultBusinessId FROM users ORDER BY Id = ? DESC, Id", (by.user_id,)
            ).fetchone()[0]


def welcome(
    connection: sqlite3.Connection, record_id: int, body: Json, old: Row | None, by: Signature
) -> None:
    """Log the welcome that a new customer with a user of their own is sent."""
    if old is None and body.get("CreateUser") is True:
        effect(
            connection,
            now=by.now,
            kind="welcome",
            opportunity_id=None,
            customer_id=record_id,
            stage_id=None,
            detail=dumps({"To": body["Email"]}).decode(),
        )


def complete_task(
    connection: sqlite3.Connection, body: Json, values: Row, old: Row | None, by: Signature
) -> None:
    """Take the local due date where the other is missing. Raises ValidationRefusedError."""
    local = body.get("DueDateLocal")
    if values["DueDate"] is not None or local is None:
        return
    zone = connection.execute(
        "SELECT z.Iana, z.TimeOffset FROM businesses l JOIN simpletimezones z ON z.Id = l.SimpleTimeZoneId"
        " WHERE l.Id = ?",
        (values["BusinessId"],),
    ).fetchone()
    try:
        values["DueDate"] = from_wall_clock(local, *zone)
    except (ValueError, TypeError):
        problem = Problem("DueDateLocal", "is not a valid date", local)
        raise ValidationRefusedError([problem]) from None
