"""What saving an opportunity does beyond storing it: the limit, the history, the stage's automation.

Documented: a stage change writes a history row, stages act on arrival, 5,000 opportunities per location.
Inferred: CrmUpdatedOn is the last stage or status change, and what is answered at the limit. Runs inside the
caller's transaction; what a stage does is `automation`'s.
"""

import sqlite3
from typing import Any

from crm_tui.sandbox import audit
from crm_tui.sandbox.automation import arrive
from crm_tui.sandbox.database import SqlValue
from crm_tui.sandbox.entities import HISTORY, OPPORTUNITY
from crm_tui.sandbox.records import read_extra
from crm_tui.sandbox.rows import SYSTEM
from crm_tui.sandbox.rules import (
    Problem,
    RecordNotFoundError,
    Signature,
    ValidationRefusedError,
    find,
)
from crm_tui.sandbox.storing import change, insert
from crm_tui.sandbox.wire import Json, dumps

Row = dict[str, Any]

_STAGE = "CrmBoardColumnId"
_PLACE = "SELECT b.BusinessId FROM crmboardcolumns s JOIN crmboards b ON b.Id = s.CrmBoardId WHERE s.Id = ?"


def complete(
    connection: sqlite3.Connection, body: Json, values: Row, old: Row | None, by: Signature
) -> None:
    """Add to the values of an opportunity what its body does not say. Raises ValidationRefusedError."""
    if old is None or old[_STAGE] != values[_STAGE]:
        _check_room(connection, values[_STAGE], None if old is None else old[_STAGE], by)
    if old is None or (old[_STAGE], old["Status"]) != (values[_STAGE], values["Status"]):
        values["CrmUpdatedOn"] = by.now
    extra = None if old is None else read_extra(connection, old["Id"])
    if extra is not None:
        values["extra"] = dumps({name: body.get(name) for name in extra}).decode()


def follow(
    connection: sqlite3.Connection, record_id: int, body: Json, old: Row | None, by: Signature
) -> None:
    """Let a placement or move have its consequences: the history, then what the stage does."""
    placed = find(connection, OPPORTUNITY, record_id, None)
    stage_id, old_stage_id = placed[_STAGE], None if old is None else old[_STAGE]
    if stage_id == old_stage_id or not isinstance(stage_id, int):
        return
    (entered,) = connection.execute(
        "SELECT max(ToTime) FROM crmopportunityhistories WHERE CrmOpportunityId = ?", (record_id,)
    ).fetchone()
    move = {
        "CrmOpportunityId": record_id,
        "OldCrmBoardColumnId": old_stage_id,
        "FromTime": None if old_stage_id is None else entered,
        "ToTime": by.now,
        "NewCrmBoardColumnId": stage_id,
        "UserId": by.user_id,
    }
    insert(connection, HISTORY.table, move, by=by.email, now=by.now)
    arrive(connection, record_id, stage_id, by)
    try:
        after = find(connection, OPPORTUNITY, record_id, None)
    except RecordNotFoundError:  # the stage deleted the customer, and the opportunity with them
        return
    audit.note(connection, OPPORTUNITY, record_id, placed, after, by=SYSTEM, now=by.now)


def add_extra(connection: sqlite3.Connection, record_id: int, setting: Json) -> None:
    """Let an opportunity have the fields of a setting that no opportunity has, for now without a value."""
    known = {field.name for field in OPPORTUNITY.fields}
    new = {name: None for name in setting if name not in known}
    if new:
        extra = {**new, **(read_extra(connection, record_id) or {})}
        change(connection, OPPORTUNITY.table, record_id, {"extra": dumps(extra).decode()})


def _check_room(
    connection: sqlite3.Connection, stage_id: SqlValue, old_stage_id: SqlValue, by: Signature
) -> None:
    """Refuse one opportunity too many for a location; a move within the location always has room."""
    (place,) = connection.execute(_PLACE, (stage_id,)).fetchone()
    if old_stage_id is not None and connection.execute(_PLACE, (old_stage_id,)).fetchone() == (
        place,
    ):
        return
    (count,) = connection.execute(
        "SELECT count(*) FROM crmboards b JOIN crmboardcolumns s ON s.CrmBoardId = b.Id"
        " JOIN crmopportunities r ON r.CrmBoardColumnId = s.Id WHERE b.BusinessId = ?",
        (place,),
    ).fetchone()
    limit = by.switches.opportunities_per_location
    if count >= limit:
        message = f"has reached the limit of {limit} opportunities per location"
        raise ValidationRefusedError([Problem(_STAGE, message, stage_id)])
