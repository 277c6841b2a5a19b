"""Amounts with their currencies.  Never adds two currencies, never rounds a figure that is counted with.

Amounts are `Decimal`; a currency is an ISO code, empty when the service named none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from typing import Final

_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}

_UNITS = (
    (Decimal(999_950), Decimal(1_000_000), "M"),  # what would round to 1,000.0k
    (Decimal(10_000), Decimal(1_000), "k"),
)

_ABSURD = Decimal(10) ** 15
"""From here on no card has room for the digits."""

Sums = dict[str, Decimal]
"""Currency → sum, in the order in which the currencies were met."""


Amount = tuple[str, Decimal | None]
"""A currency, and how much of it, if that is set."""

_DIGITS: Final = 400
"""Of a sum: any amount that makes sense is added up exactly, and what is absurd is added up in no time."""

_ADDING: Final = Context(prec=_DIGITS, traps=[])
_EXACT: Final = Context(prec=_DIGITS, traps=[Inexact])


class AmountError(ValueError):
    """A typed amount cannot be read; `message` repeats what was typed, raw."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


# A text, not compiled: `re` does that when it is first used, and a start need not wait for it.
_AMOUNT: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,2})?"
_QUOTED: Final = 30


def read_amount(text: str) -> Decimal:
    """Read a typed amount: ``2500``, ``2,500``, ``99.50``; raises `AmountError`.

    What some write for thousands is not taken for cents: ``2.500`` and ``2,5`` are refused.
    """
    typed = text.strip()
    if not re.fullmatch(_AMOUNT, typed):
        shown = typed if len(typed) <= _QUOTED else f"{typed[:_QUOTED]}…"
        raise AmountError(f'"{shown}" is no amount; write it as 2500 or 99.50')
    return Decimal(typed.replace(",", ""))


def total(amounts: Iterable[Amount]) -> Sums:
    """Add amounts per currency; an amount that is not set adds nothing and names no currency."""
    sums: Sums = {}
    for currency, amount in amounts:
        if amount is not None:
            sums[currency] = _ADDING.add(sums.get(currency, Decimal(0)), amount)
    return sums


def retotal(
    sums: Sums,
    gone: Iterable[Amount],
    come: Iterable[Amount],
    left: Callable[[], Iterable[Amount]],
) -> Sums:
    """Give the total after some amounts went and others came; `left` gives all that are there now.

    They are looked at only where the answer is not plain: where currencies are mixed, come or go, and where a sum is
    not exact.
    """
    lost, won = _set(gone), _set(come)
    if not lost and not won:
        return sums
    if len(sums) != 1 or {currency for currency, _ in (*lost, *won)} != set(sums):
        return total(left())
    ((currency, amount),) = sums.items()
    if len(amount.as_tuple().digits) == _DIGITS:  # it was rounded
        return total(left())
    try:
        for _, each in lost:
            amount = _EXACT.subtract(amount, each)
        for _, each in won:
            amount = _EXACT.add(amount, each)
    except Inexact:
        return total(left())
    # Nothing may be what is left over, or what there is.
    is_any = bool(amount) or any(each is not None for _, each in left())
    return {currency: amount} if is_any else {}


def _set(amounts: Iterable[Amount]) -> list[tuple[str, Decimal]]:
    return [(currency, amount) for currency, amount in amounts if amount is not None]


def format_amount(amount: Decimal, currency: str) -> str:
    """Write an amount whole: ``£2,450``, ``€99.50``, ``CHF 1,200``; cents only when there are any."""
    size = abs(amount)
    digits = f"{size:.4g}" if size >= _ABSURD else f"{size:,.2f}".removesuffix(".00")
    return _signed(amount, currency, digits)


def format_short(amount: Decimal, currency: str) -> str:
    """Write an amount to fit a heading: ``£780``, ``£41.2k``, ``£1.3M``; rounded, so never counted with."""
    size = abs(amount)
    if size >= _ABSURD:
        return _signed(amount, currency, f"{size:.4g}")
    for least, unit, mark in _UNITS:
        if size >= least:
            tenths = (size / unit).quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)
            return _signed(amount, currency, f"{tenths:,}{mark}")
    whole = size.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return _signed(amount, currency, f"{whole:,}")


def format_sums(sums: Sums) -> str:
    """Write sums per currency: ``£41.2k + €5,200``; nothing when there are none."""
    return " + ".join(format_short(amount, currency) for currency, amount in sums.items())


def _signed(amount: Decimal, currency: str, digits: str) -> str:
    sign = "-" if amount < 0 else ""
    symbol = _SYMBOLS.get(currency)
    if symbol is not None:
        return f"{sign}{symbol}{digits}"
    return f"{sign}{currency} {digits}" if currency else f"{sign}{digits}"
