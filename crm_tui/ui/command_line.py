"""The command line while the program runs: the lines that were typed, and the way from a line to its command.

It opens the screen and hands on what was read; it carries nothing out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from textual.screen import Screen

from crm_tui.commands import line
from crm_tui.commands.spec import Command, Context
from crm_tui.ui.screens.command_line import CommandLineScreen

_KEPT: Final = 100
"""Lines that can be had again."""


class Host(Protocol):
    """What of the application is needed here."""

    def push_screen(self, screen: Screen[Any], callback: Any = None) -> Any:
        """Lay a screen over the others."""


class CommandLine:
    """Has commands typed."""

    def __init__(
        self,
        host: Host,
        commands: Mapping[str, Command],
        give: Callable[[Command, Context], None],
    ) -> None:
        """Ask over the screens of `host`; what is typed is handed to `give`."""
        self._host = host
        self._commands = commands
        self._give = give
        self._earlier: list[str] = []

    def open(self, context: Context) -> None:
        """Have a command typed, for what the user stood on when they asked for the line."""
        screen = CommandLineScreen(
            lambda text: line.read(text, context, self._commands),
            lambda text, cursor: line.complete(text, cursor, context, self._commands),
            self._earlier,
        )
        self._host.push_screen(screen, self._typed)

    def _typed(self, read: tuple[str, line.Given] | None) -> None:
        if read is not None:
            text, (command, context) = read
            self._earlier = [*(each for each in self._earlier if each != text), text][-_KEPT:]
            self._give(command, context)
