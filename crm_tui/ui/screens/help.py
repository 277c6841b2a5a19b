"""All keys, searchable by typing and run by enter.  Made from the catalogue; nothing is listed twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from crm_tui.commands.keys import written
from crm_tui.commands.spec import Command, Where
from crm_tui.ui import keys
from crm_tui.ui.cells import pad
from crm_tui.ui.marks import MEANINGS
from crm_tui.ui.screens.dialog import Dialog
from crm_tui.ui.widgets.steady_input import SteadyInput

_SIGNS: Final = "   ".join(f"{sign} {meaning}" for sign, meaning in MEANINGS.items())


class HelpScreen(Dialog[str | None]):
    """Lists the commands that can be given here; dismissed with the name of the one to run, or with nothing."""

    BINDINGS = [  # noqa: RUF012 - the framework reads it as a class attribute
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("down", "highlight(1)", "Down", show=False),
        Binding("up", "highlight(-1)", "Up", show=False),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, commands: Iterable[Command], where: Where) -> None:
        super().__init__()
        self._commands = keys.commands_of(commands, where)

    def compose(self) -> ComposeResult:
        """Lay out the search line, the list and what the keys here do."""
        with Vertical(id="help"):
            yield SteadyInput(placeholder="type to search", id="help-search")
            yield OptionList(id="help-list", markup=False)
            yield Static(_SIGNS, id="help-signs", markup=False)
            yield Static("↑ ↓ choose   enter runs it   esc back", id="help-keys", markup=False)

    def on_mount(self) -> None:
        """Fill the list and keep the keys in the search line."""
        self.query_one(OptionList).can_focus = False
        self._fill("")

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """List what matches the typed words."""
        self._fill(event.value)

    @on(Input.Submitted)
    def run_highlighted(self) -> None:
        """Leave with the highlighted command."""
        option = self.query_one(OptionList).highlighted_option
        if option is not None:
            self.dismiss(option.id)

    @on(OptionList.OptionSelected)
    def run_selected(self, event: OptionList.OptionSelected) -> None:
        """Leave with the chosen command."""
        self.dismiss(event.option_id)

    def action_highlight(self, step: int) -> None:
        """Move the highlight while the typing goes on."""
        options = self.query_one(OptionList)
        if step > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def _fill(self, typed: str) -> None:
        words = typed.lower().split()
        matching = [
            command
            for command in self._commands
            if all(word in _searched(command) for word in words)
        ]
        options = self.query_one(OptionList)
        options.clear_options()
        group = ""
        for command in matching:
            heading = command.group if command.group != group else ""
            group = command.group
            options.add_option(Option(_row(heading, command), id=command.name))
        # Nothing typed, nothing chosen: a bare enter must not run the first command, which writes.
        options.highlighted = 0 if matching and typed else None
        if not matching:
            options.add_option(Option("nothing is called that", disabled=True))


def _searched(command: Command) -> str:
    return f"{command.group} {command.title} {command.name} {' '.join(command.keys)}".lower()


def _row(heading: str, command: Command) -> Content:
    pressed = "  ".join(written(key) for key in command.keys)
    return Content.assemble(
        (pad(heading, 13), "$crm-muted"), (pad(pressed, 14), "bold $crm-key"), command.title
    )
