"""What a write may carry: required fields, types, references. Reads the tables, changes nothing.

Documented: the required fields, one problem per wrong field, "is a required field" and the old reference's
"may not be null". Inferred: the wording of the other errors, that any whole number passes for a lead source
or loss reason, as .NET binds enumerations, while a status must be one of the three, and that a required
reference must be visible to whoever writes, while an optional one must only exist.
"""

import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm_tui.sandbox.auth import User
from crm_tui.sandbox.database import SqlValue
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.entities import BY_NAME
from crm_tui.sandbox.fields import Entity, Kind, Writable
from crm_tui.sandbox.roles import EVERYTHING, sight
from crm_tui.sandbox.times import from_wire
from crm_tui.sandbox.wire import Json, dumps

_INT64 = 1 << 63
_DECIMAL_DIGITS = 28  # what a .NET decimal holds


@dataclass(frozen=True, slots=True)
class Signature:
    """Who writes, and when."""

    sees: User | None
    """Whose view bounds what can be written; None sees everything."""
    user_id: int | None
    email: str
    now: str
    """Stored text: UTC, whole seconds."""
    updated: str
    """The same moment in the grain of UpdatedOn."""
    switches: Switches


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of the validation envelope."""

    name: str
    message: str
    attempted: object


class ValidationRefusedError(Exception):
    """The body breaks rules; answered with HTTP 400 and the validation envelope."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class BusinessRefusedError(Exception):
    """The body is in order and still nothing is done; answered with HTTP 200 and WasSuccessful false."""


class RecordNotFoundError(Exception):
    """No record has that id, or none that the user may see; answered with 404 and "Not found"."""


def values_of(
    connection: sqlite3.Connection, entity: Entity, body: Json, by: Signature, *, creating: bool
) -> dict[str, SqlValue]:
    """Give what the body makes of every writable field, ready for SQL; a missing key is null or false.

    A new record gets the defaults of what the body leaves out. Raises ValidationRefusedError naming every
    wrong field at once.
    """
    values: dict[str, SqlValue] = {}
    problems: list[Problem] = []
    for writable in entity.writable:
        given = _given(writable, body, by.switches)
        if given is None and creating and writable.name not in body:
            given = (
                writable.default if writable.kind is not Kind.BOOLEAN else bool(writable.default)
            )
        try:
            values[writable.name] = _stored(connection, writable, given, by)
        except ValueError as error:
            problems.append(Problem(_spelled(writable, by.switches), str(error), given))
    if problems:
        raise ValidationRefusedError(problems)
    if by.switches.strip_system_id:
        values["SystemId"] = None
    return values


def find(
    connection: sqlite3.Connection, entity: Entity, record_id: object, user: User | None
) -> dict[str, Any]:
    """Give the row of a record that the user may see, as it is stored. Raises RecordNotFoundError.

    Anything that is no id names nothing.
    """
    if isinstance(record_id, int) and not isinstance(record_id, bool) and 0 < record_id < _INT64:
        seen = EVERYTHING if user is None else sight(entity, user)
        cursor = connection.execute(
            f"SELECT r.* FROM {entity.source} WHERE r.Id = ? AND {seen.where}",  # noqa: S608 - our names
            (record_id, *seen.values),
        )
        row = cursor.fetchone()
        if row is not None:
            return dict(zip((column[0] for column in cursor.description), row, strict=True))
    raise RecordNotFoundError


def _given(writable: Writable, body: Json, switches: Switches) -> object:
    """Give the body's value; the old reference's samples also write a reference by its bare name."""
    given = body.get(writable.name)
    if given is None and switches.is_v1:
        if writable.refers_to:
            given = body.get(writable.name.removesuffix("Id"))
            given = given.get("Id") if isinstance(given, dict) else given
        if given is None:
            given = writable.v1_default
    return given


def _spelled(writable: Writable, switches: Switches) -> str:
    """Give the name of a field in an error; the old reference names the relation, not its id."""
    return (
        writable.name.removesuffix("Id") if switches.is_v1 and writable.refers_to else writable.name
    )


def _stored(
    connection: sqlite3.Connection, writable: Writable, given: object, by: Signature
) -> SqlValue:
    """Give the value as the table keeps it. Raises ValueError with the words for the envelope."""
    if given is None or (given == "" and writable.required):
        if writable.required:
            raise ValueError(_missing(writable, by.switches))
        return 0 if writable.kind is Kind.BOOLEAN else writable.empty
    match writable.kind:
        case Kind.INTEGER:
            return _integer(connection, writable, given, by)
        case Kind.TEXT:
            return _text(given)
        case Kind.DECIMAL:
            return _decimal(given)
        case Kind.BOOLEAN:
            return _boolean(given)
        case Kind.TIME | Kind.LOCAL_TIME:
            return _time(given)
        case Kind.JSON:
            return dumps(given).decode()


def _missing(writable: Writable, switches: Switches) -> str:
    if not switches.is_v1:
        return "is a required field"
    return "may not be null or empty" if writable.kind is Kind.TEXT else "may not be null"


def _integer(
    connection: sqlite3.Connection, writable: Writable, given: object, by: Signature
) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not -_INT64 <= given < _INT64:
        raise ValueError("is not valid")
    if writable.one_of and given not in writable.one_of:
        raise ValueError("is not valid")
    if writable.refers_to:
        try:
            find(
                connection,
                BY_NAME[writable.refers_to],
                given,
                by.sees if writable.required else None,
            )
        except RecordNotFoundError:
            raise ValueError("does not exist") from None
    return given


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError("is not valid")
    try:
        given.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell and UTF-8 cannot
        raise ValueError("is not valid") from None
    return given


def _decimal(given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise ValueError("is not valid")
    amount = Decimal(given)
    # The exponent is looked at before the number is written out: 1E+999999 would be a megabyte.
    if amount.adjusted() >= _DECIMAL_DIGITS or len(amount.as_tuple().digits) > _DECIMAL_DIGITS:
        raise ValueError("is not valid")
    return f"{amount:f}"


def _boolean(given: object) -> int:
    if given in ("true", "false"):  # seen to be accepted from a client that quotes them
        return int(given == "true")
    if not isinstance(given, bool):
        raise ValueError("is not valid")
    return int(given)


def _time(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError("is not valid")
    try:
        return from_wire(given)
    except ValueError:
        raise ValueError("is not a valid date") from None
