"""What the past says about the future: so far, how much a card's stage is worth.

The weight of a stage is the share of decided opportunities that were once in it and were won; a value times this
weight is what a forecast counts with.  It learns from history alone: no stage has a weight because of its name or
its place.  It must not guess where there is too little to learn from, nor add two currencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Final

from crm_tui.domain.money import Sums

FEWEST_DECIDED: Final = 5
"""Decided opportunities that a stage needs for a weight; with fewer, one more deal would turn it over."""

_CENT: Final = Decimal("0.01")

_DIGITS: Final = 28
"""Digits of a share, whatever the program reckons with elsewhere."""

_ABSURD: Final = 100
"""Digits before the point from which an amount is left unrounded: cents mean nothing there."""


def weights(visits: Iterable[tuple[int, int]], outcomes: Mapping[int, bool]) -> dict[int, Decimal]:
    """Give stage id → share from 0 to 1 of the decided opportunities once in that stage that were won.

    `visits` are pairs of opportunity id and stage id: both stages of every history entry, and the one a card is in.
    The same pair may come any number of times and counts once.  `outcomes` gives opportunity id → whether it was
    won, for the decided ones; the others are not counted.  A stage that fewer than `FEWEST_DECIDED` decided
    opportunities have seen has no weight and is missing.
    """
    seen: dict[int, set[int]] = {}
    for opportunity_id, stage_id in visits:
        if opportunity_id in outcomes:
            seen.setdefault(stage_id, set()).add(opportunity_id)
    with localcontext() as context:
        context.prec = _DIGITS
        return {
            stage_id: Decimal(sum(outcomes[each] for each in decided)) / len(decided)
            for stage_id, decided in seen.items()
            if len(decided) >= FEWEST_DECIDED
        }


def weighted(sums: Sums, weight: Decimal) -> Sums:
    """Give each currency's sum times a weight, rounded half even to cents; every currency stays on its own."""
    return {currency: _to_cents(amount, weight) for currency, amount in sums.items()}


def _to_cents(amount: Decimal, weight: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _ABSURD + 2 * _DIGITS
        product = amount * weight
        if product.adjusted() >= _ABSURD:
            return product
        return product.quantize(_CENT, rounding=ROUND_HALF_EVEN)
