"""What a sitting comes to: items decided, keys, time at work, how fast the screen followed, and what was done.

Every moment is handed in; it asks no clock, keeps nothing on disk, and knows nobody but by what they did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from crm_tui.structs import Struct, field

IDLE: Final = 60.0
"""Seconds without a key from which on nobody is at work."""

_WORDS: Final = {
    "next-stage": "moved",
    "previous-stage": "moved",
    "move": "moved",
    "follow-up": "follow-ups",
    "lost": "lost",
    "won": "won",
    "reopen": "opened again",
    "note": "notes",
    "owner": "owners",
    "to-me": "owners",
    "value": "values",
    "source": "lead sources",
}
"""Name of a command → what it does to an item, after a number; others go by their names."""


_ONE: Final = {
    "follow-ups": "follow-up",
    "notes": "note",
    "owners": "owner",
    "values": "value",
    "lead sources": "lead source",
}
"""What is done to several items → the same of one, where that is another word."""


def counted(count: int, what: str) -> str:
    """Say to how many items something was done: ``1 follow-up``, ``12 lost``."""
    return f"{count:,} {_ONE.get(what, what) if count == 1 else what}"


class Tally(Struct, frozen=True, kw_only=True):
    """What a sitting came to."""

    began: datetime
    """An aware instant; it tells one sitting from another."""
    ended: datetime
    decided: int
    """Opportunities to which something was done that was not taken back."""
    keys: int
    """Pressed while the queue was open, those of typed text among them."""
    seconds: float
    """At work: without the gaps of over a minute between two keys."""
    median_ms: float = 0
    """From a key that gives a command to the frame that shows what it did."""
    p95_ms: float = 0
    p99_ms: float = 0
    done: Mapping[str, int] = field(default_factory=dict)
    """What was done, in words, → to how many, the most frequent first."""

    @property
    def keys_per_item(self) -> float:
        """How many keys an item took; 0 when none was decided."""
        return self.keys / self.decided if self.decided else 0.0

    @property
    def seconds_per_item(self) -> float:
        """How many seconds at work an item took; 0 when none was decided."""
        return self.seconds / self.decided if self.decided else 0.0


class Meter:
    """Counts while a sitting goes on."""

    def __init__(self, began: datetime) -> None:
        self._began = began
        self._keys = 0
        self._seconds = 0.0
        self._last: float | None = None
        """When the last key was pressed, in seconds of a steady clock; none when nobody was at work before."""
        self._frames: list[float] = []
        self._done: dict[int, list[str]] = {}
        """Record id → what was done to it."""

    def press(self, at: float) -> None:
        """Count a key that was pressed `at` a second of a steady clock."""
        self._keys += 1
        if self._last is not None and 0 <= at - self._last <= IDLE:
            self._seconds += at - self._last
        self._last = at

    def pause(self) -> None:
        """Take it that nobody is at work until the next key."""
        self._last = None

    def frame(self, seconds: float) -> None:
        """Count what a command took from its key to the frame."""
        self._frames.append(max(0.0, seconds) * 1000)

    def decide(self, record_ids: Iterable[int], name: str) -> None:
        """Count what a command did to records."""
        for record_id in record_ids:
            self._done.setdefault(record_id, []).append(_WORDS.get(name, name))

    def take_back(self, record_ids: Iterable[int]) -> None:
        """Count what was done to records last no longer."""
        for record_id in record_ids:
            done = self._done.get(record_id, [])
            if done:
                done.pop()
            if not done:
                self._done.pop(record_id, None)

    def tally(self, now: datetime) -> Tally:
        """Say what it has come to."""
        done = Counter(what for each in self._done.values() for what in each)
        frames = sorted(self._frames)
        return Tally(
            began=self._began,
            ended=now,
            decided=len(self._done),
            keys=self._keys,
            seconds=round(self._seconds, 1),
            median_ms=_percentile(frames, 50),
            p95_ms=_percentile(frames, 95),
            p99_ms=_percentile(frames, 99),
            done=dict(done.most_common()),
        )


def _percentile(ascending: Sequence[float], percent: int) -> float:
    """Give the nearest rank, in tenths; 0 when there is nothing."""
    if not ascending:
        return 0.0
    return round(ascending[-(-percent * len(ascending) // 100) - 1], 1)
