"""The tables of the two pages about opportunities, transcribed: the page of 2020 (v1) and the current one (v2).

Beside what a page says stand our name for it and where the sandbox's tables keep it.  Nothing is imported from
either program, and nothing is tried here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

SOURCE: Final = """
    crmopportunities r JOIN crmboardcolumns c ON c.Id = r.CrmBoardColumnId
    JOIN crmboards b ON b.Id = c.CrmBoardId JOIN businesses l ON l.Id = b.BusinessId
    JOIN currencies m ON m.Id = l.CurrencyId JOIN coworkers w ON w.Id = r.CoworkerId
    LEFT JOIN teams t ON t.Id = r.TeamId LEFT JOIN opportunitytypes y ON y.Id = r.OpportunityTypeId
    LEFT JOIN users u ON u.Id = r.ResponsibleId
"""
"""The tables that a filter may look at."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter."""

    name: str
    field: str
    sql: str
    kind: str = "number"
    """number, truth, amount, moment, text; `key` is a text that is compared whole."""


def _prefixed(*filters: tuple[str, ...]) -> tuple[Filter, ...]:
    return tuple(Filter(f"CrmOpportunity_{name}", *rest) for name, *rest in filters)


FIND: Final = (
    Filter("Id", "id", "r.Id"),
    Filter("UniqueId", "unique_id", "r.UniqueId", "key"),
    *_prefixed(
        ("SystemId", "system_id", "r.SystemId", "text"),
        ("CrmBoardColumn", "stage_id", "r.CrmBoardColumnId"),
        ("Coworker", "customer_id", "r.CoworkerId"),
        ("Team", "team_id", "r.TeamId"),
        ("OpportunityType", "type_id", "r.OpportunityTypeId"),
        ("Responsible", "owner_id", "r.ResponsibleId"),
        ("Referrer", "referrer_id", "r.ReferrerId"),
        ("Agent", "agent_id", "r.AgentId"),
        ("Notes", "notes", "r.Notes", "text"),
        ("Completed", "completed", "r.Completed", "truth"),
        ("DueDate", "due_on", "r.DueDate", "moment"),
        ("Value", "value", "r.Value", "amount"),
        ("LeadSource", "lead_source", "r.LeadSource"),
        ("LossReason", "loss_reason", "r.LossReason"),
        ("Status", "status", "r.Status"),
        ("WonOn", "won_on", "r.WonOn", "moment"),
        ("LostOn", "lost_on", "r.LostOn", "moment"),
        ("Position", "position", "r.Position"),
        ("CrmBoardColumn_Name", "stage", "c.Name", "text"),
        ("CrmBoardColumn_CrmBoard_Id", "board_id", "b.Id"),
        ("CrmBoardColumn_CrmBoard_Name", "board", "b.Name", "text"),
        ("CrmBoardColumn_CrmBoard_Business_Id", "location_id", "l.Id"),
        ("CrmBoardColumn_CrmBoard_Business_Name", "location", "l.Name", "text"),
        ("CrmBoardColumn_CrmBoard_Business_Currency_Id", "currency_id", "m.Id"),
        ("CrmBoardColumn_CrmBoard_Business_Currency_Code", "currency", "m.Code", "text"),
        ("Coworker_FullName", "customer", "w.FullName", "text"),
        ("Coworker_CoworkerType", "customer_kind", "CAST(w.CoworkerType AS TEXT)", "text"),
        ("Coworker_CompanyName", "company", "w.CompanyName", "text"),
        ("Coworker_Email", "email", "w.Email", "text"),
        ("Team_Name", "team", "t.Name", "text"),
        ("Team_Description", "team_description", "t.Description", "text"),
        ("Team_ProfileWebsite", "team_website", "t.ProfileWebsite", "text"),
        ("OpportunityType_Name", "type", "y.Name", "text"),
        ("Responsible_FullName", "owner", "u.FullName", "text"),
    ),
)
"""v1, "Find": its query parameters."""

FIND_NEWER: Final = _prefixed(
    ("Name", "name", "r.Name", "text"),
    ("Reminded", "reminded", "r.Reminded", "truth"),
    ("UtmSource", "utm_source", "r.UtmSource", "text"),
    ("UtmMedium", "utm_medium", "r.UtmMedium", "text"),
    ("UtmCampaign", "utm_campaign", "r.UtmCampaign", "text"),
    ("UtmContent", "utm_content", "r.UtmContent", "text"),
    ("UtmTerm", "utm_term", "r.UtmTerm", "text"),
)
"""Filters by the fields that the current page adds."""


