"""The service's own commands: what it offers for a record and what each wants to be told.  Runs nothing.

None is published for opportunities; whatever is offered is read tolerantly and shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crm_tui.api.errors import BadAnswer
from crm_tui.structs import Struct


class ServerCommand(Struct, frozen=True):
    """One command as the service describes it; all texts are foreign."""

    key: str
    name: str
    order: int
    needs_records: bool
    only_one: bool
    only_two: bool
    only_several: bool
    parameters: tuple[tuple[str, str], ...]
    """(name, type); the documented types are string, int and datetime, and there are others."""

    def applies_to(self, count: int) -> bool:
        """Say whether it can be run on so many records."""
        if not self.needs_records:
            return True
        if self.only_one:
            return count == 1
        if self.only_two:
            return count == 2
        return count > 1 if self.only_several else count >= 1


class CommandParameter(Struct, frozen=True):
    """One parameter of a run: numbers stay numbers, a date-time becomes UTC text, the rest is text."""

    name: str
    type: str
    value: str | int | bool | datetime | None

    def to_wire(self) -> dict[str, Any]:
        """Spell it as the service takes it."""
        value: Any = self.value
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"Name": self.name, "Type": self.type, "Value": value}


def read_commands(answer: Any) -> list[ServerCommand]:
    """Read the list of commands, in their order; raises `BadAnswer` when it is no list."""
    if not isinstance(answer, list):
        raise BadAnswer("something else than a list of commands")
    commands = [_command(item) for item in answer if isinstance(item, dict) and item.get("Key")]
    return sorted(commands, key=lambda command: (command.order, command.key))


def _command(item: Mapping[str, Any]) -> ServerCommand:
    order = item.get("Order")
    wanted = item.get("RequiresParameters")
    return ServerCommand(
        key=str(item["Key"]),
        name=str(item.get("Name") or item["Key"]),
        order=order if isinstance(order, int) else 0,
        needs_records=item.get("NeedsEntitiesToRun") is not False,
        only_one=item.get("AppliesOnlyToOneEntity") is True,
        only_two=item.get("AppliesOnlyToTwoEntities") is True,
        only_several=item.get("AppliesOnlyToMultipleEntities") is True,
        parameters=tuple(
            (str(parameter.get("Name") or ""), str(parameter.get("Type") or "string"))
            for parameter in (wanted if isinstance(wanted, list) else [])
            if isinstance(parameter, dict)
        ),
    )
