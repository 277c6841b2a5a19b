"""What this user may do: told up front where the server tells it, otherwise learned from what it grants and refuses.

Pure: it asks nobody.  The server decides; this only knows what it will say, and a list that is contradicted by what
the server does is not believed.

Facts: five roles per entity (`-List -Read -Create -Edit -Delete`); some texts write them in lower case or say
`-Update` for `-Edit`; a full administrator passes every check.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from crm_tui.api.kinds import NAMES

RUN_COMMAND: Final = "runcommand"
"""What follows an entity's path to run one of its commands, by POST or, in the older edition, by GET."""


class Verb(StrEnum):
    """What a role lets one do with an entity."""

    LIST = "List"
    READ = "Read"
    CREATE = "Create"
    EDIT = "Edit"
    DELETE = "Delete"


def role(entity: str, verb: Verb) -> str:
    """Give the name of a role (`CrmOpportunity-Edit`)."""
    return f"{entity}-{verb}"


def role_for(method: str, path: str) -> str | None:
    """Give the role that a request needs; none for a path that is not known."""
    module, entity, *rest = [*path.strip("/").lower().split("/"), ""]
    name = NAMES.get(f"/{module}/{entity}")
    if name is None:
        return None
    below = rest[0] if rest else ""
    if below == RUN_COMMAND:
        return role(name, Verb.EDIT)
    if method == "GET":
        return role(name, Verb.READ if below.isdecimal() else Verb.LIST)
    if method == "POST":
        return role(name, Verb.CREATE)
    return role(name, Verb.DELETE if method == "DELETE" else Verb.EDIT)


class Roles:
    """The roles of one user, as far as they are known."""

    def __init__(self, names: Iterable[str] | None = None, *, is_admin: bool = False) -> None:
        self._is_admin = is_admin
        self._all: frozenset[str] | None = None
        self._learned: dict[str, bool] = {}
        if names is not None:
            self.know(names)

    def know(self, names: Iterable[str], *, is_admin: bool = False) -> None:
        """Take over the whole list of roles that the server gives this user."""
        self._all = frozenset(_plain(name) for name in names)
        self._is_admin = self._is_admin or is_admin

    def doubt(self) -> None:
        """Forget the list, which may have changed; what was learned stays until it is learned otherwise."""
        self._all = None

    def learn(self, name: str, granted: bool) -> None:
        """Remember what the server granted or refused; that counts for more than any list."""
        self._learned[_plain(name)] = granted

    @property
    def is_told(self) -> bool:
        """Say whether the server has told all there is."""
        return self._is_admin or self._all is not None

    def may(self, name: str) -> bool | None:
        """Say whether the user has a role; none when nobody has told yet."""
        plain = _plain(name)
        if plain in self._learned:
            return self._learned[plain]
        if self._is_admin:
            return True
        listed = self._believed
        return plain in listed if listed is not None else None

    def forbids(self, name: str) -> bool:
        """Say whether the server's own list lacks a role.

        What was learned from a refusal is not enough: that may have been about one record.
        """
        listed, plain = self._believed, _plain(name)
        if self._is_admin or listed is None or self._learned.get(plain):
            return False
        return plain not in listed

    @property
    def _believed(self) -> frozenset[str] | None:
        """The list, unless the server has granted what it lacks."""
        granted = {name for name, was_granted in self._learned.items() if was_granted}
        return self._all if self._all is not None and granted <= self._all else None


def _plain(name: str) -> str:
    """Bring a name into the one form in which names are compared."""
    plain = name.strip().casefold()
    return f"{plain.removesuffix('-update')}-edit" if plain.endswith("-update") else plain
