"""What a board view draws, taken from the book: the picture of a board, and of each of its stages.

It is taken anew whenever the book changes, so what has not changed is the same object as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from crm_tui.domain.insight import weighted
from crm_tui.domain.pipeline import column
from crm_tui.domain.query import Query, reads_states
from crm_tui.domain.rows import Stage
from crm_tui.domain.snapshot import Snapshot
from crm_tui.structs import Struct
from crm_tui.ui.selection import Selection
from crm_tui.ui.widgets.card import Density, Seen
from crm_tui.ui.widgets.column_view import ColumnPicture


class BoardPicture(Struct, frozen=True):
    """What of the book a board view draws, and how."""

    snapshot: Snapshot
    board_id: int
    query: Query
    seen: Seen
    weights: Mapping[int, Decimal]
    """Stage → how many of those that were in it are won, from 0 to 1; not all stages have one."""
    partial: bool
    """Not all of the board's cards have come yet."""


def column_picture(
    board: BoardPicture,
    stage: Stage,
    before: ColumnPicture | None,
    selection: Selection,
    *,
    density: Density,
    scroll: int | None,
) -> ColumnPicture:
    """Take a stage's picture; `scroll` says how far down, none that it stays as it was `before`.

    No mark was set or taken off since that one: of the same cards the same are marked.
    """
    column_before = before.column if before is not None else None
    if column_before is not None and reads_states(board.query):
        column_before = None  # a state that changes leaves the row as it is
    kept = column(board.snapshot, stage, board.query, column_before)
    is_open = not stage.wins and not stage.loses
    weight = board.weights.get(stage.id) if is_open else None
    if scroll is None:
        scroll = before.scroll if before is not None else 0
    return ColumnPicture(
        column=kept,
        states=board.snapshot.told(stage.id),
        marked=before.marked
        if before is not None and before.column is kept
        else selection.among(kept.cards),
        weighted=weighted(kept.sums, weight) if weight is not None else {},
        partial=board.partial,
        seen=board.seen,
        density=density,
        scroll=scroll,
    )
