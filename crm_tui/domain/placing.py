"""Which positions to write so that a card moves up or down inside its stage, with the fewest writes.

Positions are whole numbers with gaps, not unique, and ties are sorted by id; the service renumbers nothing.  So a
card fits between two others where there is a gap, or where its id decides a tie; only where neither helps, others
are written too.  It only reckons: making changes of the answer and sending them is for others.

How it reckons.  Count, along the wanted order, how often an id is smaller than the one before: at each such place
the position has to rise by one at least.  A card's position less this count is its level, and an order holds if and
only if levels never fall.  So the cards that can stay are a longest run of levels that never falls, and any levels
between those of its neighbours will do for the rest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from crm_tui.domain.rows import ORDER, OpportunityRow


def moved(cards: Sequence[OpportunityRow], record_id: int, step: int) -> dict[int, int]:
    """Give record id → new position, to move a card `step` places down its stage, or up where it is negative.

    `cards` are all of the stage's, in any order; the card stops at the stage's ends.  As few records as can be are
    named: the moved one alone wherever that is enough, none when it stays where it is.  Afterwards the cards are in
    exactly the wanted order.  No position falls below 0, nor below the lowest there is should one be negative
    already.  Raises `KeyError` when the card is not among them.
    """
    order = sorted(cards, key=ORDER)
    place = next((place for place, card in enumerate(order) if card.id == record_id), None)
    if place is None:
        raise KeyError(record_id)
    target = max(0, min(place + step, len(order) - 1))
    if target == place:
        return {}
    order.insert(target, order.pop(place))

    drops = _drops(order)
    levels = [card.position - drop for card, drop in zip(order, drops, strict=True)]
    floor = min(0, *(card.position for card in order))
    staying = [each for each in range(len(order)) if each != target]
    if not _never_falls([floor, *_around(levels, target)]):
        staying = _longest_run(levels, floor)
    return _filled(order, drops, levels, staying, floor)


def _drops(order: Sequence[OpportunityRow]) -> list[int]:
    """Count, for each card, the cards up to it whose id is smaller than that of the one before."""
    drops = [0]
    for before, card in pairwise(order):
        drops.append(drops[-1] + (card.id < before.id))
    return drops


def _around(levels: list[int], place: int) -> list[int]:
    return levels[:place] + levels[place + 1 :]


def _never_falls(levels: list[int]) -> bool:
    return all(before <= after for before, after in pairwise(levels))


def _longest_run(levels: list[int], floor: int) -> list[int]:
    """Give the places of a longest run of levels, from `floor` on, that never falls."""
    ends: list[int] = []
    """Length of a run, less one → the lowest level that one of this length ends with."""
    last: list[int] = []
    """The same → the place at which that run ends."""
    before: dict[int, int | None] = {}
    for place, level in enumerate(levels):
        if level < floor:
            continue
        length = bisect_right(ends, level)
        ends[length:] = [level, *ends[length + 1 :]]
        last[length:] = [place, *last[length + 1 :]]
        before[place] = last[length - 1] if length else None
    run: list[int] = []
    at = last[-1] if last else None
    while at is not None:
        run.append(at)
        at = before[at]
    return run[::-1]


def _filled(
    order: Sequence[OpportunityRow],
    drops: list[int],
    levels: list[int],
    staying: list[int],
    floor: int,
) -> dict[int, int]:
    """Give positions to all but those that stay, evenly between them, to leave room for the next move."""
    positions: dict[int, int] = {}
    done, low = -1, floor
    for stay in staying:
        gap = stay - done
        for place in range(done + 1, stay):
            level = low + (levels[stay] - low) * (place - done) // gap
            positions[order[place].id] = level + drops[place]
        done, low = stay, levels[stay]
    # Behind the last one there is room without end; the next whole number is what a new card gets too.
    for count, card in enumerate(order[done + 1 :], start=1):
        positions[card.id] = order[done].position + count
    return positions
