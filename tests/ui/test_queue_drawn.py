"""What the queue draws of rows that have left: the same lines, until it was chosen otherwise."""

from __future__ import annotations

from random import Random

import pytest

from crm_tui.domain.triage.lanes import Lane
from crm_tui.ui.widgets.queue_drawn import Drawn, Lanes

FULL: Lanes = {Lane.NEW: (1, 2), Lane.TODAY: (3, 4, 5)}


def after(*stages: Lanes) -> Drawn:
    """What is drawn after the queue has been through all this."""
    drawn = Drawn({})
    for waiting in stages:
        drawn = drawn.followed(waiting)
    return drawn


@pytest.mark.parametrize(
    ("waiting", "gone"),
    [
        ({Lane.NEW: (1, 2), Lane.TODAY: (3, 5)}, {4}),
        ({Lane.TODAY: (4, 5)}, {1, 2, 3}),
        ({}, {1, 2, 3, 4, 5}),
    ],
)
def test_what_has_left_stays_in_its_line(waiting: Lanes, gone: set[int]) -> None:
    drawn = after(FULL, waiting)
    assert drawn.lanes == FULL
    assert drawn.gone == gone
    assert [drawn.line_of(each) for each in (1, 2, 3, 4, 5)] == [1, 2, 4, 5, 6]
    assert drawn.height == 7


def test_what_comes_back_is_where_it_was() -> None:
    drawn = after(FULL, {Lane.TODAY: (3,)}, {Lane.NEW: (2,), Lane.TODAY: (3, 5)})
    assert drawn.lanes == FULL
    assert drawn.gone == {1, 4}


@pytest.mark.parametrize(
    "waiting",
    [
        {Lane.NEW: (1, 2), Lane.TODAY: (3, 4, 5, 6)},
        {Lane.NEW: (2, 1), Lane.TODAY: (3, 4, 5)},
        {Lane.NEW: (1,), Lane.OVERDUE: (3,), Lane.TODAY: (4, 5)},
    ],
)
def test_another_order_or_more_rows_are_drawn_as_they_are(waiting: Lanes) -> None:
    drawn = after(FULL, {Lane.NEW: (1, 2), Lane.TODAY: (3, 4)}, waiting)
    assert drawn.lanes == waiting
    assert drawn.gone == set()


def test_only_what_is_drawn_has_a_line() -> None:
    with pytest.raises(KeyError):
        Drawn(FULL).line_of(6)
    assert Drawn(FULL).is_first(3)
    assert not Drawn(FULL).is_first(4)


@pytest.mark.parametrize("seed", range(20))
def test_rows_that_come_and_go_one_by_one_are_drawn_as_if_all_were_looked_through(
    seed: int,
) -> None:
    chance = Random(seed)
    waiting = {lane: list(ids) for lane, ids in FULL.items()}
    drawn = after(FULL)
    for _ in range(30):
        lane = chance.choice(list(FULL))
        each = chance.choice(FULL[lane])
        if each in waiting[lane]:
            waiting[lane].remove(each)
        else:
            waiting[lane] = [one for one in FULL[lane] if one in waiting[lane] or one == each]
        drawn = drawn.followed({kept: tuple(ids) for kept, ids in waiting.items() if ids})
        assert drawn.lanes == FULL
        assert drawn.gone == {each for ids in FULL.values() for each in ids} - {
            each for ids in waiting.values() for each in ids
        }
