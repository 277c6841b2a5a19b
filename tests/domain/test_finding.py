"""Finding opportunities: order, scope and sums, after any change of the book as if it had been sorted anew."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.domain.finding import Finder, Sort, sums_of
from crm_tui.domain.narrowing import narrows
from crm_tui.domain.ordering import SORTABLE, ordered
from crm_tui.domain.pipeline import EVERYTHING
from crm_tui.domain.query import Comparison, Condition, Not, Order, Query, Test, matches, word
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.structs import replace
from tests.domain.rows import a_board, a_row, a_stage

START = datetime(2026, 3, 1, tzinfo=UTC)


def some_row(rng: random.Random, record_id: int) -> OpportunityRow:
    """A row that shares what it is sorted by with others, and lacks some of it."""
    return replace(
        a_row(record_id),
        customer=rng.choice(["Ana", "ana", "Öz", "李伟", ""]),
        board_id=rng.choice([1, 2]),
        stage_id=rng.choice([10, 11]),
        value=rng.choice([None, Decimal(rng.randrange(5))]),
        currency=rng.choice(["GBP", "EUR"]),
        due_on=rng.choice([None, START + timedelta(days=rng.randrange(4))]),
    )


def ids(finder: Finder, sort: Sort, query: Query = EVERYTHING) -> list[int]:
    return [row.id for row in finder.find(query, sort).rows]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    field=st.sampled_from(sorted(SORTABLE)),
    descending=st.booleans(),
)
def test_an_order_that_is_kept_up_is_the_one_that_is_made_anew(
    seed: int, field: str, descending: bool
) -> None:
    rng = random.Random(seed)
    snapshot = Snapshot()
    finder = Finder(snapshot)
    sort = Sort(field, descending)
    for _ in range(6):
        snapshot.put(some_row(rng, rng.randrange(1, 30)) for _ in range(rng.randrange(8)))
        for row in list(snapshot.rows()):
            if rng.random() < 0.1:
                snapshot.drop(row.id)
        if rng.random() < 0.5:
            boards = [a_board(1, name=rng.choice("xyz")), a_board(2, name="y")]
            snapshot.set_reference(boards, [a_stage(10, position=rng.randrange(9)), a_stage(11)])
        assert ids(finder, sort) == ids(Finder(snapshot), sort)
        assert sorted(ids(finder, sort)) == sorted(row.id for row in snapshot.rows())


@pytest.mark.parametrize("descending", [False, True])
def test_what_has_no_value_comes_last_either_way(descending: bool) -> None:
    snapshot = Snapshot()
    values = {1: None, 2: Decimal(5), 3: Decimal(7), 4: None}
    snapshot.put(replace(a_row(record_id), value=value) for record_id, value in values.items())
    found = ids(Finder(snapshot), Sort("value", descending))
    assert found == ([3, 2, 1, 4] if descending else [2, 3, 1, 4])


def test_a_scope_is_looked_through_and_counted_and_no_currencies_are_mixed() -> None:
    snapshot = Snapshot()
    snapshot.put(
        [
            replace(a_row(1), board_id=1, value=Decimal("0.10"), currency="GBP"),
            replace(a_row(2), board_id=1, value=Decimal("0.20"), currency="EUR"),
            replace(a_row(3), board_id=1, value=None, currency="USD"),
            replace(a_row(4), board_id=2, value=Decimal(9), currency="GBP"),
        ]
    )
    query = Query((Condition("id", Comparison.BELOW, 3),))
    found = Finder(snapshot).find(query, Sort("id"), {1})
    assert [row.id for row in found.rows] == [1, 2]
    assert found.of == 3
    assert found.sums == {"GBP": Decimal("0.10"), "EUR": Decimal("0.20")}
    assert sums_of(list(snapshot.rows())) == {"GBP": Decimal("9.10"), "EUR": Decimal("0.20")}


TESTS: list[Test] = [
    *map(word, ("a", "an", "ana", "ANA", "na", "öz")),
    Not(word("a")),
    Not(word("an")),
    Condition("value", Comparison.ABOVE, Decimal(1)),
    Condition("value", Comparison.IS_EMPTY),
    Condition("board_id", Comparison.IS, 1),
]
ORDERS = [(), (Order("value"),), (Order("value", True),), (Order("customer"), Order("value"))]

queries = st.builds(
    lambda tests, order: Query(tuple(tests), order),
    st.lists(st.sampled_from(TESTS), max_size=3),
    st.sampled_from(ORDERS),
)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    asked=st.lists(
        st.tuples(
            queries,
            st.sampled_from([Sort("due"), Sort("value", True), Sort("customer")]),
            st.sampled_from([None, frozenset({1})]),
            st.integers(0, 5).map(lambda roll: roll == 0),
        ),
        min_size=2,
        max_size=9,
    ),
)
def test_the_law_what_is_found_after_other_questions_is_what_is_found_at_once(
    seed: int, asked: list[tuple[Query, Sort, frozenset[int] | None, bool]]
) -> None:
    rng = random.Random(seed)
    snapshot = Snapshot()
    snapshot.put(some_row(rng, record_id) for record_id in range(1, 25))
    finder = Finder(snapshot)
    for query, sort, board_ids, is_changed in asked:
        if is_changed:
            snapshot.put([some_row(rng, rng.randrange(1, 30))])
            snapshot.drop(rng.randrange(1, 30))
        found = finder.find(query, sort, board_ids)
        scope = Finder(snapshot).find(EVERYTHING, sort, board_ids).rows
        plain = ordered([row for row in scope if matches(query, row)], query, snapshot)
        assert [row.id for row in found.rows] == [row.id for row in plain]
        assert found.of == len(scope)
        assert list(found.sums.items()) == list(sums_of(plain).items())


@settings(max_examples=200)
@given(before=queries, after=queries, seed=st.integers(0, 100))
def test_the_law_what_narrows_another_query_lets_through_no_more(
    before: Query, after: Query, seed: int
) -> None:
    rng = random.Random(seed)
    rows = [some_row(rng, record_id) for record_id in range(1, 25)]
    if narrows(after, before):
        assert all(matches(before, row) for row in rows if matches(after, row))


@pytest.mark.parametrize(
    ("before", "after", "is_narrower"),
    [
        ((), (word("a"),), True),
        ((word("a"),), (word("Ana"),), True),
        ((word("ana"),), (word("an"),), False),
        ((word("a"), TESTS[-1]), (TESTS[-1], word("na")), True),
        ((word("a"), TESTS[-1]), (word("na"),), False),
        ((Not(word("a")),), (Not(word("an")),), False),
        ((Not(word("a")),), (Not(word("a")), word("b")), True),
    ],
)
def test_a_longer_word_and_one_more_test_narrow(
    before: tuple[Test, ...], after: tuple[Test, ...], is_narrower: bool
) -> None:
    assert narrows(Query(after), Query(before)) is is_narrower
