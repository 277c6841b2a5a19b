"""What the service's reference says of its entities, written down apart from the sandbox's own tables."""

from dataclasses import dataclass

BASE = (
    *("Id", "UniqueId", "CreatedOn", "UpdatedOn", "UpdatedBy", "IsNew", "SystemId", "ToStringText"),
    *("LocalizationDetails", "CustomFields"),
)
"""Keys of every whole record."""


@dataclass(frozen=True)
class Entity:
    """One entity: where it is, what its records carry, and how it is filtered."""

    name: str
    path: str
    fields: str
    """Keys of the whole record beside the base ones; in parentheses those that list rows lack."""
    filters: str = ""
    """Parameters without the entity's prefix, as `Parameter` or `Parameter:Key` where the key differs."""
    ranges: str = ""
    required: str = ""
    """What a body needs; empty where nothing is written."""
    verbs: str = ""
    """POST, PUT, DELETE, as far as they are there."""
    order: str = "Id"

    def keys(self) -> set[str]:
        return {name.strip("()") for name in self.fields.split()} | set(BASE)

    def heavy(self) -> set[str]:
        """Keys that list rows lack."""
        return {name.strip("()") for name in self.fields.split() if name.startswith("(")} | {
            "LocalizationDetails",
            "CustomFields",
        }

    def parameters(self) -> list[tuple[str, str]]:
        """Each parameter with the key that it looks at."""
        pairs = [text.partition(":")[::2] for text in f"{self.filters} CreatedOn UpdatedOn".split()]
        return [(name, key or name.replace("_", "")) for name, key in pairs]


