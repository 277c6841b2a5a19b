"""How a table's columns share a width: all of it and no more, whatever was chosen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.view import USUAL, Chosen
from crm_tui.ui.widgets.table_columns import COLUMNS, GAP, NARROWEST, WIDEST, placed

chosen = st.lists(
    st.builds(
        Chosen, st.sampled_from(sorted(COLUMNS)), st.sampled_from([0, NARROWEST, 20, WIDEST])
    ),
    min_size=1,
    unique_by=lambda each: each.name,
)


@given(chosen, st.integers(1, 400))
def test_columns_stand_in_their_order_and_within_the_width(
    columns: list[Chosen], width: int
) -> None:
    places = placed(columns, width)
    names = [each.name for each in columns]
    shown = [each.column.name for each in places]
    assert shown == [name for name in names if name in shown]
    taken = sum(each.width for each in places) + GAP * (len(places) - 1)
    assert len(places) == 1 or taken <= width
    for each in places:
        wanted = next(column for column in columns if column.name == each.column.name)
        if wanted.width:
            assert each.width == wanted.width
        else:
            assert (each.column.least or each.column.width) <= each.width


def test_where_there_is_not_room_for_all_what_matters_least_goes_first() -> None:
    assert [each.column.name for each in placed(USUAL, 200)] == [each.name for each in USUAL]
    narrow = [each.column.name for each in placed(USUAL, 76)]
    assert "company" not in narrow
    assert narrow[:4] == ["customer", "stage", "value", "due"]
