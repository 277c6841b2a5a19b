"""A view as the search screen has it, and the same as views.toml has it.  Values: it reads and writes nothing."""

from __future__ import annotations

from typing import Final

from crm_tui.config.views import SavedView, Vocabulary
from crm_tui.domain.finding import SOONEST, Sort
from crm_tui.domain.ordering import SORTABLE
from crm_tui.domain.view import USUAL, USUAL_PAGE, Chosen, View
from crm_tui.ui.widgets.table_columns import COLUMNS, NARROWEST, WIDEST

VOCABULARY: Final = Vocabulary(tuple(SORTABLE), tuple(COLUMNS), NARROWEST, WIDEST)
"""What a saved view can name."""


def as_saved(name: str, view: View) -> SavedView:
    """Write a view down; what is as it is for a table that nobody has changed is left out."""
    by = f"{'-' * view.sort.descending}{view.sort.by}"
    columns = tuple(
        f"{each.name}:{each.width}" if each.width else each.name for each in view.columns
    )
    return SavedView(
        name,
        view.filter,
        by if view.sort != SOONEST else "",
        columns if view.columns != USUAL else (),
        view.page_size if view.page_size != USUAL_PAGE else 0,
    )


def as_view(saved: SavedView) -> View:
    """Read a view that was written down, and is whole."""
    by = saved.sort.removeprefix("-")
    columns = (each.partition(":") for each in saved.columns)
    chosen = {name: Chosen(name, int(width or 0)) for name, _, width in columns}
    return View(
        saved.filter,
        Sort(by, descending=by != saved.sort) if by else SOONEST,
        tuple(chosen.values()) or USUAL,
        saved.page_size or USUAL_PAGE,
    )
