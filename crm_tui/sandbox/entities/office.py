"""The operator and who works there: users, roles, locations, currencies, zones, custom fields, the audit trail.

Facts only. Documented: names and that all of it is read only here. Inferred: that a user is seen by whom they
share a location with.
"""

from crm_tui.sandbox.fields import Entity, Kind, base, field, key, own, through

USER = Entity(
    "User",
    "sys/users",
    """users r
    LEFT JOIN businesses l ON l.Id = r.DefaultBusinessId
    LEFT JOIN currencies m ON m.Id = l.CurrencyId
    LEFT JOIN simpletimezones z ON z.Id = l.SimpleTimeZoneId""",
    (
        *own("FullName", "Email"),
        *own("IsAdmin", "APIAccess", "Active", kind=Kind.BOOLEAN),
        key("DefaultBusinessId"),
        *through("DefaultBusiness", "l", "Name"),
        field("DefaultCurrencyId", Kind.INTEGER, "m.Id"),
        field("DefaultCurrencyCode", sql="m.Code"),
        field("DefaultCurrencyName", sql="m.Name"),
        field("DefaultCountryId", Kind.INTEGER, "l.CountryId"),
        field("DefaultSimpleTimeZoneId", Kind.INTEGER, "z.Id"),
        field("DefaultSimpleTimeZoneName", sql="z.Name"),
        field("DefaultSimpleTimeZoneNameIana", sql="z.Iana"),
        field("Businesses", Kind.JSON, listed=False),
        field("UserRoles", Kind.JSON, listed=False),
        *own("LastAccess", kind=Kind.TIME),
        *base("r.FullName || ' - ' || r.Email"),
    ),
    seen_where="EXISTS (SELECT 1 FROM json_each(r.Businesses) j WHERE j.value IN ({places}))",
)

LOCATION = Entity(
    "Business",
    "sys/businesses",
    "businesses r LEFT JOIN currencies m ON m.Id = r.CurrencyId",
    (
        *own("Name"),
        key("RootLocationId"),
        *own("WebAddress"),
        key("CurrencyId"),
        *through("Currency", "m", "Code"),
        key("CountryId"),
        field("CountryName", by="Country_Name"),
        key("SimpleTimeZoneId"),
        *own("TownCity"),
        *own("Suspended", kind=Kind.BOOLEAN),
        *base("r.Name"),
    ),
    place="r.Id",
)

CURRENCY = Entity(
    "Currency",
    "sys/currencies",
    "currencies r",
    (*own("Name", "Code", "Format"), *base("r.Name")),
)

TIME_ZONE = Entity(
    "SimpleTimeZone",
    "sys/simpletimezones",
    "simpletimezones r",
    (
        *own("Name", "Description"),
        *own("TimeOffset", kind=Kind.INTEGER, ranged=True),
        *own("UsesSummerTime", kind=Kind.BOOLEAN),
        *base("r.Name"),
    ),
)

COUNTRY = Entity(
    "Country",
    "sys/countries",
    "countries r",
    (*own("Name", "TwoDigitsCode", "Culture"), *base("r.Name")),
)

CUSTOM_FIELD = Entity(
    "CustomField",
    "crm/customfields",
    "customfields r LEFT JOIN businesses l ON l.Id = r.BusinessId",
    (
        key("BusinessId"),
        *through("Business", "l", "Name"),
        *own("Name"),
        *own("DisplayOrder", kind=Kind.INTEGER, ranged=True),
        *own("RecordType", "FieldType", kind=Kind.INTEGER),
        *own("AvailableOptions"),
        *own("AllowMultipleOptions", kind=Kind.BOOLEAN),
        *own("CustomFieldIndex", kind=Kind.INTEGER, ranged=True),
        *own("Required", kind=Kind.BOOLEAN),
        *own("GroupName"),
        *own("Visibility", kind=Kind.INTEGER),
        *base("r.Name"),
    ),
    place="r.BusinessId",
)

AUDIT = Entity(
    "AuditTrailEntry",
    "sys/audittrailentries",
    "audittrailentries r LEFT JOIN businesses l ON l.Id = r.BusinessId",
    (
        key("BusinessId"),
        *through("Business", "l", "Name"),
        *own("EntityShortName"),
        *own("EntityId", kind=Kind.INTEGER, ranged=True),
        *own("Description", "PropertyName"),
        *own("AuditType", kind=Kind.INTEGER),
        *own("OldValue", "NewValue", "ActionBy"),
        *base("r.Description"),
    ),
    place="r.BusinessId",
)

ROLE = Entity("Role", "security/roles", "roles r", (*own("Name"), *base("r.Name")))

USER_ROLE = Entity(
    "UserRole",
    "security/userroles",
    "userroles r LEFT JOIN businesses l ON l.Id = r.BusinessId",
    (
        key("BusinessId"),
        *through("Business", "l", "Name"),
        *own("Name"),
        field("Roles", Kind.JSON, listed=False),
        field("Users", Kind.JSON, listed=False),
        *base("r.Name"),
    ),
    place="r.BusinessId",
)
