"""The book: confirmed rows, what is pending on them, and their indexes."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.change import Change, Place
from crm_tui.domain.pipeline import column, move_to
from crm_tui.domain.rows import ORDER
from crm_tui.domain.snapshot import Pending, RowState, Snapshot
from tests.domain.rows import a_board, a_book, a_row, a_stage


def pend(snapshot: Snapshot, number: int, record_id: int, stage_id: int) -> Pending:
    row = snapshot.row(record_id)
    assert row is not None
    pending = Pending(number, record_id, move_to(snapshot, row, snapshot.stages[stage_id]))
    snapshot.lay(pending)
    return pending


def ids(snapshot: Snapshot, stage_id: int) -> list[int]:
    return [row.id for row in snapshot.cards(stage_id)]


def test_a_pending_move_shows_at_once_and_says_that_it_is_being_sent() -> None:
    book = a_book(a_row(1), a_row(2))
    pend(book, 1, 1, 11)
    assert (ids(book, 10), ids(book, 11)) == ([2], [1])
    assert book.state(1) == RowState.HELD
    moved = book.row(1)
    assert moved is not None
    assert moved.stage == "Stage 11"


def test_a_refused_move_leaves_the_overlay_and_the_card_is_where_it_was() -> None:
    book = a_book(a_row(1), a_row(2, position=1))
    before = book.row(1)
    pending = pend(book, 1, 1, 11)
    book.lift(pending, RowState.FAILED)
    assert ids(book, 10) == [1, 2]
    assert book.row(1) == before
    assert book.state(1) == RowState.FAILED
    assert book.pending_count() == 0


def test_a_confirmed_move_is_the_servers_row() -> None:
    book = a_book(a_row(1))
    pending = pend(book, 1, 1, 11)
    book.confirm(pending, a_row(1, stage_id=11, position=44, value="250"))
    row = book.row(1)
    assert row is not None
    assert (row.position, str(row.value)) == (44, "250")
    assert book.state(1) == RowState.SAVED


def test_a_second_change_stays_laid_over_the_first_ones_answer() -> None:
    book = a_book(a_row(1))
    first = pend(book, 1, 1, 11)
    pend(book, 2, 1, 12)
    book.confirm(first, a_row(1, stage_id=11))
    assert ids(book, 12) == [1]
    assert book.state(1) == RowState.HELD


def test_fresh_rows_from_the_server_do_not_hide_what_is_pending() -> None:
    book = a_book(a_row(1))
    pend(book, 1, 1, 11)
    book.put([a_row(1, value="999")])
    row = book.row(1)
    assert row is not None
    assert (row.stage_id, str(row.value)) == (11, "999")


def test_what_the_server_lists_ends_what_was_said_of_an_earlier_write() -> None:
    book = a_book(a_row(1))
    book.lift(pend(book, 1, 1, 11), RowState.UNKNOWN)
    assert book.state(1) == RowState.UNKNOWN
    book.put([a_row(1, stage_id=11)])
    assert book.state(1) == RowState.SAVED


def test_a_whole_listing_drops_what_is_gone_but_not_what_is_being_written() -> None:
    book = a_book(a_row(1), a_row(2), a_row(3))
    pend(book, 1, 2, 11)
    book.keep_only(1, {3}, asked_at=book.generation)
    assert (ids(book, 10), ids(book, 11)) == ([3], [2])


def test_an_answer_asked_for_before_a_write_does_not_hide_it() -> None:
    book = a_book(a_row(1))
    asked_at = book.generation
    book.confirm(pend(book, 1, 1, 11), a_row(1, stage_id=11))
    book.put([a_row(1, stage_id=10)], asked_at=asked_at)
    assert ids(book, 11) == [1]
    book.keep_only(1, set(), asked_at=asked_at)
    assert ids(book, 11) == [1]
    book.put([a_row(1, stage_id=10)], asked_at=book.generation)
    assert ids(book, 10) == [1]


def test_a_card_whose_stage_is_not_listed_gets_a_column_of_its_own_at_the_end() -> None:
    book = a_book(a_row(1), a_row(2, stage_id=99))
    stages = book.stages_of(1)
    assert [stage.id for stage in stages] == [10, 11, 12, 99]
    assert (stages[-1].known, stages[-1].name) == (False, "Stage 99")


def test_the_stand_in_goes_when_the_server_lists_the_stage() -> None:
    book = a_book(a_row(1, stage_id=99))
    book.set_reference([a_board()], [a_stage(99)])
    assert [(stage.id, stage.known) for stage in book.stages_of(1)] == [(99, True)]


def test_cards_are_the_same_object_until_one_of_them_changes() -> None:
    book = a_book(a_row(1), a_row(2, stage_id=11))
    here, there = book.cards(10), book.cards(11)
    book.put([a_row(1, value="5")])
    assert book.cards(10) is not here
    assert book.cards(11) is there


@given(
    st.lists(
        st.tuples(
            st.integers(1, 8),
            st.integers(10, 13),
            st.sampled_from(["lay", "confirm", "fail", "put", "drop"]),
        ),
        max_size=40,
    )
)
def test_every_opportunity_is_in_exactly_one_column_whatever_happens(
    events: list[tuple[int, int, str]],
) -> None:
    book = a_book(*(a_row(number, position=number % 3) for number in range(1, 6)))
    pending: list[Pending] = []
    for number, (record_id, stage_id, what) in enumerate(events):
        row = book.row(record_id)
        if what == "put":
            book.put([a_row(record_id, stage_id=stage_id)])
        elif what == "drop":
            book.drop(record_id)
        elif what == "lay" and row is not None:
            change = Change((Place(stage_id, number, row.stage_id, row.position),))
            pending.append(Pending(number, record_id, change))
            book.lay(pending[-1])
        elif pending and what == "confirm":
            book.confirm(pending.pop(0), None)
        elif pending and what == "fail":
            book.lift(pending.pop(0), RowState.FAILED)
        columns = [column(book, stage) for stage in book.stages_of(1)]
        shown = [card.id for each in columns for card in each.cards]
        assert sorted(shown) == sorted(set(shown))
        assert len(shown) == len(book)
        for each in columns:
            orders = list(map(ORDER, each.cards))
            assert orders == sorted(orders)
            assert all(card.stage_id == each.stage.id for card in each.cards)


@given(
    st.lists(
        st.tuples(st.integers(1, 8), st.integers(10, 14), st.integers(0, 3)),
        unique_by=lambda each: each[0],
    ),
    st.sets(st.integers(1, 8)),
    st.sets(st.integers(1, 8)),
)
def test_many_rows_at_once_are_the_same_rows_one_by_one(
    places: list[tuple[int, int, int]], there: set[int], written: set[int]
) -> None:
    rows = [a_row(each, stage_id=stage, position=place) for each, stage, place in places]
    books = []
    for some in ([rows], [[row] for row in rows]):
        book = a_book(*(a_row(each) for each in sorted(there)))
        book.loads()
        for each in sorted(there & written):
            book.confirm(pend(book, each, each, 11), None)
            pend(book, 10 + each, each, 12)
        for each in sorted(written - there):
            book.remember(each, RowState.FAILED)
        asked_at = book.generation - 3
        for put in some:
            book.put(put, asked_at=asked_at)
        books.append(book)
    at_once, one_by_one = books
    for stage_id in range(10, 15):
        assert at_once.cards(stage_id) == one_by_one.cards(stage_id)
    assert dict(at_once.stages) == dict(one_by_one.stages)
    assert at_once.states() == one_by_one.states()
    assert +Counter(at_once.loads()) == +Counter(one_by_one.loads())
    assert {row.id: row for row in at_once.rows()} == {row.id: row for row in one_by_one.rows()}
    assert at_once.known_owners() == one_by_one.known_owners()
