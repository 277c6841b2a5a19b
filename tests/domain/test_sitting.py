"""A sitting keeps the order it began with, whatever becomes of the queue meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.triage.lanes import Lane, Scope
from crm_tui.domain.triage.queue import Queue, queue
from crm_tui.domain.triage.sitting import opened
from crm_tui.structs import replace
from tests.domain.triage_rows import NOW, SCOPE, ago, books, opportunities, opportunity, scopes


@pytest.fixture
def ranked() -> Queue:
    """Two overdue, two due today, two without a follow-up, one parked."""
    dues = {1: ago(5), 2: ago(4), 3: NOW, 4: NOW, 5: None, 6: None, 7: ago(-3)}
    return queue([opportunity(each, due_on=due) for each, due in dues.items()], SCOPE)


def put_off(ranked: Queue, record_id: int, days: int = 7) -> Queue:
    row = ranked.entries[record_id].row
    return ranked.with_row(replace(row, due_on=NOW + timedelta(days=days)))


def test_a_decided_row_leaves_and_the_next_one_is_there(ranked: Queue) -> None:
    sitting = opened(ranked)
    assert sitting.waiting(ranked) == (1, 2, 3, 4, 5, 6)
    after = put_off(ranked, 2)
    assert sitting.following(after, 2) == 3
    assert sitting.waiting(after) == (1, 3, 4, 5, 6)


def test_a_row_that_became_better_or_worse_keeps_its_place(ranked: Queue) -> None:
    sitting = opened(ranked)
    changed = ranked.with_row(replace(ranked.entries[6].row, due_on=ago(9)))
    assert changed.order[0].row.id == 6
    assert sitting.waiting(changed) == (1, 2, 3, 4, 5, 6)
    assert sitting.folded(changed).waiting(changed) == (6, 1, 2, 3, 4, 5)


def test_what_comes_meanwhile_is_counted_and_folded_in_on_demand(ranked: Queue) -> None:
    sitting = opened(ranked)
    assert sitting.arrivals(ranked) == 0
    more = put_off(ranked.with_row(opportunity(8, due_on=ago(30))), 7, days=0)
    assert sitting.arrivals(more) == 2
    assert sitting.waiting(more) == (1, 2, 3, 4, 5, 6)
    folded = sitting.folded(more)
    assert folded.arrivals(more) == 0
    assert folded.waiting(more) == (8, 1, 2, 3, 4, 7, 5, 6)


def test_a_skipped_row_stays_away_for_the_sitting_only(ranked: Queue) -> None:
    sitting = opened(ranked).skip(1).skip(3)
    assert sitting.waiting(ranked) == (2, 4, 5, 6)
    assert sitting.folded(ranked).waiting(ranked) == (2, 4, 5, 6)
    assert opened(ranked).waiting(ranked) == (1, 2, 3, 4, 5, 6)


def test_what_is_taken_back_is_no_arrival(ranked: Queue) -> None:
    sitting = opened(ranked)
    back = put_off(ranked, 2).with_row(ranked.entries[2].row)
    assert sitting.arrivals(back) == 0
    assert sitting.waiting(back) == (1, 2, 3, 4, 5, 6)


def test_after_the_last_one_comes_the_first_and_after_all_none(ranked: Queue) -> None:
    sitting = opened(ranked)
    assert sitting.following(ranked, 6) == 1
    assert sitting.following(ranked, 99) == 1
    for each in (1, 2, 3, 4, 5):
        ranked = put_off(ranked, each)
    assert sitting.following(ranked, 2) == 6
    assert sitting.following(ranked, 6) is None
    assert sitting.following(put_off(ranked, 6), 6) is None


def test_the_next_lane_is_the_next_that_has_any(ranked: Queue) -> None:
    sitting = opened(ranked)
    assert sitting.next_lane(ranked, 1) == 3
    assert sitting.next_lane(ranked, 4) == 5
    assert sitting.next_lane(ranked, 5) == 1
    for each in (3, 4):
        ranked = put_off(ranked, each)
    assert sitting.next_lane(ranked, 1) == 5
    assert sitting.skip(5).skip(6).next_lane(ranked, 1) is None


def test_a_pin_comes_to_the_front_when_it_is_folded_in(ranked: Queue) -> None:
    sitting = opened(ranked)
    pinned = ranked.with_pins(frozenset([5]))
    assert sitting.waiting(pinned) == (1, 2, 3, 4, 5, 6)
    assert sitting.folded(pinned).waiting(pinned) == (5, 1, 2, 3, 4, 6)
    assert pinned.counts[Lane.PINNED] == 1


@given(books(), scopes(), st.data())
def test_the_order_never_changes_and_nothing_is_lost(
    rows: list[OpportunityRow], scope: Scope, data: st.DataObject
) -> None:
    ranked = queue(rows, scope)
    sitting = opened(ranked)
    for _ in range(3):
        ranked = ranked.with_row(data.draw(opportunities(data.draw(st.integers(1, 21)))))
    waiting = sitting.waiting(ranked)
    assert [each for each in sitting.order if each in set(waiting)] == list(waiting)
    assert len(waiting) + sitting.arrivals(ranked) == len(ranked.order)
    assert set(sitting.folded(ranked).order) == {entry.row.id for entry in ranked.order}
