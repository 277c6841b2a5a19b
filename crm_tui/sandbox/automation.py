"""What arriving on a stage does: status and dates, mail, tasks, accounts, each written to the effect log.

Documented: each flag of a stage, that win and lose set the status, that a task list brings tasks for the card's
owner or for its own. Inferred: that win and lose also set the dates and Completed, that the automation signs as
[System] and runs on creation as well, that a card without an owner leaves tasks to the list's own, and that
DelayInHours counts from the arrival. Mail and tours are only logged; tasks are made, accounts are changed, and
DeleteAccount really deletes. Runs inside the caller's transaction.
"""

import sqlite3
from datetime import datetime, timedelta

from crm_tui.sandbox import audit
from crm_tui.sandbox.database import SqlValue
from crm_tui.sandbox.entities import OPPORTUNITY, STAGE_FLAGS, TASK
from crm_tui.sandbox.entities.sales import LOST, WON
from crm_tui.sandbox.rows import SYSTEM
from crm_tui.sandbox.rules import Signature
from crm_tui.sandbox.storing import change, effect, insert
from crm_tui.sandbox.times import to_wire
from crm_tui.sandbox.wire import Json, dumps

_COLUMNS = (*STAGE_FLAGS, "CannedResponseId", "TaskListId")


def arrive(
    connection: sqlite3.Connection, opportunity_id: int, stage_id: int, by: Signature
) -> None:
    """Carry out everything the stage does to an opportunity that has just been put there.

    Deletion comes last, so that what was to be sent is logged as well.
    """
    stage = _stage(connection, stage_id)
    (customer_id,) = connection.execute(
        "SELECT CoworkerId FROM crmopportunities WHERE Id = ?", (opportunity_id,)
    ).fetchone()
    effects: list[tuple[str, Json]] = []
    if stage["WinOpportunity"]:
        effects.append(_close(connection, opportunity_id, "win", by))
    elif stage["LoseOpportunity"]:
        effects.append(_close(connection, opportunity_id, "lose", by))
    effects += _mail(connection, stage, customer_id)
    effects += _tasks(connection, stage, opportunity_id, customer_id, by)
    if stage["ConfirmTour"]:
        effects.append(("tour", {"Confirmed": True}))
    effects += _account(connection, stage, customer_id, by)
    for kind, detail in effects:
        effect(
            connection,
            now=by.now,
            kind=kind,
            opportunity_id=opportunity_id,
            customer_id=customer_id,
            stage_id=stage_id,
            detail=dumps(detail).decode(),
        )
    if stage["DeleteAccount"]:
        _delete(connection, customer_id, by)


def _stage(connection: sqlite3.Connection, stage_id: int) -> Json:
    row = connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM crmboardcolumns WHERE Id = ?",  # noqa: S608 - our names
        (stage_id,),
    ).fetchone()
    return dict(zip(_COLUMNS, row, strict=True))


def _close(
    connection: sqlite3.Connection, opportunity_id: int, how: str, by: Signature
) -> tuple[str, Json]:
    """Win or lose an opportunity. A date that came together with the same status is kept."""
    status, dated, cleared = (WON, "WonOn", "LostOn") if how == "win" else (LOST, "LostOn", "WonOn")
    connection.execute(
        f"UPDATE crmopportunities SET {dated} = CASE WHEN Status = ? THEN coalesce({dated}, ?) ELSE ? END,"  # noqa: S608 - our names
        f" {cleared} = NULL, Status = ?, Completed = 1, UpdatedOn = ?, UpdatedBy = ? WHERE Id = ?",
        (status, by.now, by.now, status, by.updated, SYSTEM, opportunity_id),
    )
    return how, {"Status": status}


