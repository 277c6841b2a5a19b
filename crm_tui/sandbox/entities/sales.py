"""The pipeline: opportunities, boards, stages, histories, opportunity types. Facts only, no SQL is run.

Field names, the light list rows and the filters are documented; which fields a list row leaves out is
inferred (only "collections, and perhaps more" is documented). A field that the service cannot be shown to
filter by has no filter here.
"""

from crm_tui.sandbox.fields import (
    ALL_VERBS,
    BASE_WRITABLE,
    Entity,
    Kind,
    Writable,
    base,
    field,
    key,
    needs,
    own,
    refers,
    sets,
    through,
)

IN_PROGRESS, WON, LOST = 1, 2, 3
"""The values of an opportunity's Status."""

STAGE_FLAGS = (
    # An event that puts a customer on the stage.
    *("TourRequests", "ToursConfirmed", "TourCompleted", "SignUps", "Bookings", "Cancellations"),
    *("ProposalsSent", "ProposalsAccepted", "DocumentsSigned", "EventRegistrations"),
    *("ContactMessages", "ProductPurchased", "ResourceBooked", "EventCheckins"),
    # What happens when an opportunity arrives on the stage.
    *("UseTaskListAsResponsible", "ActivateAccount", "DeactivateAccount", "ConfirmTour"),
    *("WinOpportunity", "LoseOpportunity", "DeleteAccount"),
)
"""The boolean properties of a stage, in the service's order."""

_BOARD = "CrmBoardColumn_CrmBoard"
_UTM = ("UtmSource", "UtmMedium", "UtmCampaign", "UtmContent", "UtmTerm")

OPPORTUNITY = Entity(
    "CrmOpportunity",
    "crm/crmopportunities",
    """crmopportunities r
    LEFT JOIN crmboardcolumns s ON s.Id = r.CrmBoardColumnId
    LEFT JOIN crmboards b ON b.Id = s.CrmBoardId
    LEFT JOIN businesses l ON l.Id = b.BusinessId
    LEFT JOIN currencies m ON m.Id = l.CurrencyId
    LEFT JOIN coworkers w ON w.Id = r.CoworkerId
    LEFT JOIN teams t ON t.Id = r.TeamId
    LEFT JOIN opportunitytypes y ON y.Id = r.OpportunityTypeId
    LEFT JOIN users u ON u.Id = r.ResponsibleId""",
    (
        *own("Name"),
        key("CrmBoardColumnId"),
        *through("CrmBoardColumn", "s", "Name"),
        *through(_BOARD, "b", "Id", kind=Kind.INTEGER),
        *through(_BOARD, "b", "Name"),
        *through(f"{_BOARD}_Business", "l", "Id", kind=Kind.INTEGER),
        *through(f"{_BOARD}_Business", "l", "Name"),
        *through(f"{_BOARD}_Business_Currency", "m", "Id", kind=Kind.INTEGER),
        *through(f"{_BOARD}_Business_Currency", "m", "Code"),
        key("CoworkerId"),
        *through("Coworker", "w", "FullName"),
        # Documented as a string although it is an enumeration elsewhere.
        field(
            "CoworkerCoworkerType", sql="CAST(w.CoworkerType AS TEXT)", by="Coworker_CoworkerType"
        ),
        *through("Coworker", "w", "CompanyName", "Email"),
        key("TeamId"),
        *through("Team", "t", "Name", "Description", "ProfileWebsite"),
        key("OpportunityTypeId"),
        *through("OpportunityType", "y", "Name"),
        key("ResponsibleId"),
        *through("Responsible", "u", "FullName"),
        key("ReferrerId"),
        key("AgentId"),
        *own("Notes", listed=False),
        *own("Completed", kind=Kind.BOOLEAN),
        *own("DueDate", kind=Kind.TIME),
        *own("Value", kind=Kind.DECIMAL),
        *own("Reminded", kind=Kind.BOOLEAN),
        *own("LeadSource", "LossReason", "Status", kind=Kind.INTEGER),
        *own("WonOn", "LostOn", kind=Kind.TIME),
        field("CrmUpdatedOn", Kind.TIME),  # in records; not known as a filter
        *own("Position", kind=Kind.INTEGER, ranged=True),
        *own(*_UTM, listed=False),
        *base("coalesce(r.Name, w.FullName)"),
    ),
    place="b.BusinessId",
    writable=(
        *sets("Name"),
        refers("CrmBoardColumnId", "CrmBoardColumn", required=True),
        refers("CoworkerId", "Coworker", required=True),
        refers("TeamId", "Team"),
        refers("OpportunityTypeId", "OpportunityType"),
        refers("ResponsibleId", "User"),
        refers("ReferrerId", "Coworker"),
        refers("AgentId", "Coworker"),
        *sets("Notes"),
        *sets("Completed", kind=Kind.BOOLEAN),
        *sets("DueDate", kind=Kind.TIME),
        *sets("Value", kind=Kind.DECIMAL),
        *sets("Reminded", kind=Kind.BOOLEAN),
        *sets("LeadSource", "LossReason", kind=Kind.INTEGER),
        # Required since the second edition of the current reference, which still calls it defaulted.
        Writable(
            *("Status", Kind.INTEGER, True),
            one_of=(IN_PROGRESS, WON, LOST),
            v1_default=IN_PROGRESS,
        ),
        *sets("WonOn", "LostOn", kind=Kind.TIME),
        *needs("Position", kind=Kind.INTEGER),
        *sets(*_UTM),
        *BASE_WRITABLE,
    ),
    verbs=ALL_VERBS,
    audited=True,
    unknown_to_v1=frozenset({"Name", "Reminded", "CrmUpdatedOn", *_UTM}),
)

