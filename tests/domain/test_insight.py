"""The weight of a stage, learned from what was decided."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.insight import FEWEST_DECIDED, weighted, weights

visits = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 4)), max_size=60)
outcomes = st.dictionaries(st.integers(1, 12), st.booleans())
amounts = st.decimals(-(10**12), 10**12, places=2)
shares = st.decimals(0, 1, places=4)


def test_a_stage_weighs_the_share_of_decided_visitors_that_were_won() -> None:
    seen = [(number, 10) for number in range(8)] + [(number, 11) for number in range(4, 8)]
    decided = {0: True, 1: False, 2: True, 3: False, 4: True, 5: True, 6: False, 7: True}
    assert weights(seen, decided) == {10: Decimal("0.625")}  # 11 was seen by four alone
    more = [*seen, (9, 11), (9, 10)]
    assert weights(more, {**decided, 9: True}) == {10: Decimal(6) / 9, 11: Decimal("0.8")}


def test_what_is_open_does_not_count_and_a_second_visit_neither() -> None:
    seen = [(number, 10) for number in range(9)] + [(0, 10)] * 9
    assert weights(seen, dict.fromkeys(range(FEWEST_DECIDED - 1), True)) == {}
    assert weights(seen, dict.fromkeys(range(FEWEST_DECIDED), True)) == {10: 1}
    assert weights(seen, dict.fromkeys(range(FEWEST_DECIDED), False)) == {10: 0}
    assert weights([], {}) == {}


@pytest.mark.parametrize(
    ("amount", "weight", "cents"),
    [
        ("100", "0.625", "62.50"),
        ("0.10", "0.25", "0.02"),  # half a cent goes to the even one
        ("0.30", "0.25", "0.08"),
        ("0.50", "0.25", "0.12"),
        ("-0.30", "0.25", "-0.08"),
        ("100", "0", "0.00"),
        ("2450", "1", "2450.00"),
        ("1" * 60 + ".01", "1", "1" * 60 + ".01"),
        ("1e999999", "0.5", "5e999998"),
        ("1e-999999", "0.5", "0.00"),
    ],
)
def test_a_weighted_sum_is_rounded_to_cents(amount: str, weight: str, cents: str) -> None:
    (found,) = weighted({"GBP": Decimal(amount)}, Decimal(weight)).values()
    assert found == Decimal(cents)


@given(visits, outcomes)
def test_a_weight_is_the_counted_share(
    seen: list[tuple[int, int]], decided: dict[int, bool]
) -> None:
    found = weights(seen, decided)
    for stage_id in range(1, 5):
        visitors = {each for each, stage in seen if stage == stage_id and each in decided}
        if len(visitors) < FEWEST_DECIDED:
            assert stage_id not in found
            continue
        share = Fraction(sum(decided[each] for each in visitors), len(visitors))
        assert abs(Fraction(found[stage_id]) - share) < Fraction(1, 10**20)
        assert 0 <= found[stage_id] <= 1


@given(visits, outcomes)
def test_neither_order_nor_repetition_matters(
    seen: list[tuple[int, int]], decided: dict[int, bool]
) -> None:
    assert weights(seen[::-1] + seen, decided) == weights(seen, decided)


@given(st.dictionaries(st.sampled_from(["GBP", "EUR", "USD", ""]), amounts), shares)
def test_currencies_stay_apart_and_each_is_within_half_a_cent(
    sums: dict[str, Decimal], weight: Decimal
) -> None:
    found = weighted(sums, weight)
    assert list(found) == list(sums)
    for currency, amount in found.items():
        exact = Fraction(sums[currency]) * Fraction(weight)
        assert abs(Fraction(amount) - exact) <= Fraction(1, 200)
        assert amount.as_tuple().exponent == -2
