"""The service's addresses: which request goes where, and which role it needs. Decides nothing else.

Every entity has a list, a get-one and a commands address, and those for writing that its verbs say; they share
four patterns, because a pattern for each would cost a fiftieth of a second at the start. What the sandbox
tells about itself is in `inspection`.
"""

import re
from collections.abc import Awaitable, Callable

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm_tui.sandbox import changes, commands, enums, tokens
from crm_tui.sandbox.answers import accepted, json_answer, text_answer
from crm_tui.sandbox.asked import body, database, moment, signature, switches, user
from crm_tui.sandbox.database import whole_number
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.entities import AUDIT, ENTITIES, USER
from crm_tui.sandbox.fields import Entity
from crm_tui.sandbox.filters import BadQueryError, parse
from crm_tui.sandbox.records import read_label, read_list, read_one
from crm_tui.sandbox.roles import EVERYTHING, Sight, require, sight
from crm_tui.sandbox.times import from_epoch
from crm_tui.sandbox.wire import loads

Handler = Callable[[Request, Entity], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

_BY_PATH = {entity.path: entity for entity in ENTITIES}
_METHODS = ["GET", "POST", "PUT", "DELETE"]


class _RecordId(Convertor[int]):
    """The id in an address, of any length: one that no record can have is not found like any other."""

    regex = "[0-9]+"

    def convert(self, value: str) -> int:
        """Read the id."""
        return whole_number(value)

    def to_string(self, value: int) -> str:
        """Write the id."""
        return str(value)


register_url_convertor("record_id", _RecordId())


def routes() -> list[Route]:
    """Give every address of the service. Paths are expected in lower case, without a slash at the end."""
    records = "/api/{module}/{records}"
    return [
        Route(tokens.TOKEN_PATH, _token, methods=["POST"]),
        Route("/api/auth/me", _who_am_i, methods=["GET"]),
        Route("/api/utils/enums", _enum, methods=["GET"]),
        Route(records, _by_method(_COLLECTION), methods=_METHODS),
        Route(f"{records}/{{id:record_id}}", _by_method(_RECORD), methods=_METHODS),
        Route(f"{records}/commands", _by_method(_COMMANDS), methods=_METHODS),
        Route(f"{records}/runcommand", _by_method(_RUN), methods=_METHODS),
    ]


def _by_method(answers: dict[str, tuple[str, Handler]]) -> Endpoint:
    """Give an endpoint that finds the entity and does what the method asks, if the entity has that verb."""

    async def endpoint(request: Request) -> Response:
        entity = _BY_PATH.get("{module}/{records}".format(**request.path_params))
        if entity is None:
            raise HTTPException(404)
        method = "GET" if request.method == "HEAD" else request.method
        verb, handler = answers.get(method, ("none", None))
        if handler is None or (verb and verb not in entity.verbs):
            raise HTTPException(405)
        return await handler(request, entity)

    return endpoint


def _seen(request: Request, entity: Entity) -> Sight:
    """Give what the user sees of an entity; entries of the audit trail show late when that is switched on."""
    seen = sight(entity, user(request))
    delay = switches(request).audit_delay
    if entity is AUDIT and delay:
        latest = from_epoch(int(moment(request).timestamp()) - delay)
        return Sight(f"{seen.where} AND r.CreatedOn <= ?", (*seen.values, latest))
    return seen


async def _list(request: Request, entity: Entity) -> Response:
    require(database(request), user(request), entity, "List")
    turned = switches(request)
    query = parse(entity, request.query_params.multi_items(), turned)
    seen = _seen(request, entity)
    return text_answer(read_list(database(request), entity, query, seen, turned))


async def _one(request: Request, entity: Entity) -> Response:
    require(database(request), user(request), entity, "Read")
    record_id, seen = request.path_params["id"], _seen(request, entity)
    record = read_one(database(request), entity, record_id, seen, switches(request))
    return text_answer(record)


async def _create(request: Request, entity: Entity) -> Response:
    require(database(request), user(request), entity, "Create")
    by = signature(request)
    record_id = changes.create(database(request), entity, await body(request), by)
    label = read_label(database(request), entity, record_id)
    return json_answer(accepted(entity.name, "created", record_id, label, by))


async def _replace(request: Request, entity: Entity) -> Response:
    require(database(request), user(request), entity, "Edit")
    by, document = signature(request), await body(request)
    if "id" in request.path_params:
        document["Id"] = request.path_params["id"]
    record_id = changes.replace(database(request), entity, document, by)
    label = read_label(database(request), entity, record_id)
    return json_answer(accepted(entity.name, "updated", record_id, label, by))


async def _replace_at(request: Request, entity: Entity) -> Response:
    if not switches(request).put_by_id:
        raise HTTPException(405)
    return await _replace(request, entity)


async def _delete(request: Request, entity: Entity) -> Response:
    require(database(request), user(request), entity, "Delete")
    by = signature(request)
    changes.delete(database(request), entity, request.path_params["id"], by)
    return json_answer(accepted(entity.name, "deleted", None, "", by))


async def _commands(request: Request, entity: Entity) -> Response:
    require(database(request), user(request), entity, "List")
    given = {name.lower(): value for name, value in request.query_params.items()}
    if not re.fullmatch(r"[0-9]+", given.get("id", "1")):
        raise BadQueryError(f"The value '{given['id']}' is not valid for id.")
    record_id = whole_number(given["id"]) if "id" in given else None
    by = signature(request)
    return json_answer(commands.offered(database(request), entity, record_id, by))


async def _run_command(request: Request, entity: Entity) -> Response:
    require(database(request), user(request), entity, "Edit")
    by = signature(request)
    return json_answer(commands.run(database(request), entity, await body(request), by))


async def _run_command_by_get(request: Request, entity: Entity) -> Response:
    """Run a command as the old reference does: by GET with a body."""
    if not switches(request).is_v1:
        raise HTTPException(405)
    return await _run_command(request, entity)


_COLLECTION: dict[str, tuple[str, Handler]] = {
    "GET": ("", _list),
    "POST": ("create", _create),
    "PUT": ("replace", _replace),
}
"""By method: the verb that the entity must have, and what is done."""

_RECORD: dict[str, tuple[str, Handler]] = {
    "GET": ("", _one),
    "PUT": ("replace", _replace_at),
    "DELETE": ("delete", _delete),
}
_COMMANDS: dict[str, tuple[str, Handler]] = {"GET": ("", _commands)}
_RUN: dict[str, tuple[str, Handler]] = {
    "GET": ("", _run_command_by_get),
    "POST": ("", _run_command),
}


async def _token(request: Request) -> Response:
    form = tokens.read_form(request.headers.get("content-type", ""), await request.body())
    client_id = request.headers.get("client_id")
    now = moment(request).timestamp()
    return json_answer(tokens.grant(database(request), form, client_id, switches(request), now))


async def _who_am_i(request: Request) -> Response:
    me = read_one(database(request), USER, user(request).id, EVERYTHING, Switches())
    # The service hands out a token here although it was not asked for one; clients must not keep it.
    return json_answer({**loads(me or b"{}"), "AccessToken": "sandbox-access-token"})


async def _enum(request: Request) -> Response:
    given = {name.lower(): value for name, value in request.query_params.items()}
    members = enums.members(given.get("name", ""))
    if members is None:
        return json_answer({"Message": "The enumeration is not known."}, 400)
    return json_answer(members)
