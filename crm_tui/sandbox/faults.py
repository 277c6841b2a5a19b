"""Trouble on order: rules that make the server answer wrongly, late, or not at all.

Rules live in memory and are counted there; a restart forgets them. A rule matches by method, path and
query values; of the rules that match, the first that is due acts. Everything below HTTP (half a response,
garbage) is beyond this module.
"""

import asyncio
import http
import re
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_tui.sandbox.traffic import OWN_PATH
from crm_tui.sandbox.wire import Json, dumps

ACTIONS = ("status", "html", "refuse", "throttle", "drop", "hang", "latency")

SCOPE_TRANSPORT = "sandbox.transport"
"""The key under which the scope's state carries the connection, which `drop` cuts."""

_PAGE = (
    "<!DOCTYPE html><html><head><title>{title}</title></head>"
    "<body><h1>{title}</h1><p>Request blocked.</p></body></html>"
)


_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"(?:[!-~\x80-\xff](?:[ \t!-~\x80-\xff]*[!-~\x80-\xff])?)?")
_FRAMING = ("content-length", "transfer-encoding")
"""What says where an answer ends; a wrong one cannot be sent from here."""

_EMPTY = (204, 205, 304)
"""Statuses of answers without a body."""


class BadFaultError(ValueError):
    """A rule that makes no sense; the text says why."""


@dataclass(slots=True)
class FaultRule:
    """One piece of trouble, and how often it has been seen and done."""

    action: str
    method: str | None = None
    """An HTTP verb; None matches all."""
    path: str = "*"
    """A whole path in lower case, with `*` for any text."""
    query: dict[str, str] = field(default_factory=dict)
    """Parameters that must have these values; names in any case."""
    after: int = 0
    """So many matching requests pass unharmed first."""
    times: int | None = 1
    """How often it acts; None for ever."""
    status: int | None = None
    """The HTTP status, which `status` must have; None takes the action's own (403 for html, 409 for throttle)."""
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    """For `status`: text is sent as it is, anything else as JSON."""
    message: str = "The record could not be saved."
    """For `refuse`: the Message of the envelope."""
    seconds: float = 0.0
    """For `latency`."""
    after_commit: bool = False
    """Let the request be carried out before its answer is lost or replaced."""
    seen: int = 0
    """Requests that matched."""
    fired: int = 0
    """Requests that were harmed."""

    def matches(self, scope: Scope) -> bool:
        """Say whether a request is meant by this rule; changes no counter."""
        if self.method is not None and self.method != scope["method"]:
            return False
        if not fnmatchcase(scope["path"], self.path):
            return False
        given = {
            name.lower(): value
            for name, value in parse_qsl(
                scope["query_string"].decode("ascii"), keep_blank_values=True
            )
        }
        return all(given.get(name) == value for name, value in self.query.items())

    def is_due(self) -> bool:
        """Say whether a request that matched, and was counted as seen, is to be harmed."""
        spent = self.times is not None and self.fired >= self.times
        return self.seen > self.after and not spent


class Faults:
    """The rules in force. Once `closing` is set nothing waits on purpose any more."""

    def __init__(self) -> None:
        self.rules: list[FaultRule] = []
        self.closing = asyncio.Event()

    def due(self, scope: Scope) -> FaultRule | None:
        """Count a request against every rule that means it; give the first that is due, as fired."""
        acting: FaultRule | None = None
        for rule in self.rules:
            if rule.matches(scope):
                rule.seen += 1
                if acting is None and rule.is_due():
                    rule.fired += 1
                    acting = rule
        return acting


class FaultInjection:
    """ASGI layer that does what the rules say to everything but the sandbox's own addresses."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app = app
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do to a request what the first due rule says, or pass it on."""
        rule = None if scope["path"].startswith(OWN_PATH) else self.faults.due(scope)
        if rule is None or (rule.action == "latency" and await self._passed(rule.seconds)):
            await self.app(scope, receive, send)
        else:
            if rule.after_commit:
                await self.app(scope, receive, _nowhere)
            await _harm(rule, scope, receive, send)

    async def _passed(self, seconds: float) -> bool:
        """Wait, whether the client does or not; say no when the server ends meanwhile."""
        try:
            await asyncio.wait_for(self.faults.closing.wait(), seconds)
        except TimeoutError:
            return True
        return False


