"""What the operator has prepared: message macros, task lists, tariffs, custom fields, user roles. Data only.

Locations and users are given by their index in `world` and `people`; ids that stages refer to are fixed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Macro:
    """A message that a stage may send."""

    id: int
    location: int
    name: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A task of a task list."""

    name: str
    delay_hours: int
    owner: int
    """Index of the user whom the list itself names."""
    active: bool = True
    notify: bool = False


@dataclass(frozen=True, slots=True)
class Checklist:
    """A task list."""

    id: int
    location: int
    name: str
    items: tuple[Item, ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """A user role: a location's bundle of roles."""

    id: int
    location: int
    name: str
    entities: tuple[str, ...]
    """The entities that it is about; empty for all."""
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Custom:
    """A custom field of opportunities."""

    id: int
    location: int
    name: str
    field_type: int
    """1 text, 2 long text, 3 yes or no, 4 choice, 5 date, 6 integer, 7 decimal."""
    options: str | None = None
    required: bool = False
    visibility: int = 1


COUNTRIES = (
    (1386001221, "United Kingdom", "GB", "en-GB"),
    (1386001224, "España", "ES", "es-ES"),
    (1386001223, "United States", "US", "en-US"),
    (1386001230, "France", "FR", "fr-FR"),
    (1386001231, "Deutschland", "DE", "de-DE"),
    (1386001236, "Portugal", "PT", "pt-PT"),
    (1386001240, "日本", "JP", "ja-JP"),
    (1386001247, "ישראל", "IL", "he-IL"),
)
"""Id, name, two letters, .NET culture."""

MACROS = (
    Macro(
        *(1414840511, 0, "Proposal", "Your proposal from Riverside"),
        "Hi {FirstName},\n\nplease find our proposal attached. It is good for 14 days.\n\n{Responsible}",
    ),
    Macro(
        *(1414840518, 0, "Event quote", "Your event at Riverside"),
        "Hello {FirstName},\n\nthank you for asking. Here is what the evening would cost: {Value}.",
    ),
    Macro(
        *(1414840602, 1, "Propuesta", "Su propuesta de Studio Norte"),
        "Hola {FirstName}:\n\nle enviamos la propuesta que comentamos.\n\nUn saludo,\n{Responsible}",
    ),
    Macro(
        *(1414840711, 2, "Offer", "A desk with your name on it"),
        "Hi {FirstName},\n\nyour offer for {OpportunityType} is attached.\n\nBest,\n{Responsible}",
    ),
    Macro(
        *(1414840733, 2, "Nudge", "Still looking for a place to work?"),
        "Hi {FirstName},\n\nwe have not heard from you since {CreatedOn}. Shall we keep the desk?",
    ),
)
"""Message macros; tokens in braces are replaced when they are sent."""

CHECKLISTS = (
    Checklist(
        *(1414850207, 0, "Negotiation"),
        (
            Item("Check references", 4, 1),
            Item("Call about the terms", 48, 0, notify=True),
            Item("Send the licence agreement", 120, 1),
            Item("Order key cards", 200, 0, active=False),
        ),
    ),
    Checklist(
        *(1414850219, 0, "Event held"),
        (
            Item("Block the room", 1, 1),
            Item("Ask the caterer", 24, 0),
            Item("Invoice the deposit", 72, 1, notify=True),
        ),
    ),
    Checklist(
        *(1414850301, 1, "Seguimiento de propuesta"),
        (Item("Llamar al cliente", 72, 2, notify=True), Item("Revisar la fianza", 168, 2)),
    ),
    Checklist(
        *(1414850404, 2, "Trial day"),
        (Item("Prepare a guest pass", 2, 3), Item("Ask how it went", 36, 3, notify=True)),
    ),
    Checklist(
        *(1414850455, 2, "Leavers"),
        (Item("Collect the key", 24, 3), Item("Exit interview", 96, 3)),
        active=False,
    ),
)
"""Task lists with their items in order."""

TARIFFS = (
    ("Private office", 1414870101),
    ("Dedicated desk", 1414870118),
    ("Hot desk", 1414870126),
    ("Virtual office", 1414870133),
)
"""What proposals offer: name and id."""

CUSTOM_FIELDS = (
    Custom(1414880021, 0, "Floor", 4, "Ground,First,Second,Attic"),
    Custom(1414880034, 0, "Desks wanted", 6, required=True),
    Custom(1414880042, 0, "Has a dog", 3),
    Custom(1414880057, 1, "Presupuesto firmado el", 5),
    Custom(1414880063, 2, "Budget per desk", 7, visibility=3),
    Custom(1414880078, 2, "What they told the doorman", 2, visibility=2),
)
"""Definitions for opportunities; the values in records have no documented shape and stay empty."""

_DESK = (
    *("CrmOpportunity", "CrmBoard", "CrmBoardColumn", "CrmOpportunityHistory", "OpportunityType"),
    *("Coworker", "Team", "CoworkerTask", "TaskList", "TaskItem", "CoworkerNote"),
    *("Business", "Currency", "SimpleTimeZone", "Country", "CustomField"),
)
_ALL_ACTIONS = ("List", "Read", "Edit", "Create", "Delete")
_MANAGERS = (*_DESK, "CannedResponse", "Proposal", "User", "AuditTrailEntry")

GROUPS = (
    Group(770685918, 0, "Sales manager", _MANAGERS, _ALL_ACTIONS),
    Group(770685931, 1, "Responsable de ventas", _MANAGERS, _ALL_ACTIONS),
    # Lacks what many have not: the list of users, macros, proposals and the audit trail.
    Group(770685944, 2, "Front desk", _DESK, _ALL_ACTIONS),
    Group(770685957, 0, "Read only", (), ("List", "Read")),
)
"""User roles; what one grants holds in all locations, as the service documents it."""
