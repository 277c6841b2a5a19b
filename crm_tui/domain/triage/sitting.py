"""One sitting at the queue: the order as it was at the beginning, so that nothing jumps under the cursor.

What comes meanwhile is counted and waits until it is folded in; what was decided or put off leaves; what is skipped
comes back with the next sitting.  Everything is by record id.  It must not rank: that is the queue's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crm_tui.domain.triage.lanes import Lane
from crm_tui.domain.triage.queue import Queue
from crm_tui.structs import Struct, replace


class Sitting(Struct, frozen=True):
    """Which opportunities are gone through, in which order."""

    order: tuple[int, ...]
    """Record ids as the queue had them, best first."""
    places: Mapping[int, int]
    """Record id → place in `order`."""
    skipped: frozenset[int] = frozenset()

    def waiting(self, queue: Queue) -> tuple[int, ...]:
        """Give what is still to be looked at, in order."""
        return tuple(each for each in self.order if self._waits(queue, each))

    def following(self, queue: Queue, record_id: int) -> int | None:
        """Give what comes after an opportunity, from the beginning when it was the last; none when nothing is left.

        It may have left the queue: its place is still known.  One that was never in the order is before the first.
        """
        after = self.places.get(record_id, -1) + 1
        for each in (*self.order[after:], *self.order[: max(0, after - 1)]):
            if self._waits(queue, each):
                return each
        return None

    def next_lane(self, queue: Queue, record_id: int) -> int | None:
        """Give the first that waits in the next lane that has any, going round; none when no other lane has."""
        firsts = dict(self._firsts(queue))
        entry = queue.entries.get(record_id)
        here = Lane.PINNED if entry is None else entry.lane
        lanes = sorted(firsts, key=lambda lane: (lane < here, lane))
        return next((firsts[lane] for lane in lanes if lane != here), None)

    def arrivals(self, queue: Queue) -> int:
        """Count what waits in the queue and is not in the order: it came, or fell due, since."""
        return sum(entry.row.id not in self.places for entry in queue.order)

    def skip(self, record_id: int) -> Sitting:
        """Leave an opportunity out for the rest of the sitting."""
        return replace(self, skipped=self.skipped | {record_id})

    def unskip(self, record_id: int) -> Sitting:
        """Have an opportunity wait again that was left out."""
        return replace(self, skipped=self.skipped - {record_id})

    def folded(self, queue: Queue) -> Sitting:
        """Take the queue's order as it is now, arrivals and pins included; what was skipped stays so."""
        return replace(opened(queue), skipped=self.skipped)

    def _waits(self, queue: Queue, record_id: int) -> bool:
        entry = queue.entries.get(record_id)
        return entry is not None and entry.lane is not Lane.PARKED and record_id not in self.skipped

    def _firsts(self, queue: Queue) -> Iterator[tuple[Lane, int]]:
        seen: set[Lane] = set()
        for each in self.order:
            if self._waits(queue, each) and queue.entries[each].lane not in seen:
                seen.add(queue.entries[each].lane)
                yield queue.entries[each].lane, each


def opened(queue: Queue) -> Sitting:
    """Begin a sitting with the queue as it is."""
    order = tuple(entry.row.id for entry in queue.order)
    return Sitting(order, {each: place for place, each in enumerate(order)})
