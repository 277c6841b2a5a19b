"""Opportunities of a listing: row and text of each, made without reading the record whole.

A first load makes them by the thousand.  A record of the form that the service has now is read straight into the
types of a row; whatever is formed otherwise is left to `rows`, which takes every form, so that both say the same.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Final

from crm_tui.api import wire
from crm_tui.api.errors import BadAnswer
from crm_tui.api.rows import opportunity_row
from crm_tui.api.values import amount_of, instant
from crm_tui.api.wire import Form, Raw, Unread
from crm_tui.domain.rows import OpportunityRow
from crm_tui.structs import Struct


class Listed(Struct, frozen=True):
    """An opportunity as a listing told it."""

    id: int | None
    row: OpportunityRow | None
    """None of a record that has no place on a board."""
    text: bytes
    """The record: to the letter, where it is of a listing's page."""


_KEYS: Final = {
    "id": "Id", "stage_id": "CrmBoardColumnId", "stage": "CrmBoardColumnName",
    "board_id": "CrmBoardColumnCrmBoardId", "position": "Position", "status": "Status",
    "customer_id": "CoworkerId", "customer": "CoworkerFullName", "company": "CoworkerCompanyName",
    "email": "CoworkerEmail", "name": "Name", "value": "Value",
    "currency": "CrmBoardColumnCrmBoardBusinessCurrencyCode", "owner_id": "ResponsibleId",
    "owner": "ResponsibleFullName", "due_on": "DueDate", "lead_source": "LeadSource",
    "loss_reason": "LossReason", "created_on": "CreatedOn", "updated_on": "UpdatedOn",
    "stage_since": "CrmUpdatedOn", "type_id": "OpportunityTypeId",
    "a_stage": "CrmBoardColumn", "a_board": "CrmBoardColumnCrmBoard",
    "a_location": "CrmBoardColumnCrmBoardBusiness",
    "a_currency": "CrmBoardColumnCrmBoardBusinessCurrency", "a_customer": "Coworker",
    "an_owner": "Responsible", "a_type": "OpportunityType",
}  # fmt: skip


class _Flat(Struct, gc=False, rename=_KEYS):
    """What a row needs of a record of the newer, flat form; anything else does not fit."""

    id: int
    stage_id: int
    stage: str | None = None
    board_id: int | None = None
    position: int | None = None
    status: int | None = None
    customer_id: int | None = None
    customer: str | None = None
    company: str | None = None
    email: str | None = None
    name: str | None = None
    value: Any = None
    currency: str | None = None
    owner_id: int | None = None
    owner: str | None = None
    due_on: str | None = None
    lead_source: int | None = None
    loss_reason: int | None = None
    created_on: str | None = None
    updated_on: str | None = None
    stage_since: str | None = None
    type_id: int | None = None
    # The older form has relations here, which would have to be flattened.
    a_stage: None = None
    a_board: None = None
    a_location: None = None
    a_currency: None = None
    a_customer: None = None
    an_owner: None = None
    a_type: None = None


_read_flat = wire.reader(_Flat)


def listed(unread: Unread) -> Listed | None:
    """Read an opportunity of a listing; none for what is no record.  Raises `BadAnswer` for what is no JSON."""
    flat, text = _read_flat(unread), bytes(unread)
    if flat is None or not _is_text(text):
        raw = wire.decode(text)
        return _of(raw, text) if isinstance(raw, dict) else None
    row = OpportunityRow(
        flat.id,
        flat.stage_id,
        flat.stage or "",
        flat.board_id or 0,
        flat.position or 0,
        flat.status or 1,
        flat.customer_id or 0,
        flat.customer or "",
        flat.company or "",
        flat.email or "",
        flat.name or "",
        amount_of(flat.value),
        flat.currency or "",
        flat.owner_id,
        flat.owner or "",
        instant(flat.due_on),
        flat.lead_source,
        flat.loss_reason,
        instant(flat.created_on),
        instant(flat.updated_on),
        instant(flat.stage_since),
        flat.type_id,
    )
    return Listed(flat.id, row, text)


def listed_of(raw: Raw) -> Listed:
    """Make the same of a record that was read already."""
    return _of(raw, wire.encode(raw))


def _of(raw: Raw, text: bytes) -> Listed:
    try:
        return Listed(wire.key_of(raw), opportunity_row(raw), text)
    except BadAnswer:
        return Listed(wire.key_of(raw), None, text)


def _is_text(text: bytes) -> bool:
    """Say whether bytes are UTF-8, which is not looked at in what a row does not need."""
    try:
        return text.isascii() or bool(text.decode())
    except UnicodeDecodeError:
        return False


AS_ROWS: Final = Form(listed, attrgetter("id"))
"""Each opportunity as its row and its text."""
