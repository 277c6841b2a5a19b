"""Which rows the queue draws: those that wait, and in their places those that have just left.

A decided row that vanished would move all below it, which is much to read and much to send.  Knows ids only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from crm_tui.domain.triage.lanes import Lane

Lanes = Mapping[Lane, tuple[int, ...]]

_NOBODY: Final[frozenset[int]] = frozenset()


class Drawn:
    """The rows of all lanes, line by line, each lane under its heading."""

    def __init__(
        self, lanes: Lanes, gone: frozenset[int] = _NOBODY, waiting: Lanes | None = None
    ) -> None:
        self.lanes = lanes
        """Lane → ids of what is drawn of it, in their order."""
        self.gone = gone
        """What of it waits no longer."""
        self._waiting = lanes if waiting is None else waiting

    def followed(self, waiting: Lanes) -> Drawn:
        """Give what is drawn when `waiting` waits: the same lines if rows have but left or come back."""
        gone = set(self.gone)
        for lane, drawn in self.lanes.items():
            ids, before = waiting.get(lane, ()), self._waiting.get(lane, ())
            if ids is before:
                continue
            if (
                one := _has_left(before, ids)
            ) is not None:  # most often; and there may be thousands
                gone.add(one)
                continue
            those = set(ids)
            if tuple(each for each in drawn if each in those) != ids:
                return Drawn(waiting)
            gone.update(each for each in drawn if each not in those)
            gone.difference_update(those)
        return (
            Drawn(self.lanes, frozenset(gone), waiting)
            if waiting.keys() <= self.lanes.keys()
            else Drawn(waiting)
        )

    @cached_property
    def height(self) -> int:
        """Count the lines."""
        return sum(len(ids) + 1 for ids in self.lanes.values())

    def line_of(self, record_id: int) -> int:
        """Give the line of a row, from the very first heading; raises `KeyError` for one that is not drawn."""
        line = 0
        for ids in self.lanes.values():
            if record_id in ids:
                return line + 1 + ids.index(record_id)
            line += len(ids) + 1
        raise KeyError(record_id)

    def is_first(self, record_id: int | None) -> bool:
        """Say whether a row stands right under the heading of its lane."""
        return any(ids[0] == record_id for ids in self.lanes.values())


def _has_left(before: tuple[int, ...], ids: tuple[int, ...]) -> int | None:
    """Give the one that is there no longer, if nothing else has changed."""
    if len(ids) != len(before) - 1:
        return None
    place = next((at for at, each in enumerate(ids) if each != before[at]), len(ids))
    return before[place] if before[place + 1 :] == ids[place:] else None
