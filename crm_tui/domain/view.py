"""A view of the book: what is looked for, and how what is found is laid out.  A value that is kept and shared.

It says nothing of where somebody is in it; that is a `Place`.
"""

from __future__ import annotations

from crm_tui.domain.finding import SOONEST, Sort
from crm_tui.structs import Struct


class Chosen(Struct, frozen=True):
    """A column that somebody has chosen, as wide as they want it; 0 is as wide as it is by itself."""

    name: str
    width: int = 0


USUAL: tuple[Chosen, ...] = tuple(
    map(Chosen, ("customer", "company", "stage", "value", "due", "owner", "moved"))
)
"""The columns of a table that nobody has changed."""

USUAL_PAGE = 100
"""Rows of a page of a table that nobody has changed."""


class View(Struct, frozen=True):
    """What is looked for and how it is laid out."""

    filter: str = ""
    """In the filter language, as it was typed."""
    sort: Sort = SOONEST
    columns: tuple[Chosen, ...] = USUAL
    page_size: int = USUAL_PAGE


class Place(Struct, frozen=True):
    """Where somebody was on a screen when they left it."""

    view: View = View()
    record_id: int | None = None
    """The record under the cursor."""
    marked: tuple[int, ...] = ()
    board_id: int | None = None
    """The board that was looked at, where it is one."""
    location_id: int | None = None
    """The location that everything was narrowed to."""
    density: str = ""
    """How much room a card took, by its name in the settings."""
    pane: str = ""
    """Where the record was; nothing where nobody chose."""
