"""Entries in blocks are what a sorted list and a dictionary are."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from crm_tui.domain.triage.blocks import by_id, in_order
from crm_tui.domain.triage.lanes import Entry, Lane
from tests.domain.triage_rows import opportunity

WRITTEN = datetime(2026, 3, 2, tzinfo=UTC)


def entry(number: int, day: int) -> Entry:
    """An entry with an id, at the place that a day gives it."""
    row = opportunity(number)
    return Entry((day, 0.0, WRITTEN, number), row, Lane.OVERDUE, Lane.OVERDUE)


@pytest.mark.parametrize("seed", range(5))
def test_what_comes_and_goes_leaves_what_a_sorted_list_would_hold(seed: int) -> None:
    chance = Random(seed)
    held = {number: entry(number, chance.randrange(400)) for number in range(1200)}
    ordered, found = in_order(held.values()), by_id(held.values())
    for step in range(1500):
        number = chance.randrange(1600)
        gone = held.pop(number, None)
        if gone is not None:
            ordered = ordered.without(gone)
        come = [entry(number, chance.randrange(400))] if chance.random() < 0.7 else []
        held |= {each.row.id: each for each in come}
        for each in come:
            ordered = ordered.with_entry(each)
        found = found.changed([number], come)
        if step % 50 == 0:
            expected = sorted(held.values(), key=lambda each: each.key)
            assert list(ordered) == expected
            assert dict(found) == held
            assert len(found) == len(held)
            begin, end = sorted((chance.randrange(401), chance.randrange(401)))
            inside = [each for each in expected if begin <= each.key[0] < end]
            assert list(ordered.between((begin,), (end,))) == inside
            assert ordered.place((end,)) == sum(each.key[0] < end for each in expected)


def test_all_can_go_and_come_again() -> None:
    entries = [entry(number, number % 7) for number in range(600)]
    ordered, before = in_order(entries), in_order(entries)
    for each in entries:
        ordered = ordered.without(each)
    assert list(ordered) == []
    assert ordered.place((3,)) == 0
    assert ordered.between((0,), (9,)) == ()
    for each in entries:
        ordered = ordered.with_entry(each)
    assert list(ordered) == list(before), "what it was made of has not changed"
    with pytest.raises(KeyError):
        ordered.without(entry(1, 99))


def test_a_change_copies_one_block() -> None:
    """Thousands are not touched for one."""
    entries = [entry(number, number) for number in range(20_000)]
    ordered, found = in_order(entries), by_id(entries)
    changed = ordered.without(entries[77])
    before = {id(block) for block in ordered.blocks}
    assert sum(id(block) not in before for block in changed.blocks) == 1
    shards = {id(shard) for shard in found.shards}
    assert sum(id(shard) not in shards for shard in found.changed([77], []).shards) == 1
