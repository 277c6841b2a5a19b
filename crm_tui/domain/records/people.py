"""People and what they may do: customer, team, user, role, user role, and who we are.

The service's user records carry keys that look like secrets (`AccessToken`, `PasswordSalt`, `TwoFactorSecret`); no
model has a field for one, so none can be shown.
"""

from __future__ import annotations

from pydantic import Field

from crm_tui.domain.records.base import Flag, Ids, Moment, Record, Text


class CustomerRecord(Record):
    """A customer (`Coworker`); the fields a picker and the record pane show."""

    full_name: str = Field(alias="FullName")
    kind: int | None = Field(None, alias="CoworkerType")
    """1 individual, 2 company."""
    company: Text = Field(None, alias="CompanyName")
    email: Text = Field(None, alias="Email")
    mobile_phone: Text = Field(None, alias="MobilePhone")
    land_line: Text = Field(None, alias="LandLine")
    active: Flag = Field(False, alias="Active")
    archived: Flag = Field(False, alias="Archived")
    registered_on: Moment = Field(None, alias="RegistrationDate")
    team_names: Text = Field(None, alias="TeamNames")
    location_id: int | None = Field(None, alias="InvoicingBusinessId")
    location: Text = Field(None, alias="InvoicingBusinessName")
    notes: Text = Field(None, alias="Notes")
    tag: Text = Field(None, alias="Tag")
    country_id: int | None = Field(None, alias="CountryId")
    time_zone_id: int | None = Field(None, alias="SimpleTimeZoneId")


class TeamRecord(Record):
    """A team of customers (`Team`)."""

    name: str = Field(alias="Name")
    location_id: int = Field(alias="BusinessId")
    location: Text = Field(None, alias="BusinessName")
    description: Text = Field(None, alias="Description")
    website: Text = Field(None, alias="ProfileWebsite")
    members: Ids = Field((), alias="TeamMembers")
    member_names: Text = Field(None, alias="CoworkerFullNames")


class UserRecord(Record):
    """An administrator (`User`), who may own opportunities."""

    full_name: str = Field(alias="FullName")
    email: Text = Field(None, alias="Email")
    active: Flag = Field(False, alias="Active")
    is_admin: Flag = Field(False, alias="IsAdmin")
    api_access: Flag = Field(False, alias="APIAccess")
    locations: Ids = Field((), alias="Businesses")
    user_roles: Ids = Field((), alias="UserRoles")
    default_location_id: int | None = Field(None, alias="DefaultBusinessId")
    default_location: Text = Field(None, alias="DefaultBusinessName")
    default_currency: Text = Field(None, alias="DefaultCurrencyCode")
    default_time_zone: Text = Field(None, alias="DefaultSimpleTimeZoneNameIana")
    default_windows_time_zone: Text = Field(None, alias="DefaultSimpleTimeZoneName")
    last_access: Moment = Field(None, alias="LastAccess")


class RoleRecord(Record):
    """One right on one kind of record (`Role`), such as `CrmOpportunity-Edit`; made by the service."""

    name: str = Field(alias="Name")


class UserRoleRecord(Record):
    """A set of roles given to users (`UserRole`)."""

    name: str = Field(alias="Name")
    location_id: int | None = Field(None, alias="BusinessId")
    roles: Ids = Field((), alias="Roles")
    users: Ids = Field((), alias="Users")
