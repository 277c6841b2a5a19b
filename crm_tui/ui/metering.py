"""The meter beside the triage queue: what changed since the last sitting, and what this one comes to.

It counts and keeps; what is drawn of it is a screen's, and it sends nothing anywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState, Snapshot
from crm_tui.domain.triage.meter import Meter, Tally
from crm_tui.store.sittings import Sittings

_OTHERS: Final = (RowState.NEW, RowState.CHANGED)
"""Marks of what others wrote and nobody has looked at here since."""


class Metering:
    """Counts one sitting, from the first look at the queue to the end of the run."""

    def __init__(
        self,
        sittings: Sittings,
        *,
        clock: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
        since: Callable[[datetime], None] = lambda _moment: None,
    ) -> None:
        """Keep what a sitting comes to in `sittings`; `steady` is the clock by which the framework times keys.

        `since` is told when the sitting before the one that is opened has ended.
        """
        self._tell_since = since
        self._sittings = sittings
        self._clock = clock
        self._steady = steady
        self._meter: Meter | None = None
        self._is_open = False
        self._before: Tally | None = None
        """The sitting before this one."""
        self._told: Mapping[str, int] = {}
        """What was done when it was told last."""
        self._is_kept = True

    @property
    def is_open(self) -> bool:
        """Say whether the queue is in front of somebody, so that keys count."""
        return self._is_open

    def open(self) -> None:
        """Count from now on: the queue is opened."""
        self._is_open = True
        if self._meter is None:
            self._meter = Meter(self._clock())
            self._before = next(iter(self._sittings.found()[-1:]), None)
            if self._before is not None:
                self._tell_since(self._before.ended)

    def press(self) -> None:
        """Count a key that is pressed now."""
        if self._meter is not None and self._is_open:
            self._meter.press(self._steady())

    def drawn(self, pressed_at: float) -> None:
        """Count that what a key asked for is on the screen now; it was pressed at a moment of the steady clock."""
        if self._meter is not None and self._is_open:
            self._meter.frame(self._steady() - pressed_at)

    def decide(self, record_ids: Iterable[int], name: str) -> None:
        """Count what the command of that name did to records."""
        if self._meter is not None and self._is_open:
            self._meter.decide(record_ids, name)

    def take_back(self, record_ids: Iterable[int]) -> None:
        """Count what was done to records last no longer."""
        if self._meter is not None:
            self._meter.take_back(record_ids)

    def close(self) -> Tally | None:
        """Keep what it has come to: the queue is left; give it, unless nothing was decided since the last time."""
        self._is_open = False
        if self._meter is None:
            return None
        self._meter.pause()
        tally = self._meter.tally(self._clock())
        is_new, self._told = tally.done != self._told, tally.done
        if is_new or not self._is_kept:
            self._is_kept = self._sittings.keep(tally)
        return tally if is_new and tally.decided else None

    def news(self, snapshot: Snapshot, failed: int) -> str:
        """Say what changed since the sitting before this one; empty when there was none."""
        if self._before is None:
            return ""
        since = self._before.ended
        new, moved = _since(snapshot, snapshot.states(), since)
        counts = ((new, "new"), (moved, "moved by others"), (failed, "failed"))
        said = ", ".join(f"{count:,} {what}" for count, what in counts if count)
        return f"Since {since.astimezone():%a %-d %b %H:%M}: {said or 'nothing new'}."


def _since(snapshot: Snapshot, states: Mapping[int, RowState], since: datetime) -> tuple[int, int]:
    """Count what has come since a moment, and what others have moved and nobody has looked at here."""
    new = sum(1 for row in snapshot.rows() if _is_later(row.created_on, since))
    marked = (snapshot.row(each) for each, state in states.items() if state in _OTHERS)
    return new, sum(1 for row in marked if row is not None and _is_moved(row, since))


def _is_moved(row: OpportunityRow, since: datetime) -> bool:
    return _is_later(row.stage_since, since) and not _is_later(row.created_on, since)


def _is_later(moment: datetime | None, since: datetime) -> bool:
    return moment is not None and moment > since
