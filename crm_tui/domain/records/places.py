"""Where and in what money: location, currency, time zone, country.  All are read only for us."""

from __future__ import annotations

from pydantic import Field

from crm_tui.domain.records.base import Flag, Record, Text


class LocationRecord(Record):
    """A location of the operator (`Business`)."""

    name: str = Field(alias="Name")
    root_location_id: int | None = Field(None, alias="RootLocationId")
    web_address: Text = Field(None, alias="WebAddress")
    currency_id: int | None = Field(None, alias="CurrencyId")
    currency: Text = Field(None, alias="CurrencyCode")
    country_id: int | None = Field(None, alias="CountryId")
    country: Text = Field(None, alias="CountryName")
    time_zone_id: int | None = Field(None, alias="SimpleTimeZoneId")
    town: Text = Field(None, alias="TownCity")
    suspended: Flag = Field(False, alias="Suspended")


class CurrencyRecord(Record):
    """A currency (`Currency`)."""

    name: Text = Field(None, alias="Name")
    code: str = Field(alias="Code")
    """ISO 4217."""
    format: Text = Field(None, alias="Format")
    """A .NET format text, as far as anyone knows."""


class TimeZoneRecord(Record):
    """A time zone under its Windows name (`SimpleTimeZone`)."""

    name: str = Field(alias="Name")
    description: Text = Field(None, alias="Description")
    offset: int | None = Field(None, alias="TimeOffset")
    uses_summer_time: Flag = Field(False, alias="UsesSummerTime")


class CountryRecord(Record):
    """A country (`Country`)."""

    name: str = Field(alias="Name")
    code: Text = Field(None, alias="TwoDigitsCode")
    culture: Text = Field(None, alias="Culture")
