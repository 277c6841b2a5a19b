"""Tests of opportunities: what each comparison lets through, and what is put together of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.change import Value
from crm_tui.domain.query import AllOf, AnyOf, Comparison, Condition, Not, Query, Test, matches
from crm_tui.structs import replace
from tests.domain.rows import a_row

NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("how", "value", "passing", "failing"),
    [
        (Comparison.IS, "Noor", ["noor", "NOOR"], ["Noor H", None, ""]),
        (Comparison.IS, 3, [3, Decimal("3.00")], [4, None, "3"]),
        (Comparison.HOLDS, "STRASSE", ["an der Straße 5"], ["stra", None, ""]),
        (Comparison.FROM, NINE, [NINE, NINE + MINUTE], [NINE - MINUTE, None, 5]),
        (Comparison.TO, NINE, [NINE, NINE - MINUTE], [NINE + MINUTE, None]),
        (Comparison.ABOVE, NINE, [NINE + MINUTE], [NINE, NINE - MINUTE, None]),
        (Comparison.BELOW, NINE, [NINE - MINUTE], [NINE, NINE + MINUTE, None]),
        (Comparison.ABOVE, Decimal(5), [Decimal("5.01"), 6], [5, Decimal("5.00"), None, "6"]),
        (Comparison.BELOW, 5, [Decimal("4.99")], [5, None, NINE]),
        (Comparison.IS_EMPTY, None, [None, ""], [0, "x", Decimal(0)]),
        (Comparison.IS_SET, None, [0, "x", Decimal(0)], [None, ""]),
        (Comparison.IS, None, [], [None, "", 0]),
    ],
)  # fmt: skip
def test_a_comparison_lets_through(
    how: Comparison, value: Value, passing: list[Value], failing: list[Value]
) -> None:
    condition = Condition("due_on", how, value)
    assert all(condition.holds_for(found) for found in passing)
    assert not any(condition.holds_for(found) for found in failing)


def test_a_field_that_is_not_set_passes_the_opposite_of_a_comparison() -> None:
    before = Condition("due_on", Comparison.BELOW, NINE)
    assert not before.passes(a_row(1))
    assert Not(before).passes(a_row(1))


values = st.sampled_from([None, NINE, NINE + MINUTE, NINE - MINUTE])
conditions = st.builds(Condition, st.just("due_on"), st.sampled_from(Comparison), values)
tests = st.recursive(
    conditions,
    lambda inner: (
        inner.map(Not)
        | st.lists(inner, max_size=3).map(lambda some: AnyOf(tuple(some)))
        | st.lists(inner, max_size=3).map(lambda some: AllOf(tuple(some)))
    ),
    max_leaves=6,
)


@given(st.lists(tests, max_size=3), values)
def test_the_laws_of_logic_hold(some: list[Test], due: datetime | None) -> None:
    row = replace(a_row(1), due_on=due)
    passed = [test.passes(row) for test in some]
    assert matches(Query(tuple(some)), row) == all(passed)
    assert AllOf(tuple(some)).passes(row) == all(passed)
    assert AnyOf(tuple(some)).passes(row) == any(passed)
    assert Not(AnyOf(tuple(some))).passes(row) == AllOf(tuple(map(Not, some))).passes(row)
