"""When to try again, and when to leave a failing server alone.  It sends nothing and waits for nothing itself.

A budget keeps retries to a tenth of what is asked, so that a sick server is not made worse; a breaker stops asking
after several operations failed in a row, and then lets one through at a time to see whether it is well again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Final

from crm_tui.api.errors import ApiError, NotAsked, ServerFault, Unanswered, Unreached, Untrusted

SHORTEST: Final = 0.5
"""Seconds within which the first retry comes."""

LONGEST: Final = 20.0
"""Seconds within which any retry comes."""

_THROTTLED_SHORTEST: Final = 1.0
"""Seconds that a throttled request waits at least when the server names no number."""


def is_failure(error: ApiError) -> bool:
    """Say whether an error speaks against the server's health; a bad certificate or a refusal does not."""
    return isinstance(error, (Unreached, Unanswered, ServerFault)) and not isinstance(
        error, (Untrusted, NotAsked)
    )


def may_repeat(error: ApiError, *, writes: bool) -> bool:
    """Say whether a request may be sent again: what may have been carried out must not, unless it only reads."""
    if isinstance(error, Unreached):
        return is_failure(error)
    return not writes and is_failure(error)


def jitter(attempt: int, random: Random) -> float:
    """Give the seconds before the next try, spread over all of an interval that doubles."""
    return random.uniform(0, min(LONGEST, SHORTEST * 2.0 ** (attempt - 1)))


def throttle_wait(asked: float | None, attempt: int, random: Random) -> float:
    """Give the seconds that throttling lasts: what the server asked, else 1, 2, 4 … and up to half as much again."""
    if asked:
        return asked
    return min(LONGEST, _THROTTLED_SHORTEST * 2.0 ** (attempt - 1)) * random.uniform(1, 1.5)


class Budget:
    """Retries as a share of the requests of the last minute."""

    SHARE: Final = 0.1
    WINDOW: Final = 60.0
    FLOOR: Final = 3
    """Retries that are allowed even when little is asked."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._asked: deque[float] = deque()
        self._retried: deque[float] = deque()

    def ask(self) -> None:
        """Note a request that is sent for the first time."""
        self._asked.append(self._clock().timestamp())

    def retry(self) -> bool:
        """Say whether one retry more is within the budget, and note it if so."""
        now = self._clock().timestamp()
        for times in (self._asked, self._retried):
            while times and not now - self.WINDOW < times[0] <= now:
                times.popleft()
        if len(self._retried) >= max(self.FLOOR, self.SHARE * len(self._asked)):
            return False
        self._retried.append(now)
        return True


class Breaker:
    """The health of one origin, as seen by what was asked of it."""

    FAILURES: Final = 5
    """Operations that fail in a row before it opens."""
    FIRST_REST: Final = 1.0
    LONGEST_REST: Final = 20.0
    """Seconds between two probes; a server that is well again is found so within them and one probe."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures = 0
        self._rest = 0.0
        self._rests_from = 0.0
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Say whether requests are held back."""
        return self._failures >= self.FAILURES

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch one operation; raises `NotAsked` when the server is being left alone."""
        is_probe = self.is_open
        if is_probe:
            left = self._left()
            if self._probing or left > 0:
                raise NotAsked(f"for {left:.0f} s" if left > 0 else "", left)
            self._probing = True
        try:
            yield
        except ApiError as error:
            if is_failure(error):
                self._failed(is_probe)
            elif not isinstance(error, Untrusted):
                self._failures = 0
            raise
        else:
            self._failures = 0
        finally:
            if is_probe:
                self._probing = False

    def _left(self) -> float:
        """Give the seconds of rest that are left; none when the clock was set back."""
        passed = self._clock().timestamp() - self._rests_from
        return max(0.0, self._rest - passed) if passed >= 0 else 0.0

    def _failed(self, was_probe: bool) -> None:
        was_open = self.is_open
        self._failures += 1
        if self.is_open and (was_probe or not was_open):
            self._rest = min(self._rest * 2, self.LONGEST_REST) if was_probe else self.FIRST_REST
            self._rests_from = self._clock().timestamp()
