"""Which records are marked, and where a range of marks was begun.  By ids: a mark stays on its record.

It knows no screen; what is shown is told to it each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Final

from crm_tui.commands.spec import Marking
from crm_tui.domain.rows import OpportunityRow

_NOTHING: Final[frozenset[int]] = frozenset()

_ID: Final = attrgetter("id")


class Selection:
    """The marks of one sitting."""

    def __init__(self) -> None:
        self._marked: set[int] = set()
        self._range_from: int | None = None

    def __len__(self) -> int:
        """Count the marks."""
        return len(self._marked)

    def __iter__(self) -> Iterator[int]:
        """Go through the ids of the marked ones, in no order."""
        return iter(self._marked)

    def toggle(self, record_id: int) -> None:
        """Mark a record, or take its mark off."""
        self._marked ^= {record_id}

    def add(self, record_ids: Iterable[int]) -> None:
        """Mark all of these."""
        self._marked.update(record_ids)

    def invert(self, record_ids: Iterable[int]) -> None:
        """Mark those of these that are not marked, and the other way round."""
        self._marked.symmetric_difference_update(record_ids)

    def remove(self, record_ids: Iterable[int]) -> None:
        """Take the marks off these."""
        self._marked.difference_update(record_ids)

    def clear(self) -> None:
        """Take all marks off."""
        self._marked.clear()
        self._range_from = None

    def mark(
        self,
        how: Marking,
        record_id: int | None,
        line: Sequence[OpportunityRow],
        shown: Iterable[int],
    ) -> str:
        """Set marks or take them off; give what there is to say about it, if anything.

        `record_id` is under the cursor, in a `line` of records along which a range runs; `shown` are all that are.
        """
        if how in (Marking.STEP, Marking.RANGE) and record_id is None:
            return "There is no card here to mark."
        match how:
            case Marking.STEP if record_id is not None:
                self.toggle(record_id)
            case Marking.RANGE if record_id is not None:
                return self.mark_range(line, record_id)
            case Marking.ALL:
                self.add(shown)
            case Marking.INVERT:
                self.invert(shown)
            case Marking.NONE:
                self.clear()
        return ""

    def mark_range(self, cards: Sequence[OpportunityRow], record_id: int) -> str:
        """Begin a range at a record, or mark the cards from its beginning to here; say what there is to say."""
        if self._range_from is None:
            self._range_from = record_id
            return "A range begins here: the same key at its other end marks it, esc drops it."
        ids = [card.id for card in cards]
        begun, self._range_from = self._range_from, None
        if begun not in ids or record_id not in ids:
            return "The range began elsewhere, so nothing was marked."
        low, high = sorted((ids.index(begun), ids.index(record_id)))
        self._marked.update(ids[low : high + 1])
        return ""

    def drop_range(self) -> bool:
        """Forget where a range was begun; say whether one was."""
        had = self._range_from is not None
        self._range_from = None
        return had

    def among(self, cards: Sequence[OpportunityRow]) -> frozenset[int]:
        """Give the marked ones of some cards, of which there may be thousands."""
        return frozenset(self._marked.intersection(map(_ID, cards))) if self._marked else _NOTHING

    def in_order(self, record_ids: Iterable[int]) -> tuple[int, ...]:
        """Give the marked ones of some records, in the order of these."""
        return tuple(filter(self._marked.__contains__, record_ids)) if self._marked else ()
