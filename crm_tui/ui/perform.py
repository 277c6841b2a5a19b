"""Carries steps out in the application: the one place where what a handler returned becomes something done.

It holds no rules: what may be done was decided by the handler.
"""

from __future__ import annotations

from typing import Protocol

from crm_tui.commands.spec import (
    Act,
    Ask,
    Compare,
    Confirm,
    Copy,
    Dress,
    Export,
    ForView,
    Goto,
    Locate,
    Mark,
    Marking,
    Motion,
    MoveCursor,
    PageSize,
    Preview,
    Prompt,
    Run,
    Say,
    Scope,
    Settle,
    SortBy,
    Step,
    TakeBack,
    Turn,
    Write,
)


class Surface(Protocol):
    """What a step can ask of the application."""

    def write(self, step: Write) -> None:
        """Submit changes."""

    def preview(self, step: Preview) -> None:
        """Show changes, and submit those that are agreed to."""

    def confirm(self, step: Confirm) -> None:
        """Have a word typed, and only then submit changes that nothing takes back."""

    def compare(self, step: Compare) -> None:
        """Let somebody choose between what two people wrote, and have it go on so."""

    def settle(self, step: Settle) -> None:
        """Have an entry of the journal go on as was chosen."""

    def take_back(self, step: TakeBack) -> None:
        """Take back the step to which an entry belongs."""

    def ask(self, step: Ask) -> None:
        """Let one of several things be chosen, and give the command again with the answer."""

    def prompt(self, step: Prompt) -> None:
        """Have a line typed, and give the command again with it."""

    def show_board(self, board_id: int) -> None:
        """Show another board."""

    def locate(self, record_id: int | None) -> None:
        """Show a record on its board, or the board that was left."""

    def arrange(self, step: SortBy | Turn | PageSize) -> None:
        """Show the table in another order, or another part of it."""

    def for_view(self, step: ForView) -> None:
        """Do something to a saved view."""

    def narrow_to(self, location_id: int | None) -> None:
        """Narrow everything to a location, or to none."""

    def dress(self, theme: str) -> None:
        """Show everything in another theme."""

    def export(self, step: Export) -> None:
        """Write opportunities into a file."""

    def copy(self, step: Copy) -> None:
        """Send something to the clipboard."""

    def move_cursor(self, motion: Motion, count: int) -> None:
        """Move the cursor of the current view."""

    def mark(self, how: Marking) -> None:
        """Set marks or take them off."""

    def say(self, text: str) -> None:
        """Tell the user something."""

    def do(self, act: Act) -> None:
        """Do something to the program itself."""


def perform(step: Step, surface: Surface) -> None:
    """Carry one step out."""
    match step:
        case MoveCursor(motion, count):
            surface.move_cursor(motion, count)
        case Write():
            surface.write(step)
        case Preview():
            surface.preview(step)
        case Confirm():
            surface.confirm(step)
        case Compare():
            surface.compare(step)
        case Settle():
            surface.settle(step)
        case TakeBack():
            surface.take_back(step)
        case Ask():
            surface.ask(step)
        case Prompt():
            surface.prompt(step)
        case Goto(board_id):
            surface.show_board(board_id)
        case Locate(record_id):
            surface.locate(record_id)
        case SortBy() | Turn() | PageSize():
            surface.arrange(step)
        case ForView():
            surface.for_view(step)
        case Scope(location_id):
            surface.narrow_to(location_id)
        case Dress(theme):
            surface.dress(theme)
        case Export():
            surface.export(step)
        case Copy():
            surface.copy(step)
        case Mark(how):
            surface.mark(how)
        case Say(text):
            surface.say(text)
        case Run(act):
            surface.do(act)
