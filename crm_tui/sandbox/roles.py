"""What a user may do and whose records they see.

Documented: exactly five roles per entity, compared without regard to case; user roles grant them network-wide;
a full administrator passes every check; the records one sees are bounded by the user's Businesses. Inferred:
that the bound does not hold for a full administrator, and that a record out of bounds is as good as not there.
"""

import sqlite3
from dataclasses import dataclass

from crm_tui.sandbox.auth import User
from crm_tui.sandbox.database import SqlValue
from crm_tui.sandbox.fields import Entity

ACTIONS = ("List", "Read", "Edit", "Create", "Delete")
"""What comes after the entity's name and a dash."""

_GRANTED = """
    SELECT 1 FROM users u, json_each(u.UserRoles) g
    JOIN userroles k ON k.Id = g.value, json_each(k.Roles) x
    JOIN roles o ON o.Id = x.value
    WHERE u.Id = ? AND o.Name = ? COLLATE NOCASE"""


class RoleMissingError(Exception):
    """The user is known and may not; answered with 401 or 403."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The part of an entity's records that somebody sees."""

    where: str
    """A condition over the entity's source."""
    values: tuple[SqlValue, ...] = ()
    """The values of its question marks."""


EVERYTHING = Sight("1")


def require(connection: sqlite3.Connection, user: User, entity: Entity, action: str) -> None:
    """Raise RoleMissingError unless the user has the role for an action on an entity."""
    if user.is_admin:
        return
    role = f"{entity.name}-{action}"
    if connection.execute(_GRANTED, (user.id, role)).fetchone() is None:
        raise RoleMissingError(role)


def sight(entity: Entity, user: User) -> Sight:
    """Give what a user sees of an entity."""
    condition = entity.seen_where or (f"{entity.place} IN ({{places}})" if entity.place else "")
    if user.is_admin or not condition:
        return EVERYTHING
    marks = ", ".join("?" * len(user.businesses))
    return Sight(condition.format(places=marks), user.businesses)
