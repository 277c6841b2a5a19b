"""Raw records → the light rows of which a book is made, from list answers or whole records.

Tolerant: what is missing or of another form is empty; only a record that has no place in a book is refused.  Imports
neither httpx nor pydantic, so that the first paint need not wait for them.

Facts: older samples nest a relation where the newer edition has `…Id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

from crm_tui.api.errors import BadAnswer
from crm_tui.api.values import amount_of, id_of, instant, number_of, text_of
from crm_tui.domain.enums import LeadSource, LossReason, Status, number
from crm_tui.domain.flat import flattened
from crm_tui.domain.moves import Moved
from crm_tui.domain.offers import CannedNote, OpportunityType, TaskList
from crm_tui.domain.rows import Board, OpportunityRow, Stage


def board(raw: Mapping[str, Any]) -> Board:
    """Make a board; raises `BadAnswer` when it has no id."""
    flat = flattened(raw)
    return Board(
        id=id_of(flat),
        name=text_of(flat.get("Name")),
        location_id=number_of(flat.get("BusinessId")) or 0,
        location=text_of(flat.get("BusinessName")),
        archived=flat.get("Archived") is True,
    )


def stage(raw: Mapping[str, Any]) -> Stage:
    """Make a stage; raises `BadAnswer` when it has no id.  A missing flag is false."""
    flat = flattened(raw)
    return Stage(
        id=id_of(flat),
        board_id=number_of(flat.get("CrmBoardId")) or 0,
        name=text_of(flat.get("Name")),
        position=number_of(flat.get("Position")) or 0,
        currency=text_of(flat.get("CrmBoardBusinessCurrencyCode")),
        wins=flat.get("WinOpportunity") is True,
        loses=flat.get("LoseOpportunity") is True,
        macro_id=number_of(flat.get("CannedResponseId")),
        task_list_id=number_of(flat.get("TaskListId")),
        confirms_tour=flat.get("ConfirmTour") is True,
        activates_account=flat.get("ActivateAccount") is True,
        deactivates_account=flat.get("DeactivateAccount") is True,
        deletes_customer=flat.get("DeleteAccount") is True,
    )


def opportunity_row(raw: Mapping[str, Any]) -> OpportunityRow:
    """Make the light row of an opportunity, from a list answer or a whole record.

    Raises `BadAnswer` when it has no id or no stage: such a record has no place on a board.
    """
    flat = flattened(raw)
    stage_id = number_of(flat.get("CrmBoardColumnId"))
    if stage_id is None:
        raise BadAnswer("an opportunity without a stage")
    return OpportunityRow(
        id=id_of(flat),
        stage_id=stage_id,
        stage=text_of(flat.get("CrmBoardColumnName")),
        board_id=number_of(flat.get("CrmBoardColumnCrmBoardId")) or 0,
        position=number_of(flat.get("Position")) or 0,
        status=_enum(Status, flat.get("Status")) or 1,
        customer_id=number_of(flat.get("CoworkerId")) or 0,
        customer=text_of(flat.get("CoworkerFullName")),
        company=text_of(flat.get("CoworkerCompanyName")),
        email=text_of(flat.get("CoworkerEmail")),
        name=text_of(flat.get("Name")),
        value=amount_of(flat.get("Value")),
        currency=text_of(flat.get("CrmBoardColumnCrmBoardBusinessCurrencyCode")),
        owner_id=number_of(flat.get("ResponsibleId")),
        owner=text_of(flat.get("ResponsibleFullName")),
        due_on=instant(flat.get("DueDate")),
        lead_source=_enum(LeadSource, flat.get("LeadSource")),
        loss_reason=_enum(LossReason, flat.get("LossReason")),
        created_on=instant(flat.get("CreatedOn")),
        updated_on=instant(flat.get("UpdatedOn")),
        stage_since=instant(flat.get("CrmUpdatedOn")),
        type_id=number_of(flat.get("OpportunityTypeId")),
    )


def opportunity_type(raw: Mapping[str, Any]) -> OpportunityType:
    """Make a type of opportunities; raises `BadAnswer` when it has no id."""
    flat = flattened(raw)
    return OpportunityType(
        id=id_of(flat),
        name=text_of(flat.get("Name")),
        location_id=number_of(flat.get("BusinessId")) or 0,
    )


def canned_note(raw: Mapping[str, Any]) -> CannedNote:
    """Make a canned note; raises `BadAnswer` when it has no id.  A listing may leave its text out."""
    flat = flattened(raw)
    return CannedNote(
        id=id_of(flat),
        name=text_of(flat.get("Name")),
        text=text_of(flat.get("MessageText")),
        updated_on=updated_on(flat),
    )


def task_list(raw: Mapping[str, Any], tasks: int | None) -> TaskList:
    """Make a list of so many tasks; raises `BadAnswer` when it has no id."""
    flat = flattened(raw)
    return TaskList(id=id_of(flat), name=text_of(flat.get("Name")), tasks=tasks)


def task_made(raw: Mapping[str, Any]) -> int | None:
    """Give the list by which an item makes a task; none for an item that is switched off."""
    flat = flattened(raw)
    return None if flat.get("Active") is False else number_of(flat.get("TaskListId"))


def notes(raw: Mapping[str, Any]) -> str:
    """Give an opportunity's notes; a listing leaves them out."""
    return text_of(raw.get("Notes"))


def moved(raw: Mapping[str, Any]) -> Moved:
    """Make a move of a history entry; what it does not tell is none."""
    flat = flattened(raw)
    return Moved(
        record_id=number_of(flat.get("CrmOpportunityId")) or 0,
        left=number_of(flat.get("OldCrmBoardColumnId")),
        entered=number_of(flat.get("NewCrmBoardColumnId")),
        since=instant(flat.get("FromTime")),
        until=instant(flat.get("ToTime")),
    )


DELETED: Final = 3
"""The audit trail's number for a deletion (`eAuditType`)."""


def updated_on(raw: Mapping[str, Any]) -> datetime | None:
    """Give the moment of a record's last write, by the server's clock."""
    return instant(raw.get("UpdatedOn"))


def deletion(raw: Mapping[str, Any]) -> tuple[int, datetime | None] | None:
    """Give the opportunity that an entry of the audit trail tells the end of, and when; none for any other entry.

    Looked at here too: a service that does not know a filter lets everything through.
    """
    record_id = number_of(raw.get("EntityId"))
    is_one = (
        raw.get("EntityShortName") == "CrmOpportunity"
        and number_of(raw.get("AuditType")) == DELETED
    )
    return (record_id, instant(raw.get("CreatedOn"))) if is_one and record_id is not None else None


def _enum(kind: type[IntEnum], value: Any) -> int | None:
    return number_of(number(kind, value))
