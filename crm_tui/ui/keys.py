"""What the catalogue offers in one place of the program, and what the footer shows of it.

It decides nothing about what a command does; keys become commands in `keyboard`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from crm_tui.commands.keys import written
from crm_tui.commands.spec import Command, Where
from crm_tui.structs import Struct


class KeyNames(Struct, frozen=True):
    """The keys that the program's own sentences name, as people read them; the user may have chosen others."""

    refresh: str
    quit: str
    undo: str
    board: str
    help: str
    down: str
    """An example of a motion."""
    restore: str = ""
    activity: str = ""

    @classmethod
    def of(cls, commands: Iterable[Command]) -> Self:
        """Take the first key of each command; a command that is not there has none."""
        shown = {command.name: written(command.keys[0]) for command in commands}
        names = ("refresh", "quit", "undo", "board", "help", "cursor-down", "restore", "activity")
        return cls(*(shown.get(name, "") for name in names))


def commands_of(commands: Iterable[Command], where: Where) -> list[Command]:
    """Give those commands that can be given somewhere, in their order."""
    return [command for command in commands if where in command.where]


def footer(
    commands: Iterable[Command], where: Where
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Give (keys, word) of every hint in the footer: those at the left, and the program's own at the right."""
    left: list[tuple[str, str]] = []
    right: list[tuple[str, str]] = []
    for command in commands_of(commands, where):
        if command.hint:
            hint = (command.hint_keys or written(command.keys[0]), command.hint)
            (right if command.group == "Program" else left).append(hint)
    return left, right
