"""What holds for every queue, whatever is in it."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain import hygiene
from crm_tui.domain.enums import Status
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.triage.lanes import Lane, Scope, scales_of
from crm_tui.domain.triage.queue import Queue, queue
from crm_tui.domain.triage.reasons import reason
from crm_tui.structs import replace
from tests.domain.triage_rows import SCOPE, STAGES, books, opportunities, scopes


def is_open_in_scope(row: OpportunityRow) -> bool:
    return row.status == Status.IN_PROGRESS and row.board_id in SCOPE.zones


@given(books(), scopes())
def test_every_open_opportunity_is_in_exactly_one_lane_or_parked(
    rows: list[OpportunityRow], scope: Scope
) -> None:
    ranked = queue(rows, scope)
    listed = [entry.row.id for lane in Lane for entry in ranked.lane(lane)]
    assert len(set(listed)) == len(listed) == sum(ranked.counts.values())
    assert listed == [entry.row.id for entry in ranked.ordered]
    assert set(listed) == set(ranked.entries)
    assert {row.id for row in rows if is_open_in_scope(row)} <= set(listed)
    parked = {entry.row.id for entry in ranked.lane(Lane.PARKED)}
    assert parked.isdisjoint(entry.row.id for entry in ranked.order)


@given(books(), scopes())
def test_a_higher_level_is_never_outranked_by_a_lower(
    rows: list[OpportunityRow], scope: Scope
) -> None:
    ranked = queue(rows, scope)
    for before, after in pairwise(ranked.ordered):
        assert before.lane <= after.lane
        assert before.key < after.key  # so no two are equal
    for entry in ranked.ordered:
        assert (entry.lane is Lane.PINNED) == (entry.row.id in scope.pinned)


@given(books(), scopes(), st.randoms(use_true_random=False))
def test_shuffling_the_book_changes_nothing(
    rows: list[OpportunityRow], scope: Scope, chance: random.Random
) -> None:
    shuffled = chance.sample(rows, len(rows))
    assert tuple(queue(shuffled, scope).ordered) == tuple(queue(rows, scope).ordered)


@given(books(), scopes())
def test_of_one_day_and_currency_the_larger_value_comes_first(
    rows: list[OpportunityRow], scope: Scope
) -> None:
    ranked = queue(rows, scope)
    for entry in ranked.order:
        for other in ranked.order:
            one, two = entry.row, other.row
            is_same = entry.key[0] == other.key[0] and one.currency == two.currency
            both_open = is_open_in_scope(one) and is_open_in_scope(two)
            if is_same and both_open and _is_larger(one.value, two.value):
                assert entry.key < other.key


@given(books(), scopes(), st.integers(2, 1000))
def test_a_currency_may_be_counted_in_any_unit(
    rows: list[OpportunityRow], scope: Scope, rate: int
) -> None:
    """Values are never compared over currencies: were one worth a thousandth, nothing would change."""
    scales = scales_of(row for row in rows if is_open_in_scope(row))
    other = {
        currency: tuple(each * (rate if currency == "NZD" else 1) for each in values)
        for currency, values in scales.items()
    }
    devalued = [
        row if row.currency != "NZD" or row.value is None else _times(row, rate) for row in rows
    ]
    assert _ids(queue(devalued, scope, other)) == _ids(queue(rows, scope, scales))


def _is_larger(one: Decimal | None, two: Decimal | None) -> bool:
    return one is not None and (two is None or one > two)


def _times(row: OpportunityRow, rate: int) -> OpportunityRow:
    assert row.value is not None
    return replace(row, value=row.value * rate)


def _ids(ranked: Queue) -> list[int]:
    return [entry.row.id for entry in ranked.ordered]


@given(books(), scopes(), st.data())
def test_one_row_ranked_anew_is_the_whole_ranked_anew(
    rows: list[OpportunityRow], scope: Scope, data: st.DataObject
) -> None:
    ranked = queue(rows, scope)
    book = {row.id: row for row in rows}
    for _ in range(3):
        record_id = data.draw(st.integers(1, 21))
        if data.draw(st.booleans()):
            book[record_id] = data.draw(opportunities(record_id))
            ranked = ranked.with_row(book[record_id])
        else:
            book.pop(record_id, None)
            ranked = ranked.without(record_id)
        whole = queue(book.values(), scope, ranked.scales)
        assert tuple(ranked.ordered) == tuple(whole.ordered)
        assert ranked.entries == whole.entries
        assert ranked.twins.ids == whole.twins.ids


@given(books(), scopes(), scopes())
def test_pinning_is_ranking_with_other_pins(
    rows: list[OpportunityRow], scope: Scope, other: Scope
) -> None:
    pinned = queue(rows, scope).with_pins(other.pinned)
    assert tuple(pinned.ordered) == tuple(queue(rows, replace(scope, pinned=other.pinned)).ordered)


@given(books(), scopes())
def test_every_entry_has_a_reason_and_hygiene_a_cure(
    rows: list[OpportunityRow], scope: Scope
) -> None:
    ranked = queue(rows, scope)
    for entry in ranked.ordered:
        said = reason(ranked, entry.row.id)
        assert said.words
        assert all(said.facts)
        if entry.kind is Lane.HYGIENE:
            assert said.fix


@given(opportunities(1), st.booleans())
def test_what_is_seen_fast_is_what_is_found(row: OpportunityRow, has_twin: bool) -> None:
    stage = STAGES[row.stage_id]
    found = hygiene.of_open(row, stage, has_twin=has_twin)
    assert hygiene.is_grave(row, stage, has_twin=has_twin) == any(each.grave for each in found)
