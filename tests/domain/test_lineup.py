"""The cards of a stage, kept up card by card: they are what sorting and adding all of them anew gives."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.lineup import Lineup, place_of, relined
from crm_tui.domain.pipeline import EVERYTHING, Column, column
from crm_tui.domain.query import Comparison, Condition, Query
from crm_tui.domain.rows import ORDER, OpportunityRow
from crm_tui.domain.snapshot import RowState
from tests.domain.rows import a_book, a_row
from tests.domain.test_snapshot import pend

MANY = 200
"""Cards of which a few may change without all being put in order again."""

DEAR = Query((Condition("value", Comparison.FROM, Decimal(50)),))

_ROWS = st.builds(
    a_row,
    st.integers(1, MANY + 20),
    st.integers(10, 11),
    position=st.integers(0, 60),
    value=st.sampled_from([None, "0", "0.10", "50", "100", "1e30", "1e500"]),
    currency=st.sampled_from(["GBP", "GBP", "GBP", "EUR"]),
)
_STEPS = st.lists(st.lists(_ROWS, min_size=1, max_size=3), max_size=12)


@given(_STEPS, st.sampled_from([EVERYTHING, DEAR]))
def test_a_column_that_is_kept_up_is_the_one_that_is_gathered_anew(
    steps: list[list[OpportunityRow]], query: Query
) -> None:
    book = a_book(*(a_row(number, position=number // 4) for number in range(1, MANY)))
    kept: dict[int, Column] = {}
    for step in steps:
        for row in step:
            if row == book.row(row.id):
                book.drop(row.id)
            else:
                book.put([row])
        for stage_id in (10, 11):
            stage = book.stages[stage_id]
            kept[stage_id] = column(book, stage, query, kept.get(stage_id))
            anew = column(book, stage, query)
            assert kept[stage_id] == anew
            assert [*kept[stage_id].sums] == [*anew.sums]
            assert list(map(ORDER, anew.every)) == sorted(map(ORDER, anew.every))


def test_a_column_is_the_same_object_until_one_of_its_cards_changes() -> None:
    book = a_book(a_row(1), a_row(2, stage_id=11))
    here, there = (column(book, book.stages[each]) for each in (10, 11))
    book.put([a_row(1, value="5")])
    assert column(book, book.stages[11], EVERYTHING, there) is there
    assert column(book, book.stages[10], EVERYTHING, here).sums == {"GBP": Decimal(5)}


def test_a_column_that_was_not_gathered_for_a_while_is_gathered_anew() -> None:
    book = a_book(*(a_row(number) for number in range(1, MANY)))
    kept = column(book, book.stages[10])
    for number in (3, 4):
        book.drop(number)
        book.cards(10)
    assert column(book, book.stages[10], EVERYTHING, kept) == column(book, book.stages[10])


def test_the_last_amount_that_goes_leaves_no_sum_of_nothing() -> None:
    book = a_book(a_row(1), a_row(2, value=None))
    kept = column(book, book.stages[10])
    book.drop(1)
    assert column(book, book.stages[10], EVERYTHING, kept).sums == {}


def test_of_a_few_changed_cards_the_turn_tells_no_others() -> None:
    lineup = Lineup()
    lineup.put(a_row(number, position=number) for number in range(1, MANY))
    before = lineup.cards(10)
    moved = a_row(7, position=MANY)
    lineup.take(before[6])
    lineup.put([moved])
    after = lineup.cards(10)
    turn = lineup.turn(10)
    assert turn is not None
    assert turn.before is before
    assert (turn.gone, turn.come) == ((before[6],), (moved,))
    assert after[-1] is moved
    assert relined(before, turn.gone, turn.come) == after


def test_a_card_that_came_and_went_meanwhile_leaves_no_trace() -> None:
    lineup = Lineup()
    lineup.put([a_row(1)])
    cards = lineup.cards(10)
    lineup.put([a_row(2)])
    lineup.take(a_row(2))
    assert lineup.cards(10) is cards


def test_the_place_of_a_card_is_told_by_its_order_and_its_id() -> None:
    cards = (a_row(4, position=1), a_row(2, position=3), a_row(5, position=3))
    assert [place_of(cards, card) for card in cards] == [0, 1, 2]
    assert place_of(cards, a_row(3, position=3)) is None
    assert place_of(cards, a_row(9, position=9)) is None


def test_what_there_is_to_say_of_cards_is_told_by_their_stage_as_it_shows() -> None:
    book = a_book(a_row(1), a_row(2), a_row(3, stage_id=11))
    pending = pend(book, 1, 1, 11)
    assert (book.told(10), book.told(11)) == ({}, {1: RowState.HELD})
    book.lift(pending, RowState.FAILED)
    book.remember(3, RowState.CHANGED)
    assert (book.told(10), book.told(11)) == ({1: RowState.FAILED}, {3: RowState.CHANGED})
    book.remember(3, RowState.SAVED)
    book.drop(1)
    assert (book.told(10), book.told(11)) == ({}, {})