def read_rule(document: object) -> FaultRule:
    """Make a rule of its JSON object, whose keys are the attributes of FaultRule.

    Raises BadFaultError for unknown keys, unknown actions and values of the wrong type.
    """
    if not isinstance(document, dict):
        raise BadFaultError("A fault is a JSON object.")
    allowed = {each.name for each in fields(FaultRule)} - {"seen", "fired"}
    if unknown := sorted(set(document) - allowed):
        raise BadFaultError(f"A fault has no {', '.join(unknown)}.")
    if document.get("action") not in ACTIONS:
        raise BadFaultError(f"The action is one of {', '.join(ACTIONS)}.")
    rule = FaultRule(**document)
    try:
        if rule.status is not None:
            rule.status = http.HTTPStatus(rule.status).value
        rule.method = rule.method and rule.method.upper()
        rule.path = rule.path.lower()
        rule.query = {name.lower(): str(value) for name, value in rule.query.items()}
        rule.headers = {name: str(value) for name, value in rule.headers.items()}
        rule.seconds = float(rule.seconds)
        rule.after = int(rule.after)
        rule.times = None if rule.times is None else int(rule.times)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadFaultError(f"A value of the fault does not fit: {error}") from error
    if sentence := _idle(rule) or _unservable(rule):
        raise BadFaultError(sentence)
    return rule


def _idle(rule: FaultRule) -> str:
    """Say why a rule would never do what it says; empty when it does."""
    if rule.times is not None and rule.times < 1:
        return "A fault acts at least once, or for ever when times is null."
    if rule.after < 0:
        return "The number of requests that pass first is not negative."
    if rule.action == "status" and rule.status is None:
        return "The action status needs a status."
    if not (rule.seconds > 0 if rule.action == "latency" else rule.seconds >= 0):
        return "The action latency needs seconds, more than 0."
    return ""


def _unservable(rule: FaultRule) -> str:
    """Say why an answer cannot be put into HTTP; empty when it can."""
    if rule.status is not None and not 200 <= rule.status <= 599:
        return "The status of an answer is one from 200 to 599."
    if rule.status in _EMPTY and (rule.action in ("html", "refuse") or rule.body is not None):
        return f"An answer with the status {rule.status} has no body."
    for name, value in rule.headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            return f"The header {name!r} cannot be sent: its name or value does not fit HTTP."
        if name.lower() in _FRAMING:
            return f"The header {name} is the server's own."
    return ""


def show_rule(rule: FaultRule) -> Json:
    """Give a rule and its counters as JSON."""
    return asdict(rule)


async def _harm(rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
    if rule.action == "drop":
        scope["state"][SCOPE_TRANSPORT].abort()
    if rule.action in ("drop", "hang", "latency"):  # latency only when the server is ending
        while (await receive())["type"] != "http.disconnect":
            continue
        return
    await _response(rule)(scope, receive, send)


def _response(rule: FaultRule) -> Response:
    json_type = "application/json; charset=utf-8"
    match rule.action:
        case "html":
            status = rule.status or 403
            title = f"{status} {http.HTTPStatus(status).phrase}"
            return Response(_PAGE.format(title=title), status, rule.headers, "text/html")
        case "refuse":
            envelope = {"Status": 500, "Message": rule.message, "Value": None, "Errors": None}
            content = dumps({**envelope, "WasSuccessful": False})
            return Response(content, rule.status or 200, rule.headers, json_type)
        case "throttle":
            # 409 with an empty body is what the service documents for throttling, for legacy reasons.
            return Response(None, rule.status or 409, {"Retry-After": "1", **rule.headers})
    content = rule.body.encode() if isinstance(rule.body, str) else dumps(rule.body)
    if rule.body is None:
        content = b""
    return Response(content, rule.status or 500, rule.headers, json_type)


async def _nowhere(message: Message) -> None:
    """Swallow an answer that is not going to be delivered."""
