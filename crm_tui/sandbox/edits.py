"""Other people's writes, by script: at once, or the moment after a certain request was answered.

So a test can place somebody's write between a client's GET and its PUT. An edit is carried out when the answer
to its request is complete and before the first byte of its end leaves, so whoever has the whole answer is
certain that the edit is there. It goes the way of every write (rules, history, automation, audit), signed by
whom the script names, who sees everything for this purpose. Scripts live in memory; a restart forgets them.
"""

import sqlite3
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_tui.sandbox import changes
from crm_tui.sandbox.asked import sign
from crm_tui.sandbox.auth import user_named
from crm_tui.sandbox.entities import BY_NAME, OPPORTUNITY
from crm_tui.sandbox.fields import BASE_WRITABLE, Entity
from crm_tui.sandbox.opportunities import add_extra
from crm_tui.sandbox.rules import (
    BusinessRefusedError,
    RecordNotFoundError,
    Signature,
    ValidationRefusedError,
)
from crm_tui.sandbox.times import Clock
from crm_tui.sandbox.traffic import OWN_PATH
from crm_tui.sandbox.wire import Json


class BadEditError(ValueError):
    """An edit that makes no sense or cannot be carried out now; the text says why."""


@dataclass(slots=True)
class Edit:
    """One write by somebody else."""

    entity: str
    """The service's name, in any case."""
    id: int | None = None
    """The record; None makes a new one."""
    set: dict[str, Any] = field(default_factory=dict)
    """Fields by their wire names; none only moves UpdatedOn. Names that an opportunity does not have
    become fields that it has from now on."""
    delete: bool = False
    by: str = "mina@example.com"
    """Who signs."""
    at_request: dict[str, Any] | None = None
    """`method`, `path` (lower case, `*` for any text) and `nth` (from 1, counted from the order on);
    None for at once."""
    seen: int = 0
    """Requests that matched."""
    done: bool = False
    error: str | None = None
    """Why it could not be carried out."""

    def is_due_after(self, scope: Scope) -> bool:
        """Count a request if it is meant, and say whether it was the one that was waited for."""
        asked = self.at_request
        if asked is None or self.done:
            return False
        if str(asked.get("method", scope["method"])).upper() != scope["method"]:
            return False
        if not fnmatchcase(scope["path"], str(asked.get("path", "*")).lower()):
            return False
        self.seen += 1
        return bool(self.seen == asked.get("nth", 1))


class EditInjection:
    """ASGI layer that carries out the edits which a request has made due."""

    def __init__(
        self, app: ASGIApp, connection: sqlite3.Connection, clock: Clock, edits: list[Edit]
    ) -> None:
        self.app = app
        self.connection = connection
        self.clock = clock
        self.edits = edits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; before the end of its answer leaves, let others write."""
        due = []
        if not scope["path"].startswith(OWN_PATH):
            due = [edit for edit in self.edits if edit.is_due_after(scope)]
        if not due:
            await self.app(scope, receive, send)
            return

        async def write_and_send(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                for edit in due:
                    carry_out(self.connection, edit, self.signature(scope, edit))
            await send(message)

        await self.app(scope, receive, write_and_send)

    def signature(self, scope: Scope, edit: Edit) -> Signature:
        """Give what an edit is signed with at this moment."""
        return signed(self.connection, edit, self.clock, scope)


def signed(connection: sqlite3.Connection, edit: Edit, clock: Clock, scope: Scope) -> Signature:
    """Give what an edit is signed with; nobody's e-mail, such as [System], is as good as somebody's."""
    writer = user_named(connection, edit.by)
    turned = scope["app"].state.switches
    return sign(None, writer.id if writer else None, edit.by, clock(), turned)


def carry_out(connection: sqlite3.Connection, edit: Edit, by: Signature) -> None:
    """Write what an edit says and note that it is done, or why it could not be."""
    entity = _entity(edit)
    edit.done = True
    try:
        if edit.delete and edit.id is not None:
            changes.delete(connection, entity, edit.id, by)
        elif edit.id is None:
            edit.id = changes.create(connection, entity, edit.set, by)
        else:
            if entity is OPPORTUNITY:
                add_extra(connection, edit.id, edit.set)
            changes.amend(connection, entity, edit.id, edit.set, by)
    except RecordNotFoundError:
        edit.error = "Not found"
    except BusinessRefusedError as error:
        edit.error = str(error)
    except ValidationRefusedError as error:
        edit.error = "; ".join(f"{each.name}: {each.message}" for each in error.problems)


def read_edits(document: object) -> list[Edit]:
    """Make edits of a JSON array of objects whose keys are the attributes of Edit. Raises BadEditError."""
    if not isinstance(document, list):
        raise BadEditError("Edits are a JSON array of objects.")
    return [_read(each) for each in document]


def show_edit(edit: Edit) -> Json:
    """Give an edit and what became of it as JSON."""
    return asdict(edit)


def _read(document: object) -> Edit:
    if not isinstance(document, dict):
        raise BadEditError("An edit is a JSON object.")
    allowed = {each.name for each in fields(Edit)} - {"seen", "done", "error"}
    if unknown := sorted(set(document) - allowed):
        raise BadEditError(f"An edit has no {', '.join(unknown)}.")
    if not isinstance(document.get("set", {}), dict):
        raise BadEditError("What an edit sets is a JSON object.")
    edit = Edit(**{"entity": "", **document})
    entity = _entity(edit)
    asked = document.get("at_request")
    if asked is not None:
        if not isinstance(asked, dict) or set(asked) - {"method", "path", "nth"}:
            raise BadEditError("The request of an edit is given by method, path and nth.")
        nth = asked.get("nth", 1)
        if not isinstance(nth, int) or isinstance(nth, bool) or nth < 1:
            raise BadEditError("The nth request is counted from 1.")
    verb = "delete" if edit.delete else "create" if edit.id is None else "replace"
    if verb not in entity.verbs or (edit.delete and edit.id is None):
        raise BadEditError(f"A {entity.name} cannot be edited so.")
    if idle := sorted(name for name in edit.set if not _is_set(entity, name, new=edit.id is None)):
        raise BadEditError(f"A {entity.name} has no {', '.join(idle)} that can be set.")
    return edit


def _is_set(entity: Entity, name: str, *, new: bool) -> bool:
    """Say whether a field can be set; an opportunity that is there gets those that none has."""
    settable = (*entity.writable, *BASE_WRITABLE)
    if any(
        name in (each.name, each.refers_to and each.name.removesuffix("Id")) for each in settable
    ):
        return True
    return entity is OPPORTUNITY and not new and all(name != each.name for each in entity.fields)


def _entity(edit: Edit) -> Entity:
    for name, entity in BY_NAME.items():
        if name.lower() == str(edit.entity).lower():
            return entity
    raise BadEditError(f"There is no entity {edit.entity!r}.")
