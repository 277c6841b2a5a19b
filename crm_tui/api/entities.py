"""The kinds of record of `kinds`, each with the model that reads it.

A table and nothing else: what can be done with a kind is `collection`'s business.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from crm_tui.api.kinds import NAMES
from crm_tui.domain.records.base import Record
from crm_tui.domain.records.opportunity import (
    BoardRecord,
    HistoryRecord,
    OpportunityRecord,
    StageRecord,
    TypeRecord,
)
from crm_tui.domain.records.people import (
    CustomerRecord,
    RoleRecord,
    TeamRecord,
    UserRecord,
    UserRoleRecord,
)
from crm_tui.domain.records.places import (
    CountryRecord,
    CurrencyRecord,
    LocationRecord,
    TimeZoneRecord,
)
from crm_tui.domain.records.work import (
    AuditRecord,
    CustomFieldRecord,
    MessageMacroRecord,
    NoteRecord,
    ProposalRecord,
    TaskItemRecord,
    TaskListRecord,
    TaskRecord,
)
from crm_tui.structs import Struct

R = TypeVar("R", bound=Record)


class Entity(Generic[R], Struct, frozen=True):
    """One kind of record."""

    path: str
    """Follows the base URL."""
    record: type[R]

    @property
    def name(self) -> str:
        """The service's name: prefix of its filters and of its roles."""
        return NAMES[self.path]


OPPORTUNITY: Final = Entity("/crm/crmopportunities", OpportunityRecord)
BOARD: Final = Entity("/crm/crmboards", BoardRecord)
STAGE: Final = Entity("/crm/crmboardcolumns", StageRecord)
TYPE: Final = Entity("/crm/opportunitytypes", TypeRecord)
HISTORY: Final = Entity("/crm/crmopportunityhistories", HistoryRecord)
TASK: Final = Entity("/crm/coworkertasks", TaskRecord)
TASK_LIST: Final = Entity("/crm/tasklists", TaskListRecord)
TASK_ITEM: Final = Entity("/crm/taskitems", TaskItemRecord)
MESSAGE_MACRO: Final = Entity("/crm/cannedresponses", MessageMacroRecord)
CUSTOM_FIELD: Final = Entity("/crm/customfields", CustomFieldRecord)
CUSTOMER: Final = Entity("/spaces/coworkers", CustomerRecord)
NOTE: Final = Entity("/spaces/coworkernotes", NoteRecord)
TEAM: Final = Entity("/spaces/teams", TeamRecord)
PROPOSAL: Final = Entity("/billing/proposals", ProposalRecord)
USER: Final = Entity("/sys/users", UserRecord)
LOCATION: Final = Entity("/sys/businesses", LocationRecord)
CURRENCY: Final = Entity("/sys/currencies", CurrencyRecord)
TIME_ZONE: Final = Entity("/sys/simpletimezones", TimeZoneRecord)
COUNTRY: Final = Entity("/sys/countries", CountryRecord)
AUDIT: Final = Entity("/sys/audittrailentries", AuditRecord)
ROLE: Final = Entity("/security/roles", RoleRecord)
USER_ROLE: Final = Entity("/security/userroles", UserRoleRecord)
