"""What surrounds a deal: tasks, task lists, notes, message macros, proposals, custom fields, the audit trail.

Tasks, notes and proposals belong to the customer, not to the opportunity.
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from crm_tui.domain.records.base import Flag, Ids, Moment, Record, Text


class TaskRecord(Record):
    """Something to do for a customer (`CoworkerTask`)."""

    name: str = Field(alias="Name")
    location_id: int = Field(alias="BusinessId")
    location: Text = Field(None, alias="BusinessName")
    customer_id: int = Field(alias="CoworkerId")
    customer: Text = Field(None, alias="CoworkerFullName")
    company: Text = Field(None, alias="CoworkerCompanyName")
    owner_id: int = Field(alias="ResponsibleId")
    owner: Text = Field(None, alias="ResponsibleFullName")
    notes: Text = Field(None, alias="Notes")
    completed: Flag = Field(False, alias="Completed")
    due_on: Moment = Field(None, alias="DueDate")
    due_local: Text = Field(None, alias="DueDateLocal")
    """The same in the location's time, as the service writes it."""
    notify_by_email: Flag = Field(False, alias="NotifyByEmail")
    display_to_everyone: Flag = Field(False, alias="DisplayToEveryone")
    reminded: Flag = Field(False, alias="Reminded")
    task_item_unique_id: Text = Field(None, alias="TaskItemUniqueId")
    task_list: Text = Field(None, alias="TaskListName")


class TaskListRecord(Record):
    """A list of tasks that a stage can make (`TaskList`)."""

    name: str = Field(alias="Name")
    location_id: int = Field(alias="BusinessId")
    active: Flag = Field(False, alias="Active")
    assign_to_new_contacts: Flag = Field(False, alias="AssignToNewContacts")
    assign_to_new_members: Flag = Field(False, alias="AssignToNewMembers")
    assign_to_cancellations: Flag = Field(False, alias="AssignToCancellations")
    tariffs: Ids = Field((), alias="Tariffs")


class TaskItemRecord(Record):
    """One task of a list (`TaskItem`)."""

    name: str = Field(alias="Name")
    task_list_id: int = Field(alias="TaskListId")
    owner_id: int = Field(alias="ResponsibleId")
    owner: Text = Field(None, alias="ResponsibleFullName")
    delay_hours: int = Field(alias="DelayInHours")
    active: Flag = Field(False, alias="Active")
    notify_by_email: Flag = Field(False, alias="NotifyByEmail")
    display_to_everyone: Flag = Field(False, alias="DisplayToEveryone")


class NoteRecord(Record):
    """A note on a customer that only staff sees (`CoworkerNote`)."""

    customer_id: int = Field(alias="CoworkerId")
    notes: str = Field(alias="Notes")
    added_by: Text = Field(None, alias="AddedBy")


class MessageMacroRecord(Record):
    """A message that a stage can send (`CannedResponse`); its tokens are replaced when it is sent."""

    name: str = Field(alias="Name")
    location_id: int = Field(alias="BusinessId")
    subject: Text = Field(None, alias="Subject")
    text: Text = Field(None, alias="MessageText")


class ProposalRecord(Record):
    """An offer made to a customer (`Proposal`); read only for us."""

    reference: Text = Field(None, alias="Reference")
    customer_id: int = Field(alias="CoworkerId")
    customer: Text = Field(None, alias="CoworkerFullName")
    owner_id: int | None = Field(None, alias="ResponsibleId")
    owner: Text = Field(None, alias="ResponsibleFullName")
    location_id: int | None = Field(None, alias="IssuedById")
    status: int | None = Field(None, alias="ProposalStatus")
    """1 draft, 2 sent, 3 accepted, 4 rejected."""
    tariff_id: int | None = Field(None, alias="TariffId")
    tariff: Text = Field(None, alias="TariffName")
    price: Decimal | None = Field(None, alias="Price")
    quantity: int | None = Field(None, alias="Quantity")
    billing_day: int | None = Field(None, alias="BillingDay")
    starts_on: Moment = Field(None, alias="StartDate")
    expires_on: Moment = Field(None, alias="ExpirationDate")
    sent_on: Moment = Field(None, alias="SentOn")


class CustomFieldRecord(Record):
    """The definition of a custom field (`CustomField`); record type 4 is the opportunity."""

    name: str = Field(alias="Name")
    location_id: int | None = Field(None, alias="BusinessId")
    record_type: int = Field(alias="RecordType")
    field_type: int | None = Field(None, alias="FieldType")
    """1 text, 2 long text, 3 yes or no, 4 choice, 5 date, 6 integer, 7 decimal."""
    order: int | None = Field(None, alias="DisplayOrder")
    options: Text = Field(None, alias="AvailableOptions")
    """Comma-separated."""
    allows_several: Flag = Field(False, alias="AllowMultipleOptions")
    required: Flag = Field(False, alias="Required")
    group: Text = Field(None, alias="GroupName")
    visibility: int | None = Field(None, alias="Visibility")


class AuditRecord(Record):
    """One changed property of one record (`AuditTrailEntry`)."""

    location_id: int | None = Field(None, alias="BusinessId")
    entity: str = Field(alias="EntityShortName")
    entity_id: int = Field(alias="EntityId")
    description: Text = Field(None, alias="Description")
    property: Text = Field(None, alias="PropertyName")
    kind: int = Field(alias="AuditType")
    """1 create, 2 update, 3 delete."""
    before: Text = Field(None, alias="OldValue")
    after: Text = Field(None, alias="NewValue")
    by: Text = Field(None, alias="ActionBy")
