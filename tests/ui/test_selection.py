"""Marks stay on their records; ranges are of one stage."""

from __future__ import annotations

from crm_tui.ui.selection import Selection
from tests.domain.rows import a_row

CARDS = tuple(a_row(number) for number in (11, 12, 13, 14))


def test_a_mark_is_set_and_taken_off() -> None:
    selection = Selection()
    selection.toggle(12)
    selection.toggle(13)
    selection.toggle(12)
    assert selection.among(CARDS) == {13}


def test_marked_records_come_in_the_order_shown() -> None:
    selection = Selection()
    assert selection.in_order([13, 14, 11, 12]) == ()
    selection.add([12, 14, 99])
    assert selection.in_order([13, 14, 11, 12]) == (14, 12)


def test_a_range_marks_from_either_end() -> None:
    for begin, end in ((12, 14), (14, 12)):
        selection = Selection()
        assert "begins" in selection.mark_range(CARDS, begin)
        assert len(selection) == 0
        assert selection.mark_range(CARDS, end) == ""
        assert selection.among(CARDS) == {12, 13, 14}


def test_a_range_that_began_elsewhere_marks_nothing_and_says_so() -> None:
    selection = Selection()
    selection.mark_range((a_row(77),), 77)
    assert "elsewhere" in selection.mark_range(CARDS, 12)
    assert len(selection) == 0


def test_a_range_can_be_dropped() -> None:
    selection = Selection()
    assert not selection.drop_range()
    selection.mark_range(CARDS, 12)
    assert selection.drop_range()
    assert "begins" in selection.mark_range(CARDS, 13)


def test_inverting_twice_changes_nothing() -> None:
    selection = Selection()
    selection.add([11])
    selection.invert([11, 12])
    assert selection.among(CARDS) == {12}
    selection.invert([11, 12])
    assert selection.among(CARDS) == {11}
    selection.clear()
    assert len(selection) == 0
