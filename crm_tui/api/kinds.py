"""The kinds of record that are asked for: where each lives and how the service calls it.

A light table and nothing else: `entities` adds what reads a kind, `roles` tells what a request needs.
"""

from __future__ import annotations

from typing import Final

NAMES: Final = {
    "/crm/crmopportunities": "CrmOpportunity",
    "/crm/crmboards": "CrmBoard",
    "/crm/crmboardcolumns": "CrmBoardColumn",
    "/crm/opportunitytypes": "OpportunityType",
    "/crm/crmopportunityhistories": "CrmOpportunityHistory",
    "/crm/coworkertasks": "CoworkerTask",
    "/crm/tasklists": "TaskList",
    "/crm/taskitems": "TaskItem",
    "/crm/cannedresponses": "CannedResponse",
    "/crm/customfields": "CustomField",
    "/spaces/coworkers": "Coworker",
    "/spaces/coworkernotes": "CoworkerNote",
    "/spaces/teams": "Team",
    "/billing/proposals": "Proposal",
    "/sys/users": "User",
    "/sys/businesses": "Business",
    "/sys/currencies": "Currency",
    "/sys/simpletimezones": "SimpleTimeZone",
    "/sys/countries": "Country",
    "/sys/audittrailentries": "AuditTrailEntry",
    "/security/roles": "Role",
    "/security/userroles": "UserRole",
}
"""Path, which follows the base URL → the service's name."""
