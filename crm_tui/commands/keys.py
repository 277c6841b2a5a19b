"""How keys are written for people.  The catalogue says which they are; the terminal's names are `ui.keys`'s."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.spec import Command

_WRITTEN: Final = {
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "f1": "F1",
}


def written(key: str) -> str:
    """Write a key as people read it: ``pageup`` is ``PgUp``, ``.`` stays ``.``."""
    return _WRITTEN.get(key, key)


def key_table(catalogue: Sequence[Command] = CATALOGUE) -> str:
    """Make the table of all keys, in Markdown, for the README and for ``crm-tui keys``."""
    lines = ["| | keys | |", "| --- | --- | --- |"]
    for group, commands in groupby(catalogue, key=lambda command: command.group):
        heading = group
        for command in commands:
            keys = " ".join(f"`{written(key)}`" for key in command.keys)
            lines.append(f"| {heading} | {keys} | {command.title} |")
            heading = ""
    return "\n".join(lines)
