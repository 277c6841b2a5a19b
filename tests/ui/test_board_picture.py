"""The picture of a stage: taken anew when its cards, the filter, or what the filter asks for has changed."""

from __future__ import annotations

from datetime import UTC, datetime

from crm_tui.domain.query import Comparison, Condition, Query, word
from crm_tui.domain.snapshot import RowState, Snapshot
from crm_tui.ui.selection import Selection
from crm_tui.ui.widgets.board_picture import BoardPicture, column_picture
from crm_tui.ui.widgets.card import Density, Seen
from crm_tui.ui.widgets.column_view import ColumnPicture
from tests.domain.rows import a_book, a_row

SEEN = Seen(datetime(2026, 3, 2, 9, tzinfo=UTC), UTC)


def picture(snapshot: Snapshot, query: Query, before: ColumnPicture | None) -> ColumnPicture:
    board = BoardPicture(snapshot, 1, query, SEEN, {}, partial=False)
    return column_picture(
        board, snapshot.stages[10], before, Selection(), density=Density.CARDS, scroll=0
    )


def test_a_filter_by_state_follows_what_becomes_of_a_write() -> None:
    snapshot = a_book(a_row(1), a_row(2))
    query = Query((Condition("state", Comparison.IS, RowState.FAILED.value),))
    before = picture(snapshot, query, None)
    assert before.column.cards == ()
    snapshot.remember(2, RowState.FAILED)
    after = picture(snapshot, query, before)
    assert [card.id for card in after.column.cards] == [2]


def test_what_has_not_changed_is_the_same_object() -> None:
    snapshot = a_book(a_row(1), a_row(2))
    query = Query((word("noor"),))
    before = picture(snapshot, query, None)
    snapshot.remember(2, RowState.FAILED)
    assert picture(snapshot, query, before).column is before.column
