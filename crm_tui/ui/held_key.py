"""A key that is held down is not thirty decisions: the same verb again at once is the same press.

A keyboard repeats a held key about every 33 ms, after a while of half a second; nobody presses one twice on purpose
within 80.  What comes after that while looks like a second press, and may choose in what the first one has opened, but
nothing after it decides anything.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from crm_tui.commands.spec import Command

REPEAT: Final = 0.08
"""Seconds."""

_REMEMBERED: Final = 64
"""Repeated presses that may still be on their way to who takes them."""


class HeldKey:
    """The key that was pressed last, and when; another key between two presses makes them two."""

    def __init__(self) -> None:
        self._key = ""
        self._pressed_at = float("-inf")
        self._repeats: deque[float] = deque(maxlen=_REMEMBERED)

    def press(self, key: str, at: float) -> None:
        """Take note of a key, whoever takes it; `at` is in seconds of any steady clock."""
        if key == self._key and at - self._pressed_at < REPEAT:
            self._repeats.append(at)
        self._key, self._pressed_at = key, at

    def repeats(self, command: Command, at: float) -> bool:
        """Say whether this is still the press before; `at` is when its key was pressed, by the same clock."""
        return command.writes and not command.repeats and at in self._repeats
