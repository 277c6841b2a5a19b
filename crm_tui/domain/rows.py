"""Light rows: what is drawn by the thousand.  Standard library only: the first paint needs nothing more.

A row is a value: nothing changes it in place, a changed row is a new one.  It must not grow into the whole
record (`records.py`): a field that no list, board or queue draws or sorts by does not belong here.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Final

from crm_tui.structs import Struct


class Board(Struct, frozen=True):
    """A CRM board: an ordered set of stages at one location (the service's `CrmBoard`)."""

    id: int
    name: str
    location_id: int
    location: str
    archived: bool


class Stage(Struct, frozen=True):
    """A stage of a board (the service's `CrmBoardColumn`)."""

    id: int
    board_id: int
    name: str
    position: int
    """Order on the board, from 0; ties are broken by id."""
    currency: str
    """ISO code in which values at the board's location are counted; empty when the service gave none."""
    wins: bool = False
    loses: bool = False
    macro_id: int | None = None
    """Of the message macro that is sent to whoever arrives, if one is."""
    task_list_id: int | None = None
    """Of the list whose tasks are made for whoever arrives, if there is one."""
    confirms_tour: bool = False
    activates_account: bool = False
    deactivates_account: bool = False
    deletes_customer: bool = False
    """Entering it deletes the customer's account for good."""
    known: bool = True
    """False for a stand-in, made for cards whose stage the service did not list."""


class OpportunityRow(Struct, frozen=True, gc=False, array_like=True):
    """One opportunity as a card, table row or queue row shows it; packed by the order of its fields."""

    id: int
    stage_id: int
    stage: str
    board_id: int
    position: int
    """Order inside the stage; sparse, not unique, ties are broken by id."""
    status: int
    """A number of `enums.Status`, or one the service added later."""
    customer_id: int
    customer: str
    company: str
    email: str
    name: str
    """Free tag that tells a customer's opportunities apart; often empty."""
    value: Decimal | None
    """Expected revenue, in the currency of the board's location."""
    currency: str
    owner_id: int | None
    owner: str
    due_on: datetime | None
    """The follow-up, as an instant in UTC."""
    lead_source: int | None
    loss_reason: int | None
    created_on: datetime | None
    updated_on: datetime | None
    stage_since: datetime | None
    """Last change of stage or status (`CrmUpdatedOn`), in UTC."""
    type_id: int | None = None
    """Nothing draws it, but whoever sets the type of many must know what each had."""


ORDER: Final = attrgetter("position", "id")
"""Sort key of opportunities inside a stage, without a call of ours for each of thousands."""
