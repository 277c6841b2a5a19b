"""Entries in their order and by id, in blocks: what is made of a collection by a change shares all blocks but one.

Copying thousands of references touches every one of them, which takes longer than all else that a decision needs.
It must not know what the keys mean.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from crm_tui.domain.triage.lanes import Entry
from crm_tui.structs import Struct

_KEY: Final = attrgetter("key")

_BLOCK: Final = 256
"""Entries of a block as it is made; one that has grown to twice as many is parted."""

_SHARDS: Final = 64

Bound = tuple[Any, ...]
"""A key, or its first parts alone."""


class InOrder(Struct, frozen=True):
    """Entries, by ascending key."""

    blocks: tuple[tuple[Entry, ...], ...]
    """None of them is empty."""

    def __iter__(self) -> Iterator[Entry]:
        """Go through all of them."""
        return chain.from_iterable(self.blocks)

    def place(self, bound: Bound) -> int:
        """Count those whose key is lower than a key or the begin of one."""
        number = self._block_of(bound)
        before = sum(map(len, self.blocks[:number]))
        inside = self.blocks[number] if number < len(self.blocks) else ()
        return before + bisect_left(inside, bound, key=_KEY)

    def between(self, begin: Bound, end: Bound) -> tuple[Entry, ...]:
        """Give those from one bound to before another one."""
        first, last = self._block_of(begin), self._block_of(end)
        found = tuple(chain.from_iterable(self.blocks[first : last + 1]))
        return found[bisect_left(found, begin, key=_KEY) : bisect_left(found, end, key=_KEY)]

    def without(self, entry: Entry) -> InOrder:
        """Give the others; raises `KeyError` when it is not among them."""
        number = self._block_of(entry.key)
        block = self.blocks[number] if number < len(self.blocks) else ()
        place = bisect_left(block, entry.key, key=_KEY)
        if block[place : place + 1] != (entry,):
            raise KeyError(entry.row.id)
        return self._with_block(number, (*block[:place], *block[place + 1 :]))

    def with_entry(self, entry: Entry) -> InOrder:
        """Give these and one more."""
        number = min(self._block_of(entry.key), max(0, len(self.blocks) - 1))
        block = self.blocks[number] if self.blocks else ()
        place = bisect_left(block, entry.key, key=_KEY)
        return self._with_block(number, (*block[:place], entry, *block[place:]))

    def _block_of(self, bound: Bound) -> int:
        """Give the first block that has an entry which is not lower."""
        return bisect_left(self.blocks, bound, key=lambda block: block[-1].key)

    def _with_block(self, number: int, block: tuple[Entry, ...]) -> InOrder:
        parts = (block,) if len(block) < 2 * _BLOCK else (block[:_BLOCK], block[_BLOCK:])
        new = parts if block else ()
        return InOrder((*self.blocks[:number], *new, *self.blocks[number + 1 :]))


class ById(Mapping[int, Entry]):
    """Record id → entry."""

    __slots__ = ("shards",)

    def __init__(self, shards: Sequence[Mapping[int, Entry]]) -> None:
        self.shards = shards

    def __getitem__(self, record_id: int) -> Entry:
        """Give one; raises `KeyError`."""
        return self.shards[record_id % _SHARDS][record_id]

    def __iter__(self) -> Iterator[int]:
        """Go through all ids, in no order."""
        return chain.from_iterable(self.shards)

    def __len__(self) -> int:
        """Count them."""
        return sum(map(len, self.shards))

    def changed(self, gone: Iterable[int], come: Iterable[Entry]) -> ById:
        """Give these without some, and with others, which take the place of those with the same id."""
        shards = list(self.shards)
        fresh: dict[int, dict[int, Entry]] = {}

        def shard_of(record_id: int) -> dict[int, Entry]:
            number = record_id % _SHARDS
            if number not in fresh:
                shards[number] = fresh[number] = dict(shards[number])
            return fresh[number]

        for record_id in gone:
            shard_of(record_id).pop(record_id, None)
        for entry in come:
            shard_of(entry.row.id)[entry.row.id] = entry
        return ById(shards)


def in_order(entries: Iterable[Entry]) -> InOrder:
    """Put entries into their order."""
    ordered = sorted(entries, key=_KEY)
    blocks = (ordered[begin : begin + _BLOCK] for begin in range(0, len(ordered), _BLOCK))
    return InOrder(tuple(map(tuple, blocks)))


def by_id(entries: Iterable[Entry]) -> ById:
    """Find entries by id; ids are unique."""
    shards: list[dict[int, Entry]] = [{} for _ in range(_SHARDS)]
    for entry in entries:
        record_id = entry.row.id
        shards[record_id % _SHARDS][record_id] = entry
    return ById(shards)
