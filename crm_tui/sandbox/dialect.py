"""The switches: which of the service's documented faces the sandbox shows. Values and their reading only.

The references of two generations disagree, and some behaviour is documented nowhere; each switch is one such
question. A switch that is None follows `dialect`. Nothing here acts: whoever answers a request asks the
switches that are in force at that moment.
"""

import dataclasses
import re
from dataclasses import dataclass
from typing import Any

from crm_tui.sandbox.wire import Json, WireError, loads

Choices = tuple[object, ...]
"""The values that a switch may have."""

_NUMBER = re.compile(r"[0-9]{1,18}")
_ANY_NUMBER = range(1 << 62)


class BadSwitchError(ValueError):
    """A switch that is not there, or a value that it cannot have; the text says which."""


def _switch(default: object, accepts: Choices | range) -> Any:
    """Describe a switch: what it is at the start, and what it may become."""
    return dataclasses.field(default=default, metadata={"accepts": accepts})


@dataclass(frozen=True, slots=True)
class Switches:
    """What is in force. The defaults are the current reference's, and strict."""

    dialect: str = _switch("v2", ("v1", "v2"))
    """Which reference is followed: v1 of 2020 or the current one."""
    login_status: int | None = _switch(None, (None, 400, 401))
    """HTTP status of a wrong password at the token address; v1 documents 400, its successor 401."""
    access_seconds: int = _switch(604_799, _ANY_NUMBER)
    """Life of an access token (documented in every sample)."""
    refresh_seconds: int = _switch(15 * 86_400, _ANY_NUMBER)
    """Life of a refresh token (documented: 15 days)."""
    reuse_revokes: bool = _switch(False, (False, True))
    """Whether showing a refresh token for the second time kills the one that took its place, as careful
    servers do; nothing is documented."""
    forbidden_status: int = _switch(401, (401, 403))
    """HTTP status for a known user without the role; 401 is documented, the official program knows 403."""
    by_ids: str | None = _switch(None, (None, "form", "envelope", "array"))
    """What records asked for by their ids come in: `form` answers `Entity_Id=[…]` with an envelope and
    `id=[…]` with a bare array, the other two answer both alike. v1 has the envelope."""
    dir_style: str = _switch("0/1", ("0/1", "1/-1"))
    """Which numbers mean ascending and descending; both have been documented."""
    string_match: str = _switch("contains", ("contains", "equals"))
    """How a filter compares text, in either case without regard to case; inferred, nothing is documented."""
    light_lists: bool = _switch(True, (True, False))
    """Whether list rows lack collections and long texts."""
    record_shape: str = _switch("flat", ("flat", "nested"))
    """How related records come: as flat keys, or as objects below the bare name of the relation, as the
    samples of v1 suggest. Only reading; a body is always flat."""
    strip_system_id: bool = _switch(False, (False, True))
    """Whether a SystemId that is sent is dropped without a word."""
    put_by_id: bool = _switch(False, (False, True))
    """Whether PUT is also taken at the address of the record, which one client was seen to use."""
    updated_grain: int = _switch(1, range(1, 3601))
    """Seconds that UpdatedOn is rounded down to; its resolution is not documented."""
    audit_delay: int = _switch(0, _ANY_NUMBER)
    """Seconds until an entry of the audit trail can be read."""
    commands: str = _switch("none", ("none", "sample"))
    """Whether opportunities offer commands; none are published."""
    throttle: str = _switch("off", ("off", "409", "429"))
    """Whether the limits below hold, and what is answered beyond them. 0 lifts one of them."""
    gets_per_100ms: int = _switch(1, _ANY_NUMBER)
    requests_per_minute: int = _switch(120, _ANY_NUMBER)
    requests_per_hour: int = _switch(5_000, _ANY_NUMBER)
    requests_per_day: int = _switch(200_000, _ANY_NUMBER)
    writes_per_minute: int = _switch(60, _ANY_NUMBER)
    writes_per_day: int = _switch(5_000, _ANY_NUMBER)
    opportunities_per_location: int = _switch(5000, _ANY_NUMBER)
    """The documented limit; smaller to reach it in a test."""

    @property
    def is_v1(self) -> bool:
        """Whether the old reference is followed."""
        return self.dialect == "v1"

    @property
    def wrong_password_status(self) -> int:
        """The HTTP status of a wrong password at the token address."""
        return self.login_status or (400 if self.is_v1 else 401)

    @property
    def by_ids_answer(self) -> str:
        """What records asked for by their ids come in: form, envelope or array."""
        return self.by_ids or ("envelope" if self.is_v1 else "form")


def changed(switches: Switches, document: object) -> Switches:
    """Give the switches with some of them set anew, by a JSON object of names and values.

    Raises BadSwitchError when a name is unknown or a value is none of a switch's; then nothing is changed.
    """
    if not isinstance(document, dict):
        raise BadSwitchError("Switches are a JSON object of names and values.")
    known = {each.name: each.metadata["accepts"] for each in dataclasses.fields(Switches)}
    meant: Json = {}
    for name, value in document.items():
        if name not in known:
            raise BadSwitchError(f"There is no switch {name}.")
        found = [each for each in _near(known[name], value) if _is_meant(each, value)]
        if not found:
            raise BadSwitchError(f"The switch {name} accepts {_spelled(known[name])}.")
        meant[name] = found[0]
    return dataclasses.replace(switches, **meant)


def assigned(switches: Switches, assignment: str) -> Switches:
    """Give the switches with one set by `name=value`, as a command line has it. Raises BadSwitchError.

    The value is read as JSON where it is some, otherwise as text: `dialect=v1`, `login_status=400`.
    """
    name, equals, text = assignment.partition("=")
    if not equals:
        raise BadSwitchError(f"A switch is written NAME=VALUE, not {assignment!r}.")
    try:
        value = loads(text)
    except WireError:
        value = text
    return changed(switches, {name.strip().replace("-", "_"): value})


def shown(switches: Switches) -> Json:
    """Give the switches as a JSON object."""
    return dataclasses.asdict(switches)


def _near(accepts: Choices | range, value: object) -> Choices:
    """Give the accepted values that a value may be; a range is not walked through."""
    if isinstance(accepts, range):
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            value = int(value)
        return (value,) if type(value) is int and value in accepts else ()
    return accepts


def _is_meant(accepted: object, value: object) -> bool:
    """Say whether a value means one that is accepted: a number may come as text, and text as a number."""
    if type(value) is type(
        accepted
    ):  # `True == 1` in Python, and a status of `true` is nobody's intention
        return value == accepted
    pair = {type(value), type(accepted)}
    return pair == {int, str} and str(value) == str(accepted)


def _spelled(accepts: Choices | range) -> str:
    if isinstance(accepts, range):
        return "a whole number"
    words = {None: "null", True: "true", False: "false"}
    return ", ".join(
        words.get(each, str(each)) if each is None or isinstance(each, bool) else str(each)
        for each in accepts
    )
