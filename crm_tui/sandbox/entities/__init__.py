"""What is served: every entity, its wire fields in order, where each comes from and how it is filtered.

Tables of facts about the service and nothing else: no SQL is run here.
"""

from crm_tui.sandbox.entities.desk import (
    CUSTOMER,
    MACRO,
    NOTE,
    PROPOSAL,
    TASK,
    TASK_ITEM,
    TASK_LIST,
    TEAM,
)
from crm_tui.sandbox.entities.office import (
    AUDIT,
    COUNTRY,
    CURRENCY,
    CUSTOM_FIELD,
    LOCATION,
    ROLE,
    TIME_ZONE,
    USER,
    USER_ROLE,
)
from crm_tui.sandbox.entities.sales import (
    BOARD,
    HISTORY,
    OPPORTUNITY,
    OPPORTUNITY_TYPE,
    STAGE,
    STAGE_FLAGS,
)

ENTITIES = (
    *(OPPORTUNITY, BOARD, STAGE, HISTORY, OPPORTUNITY_TYPE),
    *(CUSTOMER, TEAM, TASK, TASK_LIST, TASK_ITEM, NOTE, MACRO, PROPOSAL),
    *(USER, LOCATION, CURRENCY, TIME_ZONE, COUNTRY, CUSTOM_FIELD, AUDIT, ROLE, USER_ROLE),
)
"""Everything that has a list and a get-one address."""

BY_NAME = {entity.name: entity for entity in ENTITIES}
"""The same, by the service's names."""

__all__ = [
    "AUDIT",
    "BY_NAME",
    "CUSTOMER",
    "ENTITIES",
    "HISTORY",
    "OPPORTUNITY",
    "STAGE_FLAGS",
    "TASK",
    "USER",
]
