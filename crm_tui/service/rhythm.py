"""When to look for what was changed elsewhere: every so often, and less often while that fails.

It asks nothing itself.  Whoever is refused at the door does not knock again unasked: the account might be locked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from crm_tui.api.errors import ApiError, SignInRefused
from crm_tui.service.napping import nap

LONGEST: Final = 600.0
"""Seconds between two looks at a server that does not answer."""


class Rhythm:
    """The pauses between looks."""

    def __init__(self, every: float | None, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Look `every` so many seconds, or only when asked."""
        self._every = every
        self._sleep = sleep
        self._pause = every

    def note(self, error: ApiError | None) -> None:
        """Take note of how the last look went; each failure doubles the pause."""
        if self._every is None or (self._pause is None and error is not None):
            return
        if error is None or self._pause is None:
            self._pause = self._every
        elif isinstance(error, SignInRefused):
            self._pause = None
        else:
            self._pause = min(2 * self._pause, LONGEST)

    async def next(self, asked: asyncio.Event) -> bool:
        """Wait until it is time to look, or somebody asks; say whether somebody does."""
        if self._pause is None or asked.is_set():
            await asked.wait()
            return True
        await nap(self._sleep(self._pause), asked)
        return asked.is_set()
