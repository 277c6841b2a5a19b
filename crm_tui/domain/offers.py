"""What verbs offer that no row of the book tells of: types of opportunities, canned notes, and lists of tasks.

Plain values with foreign texts.  Why something cannot be offered is kept beside it, so that nothing is taken for empty
that has only not come.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from crm_tui.structs import Struct

NOT_YET: Final = "the server has not told them yet"


class OpportunityType(Struct, frozen=True):
    """A type of opportunities (the service's `OpportunityType`); it belongs to one location."""

    id: int
    name: str
    location_id: int


class CannedNote(Struct, frozen=True):
    """A text kept ready (the service's `CannedResponse`), shared by all locations."""

    id: int
    name: str
    text: str
    """As it came: what the service would put into its `{tokens}` when it sends a message stays unsaid."""
    updated_on: datetime | None = None
    """By the server's clock; a text of the same moment need not be read again."""


class TaskList(Struct, frozen=True):
    """A list of tasks that a stage can make (the service's `TaskList`)."""

    id: int
    name: str
    tasks: int | None
    """How many it makes; none where the service does not tell."""


class Offers(Struct, frozen=True):
    """What can be chosen, in the order of ids, so that what is added takes nobody's letter."""

    types: tuple[OpportunityType, ...] = ()
    """Of all locations."""
    no_types: str = NOT_YET
    """Why they are not known, in words that follow a colon; empty once they are."""
    notes: tuple[CannedNote, ...] = ()
    no_notes: str = NOT_YET
    """The same of the canned notes."""
    task_lists: tuple[TaskList, ...] = ()
    """Nobody chooses among them: moves to the stages that make their tasks are worded by them."""
    no_task_lists: str = NOT_YET

    def type_called(self, type_id: int | None) -> str:
        """Name a type: foreign text; `#` and the id for one that is not known, empty for none."""
        named = (each.name for each in self.types if each.id == type_id)
        return "" if type_id is None else next(named, "") or f"#{type_id}"

    def macro_called(self, macro_id: int | None) -> str:
        """Name a message macro, which as a text is a canned note: foreign text; empty for one that is not known."""
        return next((each.name for each in self.notes if each.id == macro_id), "")

    def task_list(self, task_list_id: int | None) -> TaskList | None:
        """Give a list of tasks, if it is known."""
        return next((each for each in self.task_lists if each.id == task_list_id), None)