CATALOGUE = (
    Entity(
        *("CrmBoard", "/crm/crmboards"),
        "BusinessId BusinessName Name Archived",
        "Business:BusinessId Business_Name Name Archived",
        *("", "BusinessId Name", "POST PUT DELETE"),
    ),
    Entity(
        *("CrmBoardColumn", "/crm/crmboardcolumns"),
        """CrmBoardId CrmBoardName CrmBoardBusinessId CrmBoardBusinessName CrmBoardBusinessCurrencyId
        CrmBoardBusinessCurrencyCode Name Position TourRequests ToursConfirmed TourCompleted SignUps
        Bookings Cancellations ProposalsSent ProposalsAccepted DocumentsSigned EventRegistrations
        ContactMessages ProductPurchased ResourceBooked EventCheckins UseTaskListAsResponsible
        ActivateAccount DeactivateAccount ConfirmTour WinOpportunity LoseOpportunity DeleteAccount
        CannedResponseId TaskListId (Products) (Resources)""",
        """CrmBoard:CrmBoardId CrmBoard_Name CrmBoard_Business_Id CrmBoard_Business_Name Name Position
        TourRequests WinOpportunity LoseOpportunity DeleteAccount UseTaskListAsResponsible
        CannedResponse:CannedResponseId TaskList:TaskListId""",
        *("Position", "CrmBoardId Name Position", "POST PUT DELETE"),
    ),
    Entity(
        *("OpportunityType", "/crm/opportunitytypes"),
        "BusinessId BusinessName Name NotesTemplate",
        "Business:BusinessId Business_Name Name NotesTemplate",
        *("", "BusinessId Name", "POST PUT DELETE"),
    ),
    Entity(
        *("CrmOpportunityHistory", "/crm/crmopportunityhistories"),
        """CrmOpportunityId OldCrmBoardColumnId OldCrmBoardColumnName FromTime ToTime
        NewCrmBoardColumnId NewCrmBoardColumnName UserId UserFullName""",
        """CrmOpportunity:CrmOpportunityId CrmOpportunity_Id OldCrmBoardColumn:OldCrmBoardColumnId
        NewCrmBoardColumn:NewCrmBoardColumnId OldCrmBoardColumn_Name NewCrmBoardColumn_Name User:UserId
        User_FullName FromTime ToTime""",
        "FromTime ToTime",
    ),
    Entity(
        *("Coworker", "/spaces/coworkers"),
        """CoworkerType FullName CompanyName Email MobilePhone LandLine Active Archived RegistrationDate
        TeamNames InvoicingBusinessId InvoicingBusinessName CountryId CountryName SimpleTimeZoneId
        SimpleTimeZoneName (Notes) Tag""",
        """CoworkerType FullName CompanyName Email MobilePhone Active Archived TeamNames
        InvoicingBusiness:InvoicingBusinessId Country_Name SimpleTimeZone:SimpleTimeZoneId""",
        *("RegistrationDate", "CoworkerType FullName Email CountryId SimpleTimeZoneId", "POST PUT"),
        order="FullName",
    ),
    Entity(
        *("Team", "/spaces/teams"),
        """BusinessId BusinessName Name Description ProfileWebsite (TeamMembers) CoworkerFullNames
        ActiveContracts""",
        "Business:BusinessId Name Description ProfileWebsite CoworkerFullNames ActiveContracts",
        "ActiveContracts",
    ),
    Entity(
        *("CoworkerTask", "/crm/coworkertasks"),
        """BusinessId BusinessName CoworkerId CoworkerFullName CoworkerCompanyName CoworkerTeamNames Name
        ResponsibleId ResponsibleFullName (Notes) Completed DueDate DueDateLocal NotifyByEmail
        DisplayToEveryone Reminded TaskItemUniqueId TaskListName FormPageRequestUniqueId""",
        """Business:BusinessId Coworker:CoworkerId Coworker_FullName Name Responsible:ResponsibleId
        Responsible_FullName Completed DueDate DueDateLocal NotifyByEmail DisplayToEveryone Reminded
        TaskItemUniqueId""",
        "DueDate DueDateLocal",
        *("BusinessId CoworkerId Name ResponsibleId", "POST PUT DELETE"),
        order="DueDate",
    ),
    Entity(
        *("TaskList", "/crm/tasklists"),
        """BusinessId BusinessName Name Active AssignToNewContacts AssignToNewMembers
        AssignToCancellations (Tariffs)""",
        "Business:BusinessId Name Active AssignToCancellations",
    ),
    Entity(
        *("TaskItem", "/crm/taskitems"),
        """TaskListId TaskListName ResponsibleId ResponsibleFullName Name DelayInHours Active
        NotifyByEmail DisplayToEveryone""",
        "TaskList:TaskListId TaskList_Name Responsible:ResponsibleId Name DelayInHours Active",
        "DelayInHours",
    ),
    Entity(
        *("CoworkerNote", "/spaces/coworkernotes"),
        "CoworkerId CoworkerFullName Notes AddedBy",
        "Coworker:CoworkerId Coworker_FullName Notes AddedBy",
        *("", "CoworkerId Notes", "POST PUT DELETE"),
    ),
    Entity(
        *("CannedResponse", "/crm/cannedresponses"),
        "BusinessId BusinessName Name Subject (MessageText)",
        "Business:BusinessId Name Subject MessageText",
    ),
    Entity(
        *("Proposal", "/billing/proposals"),
        """IssuedById IssuedByName ResponsibleId ResponsibleFullName CoworkerId CoworkerFullName Reference
        ProposalStatus TariffId TariffName BillingDay Quantity Price StartDate ExpirationDate SentOn""",
        """IssuedBy:IssuedById Coworker:CoworkerId Coworker_FullName Responsible:ResponsibleId Reference
        ProposalStatus Tariff:TariffId Quantity Price StartDate SentOn""",
        "Quantity Price StartDate ExpirationDate SentOn",
    ),
    Entity(
        *("User", "/sys/users"),
        """FullName Email IsAdmin APIAccess Active DefaultBusinessId DefaultBusinessName DefaultCurrencyId
        DefaultCurrencyCode DefaultCurrencyName DefaultCountryId DefaultSimpleTimeZoneId
        DefaultSimpleTimeZoneName DefaultSimpleTimeZoneNameIana (Businesses) (UserRoles) LastAccess""",
        "FullName Email IsAdmin APIAccess Active DefaultBusiness:DefaultBusinessId LastAccess",
        "LastAccess",
    ),
    Entity(
        *("Business", "/sys/businesses"),
        """Name RootLocationId WebAddress CurrencyId CurrencyCode CountryId CountryName SimpleTimeZoneId
        TownCity Suspended""",
        "Name WebAddress Currency:CurrencyId Currency_Code Country_Name TownCity Suspended",
    ),
    Entity(*("Currency", "/sys/currencies"), "Name Code Format", "Name Code Format"),
    Entity(
        *("SimpleTimeZone", "/sys/simpletimezones"),
        "Name Description TimeOffset UsesSummerTime",
        "Name Description TimeOffset UsesSummerTime",
        "TimeOffset",
    ),
    Entity(
        *("Country", "/sys/countries"),
        "Name TwoDigitsCode Culture",
        "Name TwoDigitsCode Culture",
    ),
    Entity(
        *("CustomField", "/crm/customfields"),
        """BusinessId BusinessName Name DisplayOrder RecordType FieldType AvailableOptions
        AllowMultipleOptions CustomFieldIndex Required GroupName Visibility""",
        "Business:BusinessId Name DisplayOrder RecordType FieldType AvailableOptions Required Visibility",
        "DisplayOrder CustomFieldIndex",
    ),
    Entity(
        *("AuditTrailEntry", "/sys/audittrailentries"),
        """BusinessId BusinessName EntityShortName EntityId Description PropertyName AuditType OldValue
        NewValue ActionBy""",
        """Business:BusinessId EntityShortName EntityId Description PropertyName AuditType NewValue
        ActionBy""",
        "EntityId",
    ),
    Entity(*("Role", "/security/roles"), "Name", "Name"),
    Entity(
        *("UserRole", "/security/userroles"),
        "BusinessId BusinessName Name (Roles) (Users)",
        "Business:BusinessId Name",
    ),
)
"""Everything but opportunities, which have tests of their own."""
