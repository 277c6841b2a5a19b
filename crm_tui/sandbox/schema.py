"""The tables and indexes of the sandbox's file.

Columns carry the wire names of the service, so no second vocabulary exists. Amounts are TEXT to keep
their digits, moments are UTC text (see `times`), booleans are 0 and 1, JSON is TEXT. Nothing is filled here.
"""

import sqlite3

from crm_tui.sandbox.entities import STAGE_FLAGS

_BASE = """
    Id INTEGER PRIMARY KEY AUTOINCREMENT, UniqueId TEXT NOT NULL, SystemId TEXT,
    CreatedOn TEXT NOT NULL, UpdatedOn TEXT NOT NULL, UpdatedBy TEXT NOT NULL, CustomFields TEXT"""
# AUTOINCREMENT because the service, too, never gives the id of a deleted record to a new one.

_TABLES = {
    "currencies": "Name TEXT NOT NULL, Code TEXT NOT NULL, Format TEXT NOT NULL",
    "simpletimezones": """
        Name TEXT NOT NULL, Iana TEXT NOT NULL, Description TEXT NOT NULL, TimeOffset INTEGER NOT NULL,
        UsesSummerTime INTEGER NOT NULL""",
    "businesses": """
        Name TEXT NOT NULL, RootLocationId INTEGER, WebAddress TEXT NOT NULL, CurrencyId INTEGER NOT NULL,
        CountryId INTEGER NOT NULL, CountryName TEXT NOT NULL, SimpleTimeZoneId INTEGER NOT NULL,
        TownCity TEXT NOT NULL, Suspended INTEGER NOT NULL DEFAULT 0""",
    "users": """
        FullName TEXT NOT NULL, Email TEXT NOT NULL, Password TEXT NOT NULL, TwoFactorSecret TEXT,
        Active INTEGER NOT NULL, IsAdmin INTEGER NOT NULL, APIAccess INTEGER NOT NULL,
        DefaultBusinessId INTEGER NOT NULL, Businesses TEXT NOT NULL, UserRoles TEXT NOT NULL, LastAccess TEXT""",
    "crmboards": "BusinessId INTEGER NOT NULL, Name TEXT NOT NULL, Archived INTEGER NOT NULL DEFAULT 0",
    "crmboardcolumns": f"""
        CrmBoardId INTEGER NOT NULL, Name TEXT NOT NULL, Position INTEGER NOT NULL,
        {", ".join(f"{flag} INTEGER NOT NULL DEFAULT 0" for flag in STAGE_FLAGS)},
        CannedResponseId INTEGER, TaskListId INTEGER,
        Products TEXT NOT NULL DEFAULT '[]', Resources TEXT NOT NULL DEFAULT '[]'""",
    "opportunitytypes": "BusinessId INTEGER NOT NULL, Name TEXT NOT NULL, NotesTemplate TEXT",
    "teams": """
        BusinessId INTEGER NOT NULL, Name TEXT NOT NULL, Description TEXT, ProfileWebsite TEXT,
        TeamMembers TEXT NOT NULL, CoworkerFullNames TEXT, ActiveContracts INTEGER NOT NULL""",
    "coworkers": """
        CoworkerType INTEGER NOT NULL, FullName TEXT NOT NULL, CompanyName TEXT, Email TEXT,
        MobilePhone TEXT, LandLine TEXT, Active INTEGER NOT NULL, Archived INTEGER NOT NULL DEFAULT 0,
        RegistrationDate TEXT NOT NULL, TeamNames TEXT, InvoicingBusinessId INTEGER NOT NULL,
        CountryId INTEGER NOT NULL, SimpleTimeZoneId INTEGER NOT NULL, Notes TEXT, Tag TEXT""",
    "crmopportunities": """
        Name TEXT, CrmBoardColumnId INTEGER NOT NULL,
        CoworkerId INTEGER NOT NULL REFERENCES coworkers (Id) ON DELETE CASCADE,
        TeamId INTEGER, OpportunityTypeId INTEGER, ResponsibleId INTEGER,
        ReferrerId INTEGER REFERENCES coworkers (Id) ON DELETE SET NULL,
        AgentId INTEGER REFERENCES coworkers (Id) ON DELETE SET NULL,
        Notes TEXT, Completed INTEGER NOT NULL, DueDate TEXT, Value TEXT, Reminded INTEGER NOT NULL,
        LeadSource INTEGER, LossReason INTEGER, Status INTEGER NOT NULL, WonOn TEXT, LostOn TEXT,
        CrmUpdatedOn TEXT, Position INTEGER NOT NULL,
        UtmSource TEXT, UtmMedium TEXT, UtmCampaign TEXT, UtmContent TEXT, UtmTerm TEXT, extra TEXT""",
    "crmopportunityhistories": """
        CrmOpportunityId INTEGER REFERENCES crmopportunities (Id) ON DELETE CASCADE,
        OldCrmBoardColumnId INTEGER, FromTime TEXT, ToTime TEXT, NewCrmBoardColumnId INTEGER NOT NULL,
        UserId INTEGER""",
    "coworkertasks": """
        BusinessId INTEGER NOT NULL,
        CoworkerId INTEGER NOT NULL REFERENCES coworkers (Id) ON DELETE CASCADE,
        Name TEXT NOT NULL, ResponsibleId INTEGER NOT NULL, Notes TEXT, Completed INTEGER NOT NULL DEFAULT 0,
        DueDate TEXT, NotifyByEmail INTEGER NOT NULL DEFAULT 0, DisplayToEveryone INTEGER NOT NULL DEFAULT 0,
        Reminded INTEGER NOT NULL DEFAULT 0, TaskItemUniqueId TEXT""",
    "tasklists": """
        BusinessId INTEGER NOT NULL, Name TEXT NOT NULL, Active INTEGER NOT NULL,
        AssignToNewContacts INTEGER NOT NULL, AssignToNewMembers INTEGER NOT NULL,
        AssignToCancellations INTEGER NOT NULL, Tariffs TEXT NOT NULL DEFAULT '[]'""",
    "taskitems": """
        TaskListId INTEGER NOT NULL, ResponsibleId INTEGER NOT NULL, Name TEXT NOT NULL,
        DelayInHours INTEGER NOT NULL, Active INTEGER NOT NULL, NotifyByEmail INTEGER NOT NULL,
        DisplayToEveryone INTEGER NOT NULL""",
    "coworkernotes": """
        CoworkerId INTEGER NOT NULL REFERENCES coworkers (Id) ON DELETE CASCADE,
        Notes TEXT NOT NULL, AddedBy TEXT""",
    "cannedresponses": "BusinessId INTEGER NOT NULL, Name TEXT NOT NULL, Subject TEXT, MessageText TEXT",
    "proposals": """
        IssuedById INTEGER NOT NULL, ResponsibleId INTEGER NOT NULL,
        CoworkerId INTEGER NOT NULL REFERENCES coworkers (Id) ON DELETE CASCADE, Reference TEXT NOT NULL,
        ProposalStatus INTEGER NOT NULL, TariffId INTEGER NOT NULL, TariffName TEXT NOT NULL,
        BillingDay INTEGER NOT NULL, Quantity INTEGER NOT NULL, Price TEXT NOT NULL, StartDate TEXT NOT NULL,
        ExpirationDate TEXT NOT NULL, SentOn TEXT""",
    "countries": "Name TEXT NOT NULL, TwoDigitsCode TEXT NOT NULL, Culture TEXT NOT NULL",
    "customfields": """
        BusinessId INTEGER NOT NULL, Name TEXT NOT NULL, DisplayOrder INTEGER NOT NULL,
        RecordType INTEGER NOT NULL, FieldType INTEGER NOT NULL, AvailableOptions TEXT,
        AllowMultipleOptions INTEGER NOT NULL, CustomFieldIndex INTEGER NOT NULL, Required INTEGER NOT NULL,
        GroupName TEXT, Visibility INTEGER NOT NULL""",
    "audittrailentries": """
        BusinessId INTEGER NOT NULL, EntityShortName TEXT NOT NULL, EntityId INTEGER NOT NULL,
        Description TEXT NOT NULL, PropertyName TEXT, AuditType INTEGER NOT NULL, OldValue TEXT,
        NewValue TEXT, ActionBy TEXT NOT NULL""",
    "roles": "Name TEXT NOT NULL",
    "userroles": """
        BusinessId INTEGER NOT NULL, Name TEXT NOT NULL, Roles TEXT NOT NULL, Users TEXT NOT NULL""",
}