def _both_ends(*filters: tuple[str, ...]) -> tuple[Filter, ...]:
    return tuple(
        Filter(f"{end}_CrmOpportunity_{name}", *rest)
        for name, *rest in filters
        for end in ("to", "from")
    )


RANGES: Final = _both_ends(
    ("CreatedOn", "created_on", "r.CreatedOn", "moment"),
    ("UpdatedOn", "updated_on", "r.UpdatedOn", "moment"),
    ("DueDate", "due_on", "r.DueDate", "moment"),
    ("Value", "value", "r.Value", "amount"),
    ("WonOn", "won_on", "r.WonOn", "moment"),
    ("LostOn", "lost_on", "r.LostOn", "moment"),
    ("Position", "position", "r.Position"),
)
"""v1, "By date or number range": its query parameters."""


@dataclass(frozen=True, slots=True)
class BodyField:
    """A field of a body, with a value to try that is not the default."""

    name: str
    field: str
    value: Any = None
    refers_to: str = ""
    """The table that the value is taken from: the largest id there."""
    required: bool = False

    def kept(self, value: Any) -> Any:
        """Say how the table keeps a value."""
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        return str(value) if isinstance(value, Decimal) else value

    def sent(self, value: Any) -> Any:
        """Say what stands in the body for a value."""
        if isinstance(value, Decimal):
            return float(value)
        return self.kept(value)


_DAY: Final = datetime(2026, 4, 7, 10, 30, tzinfo=UTC)

BODY_V1: Final = (
    BodyField("CrmBoardColumnId", "stage_id", refers_to="crmboardcolumns", required=True),
    BodyField("CoworkerId", "customer_id", refers_to="coworkers", required=True),
    BodyField("TeamId", "team_id", refers_to="teams"),
    BodyField("OpportunityTypeId", "type_id", refers_to="opportunitytypes"),
    BodyField("ResponsibleId", "owner_id", refers_to="users"),
    BodyField("ReferrerId", "referrer_id", refers_to="coworkers"),
    BodyField("AgentId", "agent_id", refers_to="coworkers"),
    BodyField("Notes", "notes", "Two desks,\n“quiet” — 静か"),
    BodyField("Completed", "completed", True),
    BodyField("DueDate", "due_on", _DAY),
    BodyField("Value", "value", Decimal("1234.50")),
    BodyField("LeadSource", "lead_source", 11),
    BodyField("LossReason", "loss_reason", 4),
    BodyField("Status", "status", 3),
    BodyField("WonOn", "won_on", _DAY),
    BodyField("LostOn", "lost_on", _DAY),
    BodyField("Position", "position", 17, required=True),
)
"""v1, "Create" and "Update", which have the same body parameters; v2 has all of them, too."""

BODY_NEWER: Final = (
    BodyField("Name", "name", "Studio 3"),
    BodyField("Reminded", "reminded", True),
    BodyField("UtmSource", "utm_source", "newsletter"),
    BodyField("UtmMedium", "utm_medium", "email"),
    BodyField("UtmCampaign", "utm_campaign", "spring"),
    BodyField("UtmContent", "utm_content", "banner"),
    BodyField("UtmTerm", "utm_term", "büro"),
)
"""v2, "Request Body": what it has beyond the older page."""


@dataclass(frozen=True, slots=True)
class SampleKey:
    """A key of the older page's sample record, where relations go by their bare names."""

    name: str
    field: str
    column: str
    is_relation: bool = False


SAMPLE: Final = (
    SampleKey("CrmBoardColumn", "stage_id", "CrmBoardColumnId", True),
    SampleKey("Coworker", "customer_id", "CoworkerId", True),
    SampleKey("Team", "team_id", "TeamId", True),
    SampleKey("OpportunityType", "type_id", "OpportunityTypeId", True),
    SampleKey("Responsible", "owner_id", "ResponsibleId", True),
    SampleKey("Referrer", "referrer_id", "ReferrerId", True),
    SampleKey("Agent", "agent_id", "AgentId", True),
    SampleKey("Notes", "notes", "Notes"),
    SampleKey("Completed", "completed", "Completed"),
    SampleKey("DueDate", "due_on", "DueDate"),
    SampleKey("Value", "value", "Value"),
    SampleKey("LeadSource", "lead_source", "LeadSource"),
    SampleKey("LossReason", "loss_reason", "LossReason"),
    SampleKey("Status", "status", "Status"),
    SampleKey("WonOn", "won_on", "WonOn"),
    SampleKey("LostOn", "lost_on", "LostOn"),
    SampleKey("Position", "position", "Position"),
)
"""v1, the keys of the record in the answers of "Find" and "One by Id"."""
