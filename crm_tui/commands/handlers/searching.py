"""The search table: its order, its pages, the way from a row to its board, and the one into a file."""

from __future__ import annotations

from typing import Final

from crm_tui.commands.spec import (
    Ask,
    Choice,
    Context,
    Export,
    Handler,
    Locate,
    PageSize,
    SortBy,
    Step,
    Turn,
)

PAGE_SIZES: Final = (25, 50, 100, 250, 1000)
"""Rows of a page that can be chosen."""

OFFERED: Final = (
    "customer", "company", "name", "stage", "owner", "value", "due", "moved", "created", "updated",
    "source", "loss", "status", "board", "location", "email", "id",
)  # fmt: skip
"""What is sorted by, in the order in which it is offered: the first ones have the easiest letters."""

FORMATS: Final = (
    Choice("table", "text", "a table, for people"),
    Choice("csv", "csv", "for spreadsheets"),
    Choice("json", "json", "for programs; loses nothing"),
    Choice("md", "markdown", "a table, for documents"),
)
"""Formats of a file that can be chosen."""

_WORDS: Final = {
    "due": "follow-up",
    "moved": "time in stage",
    "email": "e-mail",
    "source": "lead source",
    "loss": "loss reason",
    "updated": "last change",
}
"""What is sorted by, where its name says too little."""


def to_sort(context: Context) -> Step:
    """Sort by something that is asked for."""
    if context.answer is not None:
        return SortBy(str(context.answer))
    return Ask("Sort by", tuple(Choice(name, _WORDS.get(name, name)) for name in OFFERED))


def turning(pages: int) -> Handler:
    """Make the handler of a key that turns pages."""
    return lambda context: Turn(pages * context.count)


def to_page_size(context: Context) -> Step:
    """Show as many rows on a page as are asked for."""
    if context.answer is not None:
        return PageSize(int(context.answer))
    return Ask("Rows on a page", tuple(Choice(rows, f"{rows:,}") for rows in PAGE_SIZES))


def to_file(context: Context) -> Step:
    """Write the marked records, or all that are shown, into a file of a format that is asked for."""
    if context.answer is not None:
        return Export(str(context.answer), context.marked)
    count = f"the {len(context.marked):,} marked" if context.marked else "all that are found"
    return Ask(f"Write {count} into a file, as", FORMATS)


def on_board(context: Context) -> Step:
    """Show the record under the cursor on its board."""
    return Locate(context.record_id)
