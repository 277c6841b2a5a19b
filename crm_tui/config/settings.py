"""The user's settings, read from settings.toml beside profiles.toml: keys, looks, and how long a write is held.

    theme = "dark"
    hold_seconds = 5

    [keys]
    next-stage = ["n", "."]
    help = "?"

A missing file is all defaults.  It is read at every start before the first paint, so it is checked with the standard
library alone, and it is never written.  Which commands there are, and whether keys clash, `commands.remaps` says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from crm_tui.config.errors import BadSettings
from crm_tui.config.files import read_small, reason
from crm_tui.config.reading import MAX_SIZE, NotToml, nearest, parsed, told
from crm_tui.config.statements import Path as Place
from crm_tui.config.statements import Places
from crm_tui.paths import settings_file
from crm_tui.structs import Struct, field
from crm_tui.text import safe

LONGEST_HOLD: Final = 600
"""Seconds; a write that waits longer is forgotten by whoever asked for it."""

_WEEK: Final = 7

_WEEKDAYS: Final = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
)
"""Names of weekdays, whole, then short."""

_MOST_CLOSED: Final = 1_000
"""Closed days that can be listed."""

_LONGEST_KEY: Final = 40
"""Characters of a key or a sequence of keys."""


class Theme(StrEnum):
    """What the program looks like at the start; without colours whatever is said here when `NO_COLOR` is set."""

    AUTO = "auto"
    """Dark, or the terminal's own colours where it says that it has few."""
    DARK = "dark"
    LIGHT = "light"
    COLOUR_BLIND = "colour-blind"
    ANSI = "ansi"
    """The sixteen colours of the terminal itself."""
    MONO = "mono"


class Density(StrEnum):
    """How much room a card takes."""

    CARDS = "cards"
    LINES = "lines"


class Start(StrEnum):
    """What the program opens with, unless a saved view is to be it."""

    BOARD = "board"
    TRIAGE = "triage"


class ClosedDays(Struct, frozen=True):
    """On which days nobody is there to follow up."""

    weekdays: frozenset[int] = frozenset()
    """Numbers, 0 for Monday; never all of them."""
    dates: frozenset[date] = frozenset()


class Settings(Struct, frozen=True, kw_only=True):
    """The settings as they hold, with defaults for what the file does not say."""

    theme: Theme = Theme.AUTO
    density: Density = Density.CARDS
    start: Start = Start.TRIAGE
    hold_seconds: float = 3
    """Seconds for which a plain write is held, so that it can be taken back before anybody hears of it."""
    hold_effects_seconds: float = 15
    """The same for a move that does something outside: sends a message, makes tasks."""
    closed_days: ClosedDays = ClosedDays()
    clipboard: bool = True
    """Whether anything is ever sent to the terminal's clipboard."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Name of a command → the keys it has instead of its own, each a key or a sequence with spaces between."""

    @classmethod
    def load(cls, path: Path | None = None) -> Settings:
        """Read the settings; they are the defaults when there is no file.

        Raises `BadSettings` when the file cannot be used, saying where and why; it is left as it is.
        """
        path = path or settings_file()
        try:
            raw, _ = read_small(path, MAX_SIZE)
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise BadSettings(f"{safe(str(path))} cannot be read: {reason(error)}.") from None
        try:
            text, document = parsed(raw)
        except NotToml as error:
            raise BadSettings("\n".join(told(path, [(error.line, error.said)]))) from None
        found = list(_problems(document))
        if found:
            places = Places(text)
            lines = sorted((places.line_of(place), said) for place, said in found)
            raise BadSettings("\n".join(told(path, lines)))
        read: dict[str, Any] = {name: _READERS[name].read(each) for name, each in document.items()}
        return cls(**read)


class _Reader(Struct, frozen=True):
    """How one setting is read, and what is right."""

    read: Callable[[Any], object]
    """Raises `ValueError` for what is wrong."""
    right: str
    """Follows "must be"."""


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError
    if not math.isfinite(value) or not 0 <= value <= LONGEST_HOLD:
        raise ValueError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _closed_days(value: object) -> ClosedDays:
    if not isinstance(value, list) or len(value) > _MOST_CLOSED:
        raise ValueError
    named = [each for each in value if isinstance(each, str) and each.casefold() in _WEEKDAYS]
    weekdays = frozenset(_WEEKDAYS.index(each.casefold()) % _WEEK for each in named)
    if len(weekdays) == _WEEK:
        raise ValueError
    return ClosedDays(weekdays, frozenset(_date(each) for each in value if each not in named))


def _date(value: object) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError


def _keys(value: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError
    return MappingProxyType({name: _keys_of_one(each) for name, each in value.items()})


def _keys_of_one(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not listed:
        raise ValueError
    return tuple(_key(each) for each in listed)


def _key(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_KEY:
        raise ValueError
    if safe(value) != value or value != " ".join(value.split()):
        raise ValueError
    return value


def _one_of(kind: type[Theme | Density | Start]) -> _Reader:
    *others, last = (f'"{member.value}"' for member in kind)
    return _Reader(kind, f"{', '.join(others)} or {last}")


_HOLD: Final = _Reader(_seconds, f"a number of seconds from 0 to {LONGEST_HOLD}")

_READERS: Final = {
    "theme": _one_of(Theme),
    "density": _one_of(Density),
    "start": _one_of(Start),
    "hold_seconds": _HOLD,
    "hold_effects_seconds": _HOLD,
    "closed_days": _Reader(
        _closed_days,
        'a list of weekdays and dates, not all weekdays, such as ["sat", "sun", "2026-12-25"]',
    ),
    "clipboard": _Reader(_flag, "true or false"),
    "keys": _Reader(_keys, 'a table such as [keys], with lines such as next-stage = "n"'),
}
"""Key of the file, which is the field's name → its reader."""

_ONE_KEY: Final = 'a key such as "n", a sequence such as "g n", or a list of these'


def _problems(document: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Say what is wrong with what a file says, each with its place."""
    for name, value in document.items():
        named = f"`{safe(name, limit=80)}`"
        reader = _READERS.get(name)
        if reader is None:
            yield (name,), f"{named} is not known.{nearest(name, _READERS)}"
        elif name == "keys" and isinstance(value, dict):
            for command, keys in value.items():
                if not _is_read(_keys_of_one, keys):
                    yield (name, command), f"`{safe(command, limit=80)}` must be {_ONE_KEY}."
        elif not _is_read(reader.read, value):
            yield (name,), f"{named} must be {reader.right}.{_meant(reader, value)}"


def _is_read(read: Callable[[Any], object], value: object) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


def _meant(reader: _Reader, value: object) -> str:
    """Ask whether another of a setting's names was meant."""
    kind = reader.read
    if isinstance(value, str) and len(value) <= _LONGEST_KEY and isinstance(kind, type(Theme)):
        return nearest(value, [member.value for member in kind])
    return ""
