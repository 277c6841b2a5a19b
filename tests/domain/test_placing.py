"""Moving a card inside its stage: the wanted order, and the fewest writes that make it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.domain.placing import moved
from crm_tui.domain.rows import ORDER, OpportunityRow
from crm_tui.structs import replace
from tests.domain.rows import a_row

Places = list[tuple[int, int]]
"""Position and id of cards."""


def cards_of(places: Places) -> list[OpportunityRow]:
    return [a_row(record_id, position=position) for position, record_id in places]


def ids(cards: Sequence[OpportunityRow]) -> list[int]:
    return [card.id for card in sorted(cards, key=ORDER)]


def wanted(cards: Sequence[OpportunityRow], record_id: int, step: int) -> list[int]:
    """Say the order that a move should lead to."""
    order = ids(cards)
    place = order.index(record_id)
    order.remove(record_id)
    order.insert(max(0, min(place + step, len(cards) - 1)), record_id)
    return order


def after(cards: Sequence[OpportunityRow], new: dict[int, int]) -> list[OpportunityRow]:
    return [replace(card, position=new.get(card.id, card.position)) for card in cards]


@pytest.mark.parametrize(
    ("places", "record_id", "step", "new"),
    [
        # A gap: into the middle or thereabouts, so that there is room on both sides.
        ([(0, 1), (10, 2), (20, 3)], 1, 1, {1: 15}),
        ([(0, 1), (10, 2), (20, 3)], 3, -1, {3: 4}),
        # The ends.
        ([(0, 1), (10, 2), (20, 3)], 1, 2, {1: 21}),
        ([(0, 1), (10, 2), (20, 3)], 1, 99, {1: 21}),
        ([(4, 1), (10, 2), (20, 3)], 3, -99, {3: 1}),
        ([(0, 5), (10, 6), (20, 3)], 3, -2, {3: 0}),  # its id is smaller: a tie with the first will do
        # No gap, but the id decides a tie.
        ([(0, 4), (1, 3), (1, 5)], 4, 1, {4: 1}),
        ([(1, 1), (1, 4), (2, 3)], 3, -1, {3: 1}),
        # Neither: the neighbours give way.
        ([(0, 1), (0, 2)], 2, -1, {1: 1}),
        ([(0, 1), (0, 2), (5, 3)], 2, -1, {1: 3}),
        ([(0, 1), (1, 2), (2, 3), (3, 4)], 4, -3, {4: 0, 1: 1}),  # 1 and 2 share a position
        # Nothing to do.
        ([(0, 1), (10, 2)], 1, 0, {}),
        ([(0, 1), (10, 2)], 1, -1, {}),
        ([(0, 1), (10, 2)], 2, 5, {}),
        ([(7, 1)], 1, 3, {}),
        # What is negative already stays as it is.
        ([(-5, 1), (0, 2), (9, 3)], 3, -1, {3: -3}),
    ],
)  # fmt: skip
def test_a_card_is_moved(places: Places, record_id: int, step: int, new: dict[int, int]) -> None:
    cards = cards_of(places)
    assert moved(cards, record_id, step) == new
    assert moved(cards[::-1], record_id, step) == new
    assert ids(after(cards, new)) == wanted(cards, record_id, step)


def test_a_card_that_is_not_there_is_not_moved() -> None:
    with pytest.raises(KeyError):
        moved(cards_of([(0, 1)]), 2, 1)
    with pytest.raises(KeyError):
        moved([], 2, 1)


def some_places(size: int, highest: int) -> st.SearchStrategy[Places]:
    return st.lists(
        st.tuples(st.integers(0, highest), st.integers(1, 30)),
        min_size=1,
        max_size=size,
        unique_by=lambda place: place[1],
    )


@given(some_places(12, 15) | some_places(12, 10**6), st.integers(0, 11), st.integers(-13, 13))
def test_the_order_afterwards_is_the_wanted_one(places: Places, which: int, step: int) -> None:
    cards = cards_of(places)
    record_id = places[which % len(places)][1]
    new = moved(cards, record_id, step)
    assert ids(after(cards, new)) == wanted(cards, record_id, step)
    assert all(position >= 0 for position in new.values())
    assert all(card.position != new.get(card.id) for card in cards)


@given(some_places(8, 6), st.integers(0, 7), st.integers(-8, 8))
def test_a_move_and_the_way_back_leave_the_order_as_it_was(
    places: Places, which: int, step: int
) -> None:
    cards = cards_of(places)
    record_id = places[which % len(places)][1]
    here = ids(cards).index(record_id)
    there = after(cards, moved(cards, record_id, step))
    gone = ids(there).index(record_id) - here
    assert ids(after(there, moved(there, record_id, -gone))) == ids(cards)


def fewest(cards: Sequence[OpportunityRow], order: list[int]) -> list[set[int]]:
    """Find, by trying everything, the smallest sets of cards whose new positions can make an order."""
    everything = [card.id for card in cards]
    highest = max(card.position for card in cards) + len(cards)
    for count in range(len(cards) + 1):
        enough = [
            set(chosen)
            for chosen in combinations(everything, count)
            if any(
                ids(after(cards, dict(zip(chosen, positions, strict=True)))) == order
                for positions in product(range(highest + 1), repeat=count)
            )
        ]
        if enough:
            return enough
    raise AssertionError(order)


@settings(max_examples=200)
@given(some_places(4, 3), st.integers(0, 3), st.integers(-4, 4))
def test_no_smaller_set_of_cards_would_do_and_the_moved_one_goes_alone_if_it_can(
    places: Places, which: int, step: int
) -> None:
    cards = cards_of(places)
    record_id = places[which % len(places)][1]
    enough = fewest(cards, wanted(cards, record_id, step))
    new = set(moved(cards, record_id, step))
    assert new in enough
    if {record_id} in enough:
        assert new == {record_id}


def test_five_thousand_cards_on_one_position_are_moved_too() -> None:
    """A location holds no more; the time is that of sorting them."""
    cards = cards_of([(0, record_id) for record_id in range(1, 5_001)])
    new = moved(cards, 4_000, -3_000)
    assert ids(after(cards, new)) == wanted(cards, 4_000, -3_000)
