"""The operator that the sandbox plays: its locations, boards and stages. Data only; `people` has the users.

Ids of these few things are fixed and look like the service's; everything that is numerous gets its ids in
`seed`.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Location:
    """A location with its currency and time zone."""

    id: int
    name: str
    town: str
    country: tuple[int, str]
    web_address: str
    currency: tuple[int, str, str, str]
    """Id, name, code, .NET format string (the format is inferred)."""
    zone: tuple[int, str, str, str]
    """Id, Windows name, IANA name, description."""
    offset_hours: int
    """Standard time against UTC, to lay follow-ups into office hours; summer time is left out."""
    types: tuple[tuple[int, str], ...]
    """Opportunity types: id and name."""
    phone: str
    """Telephone numbers of its customers, with a place for a number below 100; all from ranges kept free
    for fiction, which Spain does not have."""
    cultures: dict[str, int]
    """Where its customers come from, as weights."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A stage: how many of a board's opportunities are on it, and what it does."""

    name: str
    share: int
    """Weight among the board's stages; 0 keeps it empty."""
    outcome: str = "open"
    """open, won or lost: what the opportunities on it are."""
    flags: tuple[str, ...] = ()
    canned_response: int | None = None
    task_list: int | None = None


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """A board with its stages in order."""

    id: int
    name: str
    location: int
    """Index of the location."""
    share: int
    """Weight among all boards."""
    stages: tuple[StagePlan, ...] = field(repr=False)
    archived: bool = False


LOCATIONS = (
    Location(
        1414802377,
        "Riverside",
        "London",
        (1386001221, "United Kingdom"),
        "riverside",
        (1387003005, "Pound sterling", "GBP", "£{0:N2}"),
        (1390002023, "GMT Standard Time", "Europe/London", "(UTC+00:00) Dublin, Edinburgh, London"),
        0,
        (
            (1414810071, "Private office"),
            (1414810072, "Dedicated desk"),
            (1414810073, "Hot desk"),
            (1414810074, "Event space"),
        ),
        "+44 20 7946 08{:02}",
        {
            **{"english": 52, "arabic": 6, "chinese": 5, "slavic": 6, "french": 4, "german": 3},
            **{
                "devanagari": 4,
                "turkish": 3,
                "japanese": 2,
                "korean": 2,
                "cyrillic": 3,
                "greek": 2,
            },
            **{"hebrew": 2, "thai": 2, "nordic": 3, "vietnamese": 1},
        },
    ),
    Location(
        1414805912,
        "Studio Norte",
        "Madrid",
        (1386001224, "España"),
        "studionorte",
        (1387003002, "Euro", "EUR", "{0:N2} €"),
        (
            1390002031,
            "Romance Standard Time",
            "Europe/Madrid",
            "(UTC+01:00) Brussels, Madrid, Paris",
        ),
        1,
        (
            (1414810081, "Private office"),
            (1414810082, "Dedicated desk"),
            (1414810083, "Virtual office"),
        ),
        "+44 7700 9002{:02}",
        {
            **{
                "spanish": 58,
                "portuguese": 10,
                "french": 8,
                "german": 5,
                "english": 6,
                "arabic": 4,
            },
            **{"chinese": 3, "slavic": 2, "greek": 2, "cyrillic": 2},
        },
    ),
    Location(
        1414811840,
        "Midtown",
        "New York",
        (1386001223, "United States"),
        "midtown",
        (1387003001, "US dollar", "USD", "${0:N2}"),
        (
            1390002007,
            "Eastern Standard Time",
            "America/New_York",
            "(UTC-05:00) Eastern Time (US & Canada)",
        ),
        -5,
        (
            (1414810091, "Private office"),
            (1414810092, "Hot desk"),
            (1414810093, "Virtual office"),
            (1414810094, "Event space"),
        ),
        "+1 212 555 01{:02}",
        {
            **{"english": 48, "spanish": 14, "chinese": 7, "korean": 6, "hebrew": 5, "japanese": 4},
            **{"devanagari": 4, "cyrillic": 4, "vietnamese": 3, "arabic": 3, "thai": 2},
        },
    ),
)
"""The locations; the first is the biggest."""

BOARDS = (
    BoardPlan(
        1414820310,
        "Sales pipeline",
        0,
        46,
        (
            StagePlan("Enquiry", 17, flags=("ContactMessages", "SignUps")),
            StagePlan("Tour booked", 9, flags=("TourRequests", "ToursConfirmed", "ConfirmTour")),
            StagePlan("Office tour", 7, flags=("TourCompleted",)),
            StagePlan("Proposal sent", 5, flags=("ProposalsSent",), canned_response=1414840511),
            StagePlan("Negotiation", 3, task_list=1414850207),
            StagePlan(
                *("Won", 17, "won"),
                flags=("ProposalsAccepted", "DocumentsSigned", "WinOpportunity", "ActivateAccount"),
            ),
            StagePlan("Lost", 42, "lost", flags=("LoseOpportunity",)),
        ),
    ),
    BoardPlan(
        1414820372,
        "Event space",
        0,
        14,
        (
            StagePlan("New request", 18, flags=("EventRegistrations", "ResourceBooked")),
            StagePlan("Quote sent", 12, canned_response=1414840518),
            StagePlan("Date held", 7, flags=("UseTaskListAsResponsible",), task_list=1414850219),
            StagePlan("Confirmed", 28, "won", flags=("WinOpportunity",)),
            StagePlan("Fell through", 35, "lost", flags=("LoseOpportunity",)),
        ),
    ),
    BoardPlan(
        1414820405,
        "Ventas",
        1,
        22,
        (
            StagePlan("Nuevo contacto", 18, flags=("ContactMessages", "TourRequests")),
            StagePlan("Visita", 11, flags=("ConfirmTour",)),
            StagePlan("Propuesta enviada", 8, canned_response=1414840602, task_list=1414850301),
            StagePlan("重点客户", 3),
            StagePlan("Ganada", 20, "won", flags=("WinOpportunity", "ActivateAccount")),
            StagePlan("Perdida", 40, "lost", flags=("LoseOpportunity",)),
        ),
    ),
    BoardPlan(
        1414820517,
        "Members",
        2,
        15,
        (
            StagePlan("Lead", 20, flags=("SignUps", "ContactMessages")),
            StagePlan("Trial day", 12, flags=("Bookings", "ConfirmTour"), task_list=1414850404),
            StagePlan("Offer", 7, canned_response=1414840711),
            StagePlan("Legal review", 0),
            StagePlan("Joined", 23, "won", flags=("WinOpportunity", "ActivateAccount")),
            StagePlan(
                *("Declined", 38, "lost"),
                flags=("LoseOpportunity", "DeactivateAccount", "Cancellations"),
            ),
            # Whoever arrives here is deleted, so it is always empty.
            StagePlan("Erase on request", 0, "lost", flags=("LoseOpportunity", "DeleteAccount")),
        ),
    ),
    BoardPlan(
        1414818204,
        "Members (before the move)",
        2,
        3,
        (
            StagePlan("Lead", 12),
            StagePlan("Offer", 8),
            StagePlan("Joined", 30, "won", flags=("WinOpportunity",)),
            StagePlan("Declined", 50, "lost", flags=("LoseOpportunity",)),
        ),
        archived=True,
    ),
)
"""Four boards in use and one archived, 29 stages in all."""


def stage_id(board: BoardPlan, index: int) -> int:
    """Give the id of a board's stage by its place."""
    return board.id + 10_000 + 3 * index
