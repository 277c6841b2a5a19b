"""Commands that can be run on opportunities: three invented ones when they are switched on, otherwise none.

Documented: the descriptions' keys, how a command is run, that a run is answered with HTTP 200 even when it
failed for some records, the Edit role. Inferred: everything about these three, which is why their keys begin
with SANDBOX_; that records which can be changed are, although others cannot; and that an entity-typed
parameter is named by its entity.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from crm_tui.sandbox.answers import failed
from crm_tui.sandbox.changes import amend
from crm_tui.sandbox.database import whole_number
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.entities import OPPORTUNITY
from crm_tui.sandbox.entities.sales import IN_PROGRESS, LOST, WON
from crm_tui.sandbox.fields import Entity
from crm_tui.sandbox.rules import (
    RecordNotFoundError,
    Signature,
    ValidationRefusedError,
    find,
)
from crm_tui.sandbox.wire import Json

_LARGEST_EXPONENT = 18
_OPEN_AGAIN = {"WonOn": None, "LostOn": None, "LossReason": None, "Completed": True}


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    key: str
    name: str
    parameters: tuple[tuple[str, str], ...]
    """Names and types."""
    changes: Callable[[dict[str, int], str], Json]
    """Gives the fields to set, from the parameters and the moment."""
    statuses: tuple[int, ...] = (IN_PROGRESS, WON, LOST)
    """For which it makes sense."""


COMMANDS = (
    Command(
        *("SANDBOX_WIN", "Mark as won", ()),
        lambda _, now: {**_OPEN_AGAIN, "Status": WON, "WonOn": now},
        (IN_PROGRESS, LOST),
    ),
    Command(
        *("SANDBOX_LOSE", "Mark as lost", (("Reason", "int"),)),
        lambda given, now: {
            **_OPEN_AGAIN,
            **{"Status": LOST, "LostOn": now, "LossReason": given["Reason"]},
        },
        (IN_PROGRESS, WON),
    ),
    Command(
        *("SANDBOX_ASSIGN", "Assign to a user", (("Responsible", "User"),)),
        lambda given, _: {"ResponsibleId": given["Responsible"]},
    ),
)
"""What `commands=sample` offers for opportunities."""


def offered(
    connection: sqlite3.Connection, entity: Entity, record_id: int | None, by: Signature
) -> list[Json]:
    """Describe the commands of an entity, or those that make sense for one record.

    Raises RecordNotFoundError when that record is not there or not seen.
    """
    known = _known(entity, by.switches)
    if record_id is not None:
        status = find(connection, entity, record_id, by.sees).get("Status")
        known = tuple(each for each in known if status in each.statuses)
    return [_described(each, place, by.switches) for place, each in enumerate(known, 1)]


def run(connection: sqlite3.Connection, entity: Entity, body: Json, by: Signature) -> Json:
    """Run a command as a body says, and give the envelope of how it went."""
    command = next((e for e in _known(entity, by.switches) if e.key == body.get("Key")), None)
    if command is None:
        return failed(f"The command '{body.get('Key')}' is not known.")
    ids = body.get("Ids")
    if not isinstance(ids, list) or not ids:
        return failed("The command needs records to run.")
    given = _parameters(command, body.get("Parameters"))
    if given is None:
        wanted = ", ".join(name for name, _ in command.parameters)
        return failed(f"The command needs its parameters: {wanted}.")
    lacking = [
        each for each in ids if not _carried_out(connection, entity, each, command, given, by)
    ]
    if lacking:
        return failed(f"The command failed for {len(lacking)} of {len(ids)} records.")
    message = f"The command was run for {len(ids)} records."
    outcome = {"Status": 200, "Message": message, "Value": None, "Errors": None}
    return {**outcome, "WasSuccessful": True}


def _known(entity: Entity, switches: Switches) -> tuple[Command, ...]:
    return COMMANDS if entity is OPPORTUNITY and switches.commands == "sample" else ()


def _described(command: Command, place: int, switches: Switches) -> Json:
    """Give a command as the references do; only the current one says where it is displayed."""
    displayed = {
        **{"DisplayInDropdown": False, "DisplayInDropdownV2": True, "DisplayInGrid": False},
        "Icon": "/images/gear.png",
    }
    return {
        **{"Key": command.key, "Name": command.name, "Order": place, "NeedsEntitiesToRun": True},
        **{"AppliesOnlyToOneEntity": False, "AppliesOnlyToTwoEntities": False},
        "AppliesOnlyToMultipleEntities": False,
        **({} if switches.is_v1 else displayed),
        "RequiresParameters": [{"Name": name, "Type": kind} for name, kind in command.parameters],
    }


def _parameters(command: Command, given: object) -> dict[str, int] | None:
    """Read the parameters' values, numbers or numbers as text; None when one is missing or no number."""
    values: dict[str, int] = {}
    for each in given if isinstance(given, list) else []:
        if isinstance(each, dict):
            value = _whole(each.get("Value"))
            if value is not None:
                values[str(each.get("Name"))] = value
    return values if all(name in values for name, _ in command.parameters) else None


def _whole(value: object) -> int | None:
    """Read a number or a number as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return whole_number(value.strip()) if value.strip().isdecimal() else None
    if isinstance(value, Decimal):  # its exponent is looked at before the number is written out
        return int(value) if value.adjusted() < _LARGEST_EXPONENT else None
    return value if isinstance(value, int) else None


def _carried_out(
    connection: sqlite3.Connection,
    entity: Entity,
    record_id: object,
    command: Command,
    given: dict[str, int],
    by: Signature,
) -> bool:
    try:
        status = find(connection, entity, record_id, by.sees)["Status"]
        if status not in command.statuses:
            return False
        amend(connection, entity, record_id, command.changes(given, by.now), by)
    except (RecordNotFoundError, ValidationRefusedError):
        return False
    return True
