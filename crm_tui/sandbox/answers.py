"""How results and errors become answers: envelopes and errors, in the words of either reference.

Documented: the keys of each envelope in each generation, their texts, HTTP 400 with `Status: 500` in the old
body and without Status in the current one, the JSON string "Not found". Inferred: the answers of the platform
below (unknown address or verb, unreadable request). Decides nothing about records.
"""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crm_tui.sandbox.auth import DENIED
from crm_tui.sandbox.dialect import BadSwitchError, Switches
from crm_tui.sandbox.edits import BadEditError
from crm_tui.sandbox.faults import BadFaultError
from crm_tui.sandbox.filters import BadQueryError
from crm_tui.sandbox.roles import RoleMissingError
from crm_tui.sandbox.rules import (
    BusinessRefusedError,
    Problem,
    RecordNotFoundError,
    Signature,
    ValidationRefusedError,
)
from crm_tui.sandbox.tokens import GrantRefusedError
from crm_tui.sandbox.wire import Json, WireError, dumps

ErrorAnswer = Callable[[Request, Exception], Awaitable[Response]]

JSON_TYPE = "application/json; charset=utf-8"

_V1_MESSAGES = {
    "created": "Record '{}' has been succesfully created.",  # as it is spelled there
    "updated": "The record '{}' was updated successfully",
    "deleted": "The record was deleted successfully.",
}
_V1_KEYS = {
    "created": ("Status", "WasSuccessful", "Message", "Value"),
    "updated": ("Status", "WasSuccessful", "Message", "Value", "OpenInDialog", "Errors"),
    "deleted": (
        *("Status", "WasSuccessful", "Message", "Value", "OpenInDialog", "RedirectURL"),
        *("JavaScript", "Errors"),
    ),
}


def json_answer(document: object, status: int = 200) -> Response:
    """Give an answer with a JSON body."""
    return Response(dumps(document), status, media_type=JSON_TYPE)


def text_answer(text: bytes | None) -> Response:
    """Give an answer with a body that is JSON already, or say that there is none."""
    return not_found() if text is None else Response(text, media_type=JSON_TYPE)


def not_found() -> Response:
    """Give the answer for a record that is not there."""
    return json_answer("Not found", 404)


def accepted(entity: str, done: str, record_id: int | None, label: str, by: Signature) -> Json:
    """Give the envelope of a write that worked; `done` is created, updated or deleted.

    `label` is the record's name, which only the old reference speaks of.
    """
    envelope: Json = {
        "Status": 200,
        "Message": f"{entity} was successfully {done}.",
        "Value": None if record_id is None else {"Id": record_id},
        **{"OpenInDialog": False, "OpenInWindow": False, "RedirectURL": None, "JavaScript": None},
        **{"UpdatedOn": by.updated, "UpdatedBy": by.email},
        **{"Errors": None, "WasSuccessful": True},
    }
    if not by.switches.is_v1:
        return envelope
    envelope["Message"] = _V1_MESSAGES[done].format(label)
    return {key: envelope[key] for key in _V1_KEYS[done]}


def refused(problems: list[Problem], switches: Switches) -> Json:
    """Give the validation envelope; its Message tells of one problem only."""
    return {
        **({"Status": 500} if switches.is_v1 else {}),
        "Message": f"{problems[0].name}: {problems[0].message}",
        "Value": None,
        "Errors": [
            {
                "AttemptedValue": problem.attempted,
                "Message": problem.message,
                "PropertyName": problem.name,
            }
            for problem in problems
        ],
        "WasSuccessful": False,
    }


def failed(message: str) -> Json:
    """Give the envelope of what was not done for a reason of business; it goes out with HTTP 200."""
    return {
        **{"Status": 500, "Message": message, "Value": None},
        **{"Errors": None, "WasSuccessful": False},
    }


def error_answers() -> dict[type[Exception] | int, ErrorAnswer]:
    """Give what the server says for each error that a request may end in."""
    unreadable = (BadQueryError, BadFaultError, BadSwitchError, BadEditError, WireError)
    return {
        **dict.fromkeys(unreadable, _bad_request),
        ValidationRefusedError: _refused,
        BusinessRefusedError: _failed,
        RecordNotFoundError: _not_found,
        RoleMissingError: _forbidden,
        GrantRefusedError: _no_token,
        HTTPException: _no_such_address,
        500: _crashed,
    }


async def _not_found(request: Request, error: Exception) -> Response:
    return not_found()


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, ValidationRefusedError):
        raise TypeError("only a refused validation has problems") from error
    return json_answer(refused(error.problems, request.app.state.switches), 400)


async def _failed(request: Request, error: Exception) -> Response:
    return json_answer(failed(str(error)))


async def _forbidden(request: Request, error: Exception) -> Response:
    switches: Switches = request.app.state.switches
    return json_answer(DENIED, switches.forbidden_status)


async def _no_token(request: Request, error: Exception) -> Response:
    if not isinstance(error, GrantRefusedError):
        raise TypeError("only a refused grant has a body") from error
    return json_answer(error.body, error.status)


async def _bad_request(request: Request, error: Exception) -> Response:
    return json_answer({"Message": f"The request is invalid. {error}"}, 400)


async def _no_such_address(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 405:
        text = f"The requested resource does not support http method '{request.method}'."
    else:
        text = f"No HTTP resource was found that matches the request URI '{request.url}'."
    return json_answer({"Message": text}, status)


async def _crashed(request: Request, error: Exception) -> Response:
    return json_answer({"Message": "An error has occurred."}, 500)
