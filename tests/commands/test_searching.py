"""What the table can be sorted by is what the book can be ordered by."""

from crm_tui.commands.handlers.searching import OFFERED
from crm_tui.domain.ordering import SORTABLE


def test_all_that_is_offered_can_be_sorted_by_once() -> None:
    assert set(OFFERED) <= set(SORTABLE)
    assert len(set(OFFERED)) == len(OFFERED)
