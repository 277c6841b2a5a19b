"""Customers and the work around them: teams, tasks, task lists, notes, macros, proposals. Facts only.

Documented: names, what is required, default orders, that tasks hang on the customer and not on the
opportunity, that there is no DELETE of customers. Inferred: which fields a list row leaves out.
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

CUSTOMER = Entity(
    "Coworker",
    "spaces/coworkers",
    """coworkers r
    LEFT JOIN businesses l ON l.Id = r.InvoicingBusinessId
    LEFT JOIN countries c ON c.Id = r.CountryId
    LEFT JOIN simpletimezones z ON z.Id = r.SimpleTimeZoneId""",
    (
        *own("CoworkerType", kind=Kind.INTEGER),
        *own("FullName", "CompanyName", "Email", "MobilePhone", "LandLine"),
        *own("Active", "Archived", kind=Kind.BOOLEAN),
        *own("RegistrationDate", kind=Kind.TIME),
        *own("TeamNames"),
        key("InvoicingBusinessId"),
        *through("InvoicingBusiness", "l", "Name"),
        key("CountryId"),
        *through("Country", "c", "Name"),
        key("SimpleTimeZoneId"),
        *through("SimpleTimeZone", "z", "Name"),
        *own("Notes", listed=False),
        *own("Tag"),
        *base("r.FullName"),
    ),
    order="FullName",
    place="r.InvoicingBusinessId",
    # The current reference also wants a gender, a tax rate type and seven kinds of attendance, whose
    # names were not found; they are neither wanted nor kept here.
    writable=(
        Writable("CoworkerType", Kind.INTEGER, required=True, one_of=(1, 2), v1_default=1),
        *needs("FullName"),
        *sets("CompanyName"),
        *needs("Email"),
        *sets("MobilePhone", "LandLine"),
        Writable("Active", Kind.BOOLEAN, default=1),
        *sets("Archived", kind=Kind.BOOLEAN),
        *sets("RegistrationDate", kind=Kind.TIME),
        refers("InvoicingBusinessId", "Business"),
        refers("CountryId", "Country", required=True),
        refers("SimpleTimeZoneId", "SimpleTimeZone", required=True),
        *sets("Notes", "Tag"),
        *BASE_WRITABLE,
    ),
    verbs=frozenset({"create", "replace"}),
)

TEAM = Entity(
    "Team",
    "spaces/teams",
    "teams r LEFT JOIN businesses l ON l.Id = r.BusinessId",
    (
        key("BusinessId"),
        *through("Business", "l", "Name"),
        *own("Name", "Description", "ProfileWebsite"),
        field("TeamMembers", Kind.JSON, listed=False),
        *own("CoworkerFullNames"),
        *own("ActiveContracts", kind=Kind.INTEGER, ranged=True),
        *base("r.Name"),
    ),
    place="r.BusinessId",
)

TASK = Entity(
    "CoworkerTask",
    "crm/coworkertasks",
    """coworkertasks r
    LEFT JOIN businesses l ON l.Id = r.BusinessId
    LEFT JOIN simpletimezones z ON z.Id = l.SimpleTimeZoneId
    LEFT JOIN coworkers w ON w.Id = r.CoworkerId
    LEFT JOIN users u ON u.Id = r.ResponsibleId
    LEFT JOIN taskitems i ON i.UniqueId = r.TaskItemUniqueId
    LEFT JOIN tasklists k ON k.Id = i.TaskListId""",
    (
        key("BusinessId"),
        *through("Business", "l", "Name"),
        key("CoworkerId"),
        *through("Coworker", "w", "FullName", "CompanyName", "TeamNames"),
        *own("Name"),
        key("ResponsibleId"),
        *through("Responsible", "u", "FullName"),
        *own("Notes", listed=False),
        *own("Completed", kind=Kind.BOOLEAN),
        *own("DueDate", kind=Kind.TIME),
        field(
            *("DueDateLocal", Kind.LOCAL_TIME, "wall_clock(r.DueDate, z.Iana, z.TimeOffset)"),
            by="DueDateLocal",
            ranged=True,
        ),
        *own("NotifyByEmail", "DisplayToEveryone", "Reminded", kind=Kind.BOOLEAN),
        *own("TaskItemUniqueId"),
        field("TaskListName", sql="k.Name", by="TaskListName"),
        field("FormPageRequestUniqueId", sql="NULL"),
        *base("r.Name"),
    ),
    order="DueDate",
    place="r.BusinessId",
    writable=(
        refers("BusinessId", "Business", required=True),
        refers("CoworkerId", "Coworker", required=True),
        *needs("Name"),
        refers("ResponsibleId", "User", required=True),
        *sets("Notes"),
        *sets("Completed", kind=Kind.BOOLEAN),
        *sets("DueDate", kind=Kind.TIME),
        *sets("NotifyByEmail", "DisplayToEveryone", "Reminded", kind=Kind.BOOLEAN),
        *sets("TaskItemUniqueId"),
        *BASE_WRITABLE,
    ),
    verbs=ALL_VERBS,
    audited=True,
)

TASK_LIST = Entity(
    "TaskList",
    "crm/tasklists",
    "tasklists r LEFT JOIN businesses l ON l.Id = r.BusinessId",
    (
        key("BusinessId"),
        *through("Business", "l", "Name"),
        *own("Name"),
        *own("Active", "AssignToNewContacts", "AssignToNewMembers", kind=Kind.BOOLEAN),
        *own("AssignToCancellations", kind=Kind.BOOLEAN),
        field("Tariffs", Kind.JSON, listed=False),
        *base("r.Name"),
    ),
    place="r.BusinessId",
)

TASK_ITEM = Entity(
    "TaskItem",
    "crm/taskitems",
    """taskitems r
    LEFT JOIN tasklists k ON k.Id = r.TaskListId
    LEFT JOIN users u ON u.Id = r.ResponsibleId""",
    (
        key("TaskListId"),
        *through("TaskList", "k", "Name"),
        key("ResponsibleId"),
        *through("Responsible", "u", "FullName"),
        *own("Name"),
        *own("DelayInHours", kind=Kind.INTEGER, ranged=True),
        *own("Active", "NotifyByEmail", "DisplayToEveryone", kind=Kind.BOOLEAN),
        *base("r.Name"),
    ),
    place="k.BusinessId",
)

NOTE = Entity(
    "CoworkerNote",
    "spaces/coworkernotes",
    "coworkernotes r LEFT JOIN coworkers w ON w.Id = r.CoworkerId",
    (
        key("CoworkerId"),
        *through("Coworker", "w", "FullName"),
        *own("Notes", "AddedBy"),
        *base("substr(r.Notes, 1, 40)"),
    ),
    place="w.InvoicingBusinessId",
    writable=(
        refers("CoworkerId", "Coworker", required=True),
        *needs("Notes"),
        *sets("AddedBy"),
        *BASE_WRITABLE,
    ),
    verbs=ALL_VERBS,
)

MACRO = Entity(
    "CannedResponse",
    "crm/cannedresponses",
    "cannedresponses r LEFT JOIN businesses l ON l.Id = r.BusinessId",
    (
        key("BusinessId"),
        *through("Business", "l", "Name"),
        *own("Name", "Subject"),
        *own("MessageText", listed=False),
        *base("r.Name"),
    ),
    # Documented to be shared by all locations of a network, so no place bounds who sees them.
    unknown_to_v1=frozenset({"Subject"}),
)

PROPOSAL = Entity(
    "Proposal",
    "billing/proposals",
    """proposals r
    LEFT JOIN businesses l ON l.Id = r.IssuedById
    LEFT JOIN users u ON u.Id = r.ResponsibleId
    LEFT JOIN coworkers w ON w.Id = r.CoworkerId""",
    (
        key("IssuedById"),
        *through("IssuedBy", "l", "Name"),
        key("ResponsibleId"),
        *through("Responsible", "u", "FullName"),
        key("CoworkerId"),
        *through("Coworker", "w", "FullName"),
        *own("Reference"),
        *own("ProposalStatus", kind=Kind.INTEGER),
        key("TariffId"),
        field("TariffName", by="Tariff_Name"),
        *own("BillingDay", "Quantity", kind=Kind.INTEGER, ranged=True),
        *own("Price", kind=Kind.DECIMAL),
        *own("StartDate", "ExpirationDate", "SentOn", kind=Kind.TIME),
        *base("r.Reference"),
    ),
    place="r.IssuedById",
)
