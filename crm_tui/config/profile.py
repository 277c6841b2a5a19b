"""One profile: an account, how to sign in to it, and how it wants to be treated.

Plain standard library, because it is read before the first paint.  It checks nothing: `schema` does, before a
`Profile` is made of what a file says.  It holds no password, only where one comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from crm_tui.structs import Struct, asdict

SignIn = Literal["basic", "token"]
RunCommand = Literal["post", "get"]
Dates = Literal["utc", "wallclock"]


class Prompt(Struct, frozen=True):
    """The password is asked for at every start, and kept nowhere."""


class Command(Struct, frozen=True):
    """The password is what a command prints."""

    argv: tuple[str, ...]
    """The program and its arguments, as they are: no shell reads them."""

    def __repr__(self) -> str:
        return "Command()"  # what it is made of may hold the password


class File(Struct, frozen=True):
    """The password is what a file holds that only its owner may read."""

    path: str


PasswordSource = Prompt | Command | File


class Limits(Struct, frozen=True, kw_only=True):
    """How much this account may ask of the server; none leaves the program's own figure."""

    requests_per_second: float | None = None
    per_minute: int | None = None
    """Requests of all kinds."""
    writes_per_minute: int | None = None
    writes_per_day: int | None = None


NO_LIMITS: Final = Limits()


class Profile(Struct, frozen=True, kw_only=True):
    """An account as the user described it."""

    name: str
    url: str
    """Address of the service; whether it may be used is for whoever connects to say."""
    user: str
    """E-mail of the user."""
    sign_in: SignIn = "basic"
    client_id: str | None = None
    """A GUID made once: the service keeps one refresh token for each, so no two programs may share it."""
    password: PasswordSource = Prompt()
    plain_http: bool = False
    """Its address may be without TLS, as long as it does not leave this machine."""
    read_only: bool = False
    """Nothing is ever written to this account."""
    production: bool = False
    """Real customers: always marked on screen."""
    location: int | str | None = None
    """Id or name of the location to begin with; none is all of them."""
    limits: Limits = NO_LIMITS
    run_command: RunCommand = "post"
    """How the service's own commands are run: as its first documentation says, or its second."""
    dates: Dates = "utc"
    """What the service's dates without a zone mean: UTC, or the clock on the location's wall."""
    ca_file: str | None = None
    """Further authorities to trust for TLS, added to the system's."""

    @staticmethod
    def from_table(name: str, table: Mapping[str, Any]) -> Profile:
        """Make a profile of its table in the file, which has been checked."""
        given = dict(table)
        command = given.pop("password_command", None)
        file = given.pop("password_file", None)
        password: PasswordSource = Prompt()
        if command is not None:
            password = Command(tuple(command))
        elif file is not None:
            password = File(file)
        limits = Limits(**given.pop("limits", {}))
        return Profile(name=name, password=password, limits=limits, **given)

    def to_table(self) -> dict[str, Any]:
        """Give the profile's table for the file: what it says itself, without what holds anyway."""
        table: dict[str, Any] = {"url": self.url, "user": self.user, "sign_in": self.sign_in}
        if self.client_id is not None:
            table["client_id"] = self.client_id
        if isinstance(self.password, Command):
            table["password_command"] = list(self.password.argv)
        elif isinstance(self.password, File):
            table["password_file"] = self.password.path
        for key in ("plain_http", "read_only", "production"):
            if getattr(self, key):
                table[key] = True
        if self.location is not None:
            table["location"] = self.location
        if self.run_command != "post":
            table["run_command"] = self.run_command
        if self.dates != "utc":
            table["dates"] = self.dates
        if self.ca_file is not None:
            table["ca_file"] = self.ca_file
        limits = {key: value for key, value in asdict(self.limits).items() if value is not None}
        if limits:
            table["limits"] = limits
        return table