_OWN_TABLES = {
    "accesstokens": "Token TEXT PRIMARY KEY, UserId INTEGER NOT NULL, ExpiresAt REAL NOT NULL",
    "refreshtokens": """
        Token TEXT PRIMARY KEY, UserId INTEGER NOT NULL, ClientId TEXT NOT NULL, ExpiresAt REAL NOT NULL,
        Live INTEGER NOT NULL""",
    "requests": """
        Id INTEGER PRIMARY KEY AUTOINCREMENT, At TEXT NOT NULL, Method TEXT NOT NULL, Path TEXT NOT NULL,
        Query TEXT NOT NULL, Status INTEGER, User TEXT, Body TEXT""",
    "effects": """
        Id INTEGER PRIMARY KEY AUTOINCREMENT, At TEXT NOT NULL, Kind TEXT NOT NULL,
        CrmOpportunityId INTEGER, CoworkerId INTEGER NOT NULL, CrmBoardColumnId INTEGER,
        Detail TEXT NOT NULL""",
}

_INDEXES = (
    "CREATE INDEX opportunity_stage ON crmopportunities (CrmBoardColumnId)",
    "CREATE INDEX opportunity_customer ON crmopportunities (CoworkerId)",
    "CREATE INDEX opportunity_updated ON crmopportunities (UpdatedOn)",
    "CREATE INDEX audit_record ON audittrailentries (EntityId)",
    "CREATE INDEX audit_made ON audittrailentries (CreatedOn)",
    "CREATE INDEX task_customer ON coworkertasks (CoworkerId)",
    "CREATE INDEX note_customer ON coworkernotes (CoworkerId)",
    "CREATE INDEX proposal_customer ON proposals (CoworkerId)",
    "CREATE INDEX history_opportunity ON crmopportunityhistories (CrmOpportunityId)",
)


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the empty tables."""
    for name, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE {name} ({_BASE}, {columns})")
    for name, columns in _OWN_TABLES.items():
        connection.execute(f"CREATE TABLE {name} ({columns})")


def create_indexes(connection: sqlite3.Connection) -> None:
    """Make the indexes that a big book needs."""
    for statement in _INDEXES:
        connection.execute(statement)
