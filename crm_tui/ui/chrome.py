"""The line above everything: where one is in the book, what of it is shown, and whose account it is.

It only words what it is given.
"""

from __future__ import annotations

from crm_tui.text import safe
from crm_tui.ui import words
from crm_tui.ui.screens.work_state import BoardState
from crm_tui.ui.treatment import Treatment
from crm_tui.ui.widgets.line import Pieces


def chrome(
    state: BoardState | None,
    treatment: Treatment,
    source: str,
    *,
    filter_text: str,
    marked: int,
    hidden: int,
) -> tuple[Pieces, Pieces]:
    """Give the left and the right part; `hidden` of the `marked` records are not shown."""
    # Where an account is marked the program's own name gives way: it says the least.
    left: list[tuple[str, str]] = [] if treatment.marks else [("strong", " crm-tui")]
    as_of: Pieces = words.NOTHING
    if state is not None and state.board is not None:
        unsent = words.unsent(state.work.snapshot.pending_count(), state.work.load)
        as_of = (*words.as_of(state.work.load), *unsent)
        left += words.where(state.board, state.boards)
        if filter_text:
            left.append(("key", f"  {safe(filter_text)}"))
        if marked:
            not_shown = f", {hidden} not shown" if hidden else ""
            left.append(("busy", f"  {marked} marked{not_shown}"))
    return tuple(left), (*treatment.marks, ("muted", safe(source)), *as_of)
