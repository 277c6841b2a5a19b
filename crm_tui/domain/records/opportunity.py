"""The pipeline's records: opportunity, board, stage, type, and the history of moves.

Facts: both editions of the service's reference; `Name`, `Reminded` and the UTM fields are missing in the older one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pydantic import Field

from crm_tui.domain.records.base import (
    Flag,
    Ids,
    LeadSourceNumber,
    LossReasonNumber,
    Moment,
    Number,
    Record,
    StatusNumber,
    Text,
)


class BoardRecord(Record):
    """A board: an ordered set of stages at one location (`CrmBoard`)."""

    name: str = Field(alias="Name")
    location_id: int = Field(alias="BusinessId")
    location: Text = Field(None, alias="BusinessName")
    archived: Flag = Field(False, alias="Archived")
    """Hidden from the active list; its data is kept (newer edition only)."""


class StageRecord(Record):
    """A stage and what it does (`CrmBoardColumn`); a missing flag is false."""

    board_id: int = Field(alias="CrmBoardId")
    name: str = Field(alias="Name")
    position: int = Field(alias="Position")
    board: Text = Field(None, alias="CrmBoardName")
    location_id: int | None = Field(None, alias="CrmBoardBusinessId")
    location: Text = Field(None, alias="CrmBoardBusinessName")
    currency_id: int | None = Field(None, alias="CrmBoardBusinessCurrencyId")
    currency: Text = Field(None, alias="CrmBoardBusinessCurrencyCode")
    # Events that put a customer on this stage.
    on_tour_request: Flag = Field(False, alias="TourRequests")
    on_tour_confirmed: Flag = Field(False, alias="ToursConfirmed")
    on_tour_completed: Flag = Field(False, alias="TourCompleted")
    on_sign_up: Flag = Field(False, alias="SignUps")
    on_booking: Flag = Field(False, alias="Bookings")
    on_cancellation: Flag = Field(False, alias="Cancellations")
    on_proposal_sent: Flag = Field(False, alias="ProposalsSent")
    on_proposal_accepted: Flag = Field(False, alias="ProposalsAccepted")
    on_document_signed: Flag = Field(False, alias="DocumentsSigned")
    on_event_registration: Flag = Field(False, alias="EventRegistrations")
    on_event_checkin: Flag = Field(False, alias="EventCheckins")
    on_contact_message: Flag = Field(False, alias="ContactMessages")
    on_product_purchased: Flag = Field(False, alias="ProductPurchased")
    products: Ids = Field((), alias="Products")
    on_resource_booked: Flag = Field(False, alias="ResourceBooked")
    resources: Ids = Field((), alias="Resources")
    # What happens to a card that arrives.
    message_macro_id: int | None = Field(None, alias="CannedResponseId")
    task_list_id: int | None = Field(None, alias="TaskListId")
    uses_task_lists_owners: Flag = Field(False, alias="UseTaskListAsResponsible")
    activates_account: Flag = Field(False, alias="ActivateAccount")
    deactivates_account: Flag = Field(False, alias="DeactivateAccount")
    confirms_tour: Flag = Field(False, alias="ConfirmTour")
    wins: Flag = Field(False, alias="WinOpportunity")
    loses: Flag = Field(False, alias="LoseOpportunity")
    deletes_customer: Flag = Field(False, alias="DeleteAccount")


class TypeRecord(Record):
    """A kind of opportunity (`OpportunityType`); its template fills the notes."""

    name: str = Field(alias="Name")
    location_id: int = Field(alias="BusinessId")
    notes_template: Text = Field(None, alias="NotesTemplate")


class HistoryRecord(Record):
    """One move between stages (`CrmOpportunityHistory`), written by the service."""

    opportunity_id: int | None = Field(None, alias="CrmOpportunityId")
    from_stage_id: int | None = Field(None, alias="OldCrmBoardColumnId")
    """None for the first placement."""
    from_stage: Text = Field(None, alias="OldCrmBoardColumnName")
    entered_on: Moment = Field(None, alias="FromTime")
    """When the card entered the stage it left."""
    left_on: Moment = Field(None, alias="ToTime")
    to_stage_id: int = Field(alias="NewCrmBoardColumnId")
    to_stage: Text = Field(None, alias="NewCrmBoardColumnName")
    user_id: int | None = Field(None, alias="UserId")
    """None when the service moved it by itself."""
    user: Text = Field(None, alias="UserFullName")


class OpportunityRecord(Record):
    """A potential deal of one customer, in one stage of a board (`CrmOpportunity`).

    Date-times are instants in UTC; `value` is in the currency of the board's location.
    """

    name: Text = Field(None, alias="Name")
    stage_id: int = Field(alias="CrmBoardColumnId")
    stage: Text = Field(None, alias="CrmBoardColumnName")
    board_id: int | None = Field(None, alias="CrmBoardColumnCrmBoardId")
    board: Text = Field(None, alias="CrmBoardColumnCrmBoardName")
    location_id: int | None = Field(None, alias="CrmBoardColumnCrmBoardBusinessId")
    location: Text = Field(None, alias="CrmBoardColumnCrmBoardBusinessName")
    currency_id: int | None = Field(None, alias="CrmBoardColumnCrmBoardBusinessCurrencyId")
    currency: Text = Field(None, alias="CrmBoardColumnCrmBoardBusinessCurrencyCode")
    customer_id: int = Field(alias="CoworkerId")
    customer: Text = Field(None, alias="CoworkerFullName")
    customer_kind: Text = Field(None, alias="CoworkerCoworkerType")
    """1 individual, 2 company; documented as a text."""
    company: Text = Field(None, alias="CoworkerCompanyName")
    email: Text = Field(None, alias="CoworkerEmail")
    team_id: int | None = Field(None, alias="TeamId")
    team: Text = Field(None, alias="TeamName")
    team_description: Text = Field(None, alias="TeamDescription")
    team_website: Text = Field(None, alias="TeamProfileWebsite")
    type_id: int | None = Field(None, alias="OpportunityTypeId")
    type: Text = Field(None, alias="OpportunityTypeName")
    owner_id: int | None = Field(None, alias="ResponsibleId")
    owner: Text = Field(None, alias="ResponsibleFullName")
    referrer_id: int | None = Field(None, alias="ReferrerId")
    agent_id: int | None = Field(None, alias="AgentId")
    notes: Text = Field(None, alias="Notes")
    completed: Flag = Field(False, alias="Completed")
    """Won or lost."""
    due_on: Moment = Field(None, alias="DueDate")
    """The follow-up."""
    value: Decimal | None = Field(None, alias="Value")
    reminded: Flag = Field(False, alias="Reminded")
    """Whether a reminder of the follow-up was sent."""
    lead_source: LeadSourceNumber = Field(None, alias="LeadSource")
    loss_reason: LossReasonNumber = Field(None, alias="LossReason")
    status: StatusNumber = Field(1, alias="Status")
    won_on: Moment = Field(None, alias="WonOn")
    lost_on: Moment = Field(None, alias="LostOn")
    stage_since: Moment = Field(None, alias="CrmUpdatedOn")
    """Last change of stage or status, as far as anyone knows; the service does not explain it."""
    position: Number = Field(0, alias="Position")
    utm_source: Text = Field(None, alias="UtmSource")
    utm_medium: Text = Field(None, alias="UtmMedium")
    utm_campaign: Text = Field(None, alias="UtmCampaign")
    utm_content: Text = Field(None, alias="UtmContent")
    utm_term: Text = Field(None, alias="UtmTerm")


WRITABLE: Final = (
    "name", "stage_id", "customer_id", "team_id", "type_id", "owner_id", "referrer_id", "agent_id",
    "notes", "completed", "due_on", "value", "reminded", "lead_source", "loss_reason", "status",
    "won_on", "lost_on", "position", "utm_source", "utm_medium", "utm_campaign", "utm_content",
    "utm_term", "system_id",
)  # fmt: skip
"""Fields that the service takes on create and update."""

REQUIRED: Final = ("stage_id", "customer_id", "status", "position")
"""Fields that both editions together require on create and update."""
