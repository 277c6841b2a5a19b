"""Keys, one after the other, become commands: sequences (``g l``), numbers before a motion, and what is pending.

It knows the commands that can be given where the user is, and nothing of what they do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual.events import Key

from crm_tui.commands.spec import Command
from crm_tui.structs import Struct
from crm_tui.ui.keys import KeyNames

_DIGITS: Final = frozenset("0123456789")

_MOST_DIGITS: Final = 4


class Given(Struct, frozen=True):
    """A command was given, perhaps with a number before it."""

    command: Command
    count: int


class Pending(Struct, frozen=True):
    """More is expected: what was typed so far, and what can follow it."""

    typed: str
    follow: tuple[Command, ...]
    """Empty after a number, which any motion can follow."""


class Dropped(Struct, frozen=True):
    """What was pending is dropped; the reason is empty when the user did it."""

    reason: str


Pressed = Given | Pending | Dropped | None
"""What a key led to; nothing for a key that no command has."""


def key_name(event: Key) -> str:
    """Give a key the name under which the catalogue writes it: ``.``, ``G``, ``space``, ``ctrl+d``."""
    character = event.character
    if character is not None and character.isprintable() and character != " ":
        return character
    return event.key


def again(event: Key) -> Key:
    """Give the same press once more, for another screen than the one it came to."""
    copy = Key(event.key, event.character)
    copy.time = event.time
    return copy


class Keyboard:
    """What was typed so far and is no command yet."""

    def __init__(self, commands: Iterable[Command]) -> None:
        commands = tuple(commands)
        self._commands = {tuple(key.split()): each for each in commands for key in each.keys}
        self._motion = KeyNames.of(commands).down
        self._typed: tuple[str, ...] = ()
        self._digits = ""

    @property
    def is_pending(self) -> bool:
        """Say whether more is expected."""
        return bool(self._typed or self._digits)

    def press(self, key: str) -> Pressed:
        """Take one key, named as in the catalogue."""
        if key == "escape":
            return self._drop("") if self.is_pending else None
        if key in _DIGITS and not self._typed and (self._digits or key != "0"):
            self._digits = (self._digits + key)[-_MOST_DIGITS:]
            return Pending(self._digits, ())
        typed = (*self._typed, key)
        command = self._commands.get(typed)
        if command is not None:
            return self._give(command)
        follow = {
            each.name: each
            for keys, each in self._commands.items()
            if len(keys) > len(typed) and keys[: len(typed)] == typed
        }
        if follow:
            self._typed = typed
            return Pending(self._digits + " ".join(typed), tuple(follow.values()))
        if self.is_pending:
            return self._drop(f"{self._digits}{' '.join(typed)} is no key here.")
        return None

    def _give(self, command: Command) -> Pressed:
        digits = self._digits
        if digits and not command.counts:
            return self._drop(f"A number goes before a motion only, such as 5{self._motion}.")
        self._typed, self._digits = (), ""
        return Given(command, int(digits) if digits else 1)

    def _drop(self, reason: str) -> Dropped:
        self._typed, self._digits = (), ""
        return Dropped(reason)
