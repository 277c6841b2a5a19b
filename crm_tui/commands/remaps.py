"""The user's own keys laid over the catalogue, and what does not go together in the outcome, in plain sentences.

A remap replaces all keys of one command.  A key is written as in the catalogue; a sequence has spaces between its
keys: ``g t``.  Nothing is refused: a remap that does not go with the others is told and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from crm_tui.commands.keys import written
from crm_tui.commands.spec import Command, Where
from crm_tui.domain.nearest import nearest
from crm_tui.structs import Struct, replace

Remaps = Mapping[str, Sequence[str]]
"""Name of a command → the keys it has instead of its own; foreign text, as far as it is known here."""

NAMED_KEYS: Final = (
    "left", "right", "up", "down", "home", "end", "pageup", "pagedown", "insert", "delete", "enter",
    "space", "tab", "escape", "backspace", *(f"f{number}" for number in range(1, 13)),
)  # fmt: skip
"""Keys that have a name; any other is the character it types."""

_TAKEN: Final = {
    "escape": "goes back everywhere",
    "ctrl+c": "says how to leave, everywhere",
    "ctrl+q": "leaves, everywhere",
    "ctrl+z": "goes back to the shell, everywhere",
}
"""Keys that mean something before any command is looked for."""

_OWN: Final = {("ctrl+q", "quit"), ("ctrl+z", "suspend")}
"""The commands that such a key gives anyway."""

_COUNTS: Final = frozenset("123456789")

_MODIFIERS: Final = ("ctrl", "alt", "shift")


class Keymap(Struct, frozen=True):
    """The commands with the keys that they really have, and what of the user's keys could not be had."""

    commands: tuple[Command, ...]
    report: tuple[str, ...] = ()
    """Sentences; may hold foreign text out of the user's file."""

    @property
    def greeting(self) -> str:
        """Say in one line what is wrong, and where the rest is; empty when nothing is."""
        if not self.report:
            return ""
        first, *others = self.report
        rest = f" {len(others)} more: `crm-tui keys`." if others else ""
        return f"settings.toml: {first}{rest}"


class Clash(Struct, frozen=True):
    """Two commands of which one keeps the other from being given by key."""

    first: str
    """Name of the command that acts, or may act."""
    second: str
    """Name of the command that is not reached by `keys`."""
    keys: str
    """What both have, or the sequence of the second that begins with a key of the first."""
    beginning: str
    """The keys of the first; the same as `keys` where both have them."""
    where: frozenset[Where]
    """Where both can be given."""

    @property
    def said(self) -> str:
        """Tell it in a sentence; may hold foreign text, so the ui passes it through `text.safe`."""
        if self.beginning == self.keys:
            return f"`{self.keys}` is the key of both `{self.first}` and `{self.second}`."
        return (
            f"`{self.keys}` of `{self.second}` is never reached: "
            f"it begins with `{self.beginning}`, which is `{self.first}`."
        )


def keymap(catalogue: Sequence[Command], remaps: Remaps) -> Keymap:
    """Give the catalogue with those of the user's keys that go together, and say what is wrong with the others.

    A command keeps its own keys when one of its new ones is none, or gets in the way of another command.
    """
    said = tuple(report(catalogue, remaps))
    kept = {
        name: keys
        for name, keys in remaps.items()
        if not said or not any(fault for key in keys for fault in _faults(name, key))
    }
    while said and (found := _in_the_way(catalogue, kept)):
        kept = {name: keys for name, keys in kept.items() if name not in found}
    return Keymap(remapped(catalogue, kept), said)


def _in_the_way(catalogue: Sequence[Command], remaps: Remaps) -> set[str]:
    """Name the remapped commands that clash with others; the catalogue's own keys never do."""
    found = clashes(remapped(catalogue, remaps))
    return {name for clash in found for name in (clash.first, clash.second)} & remaps.keys()


