"""Queries over many rows: the fast way says what the plain one says, and what rows cannot tell is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.domain.change import Change, Set, Value
from crm_tui.domain.matching import NeedsRecords, for_records, predicate, reader_of, select, settled
from crm_tui.domain.ordering import ordered
from crm_tui.domain.query import (
    STATE,
    AllOf,
    Among,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Order,
    Query,
    Test,
    matches,
    needs,
    reads_states,
    word,
)
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Pending, RowState, Snapshot
from crm_tui.structs import replace
from tests.domain.rows import a_board, a_book, a_row, a_stage

NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)

rows = st.builds(
    replace,
    st.just(a_row(1)),
    id=st.integers(1, 50),
    status=st.integers(1, 3),
    owner_id=st.none() | st.integers(1, 3),
    value=st.none() | st.integers(0, 5).map(Decimal),
    due_on=st.none() | st.integers(-2, 2).map(lambda hours: NINE + timedelta(hours=hours)),
    name=st.sampled_from(["", "Straße", "ACME desk", "é", "a\0b"]),
    customer=st.sampled_from(["Noor", "acme", "İzmir", ""]),
)

values: st.SearchStrategy[Value] = st.sampled_from(
    [None, "", "acme", "STRASSE", "a\0b", "İ", 1, 2, Decimal(2), Decimal("2.5"), NINE, True]
)
conditions = st.builds(
    Condition,
    st.sampled_from(["status", "owner_id", "value", "due_on", "name", "customer", "id"]),
    st.sampled_from(Comparison),
    values,
)
leaves: st.SearchStrategy[Test] = (
    conditions
    | st.sampled_from(["acme", "strasse", "a\0b", "oor", "desk", "\0"]).map(word)
    | st.frozensets(st.integers(1, 50)).map(Among)
)
tests = st.recursive(
    leaves,
    lambda inner: (
        inner.map(Not)
        | st.lists(inner, max_size=3).map(lambda some: AnyOf(tuple(some)))
        | st.lists(inner, max_size=3).map(lambda some: AllOf(tuple(some)))
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.lists(tests, max_size=3), st.lists(rows, max_size=6, unique_by=lambda row: row.id))
def test_the_law_the_fast_way_says_what_the_plain_one_says(
    some: list[Test], found: list[OpportunityRow]
) -> None:
    query = Query(tuple(some))
    snapshot = a_book(*found)
    assert select(query, snapshot, found) == [row for row in found if matches(query, row)]
    read = reader_of(snapshot)
    for test in some:
        assert [predicate(test, read)(row) for row in found] == [test.passes(row) for row in found]


@pytest.mark.parametrize(
    ("how", "ids"),
    [
        (Comparison.IS, [2]),
        (Comparison.FROM, [2, 3]),
        (Comparison.TO, [1, 2]),
        (Comparison.ABOVE, [3]),
        (Comparison.BELOW, [1]),
        (Comparison.IS_EMPTY, [4]),
        (Comparison.IS_SET, [1, 2, 3]),
    ],
)
def test_a_bound_is_met_or_not(how: Comparison, ids: list[int]) -> None:
    snapshot = a_book(
        *(
            replace(a_row(number, value=str(number)), due_on=NINE + timedelta(hours=number))
            for number in (1, 2, 3)
        ),
        a_row(4, value=None),
    )
    for field, value in (("value", Decimal("2.00")), ("due_on", NINE + timedelta(hours=2))):
        query = Query((Condition(field, how, value),))
        assert [row.id for row in select(query, snapshot)] == ids


def holding(state: RowState) -> Query:
    return Query((Condition(STATE, Comparison.IS, state.value),))


def test_a_row_is_found_by_what_became_of_its_last_write() -> None:
    snapshot = a_book(a_row(1), a_row(2), a_row(3))
    pending = Pending(1, 1, Change((Set("value", None, Decimal(5)),)))
    snapshot.lay(pending, RowState.HELD)
    snapshot.remember(2, RowState.FAILED)
    assert [row.id for row in select(holding(RowState.HELD), snapshot)] == [1]
    assert [row.id for row in select(holding(RowState.FAILED), snapshot)] == [2]
    assert [row.id for row in select(holding(RowState.SAVED), snapshot)] == [3]
    either = AnyOf((holding(RowState.HELD).conditions[0], holding(RowState.FAILED).conditions[0]))
    assert [row.id for row in select(Query((either,)), snapshot)] == [1, 2]
    assert [row.id for row in select(Query((Not(either),)), snapshot)] == [3]
    snapshot.tell(pending, RowState.SENDING)
    assert [row.id for row in select(holding(RowState.SENDING), snapshot)] == [1]
    assert reads_states(Query((Not(holding(RowState.HELD).conditions[0]),)))
    assert not reads_states(Query((word("acme"),)))


def test_board_and_location_come_from_the_book() -> None:
    snapshot = a_book(a_row(1), a_row(2, 90, board_id=9))
    for field, value in (("location_id", 7), ("location", "Riverside"), ("board", "Sales")):
        query = Query((Condition(field, Comparison.IS, value),))
        assert [row.id for row in select(query, snapshot)] == [1]
        assert [row.id for row in select(Query((Not(query.conditions[0]),)), snapshot)] == [2]


def test_a_free_word_finds_what_a_row_says_now() -> None:
    snapshot = a_book(a_row(1, customer="Noor"), a_row(2, customer="Tom"))
    query = Query((word("noor"),))
    snapshot.put([replace(a_row(1, customer="Tom"), email="")])
    snapshot.put([replace(a_row(2, customer="NOOR"), email="")])
    assert [row.id for row in select(query, snapshot)] == [2]
    pending = Pending(1, 1, Change((Set("name", "", "Noor's desk"),)))
    snapshot.lay(pending)
    assert {row.id for row in select(query, snapshot)} == {1, 2}
    snapshot.lift(pending, RowState.FAILED)
    assert [row.id for row in select(query, snapshot)] == [2]


NOTES = Condition("notes", Comparison.HOLDS, "parking")


def test_what_rows_cannot_tell_is_refused_until_it_is_answered() -> None:
    snapshot = a_book(a_row(1), a_row(2))
    query = Query((word("noor"), Not(NOTES), Condition("team_id", Comparison.IS_EMPTY)))
    assert needs(query) == {"notes", "team_id"}
    assert for_records(query) == query.conditions[1:]
    with pytest.raises(NeedsRecords) as refused:
        select(query, snapshot)
    assert refused.value.fields == {"notes", "team_id"}
    answered = settled(query, frozenset({2, 9}))
    assert [row.id for row in select(answered, snapshot)] == [2]
    plain = Query((word("noor"),))
    assert settled(plain, frozenset()) == plain


def test_rows_are_sorted_as_asked_and_what_is_not_set_comes_last() -> None:
    found = [
        a_row(1, 11, value="5", customer="b"),
        a_row(2, 10, value=None, customer="A"),
        a_row(3, 11, value="10", customer="a"),
        a_row(4, 10, value="5", customer=""),
    ]
    snapshot = a_book(*found)

    def sort(*order: Order) -> list[int]:
        return [row.id for row in ordered(found, Query((), order), snapshot)]

    assert sort() == [1, 2, 3, 4]
    assert sort(Order("value")) == [1, 4, 3, 2]
    assert sort(Order("value", True)) == [3, 1, 4, 2]
    assert sort(Order("value"), Order("id", True)) == [4, 1, 3, 2]
    assert sort(Order("customer")) == [2, 3, 1, 4]
    assert sort(Order("customer", True)) == [1, 2, 3, 4]
    assert sort(Order("stage"), Order("value")) == [4, 2, 1, 3]


def test_stages_are_sorted_as_they_stand_on_their_boards() -> None:
    snapshot = Snapshot()
    snapshot.set_reference([a_board()], [a_stage(10, position=2), a_stage(11, position=1)])
    snapshot.put([a_row(1, 10), a_row(2, 11)])
    query = Query((), (Order("stage"),))
    assert [row.id for row in ordered(snapshot.rows(), query, snapshot)] == [2, 1]
