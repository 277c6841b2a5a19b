"""What every record has, and how tolerantly its kinds of field are read.  No entity is described here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from crm_tui.domain.enums import LeadSource, LossReason, Status, number
from crm_tui.domain.flat import flattened


def _aware(value: Any) -> Any:
    """Read a date-time without a zone as UTC; the service writes `Z`, older samples nothing."""
    if value == "":
        return None
    if isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return value


def _text(value: Any) -> Any:
    """Read a number where a text is documented as that number's text."""
    return (
        str(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value
    )


def _flag(value: Any) -> Any:
    """Read a missing flag as false."""
    return False if value is None else value


def _zero(value: Any) -> Any:
    """Read a missing number as nought."""
    return 0 if value is None else value


def _in_progress(value: Any) -> Any:
    """Read a missing status as in progress, which the older edition documents as the default."""
    return Status.IN_PROGRESS if value is None else number(Status, value)


def _ids(value: Any) -> Any:
    """Read no list as an empty one: only get-one answers carry collections."""
    return [] if value is None else value


Moment = Annotated[datetime | None, BeforeValidator(_aware)]
"""An instant in UTC, or none."""

Text = Annotated[str | None, BeforeValidator(_text)]

Flag = Annotated[bool, BeforeValidator(_flag)]
"""A missing flag is false."""

Ids = Annotated[tuple[int, ...], BeforeValidator(_ids)]

Number = Annotated[int, BeforeValidator(_zero)]

StatusNumber = Annotated[int, BeforeValidator(_in_progress)]
LeadSourceNumber = Annotated[int | None, BeforeValidator(lambda value: number(LeadSource, value))]
LossReasonNumber = Annotated[int | None, BeforeValidator(lambda value: number(LossReason, value))]


class Record(BaseModel):
    """What every record of the service carries."""

    # Building a model takes longer than reading a page: each is built when it is first used.
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, defer_build=True)

    id: int = Field(alias="Id")
    unique_id: Text = Field(None, alias="UniqueId")
    created_on: Moment = Field(None, alias="CreatedOn")
    updated_on: Moment = Field(None, alias="UpdatedOn")
    updated_by: Text = Field(None, alias="UpdatedBy")
    """An e-mail address, or a name in brackets for the service's own jobs."""
    is_new: Flag = Field(False, alias="IsNew")
    system_id: Text = Field(None, alias="SystemId")
    """A free text seen only through the API."""
    label: Text = Field(None, alias="ToStringText")
    """The server's own words for the record; their form varies."""
    localization_details: Any = Field(None, alias="LocalizationDetails")
    custom_fields: Any = Field(None, alias="CustomFields")
    """Of unknown shape: shown as it is, sent back as it came."""

    @model_validator(mode="before")
    @classmethod
    def _read_nested_forms(cls, data: Any) -> Any:
        return flattened(data) if isinstance(data, Mapping) else data

    @classmethod
    def wire_keys(cls) -> dict[str, str]:
        """Give field → the service's key, for a change on its way to the raw record."""
        return {name: field.alias for name, field in cls.model_fields.items() if field.alias}

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """Check a raw record; raises `pydantic.ValidationError`."""
        return cls.model_validate(raw)
