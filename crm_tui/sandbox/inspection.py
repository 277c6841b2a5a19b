"""The addresses below `/api/_sandbox`, which are no part of the service: look behind it, and order trouble.

What is done about the service's own answers is elsewhere; here it is only shown, turned, ordered and forgotten.
"""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm_tui.sandbox import dialect, tokens
from crm_tui.sandbox.answers import json_answer
from crm_tui.sandbox.asked import body, database, switches
from crm_tui.sandbox.edits import (
    BadEditError,
    Edit,
    carry_out,
    read_edits,
    show_edit,
    signed,
)
from crm_tui.sandbox.faults import Faults, read_rule, show_rule
from crm_tui.sandbox.filters import BadQueryError
from crm_tui.sandbox.traffic import OWN_PATH, read_requests
from crm_tui.sandbox.wire import loads

_EFFECT_COLUMNS = (
    *("Id", "At", "Kind", "CrmOpportunityId", "CoworkerId", "CrmBoardColumnId", "Detail"),
)


def own_routes() -> list[Route]:
    """Give the addresses; any user may use them."""
    return [
        Route(f"{OWN_PATH}/requests", _requests, methods=["GET"]),
        Route(f"{OWN_PATH}/effects", _effects, methods=["GET"]),
        Route(f"{OWN_PATH}/faults", _show_faults, methods=["GET"]),
        Route(f"{OWN_PATH}/faults", _add_fault, methods=["POST"]),
        Route(f"{OWN_PATH}/faults", _clear_faults, methods=["DELETE"]),
        Route(f"{OWN_PATH}/switches", _show_switches, methods=["GET"]),
        Route(f"{OWN_PATH}/switches", _turn_switches, methods=["POST"]),
        Route(f"{OWN_PATH}/edits", _show_edits, methods=["GET"]),
        Route(f"{OWN_PATH}/edits", _add_edits, methods=["POST"]),
        Route(f"{OWN_PATH}/edits", _clear_edits, methods=["DELETE"]),
        Route(f"{OWN_PATH}/tokens", _forget_tokens, methods=["DELETE"]),
    ]


def _faults(request: Request) -> Faults:
    faults: Faults = request.app.state.faults
    return faults


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "0")
    if not re.fullmatch(r"\d{1,18}", text):
        raise BadQueryError(f"The value '{text}' is not valid for {name}.")
    return int(text)


async def _requests(request: Request) -> Response:
    return json_answer(read_requests(database(request), _number(request, "after")))


async def _effects(request: Request) -> Response:
    rows = database(request).execute(
        f"SELECT {', '.join(_EFFECT_COLUMNS)} FROM effects WHERE Id > ? ORDER BY Id",  # noqa: S608
        (_number(request, "after"),),
    )
    effects = [dict(zip(_EFFECT_COLUMNS, row, strict=True)) for row in rows]
    return json_answer([{**effect, "Detail": loads(effect["Detail"])} for effect in effects])


async def _show_faults(request: Request) -> Response:
    return json_answer([show_rule(rule) for rule in _faults(request).rules])


async def _add_fault(request: Request) -> Response:
    rule = read_rule(await body(request))
    _faults(request).rules.append(rule)
    return json_answer(show_rule(rule))


async def _clear_faults(request: Request) -> Response:
    _faults(request).rules.clear()
    return json_answer([])


async def _show_switches(request: Request) -> Response:
    return json_answer(dialect.shown(switches(request)))


async def _turn_switches(request: Request) -> Response:
    request.app.state.switches = dialect.changed(switches(request), await body(request))
    return await _show_switches(request)


async def _forget_tokens(request: Request) -> Response:
    """Make tokens invalid before their time: `?kind=access`, `refresh`, or both when nothing is said."""
    kind = request.query_params.get("kind", "all")
    if kind not in tokens.KINDS:
        raise BadQueryError(f"The kind of tokens is one of {', '.join(tokens.KINDS)}.")
    tokens.forget(database(request), kind)
    return json_answer([])


async def _show_edits(request: Request) -> Response:
    return json_answer([show_edit(edit) for edit in _edits(request)])


async def _add_edits(request: Request) -> Response:
    """Take edits; those without a request are carried out at once, and refused when they cannot be."""
    ordered = read_edits(loads(await request.body()))
    for edit in ordered:
        if edit.at_request is None:
            by = signed(database(request), edit, request.app.state.clock, request.scope)
            carry_out(database(request), edit, by)
            if edit.error:
                raise BadEditError(edit.error)
    _edits(request).extend(ordered)
    return json_answer([show_edit(edit) for edit in ordered])


async def _clear_edits(request: Request) -> Response:
    _edits(request).clear()
    return json_answer([])


def _edits(request: Request) -> list[Edit]:
    edits: list[Edit] = request.app.state.edits
    return edits
