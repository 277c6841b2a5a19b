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

    def __init__(self, lanes: Lanes, gone: frozenset[int] = _NOBODY) -> None:
        self.lanes = lanes
        """Lane → ids of what is drawn of it, in their order."""
        self.gone = gone
        """What of it waits no longer."""

    def followed(self, waiting: Lanes) -> Drawn:
        """Give what is drawn when `waiting` waits: the same lines if rows have but left or come back."""
        gone = set(self.gone)
        for lane, drawn in self.lanes.items():
            ids = waiting.get(lane, ())
            if len(ids) == len(drawn) and ids == drawn:
                gone.difference_update(ids)
                continue
            those = set(ids)
            if tuple(each for each in drawn if each in those) != ids:
                return Drawn(waiting)
            gone.update(each for each in drawn if each not in those)
            gone.difference_update(those)
        return (
            Drawn(self.lanes, frozenset(gone))
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
