"""Which columns are on the screen: laws over all widths, and the cases that people notice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.ui.widgets.board_layout import COLLAPSED, MIN_COLUMN, NARROW, Layout, lay_out

boards = st.lists(st.booleans(), min_size=1, max_size=30)


@given(boards, st.integers(MIN_COLUMN, 400), st.data())
def test_the_cursors_column_is_whole_and_nothing_is_left_over(
    empty: list[bool], width: int, data: st.DataObject
) -> None:
    current = data.draw(st.integers(0, len(empty) - 1))
    first = data.draw(st.integers(0, len(empty) - 1))
    layout = lay_out(empty, width, current, first)
    assert layout.first <= current <= layout.last < len(empty)
    assert sum(layout.widths) == width
    shown = empty[layout.first : layout.last + 1]
    for cells, is_empty in zip(layout.widths, shown, strict=True):
        assert cells >= (COLLAPSED if is_empty else MIN_COLUMN - 1)


@given(boards, st.integers(MIN_COLUMN, 400), st.data())
def test_a_layout_stays_as_long_as_the_cursor_is_on_it(
    empty: list[bool], width: int, data: st.DataObject
) -> None:
    layout = lay_out(empty, width, data.draw(st.integers(0, len(empty) - 1)), 0)
    inside = data.draw(st.integers(layout.first, layout.last))
    assert lay_out(empty, width, inside, layout.first) == layout


def test_a_board_that_fits_shares_the_width_and_collapses_nothing() -> None:
    assert lay_out([False, True, False], 120, 0, 0) == Layout(0, (40, 40, 40))


def test_empty_stages_make_room_on_a_board_that_does_not_fit() -> None:
    full = lay_out([False] * 7, 120, 0, 0)
    with_empty = lay_out([False, True, True, False, False, True, False], 120, 0, 0)
    assert len(full.widths) == 5
    assert len(with_empty.widths) == 6
    assert with_empty.widths[1] == with_empty.widths[2] == COLLAPSED


def test_a_narrow_terminal_shows_the_cursors_column_alone() -> None:
    assert lay_out([False] * 7, NARROW - 1, 4, 0, one_only=True) == Layout(4, (NARROW - 1,))


def test_a_board_without_stages_shows_nothing() -> None:
    assert lay_out([], 120, 0, 0) == Layout(0, ())


def test_at_the_last_stages_no_room_is_wasted() -> None:
    layout = lay_out([False] * 7, 120, 6, 6)
    assert (layout.first, len(layout.widths)) == (2, 5)
