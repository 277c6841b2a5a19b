"""What the application needs of what lies behind the board, and what it gives it: `rooms`, which it imports only later.

Nothing here acts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from crm_tui.commands.spec import Command
from crm_tui.service.writer import Outcome
from crm_tui.store.sittings import Sittings
from crm_tui.structs import Struct
from crm_tui.ui.clipboard import Way
from crm_tui.ui.screens.keyed import KeyedScreen
from crm_tui.ui.treatment import Treatment
from crm_tui.ui.whereabouts import Whereabouts
from crm_tui.ui.widgets.line import Pieces


class Around(Struct, frozen=True):
    """What the rooms are furnished with, beside the book."""

    source: str
    """What the account is called."""
    commands: tuple[Command, ...]
    treatment: Treatment
    clock: Callable[[], datetime]
    steady: Callable[[], float]
    account: Callable[[], tuple[Pieces, Pieces]]
    """Gives what the line of chrome says of the account."""
    whereabouts: Whereabouts
    sittings: Sittings
    clipboard: Way
    views: Path
    """The file of the saved views."""
    redraw: Callable[[], None]
    begins_with_queue: bool


class Behind(Protocol):
    """Searches, saved views, the queue, the activity list, and whatever is asked on the way."""

    @property
    def front(self) -> KeyedScreen:
        """The screen that the user works on, whatever lies over it."""

    def begin(self) -> None:
        """Open the saved view that the program opens with, if any; waits for the disk."""

    def open_queue(self) -> None:
        """Begin with the queue, unless a saved view is to be begun with."""

    def give(self, event: KeyedScreen.Commanded) -> None:
        """Carry out what a key stands for."""

    def give_named(self, name: str) -> None:
        """Run a command of the catalogue, on what was under the cursor when the list to choose from was opened."""

    def press(self) -> None:
        """Count a key that is pressed now."""

    def time(self, pressed_at: float) -> None:
        """Count how long it takes until what a key has asked for is on the screen."""

    def draw(self) -> None:
        """Hand every screen that is open what it draws."""

    def tell(self, outcome: Outcome) -> None:
        """Say what became of a change, where somebody works."""

    def have_typed_again(self, outcome: Outcome | None) -> None:
        """Open a line again with what was typed and could not be written down."""

    def read_older(self) -> None:
        """Fetch older entries of the journal."""

    async def look(self) -> None:
        """Look whether the file of the saved views was changed by somebody else."""

    def go_back(self) -> None:
        """Go back to what is under the screen in front; from what one began with there is no way back."""

    def leave(self) -> None:
        """Leave once every change has its outcome; asked a second time, leave at once."""

    def leave_soon(self, code: int) -> None:
        """Leave with this code, as the process is told to."""

    def end_sitting(self) -> list[str]:
        """Keep what the sitting came to, when it is left; say it, if something was decided.  Waits for the disk."""
