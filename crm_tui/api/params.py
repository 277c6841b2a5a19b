"""A query as the service's parameters: for every documented filter and range of opportunities.

Never narrower than the query, since whoever asks applies the query again to what comes back: date-times go out with
minutes alone, widened; a text is sent only where the server is taken to look for a part.  What cannot be said is
left out: what is negated, and one of several values.  Facts: the filter and range tables of both editions of the
reference.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from crm_tui.domain.change import Value
from crm_tui.domain.query import AllOf, Comparison, Condition, Query, Test

_PREFIX: Final = "CrmOpportunity_"

FILTERS: Final = {
    "id": "Id",
    "unique_id": "UniqueId",
    "system_id": f"{_PREFIX}SystemId",
    "name": f"{_PREFIX}Name",
    "stage_id": f"{_PREFIX}CrmBoardColumn",
    "customer_id": f"{_PREFIX}Coworker",
    "team_id": f"{_PREFIX}Team",
    "type_id": f"{_PREFIX}OpportunityType",
    "owner_id": f"{_PREFIX}Responsible",
    "referrer_id": f"{_PREFIX}Referrer",
    "agent_id": f"{_PREFIX}Agent",
    "notes": f"{_PREFIX}Notes",
    "completed": f"{_PREFIX}Completed",
    "due_on": f"{_PREFIX}DueDate",
    "value": f"{_PREFIX}Value",
    "reminded": f"{_PREFIX}Reminded",
    "lead_source": f"{_PREFIX}LeadSource",
    "loss_reason": f"{_PREFIX}LossReason",
    "status": f"{_PREFIX}Status",
    "won_on": f"{_PREFIX}WonOn",
    "lost_on": f"{_PREFIX}LostOn",
    "position": f"{_PREFIX}Position",
    "utm_source": f"{_PREFIX}UtmSource",
    "utm_medium": f"{_PREFIX}UtmMedium",
    "utm_campaign": f"{_PREFIX}UtmCampaign",
    "utm_content": f"{_PREFIX}UtmContent",
    "utm_term": f"{_PREFIX}UtmTerm",
    "stage": f"{_PREFIX}CrmBoardColumn_Name",
    "board_id": f"{_PREFIX}CrmBoardColumn_CrmBoard_Id",
    "board": f"{_PREFIX}CrmBoardColumn_CrmBoard_Name",
    "location_id": f"{_PREFIX}CrmBoardColumn_CrmBoard_Business_Id",
    "location": f"{_PREFIX}CrmBoardColumn_CrmBoard_Business_Name",
    "currency_id": f"{_PREFIX}CrmBoardColumn_CrmBoard_Business_Currency_Id",
    "currency": f"{_PREFIX}CrmBoardColumn_CrmBoard_Business_Currency_Code",
    "customer": f"{_PREFIX}Coworker_FullName",
    "customer_kind": f"{_PREFIX}Coworker_CoworkerType",
    "company": f"{_PREFIX}Coworker_CompanyName",
    "email": f"{_PREFIX}Coworker_Email",
    "team": f"{_PREFIX}Team_Name",
    "team_description": f"{_PREFIX}Team_Description",
    "team_website": f"{_PREFIX}Team_ProfileWebsite",
    "type": f"{_PREFIX}OpportunityType_Name",
    "owner": f"{_PREFIX}Responsible_FullName",
}
"""Field → the parameter that filters by it."""

RANGES: Final = {
    "created_on": "CreatedOn",
    "updated_on": "UpdatedOn",
    "due_on": "DueDate",
    "value": "Value",
    "won_on": "WonOn",
    "lost_on": "LostOn",
    "position": "Position",
}
"""Field → the name behind `from_CrmOpportunity_` and `to_CrmOpportunity_`."""

_RANGE_ENDS: Final = {
    Comparison.FROM: "from",
    Comparison.ABOVE: "from",
    Comparison.TO: "to",
    Comparison.BELOW: "to",
}
"""How a value is compared → the end of a range that says so; the service's ends are inclusive."""


def parameters(query: Query, *, texts_are_parts: bool = True) -> dict[str, str]:
    """Give the parameters that let through all that a query matches, and as little else as can be said.

    `texts_are_parts`: the server finds a text in any part of a field, whatever the case (inferred);
    otherwise it wants the whole field in the very case, and texts are not sent at all.
    """
    said: dict[str, str] = {}
    for test in query.conditions:
        for name, value in _said(test, texts_are_parts=texts_are_parts):
            said.setdefault(name, value)
    return said


def _said(test: Test, *, texts_are_parts: bool) -> list[tuple[str, str]]:
    if isinstance(test, Condition):
        return _said_of_one(test, texts_are_parts=texts_are_parts)
    if isinstance(test, AllOf):
        return [
            said for each in test.tests for said in _said(each, texts_are_parts=texts_are_parts)
        ]
    return []


def _said_of_one(condition: Condition, *, texts_are_parts: bool) -> list[tuple[str, str]]:
    field, how, value = condition.field, condition.how, condition.value
    if value is None or how in (Comparison.IS_SET, Comparison.IS_EMPTY):
        return []
    if isinstance(value, datetime):
        return _said_of_moment(field, how, value)
    if isinstance(value, str):
        can_be_said = how == Comparison.IS if field == "unique_id" else texts_are_parts
        if field in FILTERS and value and can_be_said:
            return [(FILTERS[field], value)]
        return []
    if how == Comparison.IS and field in FILTERS:
        return [(FILTERS[field], _spelled(value))]
    if how in _RANGE_ENDS and field in RANGES:
        return [(f"{_RANGE_ENDS[how]}_{_PREFIX}{RANGES[field]}", _spelled(value))]
    return []


def _said_of_moment(field: str, how: Comparison, value: datetime) -> list[tuple[str, str]]:
    """Say a moment as whole minutes around it; the service takes no seconds in a filter."""
    if field not in RANGES:
        return []
    name = f"{_PREFIX}{RANGES[field]}"
    moment = value.astimezone(UTC)
    before = moment.replace(second=0, microsecond=0)
    after = before if before == moment else before + timedelta(minutes=1)
    said = []
    end = _RANGE_ENDS.get(how)
    if how == Comparison.IS or end == "from":
        said.append((f"from_{name}", before.strftime("%Y-%m-%dT%H:%M")))
    if how == Comparison.IS or end == "to":
        said.append((f"to_{name}", after.strftime("%Y-%m-%dT%H:%M")))
    return said


def _spelled(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