def _mail(connection: sqlite3.Connection, stage: Json, customer_id: int) -> list[tuple[str, Json]]:
    macro_id = stage["CannedResponseId"]
    if macro_id is None:
        return []
    subject = connection.execute(
        "SELECT Subject FROM cannedresponses WHERE Id = ?", (macro_id,)
    ).fetchone()
    (email,) = connection.execute(
        "SELECT Email FROM coworkers WHERE Id = ?", (customer_id,)
    ).fetchone()
    detail = {"CannedResponseId": macro_id, "To": email, "Subject": subject and subject[0]}
    return [("mail", detail)]


def _tasks(
    connection: sqlite3.Connection,
    stage: Json,
    opportunity_id: int,
    customer_id: int,
    by: Signature,
) -> list[tuple[str, Json]]:
    """Make a task for each active item of the stage's task list."""
    if stage["TaskListId"] is None:
        return []
    owner_id, place = connection.execute(
        f"SELECT r.ResponsibleId, {OPPORTUNITY.place} FROM {OPPORTUNITY.source} WHERE r.Id = ?",  # noqa: S608
        (opportunity_id,),
    ).fetchone()
    items = connection.execute(
        "SELECT i.UniqueId, i.Name, i.ResponsibleId, i.DelayInHours, i.NotifyByEmail, i.DisplayToEveryone"
        " FROM taskitems i JOIN tasklists k ON k.Id = i.TaskListId"
        " WHERE k.Id = ? AND k.Active AND i.Active ORDER BY i.Id",
        (stage["TaskListId"],),
    ).fetchall()
    made: list[tuple[str, Json]] = []
    arrived = datetime.fromisoformat(by.now)
    for unique_id, name, lists_owner_id, delay, notify, display in items:
        responsible_id = (
            lists_owner_id if stage["UseTaskListAsResponsible"] else owner_id or lists_owner_id
        )
        due = to_wire(arrived + timedelta(hours=delay))
        values = {
            **{"BusinessId": place, "CoworkerId": customer_id, "Name": name, "DueDate": due},
            **{"ResponsibleId": responsible_id, "TaskItemUniqueId": unique_id},
            **{"NotifyByEmail": notify, "DisplayToEveryone": display},
        }
        task_id = insert(connection, TASK.table, values, by=SYSTEM, now=by.now, updated=by.updated)
        audit.note(connection, TASK, task_id, None, values, by=SYSTEM, now=by.now)
        detail = {"TaskListId": stage["TaskListId"], "CoworkerTaskId": task_id, "Name": name}
        made.append(("task", {**detail, "ResponsibleId": responsible_id, "DueDate": due}))
    return made


def _account(
    connection: sqlite3.Connection, stage: Json, customer_id: int, by: Signature
) -> list[tuple[str, Json]]:
    """Switch the customer's account on or off; off wins where a stage has both flags."""
    done: list[tuple[str, Json]] = [
        (kind, {"CoworkerId": customer_id})
        for kind, flag in (("activate", "ActivateAccount"), ("deactivate", "DeactivateAccount"))
        if stage[flag]
    ]
    if done:
        active = int(not stage["DeactivateAccount"])
        values: dict[str, SqlValue] = {
            "Active": active,
            "UpdatedOn": by.updated,
            "UpdatedBy": SYSTEM,
        }
        change(connection, "coworkers", customer_id, values)
    if stage["DeleteAccount"]:
        (cards,) = connection.execute(
            "SELECT count(*) FROM crmopportunities WHERE CoworkerId = ?", (customer_id,)
        ).fetchone()
        done.append(("delete", {"CoworkerId": customer_id, "Opportunities": cards}))
    return done


def _delete(connection: sqlite3.Connection, customer_id: int, by: Signature) -> None:
    """Delete a customer; the tables cascade, so opportunities, histories, tasks and notes go too."""
    for entity in (OPPORTUNITY, TASK):
        for (record_id,) in connection.execute(
            f"SELECT Id FROM {entity.table} WHERE CoworkerId = ?",  # noqa: S608 - our names
            (customer_id,),
        ).fetchall():
            audit.note(connection, entity, record_id, {}, None, by=SYSTEM, now=by.now)
    connection.execute("DELETE FROM coworkers WHERE Id = ?", (customer_id,))
