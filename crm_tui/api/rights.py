"""Finds out what a user may do before it is tried, as far as that user may read it.

Who-am-I alone tells it of a full administrator and of somebody without any user role.  For everybody else it takes
their user roles and the service's list of roles, which most may not read: then it stays with what is learned, and
is not asked for again.  It forbids nothing.

Facts: a user has user roles, a user role has ids of roles, which only the single record shows; a role has a name.
"""

from __future__ import annotations

import asyncio
from typing import Final

from crm_tui.api.collection import Collection
from crm_tui.api.errors import Forbidden, Missing
from crm_tui.api.pacing import Priority
from crm_tui.api.roles import Roles
from crm_tui.api.wire import Raw
from crm_tui.domain.records.people import RoleRecord, UserRoleRecord

MOST: Final = 8
"""User roles that are read, one request each; of somebody who has more it is left to be learned."""


class Rights:
    """What the server tells of one user's roles."""

    def __init__(
        self, known: Roles, user_roles: Collection[UserRoleRecord], roles: Collection[RoleRecord]
    ) -> None:
        self._known = known
        self._user_roles = user_roles.at(Priority.PREFETCH, trial=True)
        self._roles = roles.at(Priority.PREFETCH, trial=True)
        self._asking = asyncio.Lock()
        self._is_in_vain = False

    @property
    def is_settled(self) -> bool:
        """Say whether there is nothing more to be asked for."""
        return self._known.is_told or self._is_in_vain

    async def find_out(self, person: Raw) -> None:
        """Hand over the roles of the person that who-am-I told of just now, unless they cannot be read.

        Raises `ApiError`, but for a role that is missing.
        """
        async with self._asking:
            if self.is_settled:
                return
            if person.get("IsAdmin") is True:
                self._known.know((), is_admin=True)
                return
            try:
                names = await self._names(person.get("UserRoles"))
            except (Forbidden, Missing):
                names = None
            if names is None:
                self._is_in_vain = True
            else:
                self._known.know(names)

    async def _names(self, held: object) -> list[str] | None:
        """Give the names of all roles that some user roles bundle; none when not every one can be told."""
        if not isinstance(held, list) or len(held) > MOST:
            return None
        ids: set[int] = set()
        for user_role_id in held:
            if not isinstance(user_role_id, int):
                return None
            ids.update((await self._user_roles.one(user_role_id)).record.roles)
        if not ids:
            return []
        names = {role.id: role.name for role in await self._roles.all()}
        return [names[each] for each in ids] if ids <= names.keys() else None
