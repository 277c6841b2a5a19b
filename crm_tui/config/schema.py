"""What may stand in profiles.toml, key by key, and what is wrong with one that says something else.

The only user of pydantic in `config`, and imported when a text is new to us (`profiles`).  The description of
each field is the sentence that an error shows, so it says what is right.  Values are never repeated: a wrong one
may be a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from crm_tui.config.reading import nearest
from crm_tui.structs import Struct
from crm_tui.text import safe

NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
NAME_IN_WORDS: Final = "letters, digits, - and _, at most 64 of them"


class Problem(Struct, frozen=True):
    """Something that is wrong, and where."""

    path: tuple[str, ...]
    said: str
    """A sentence, fit to be shown."""


class _InWords(ValueError):
    """What is wrong, in words that say more than the field's description."""


def _visible(text: str) -> str:
    if not text or safe(text) != text:
        raise ValueError
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.username is not None or parts.password is not None:
        message = "`url` holds a user or a password; give the address alone"
        raise _InWords(message)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError
    return text


def _user(text: str) -> str:
    if ":" in text:
        raise ValueError
    return text


def _whole_path(text: str) -> str:
    if not text.startswith(("/", "~/")):
        raise ValueError
    return text


def _guid(text: str) -> str:
    UUID(text)
    return text


def _location(value: Any) -> Any:
    """Check an id or a name; two types in one key would be told apart in two complaints."""
    if isinstance(value, str):
        return _visible(value.strip())
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError
    return value


def _argv(argv: list[str]) -> list[str]:
    program = argv[0]
    if not program or ("/" in program and not program.startswith("/")):
        raise ValueError
    if any("\0" in argument for argument in argv):
        raise ValueError
    return argv


_Text = Annotated[str, Field(max_length=2000), AfterValidator(_visible)]
_WholePath = Annotated[_Text, AfterValidator(_whole_path)]
_Count = Annotated[int, Field(ge=1, le=10_000_000)]


class _Table(BaseModel):
    """A table in which every key is known and every value is of its type."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)


class LimitsTable(_Table):
    """How much an account may ask of the server."""

    requests_per_second: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        default=None, description="a number above 0"
    )
    per_minute: _Count | None = Field(default=None, description="a whole number above 0")
    writes_per_minute: _Count | None = Field(default=None, description="a whole number above 0")
    writes_per_day: _Count | None = Field(default=None, description="a whole number above 0")


class ProfileTable(_Table):
    """An account."""

    url: Annotated[_Text, AfterValidator(_address)] = Field(
        description='the address of the service, such as "https://spaces.nexudus.com/api"'
    )
    user: Annotated[_Text, AfterValidator(_user)] = Field(description="the e-mail of the user")
    sign_in: Literal["basic", "token"] = Field(default="basic", description='"basic" or "token"')
    client_id: Annotated[str, AfterValidator(_guid)] | None = Field(
        default=None, description="a GUID that no other program uses"
    )
    password_command: (
        Annotated[list[str], Field(min_length=1, max_length=100), AfterValidator(_argv)] | None
    ) = Field(
        default=None,
        description='a program and its arguments, such as ["pass", "show", "nexudus"]: '
        "its name or its whole path, without a shell",
    )
    password_file: _WholePath | None = Field(
        default=None, description="the whole path of a file, from / or ~/"
    )
    plain_http: bool = Field(default=False, description="true or false")
    read_only: bool = Field(default=False, description="true or false")
    production: bool = Field(default=False, description="true or false")
    location: Annotated[Any, AfterValidator(_location)] = Field(
        default=None, description='the id of a location, a number, or its name, such as "Riverside"'
    )
    limits: LimitsTable | None = Field(
        default=None, description="a table of limits, such as { per_minute = 60 }"
    )
    run_command: Literal["post", "get"] = Field(default="post", description='"post" or "get"')
    dates: Literal["utc", "wallclock"] = Field(default="utc", description='"utc" or "wallclock"')
    ca_file: _WholePath | None = Field(
        default=None, description="the whole path of a file, from / or ~/"
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.password_command is not None and self.password_file is not None:
            message = "give `password_command` or `password_file`, not both"
            raise _InWords(message)
        if self.sign_in == "token" and self.client_id is None:
            message = f'signing in by token needs a `client_id` of its own: client_id = "{uuid4()}"'
            raise _InWords(message)
        return self


class ProfilesFile(_Table):
    """The whole file."""

    default: str | None = Field(default=None, description="the name of a profile")
    profiles: dict[Annotated[str, StringConstraints(pattern=NAME)], ProfileTable] = Field(
        default_factory=dict, description="tables such as [profiles.riverside]"
    )


def problems(document: Mapping[str, Any]) -> list[Problem]:
    """Say what is wrong with what a file says; nothing is, when the list is empty."""
    try:
        file = ProfilesFile.model_validate(document)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return [_in_words(detail["type"], detail["loc"], detail.get("ctx")) for detail in details]
    if file.default is not None and file.default not in file.profiles:
        guess = nearest(file.default, file.profiles)
        return [Problem(("default",), f"`default` names a profile that is not here.{guess}")]
    return []


def _in_words(
    kind: str, place: tuple[str | int, ...], context: Mapping[str, Any] | None
) -> Problem:
    path = tuple(str(part) for part in place)
    if path[-1] == "[key]":
        said = f"`{safe(path[-2], limit=80)}` is no name for a profile: {NAME_IN_WORDS}."
        return Problem(path[:-1], said)
    table, key = _table_at(path)
    named = f"`{safe(key, limit=80)}`"
    if kind == "extra_forbidden":
        return Problem(path, _unknown(path, table, key, named))
    if kind == "missing":
        description = table.model_fields[key].description
        return Problem(path, f"{named} is missing: {description}.")
    error = (context or {}).get("error")
    if isinstance(error, _InWords):
        return Problem(path, f"{error}.")
    field = table.model_fields.get(key)
    if field is None or len(path) == 2:
        return Problem(path, f"{named} is a table of its own, such as [profiles.{named[1:-1]}].")
    return Problem(path, f"{named} must be {field.description}.")


def _unknown(path: tuple[str, ...], table: type[_Table], key: str, named: str) -> str:
    if table is ProfileTable and key.lower() in ("password", "pass", "secret", "token"):
        return (
            f"{named} is not kept here. Leave it out to be asked at every start, or give "
            "`password_command` or `password_file`."
        )
    if len(path) == 1 and key not in ("profile", "Profiles"):
        guess = nearest(key, list(table.model_fields))
        return f"{named} is not known here; a profile is written [profiles.{named[1:-1]}].{guess}"
    return f"{named} is not known.{nearest(key, list(table.model_fields))}"


def _table_at(path: tuple[str, ...]) -> tuple[type[_Table], str]:
    """Give the table that a path leads into, and the key in it that the path is about."""
    if len(path) >= 3 and path[0] == "profiles":
        if len(path) >= 4 and path[2] == "limits":
            return LimitsTable, path[3]
        return ProfileTable, path[2]
    return ProfilesFile, path[-1]