def remapped(catalogue: Sequence[Command], remaps: Remaps) -> tuple[Command, ...]:
    """Give the catalogue with the user's keys; names that it does not know change nothing.

    Where the footer names the keys of several commands at once, it names the new ones.
    """
    new = {
        command.name: tuple(dict.fromkeys(remaps.get(command.name, command.keys)))
        for command in catalogue
    }
    return tuple(
        replace(
            command,
            keys=new[command.name],
            hint_keys=_new_hint_keys(command, catalogue, new),
        )
        for command in catalogue
    )


def clashes(commands: Sequence[Command]) -> list[Clash]:
    """Find the commands that get in each other's way where both can be given, in the catalogue's order."""
    return [
        clash
        for first, second in combinations(commands, 2)
        if (where := first.where & second.where)
        for clash in _between(first, second, where)
    ] + [
        Clash(command.name, command.name, longer, shorter, command.where)
        for command in commands
        for shorter in command.keys
        for longer in command.keys
        if _begins(shorter, longer)
    ]


def report(catalogue: Sequence[Command], remaps: Remaps) -> list[str]:
    """Say what is wrong with the user's keys: unknown commands, keys that no terminal sends, clashes.

    Nothing is wrong without remaps: the catalogue's own keys are tested, and every start comes through here.
    May hold foreign text out of the user's file, so the ui passes it through `text.safe`.
    """
    if not remaps:
        return []
    names = [command.name for command in catalogue]
    said = []
    for name, keys in remaps.items():
        if name not in names:
            guess = nearest(name, names)
            meant = f" Did you mean `{guess}`?" if guess else ""
            said.append(f"There is no command `{name}`.{meant}")
            continue
        for key in keys:
            said.extend(_faults(name, key))
    return said + [clash.said for clash in clashes(remapped(catalogue, remaps))]


def is_key(text: str) -> bool:
    """Say whether a text names one key: a character, a named key, or one of these with ctrl, alt or shift.

    Shift and a character is another character, which is written itself: ``G``.
    """
    *modifiers, key = text.split("+") if len(text) > 1 else [text]
    if len(set(modifiers)) < len(modifiers) or not set(modifiers) <= set(_MODIFIERS):
        return False
    if key in NAMED_KEYS:
        return True
    is_character = len(key) == 1 and key.isprintable() and not key.isspace()
    return is_character and (not modifiers or ("shift" not in modifiers and key == key.lower()))


def _faults(name: str, sequence: str) -> Iterator[str]:
    """Say what keeps one of a command's sequences of keys from ever being pressed."""
    parts = sequence.split()
    for place, part in enumerate(parts):
        if not is_key(part):
            yield f"`{part}` of `{name}` is no key.{_hint_for(part)}"
        elif part in _TAKEN and (part, name) not in _OWN:
            yield f"`{part}` cannot be a key of `{name}`: it {_TAKEN[part]}."
        elif part in _COUNTS and place == 0:
            yield f"`{part}` cannot begin a key of `{name}`: it begins a number."


def _between(first: Command, second: Command, where: frozenset[Where]) -> Iterator[Clash]:
    for one in first.keys:
        for other in second.keys:
            if one == other:
                yield Clash(first.name, second.name, one, one, where)
            elif _begins(one, other):
                yield Clash(first.name, second.name, other, one, where)
            elif _begins(other, one):
                yield Clash(second.name, first.name, one, other, where)


def _begins(shorter: str, longer: str) -> bool:
    return longer.startswith(f"{shorter} ")


def _new_hint_keys(
    command: Command, catalogue: Sequence[Command], new: Mapping[str, tuple[str, ...]]
) -> str:
    """Give the keys for a footer's hint that stands for several commands: those commands' new ones."""
    shown = []
    for key in command.hint_keys.split():
        keys = (
            new[other.name]
            for other in catalogue
            if other.keys and written(other.keys[0]) == key and other.where & command.where
        )
        shown.append(" ".join(written(first) for first in next(keys, (key,))[:1]))
    return " ".join(filter(None, shown))


def _hint_for(key: str) -> str:
    base = key.rpartition("+")[2]
    if "shift+" in key and len(base) == 1:
        return f" Write the character that shift makes of it, such as `{base.upper()}`."
    guess = nearest(key, NAMED_KEYS)
    return f" Did you mean `{guess}`?" if guess else ""
