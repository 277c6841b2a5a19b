"""Fields of a raw opportunity, read one by one: for filters on what the light row lacks, over thousands of records.

Named as in `records.opportunity.OpportunityRecord`, and read as tolerantly as rows are.  A list answer may leave keys
out: whether a record tells of a field at all is said here, too, so that silence is not taken for emptiness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import Any, Final

from crm_tui.api.values import amount_of, instant, number_of, text_of
from crm_tui.domain.change import Value
from crm_tui.domain.enums import LeadSource, LossReason, Status, number

Read = Callable[[Any], Value]


def _flag(value: Any) -> Value:
    return value is True


def _enum(kind: type[IntEnum]) -> Read:
    return lambda value: number_of(number(kind, value))


_KINDS: Final = {"individual": "1", "company": "2"}


def _kind(value: Any) -> Value:
    """Read what kind of customer it is: a number, its text, or its name."""
    text = str(value) if isinstance(value, int) else text_of(value)
    return _KINDS.get(text.casefold(), text)


_COLUMN: Final = "CrmBoardColumn"
_BOARD: Final = f"{_COLUMN}CrmBoard"
_LOCATION: Final = f"{_BOARD}Business"

_KEYS: Final[Mapping[str, tuple[str, Read]]] = {
    "id": ("Id", number_of),
    "unique_id": ("UniqueId", text_of),
    "system_id": ("SystemId", text_of),
    "created_on": ("CreatedOn", instant),
    "updated_on": ("UpdatedOn", instant),
    "name": ("Name", text_of),
    "stage_id": (f"{_COLUMN}Id", number_of),
    "stage": (f"{_COLUMN}Name", text_of),
    "board_id": (f"{_BOARD}Id", number_of),
    "board": (f"{_BOARD}Name", text_of),
    "location_id": (f"{_LOCATION}Id", number_of),
    "location": (f"{_LOCATION}Name", text_of),
    "currency_id": (f"{_LOCATION}CurrencyId", number_of),
    "currency": (f"{_LOCATION}CurrencyCode", text_of),
    "customer_id": ("CoworkerId", number_of),
    "customer": ("CoworkerFullName", text_of),
    "customer_kind": ("CoworkerCoworkerType", _kind),
    "company": ("CoworkerCompanyName", text_of),
    "email": ("CoworkerEmail", text_of),
    "team_id": ("TeamId", number_of),
    "team": ("TeamName", text_of),
    "team_description": ("TeamDescription", text_of),
    "team_website": ("TeamProfileWebsite", text_of),
    "type_id": ("OpportunityTypeId", number_of),
    "type": ("OpportunityTypeName", text_of),
    "owner_id": ("ResponsibleId", number_of),
    "owner": ("ResponsibleFullName", text_of),
    "referrer_id": ("ReferrerId", number_of),
    "agent_id": ("AgentId", number_of),
    "notes": ("Notes", text_of),
    "completed": ("Completed", _flag),
    "due_on": ("DueDate", instant),
    "value": ("Value", amount_of),
    "reminded": ("Reminded", _flag),
    "lead_source": ("LeadSource", _enum(LeadSource)),
    "loss_reason": ("LossReason", _enum(LossReason)),
    "status": ("Status", _enum(Status)),
    "won_on": ("WonOn", instant),
    "lost_on": ("LostOn", instant),
    "stage_since": ("CrmUpdatedOn", instant),
    "position": ("Position", number_of),
    "utm_source": ("UtmSource", text_of),
    "utm_medium": ("UtmMedium", text_of),
    "utm_campaign": ("UtmCampaign", text_of),
    "utm_content": ("UtmContent", text_of),
    "utm_term": ("UtmTerm", text_of),
}
"""Field → key of the flat form, and how its value is read."""


def reader(field: str) -> Callable[[Mapping[str, Any]], Value]:
    """Make what reads a field of a flat raw record (`flat.flattened`); raises `KeyError` for a field of no record."""
    key, read = _KEYS[field]
    return lambda flat: read(flat.get(key))


def teller(fields: Iterable[str]) -> Callable[[Mapping[str, Any]], bool]:
    """Make what says whether a flat raw record tells of all these fields."""
    keys = {_KEYS[field][0] for field in fields}
    return lambda flat: keys <= flat.keys()