BOARD = Entity(
    "CrmBoard",
    "crm/crmboards",
    "crmboards r LEFT JOIN businesses l ON l.Id = r.BusinessId",
    (
        key("BusinessId"),
        *through("Business", "l", "Name"),
        *own("Name"),
        *own("Archived", kind=Kind.BOOLEAN),
        *base("r.Name"),
    ),
    place="r.BusinessId",
    writable=(
        refers("BusinessId", "Business", required=True),
        *needs("Name"),
        *sets("Archived", kind=Kind.BOOLEAN),
        *BASE_WRITABLE,
    ),
    verbs=ALL_VERBS,
    held_by=(("crmboardcolumns", "CrmBoardId"),),
    unknown_to_v1=frozenset({"Archived"}),
)

STAGE = Entity(
    "CrmBoardColumn",
    "crm/crmboardcolumns",
    """crmboardcolumns r
    LEFT JOIN crmboards b ON b.Id = r.CrmBoardId
    LEFT JOIN businesses l ON l.Id = b.BusinessId
    LEFT JOIN currencies m ON m.Id = l.CurrencyId""",
    (
        key("CrmBoardId"),
        *through("CrmBoard", "b", "Name"),
        *through("CrmBoard_Business", "l", "Id", kind=Kind.INTEGER),
        *through("CrmBoard_Business", "l", "Name"),
        *through("CrmBoard_Business_Currency", "m", "Id", kind=Kind.INTEGER),
        *through("CrmBoard_Business_Currency", "m", "Code"),
        *own("Name"),
        *own("Position", kind=Kind.INTEGER, ranged=True),
        *own(*STAGE_FLAGS, kind=Kind.BOOLEAN),
        key("CannedResponseId"),
        key("TaskListId"),
        field("Products", Kind.JSON, listed=False),
        field("Resources", Kind.JSON, listed=False),
        *base("r.Name"),
    ),
    place="b.BusinessId",
    writable=(
        refers("CrmBoardId", "CrmBoard", required=True),
        *needs("Name"),
        *needs("Position", kind=Kind.INTEGER),
        *sets(*STAGE_FLAGS, kind=Kind.BOOLEAN),
        refers("CannedResponseId", "CannedResponse"),
        refers("TaskListId", "TaskList"),
        Writable("Products", Kind.JSON, empty="[]"),
        Writable("Resources", Kind.JSON, empty="[]"),
        *BASE_WRITABLE,
    ),
    verbs=ALL_VERBS,
    held_by=(("crmopportunities", "CrmBoardColumnId"),),
    unknown_to_v1=frozenset(
        {
            *("ProductPurchased", "ResourceBooked", "EventCheckins", "UseTaskListAsResponsible"),
            *("WinOpportunity", "LoseOpportunity", "DeleteAccount", "Products", "Resources"),
        }
    ),
)

HISTORY = Entity(
    "CrmOpportunityHistory",
    "crm/crmopportunityhistories",
    """crmopportunityhistories r
    LEFT JOIN crmboardcolumns o ON o.Id = r.OldCrmBoardColumnId
    LEFT JOIN crmboardcolumns n ON n.Id = r.NewCrmBoardColumnId
    LEFT JOIN crmboards b ON b.Id = n.CrmBoardId
    LEFT JOIN users u ON u.Id = r.UserId""",
    (
        key("CrmOpportunityId", also=("CrmOpportunity_Id",)),
        key("OldCrmBoardColumnId"),
        *through("OldCrmBoardColumn", "o", "Name"),
        *own("FromTime", "ToTime", kind=Kind.TIME),
        key("NewCrmBoardColumnId"),
        *through("NewCrmBoardColumn", "n", "Name"),
        key("UserId"),
        *through("User", "u", "FullName"),
        *base("n.Name"),
    ),
    place="b.BusinessId",
)

OPPORTUNITY_TYPE = Entity(
    "OpportunityType",
    "crm/opportunitytypes",
    "opportunitytypes r LEFT JOIN businesses l ON l.Id = r.BusinessId",
    (
        key("BusinessId"),
        *through("Business", "l", "Name"),
        *own("Name", "NotesTemplate"),
        *base("r.Name"),
    ),
    place="r.BusinessId",
    writable=(
        refers("BusinessId", "Business", required=True),
        *needs("Name"),
        *sets("NotesTemplate"),
        *BASE_WRITABLE,
    ),
    verbs=ALL_VERBS,
    held_by=(("crmopportunities", "OpportunityTypeId"),),
)
