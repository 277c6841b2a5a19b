"""How amounts are written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_tui.domain.money import format_amount, format_short, format_sums, total


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("2450", "GBP", "£2,450"),
        ("2450.00", "EUR", "€2,450"),
        ("99.5", "USD", "$99.50"),
        ("0.10", "GBP", "£0.10"),
        ("-780", "GBP", "-£780"),
        ("1200", "CHF", "CHF 1,200"),
        ("7", "", "7"),
        ("1234567.89", "JPY", "JPY 1,234,567.89"),
        ("1e40", "GBP", "£1e+40"),
        ("-1e99", "GBP", "-£1e+99"),
    ],
)
def test_an_amount_is_written_whole(amount: str, currency: str, written: str) -> None:
    assert format_amount(Decimal(amount), currency) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("780.49", "£780"),
        ("9999", "£9,999"),
        ("41234", "£41.2k"),
        ("999949", "£999.9k"),
        ("999950", "£1.0M"),
        ("1300000", "£1.3M"),
        ("-41234", "-£41.2k"),
        ("0", "£0"),
        ("9" * 40, "£1.000e+40"),
    ],
)
def test_a_sum_is_shortened_for_a_heading(amount: str, written: str) -> None:
    assert format_short(Decimal(amount), "GBP") == written


def test_two_currencies_are_never_added() -> None:
    sums = total([("GBP", Decimal(1)), ("EUR", Decimal(2)), ("GBP", Decimal(3)), ("USD", None)])
    assert format_sums(sums) == "£4 + €2"
