"""Limits on how often a client may ask, in sliding windows over the sandbox's clock; off unless switched on.

Documented: the numbers of the newer table, 409 for legacy reasons or 429 elsewhere, `Retry-After`, an empty
body. Inferred: that the 100 ms row counts GETs alone and the longer ones count everything, that a client is a
user, that a refused request does not count, and that `Retry-After` tells the whole wait (documented is a 1).
What has been counted lives in memory; a restart forgets it.
"""

import math
from collections import deque

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from crm_tui.sandbox.auth import SCOPE_USER
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.times import Clock
from crm_tui.sandbox.traffic import OWN_PATH

_LIMITS = (
    # Switch with the number, whom it counts, window in seconds.
    ("gets_per_100ms", "GET", 0.1),
    ("requests_per_minute", "all", 60.0),
    ("requests_per_hour", "all", 3_600.0),
    ("requests_per_day", "all", 86_400.0),
    ("writes_per_minute", "write", 60.0),
    ("writes_per_day", "write", 86_400.0),
)


class Throttle:
    """ASGI layer that refuses what is over a limit, and counts what is not."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.seen: dict[tuple[str, str, int], deque[float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        switches: Switches = scope["app"].state.switches
        wait = 0.0
        if switches.throttle != "off" and not scope["path"].startswith(OWN_PATH):
            user = scope[SCOPE_USER]
            wait = self.wait(user.email if user else "", scope["method"], switches)
        if wait <= 0:
            await self.app(scope, receive, send)
            return
        seconds = str(max(1, math.ceil(wait)))
        await Response(None, int(switches.throttle), {"Retry-After": seconds})(scope, receive, send)

    def wait(self, client: str, method: str, switches: Switches) -> float:
        """Give the seconds until a client may ask so; a request that may is counted, and 0 is given."""
        now = self.clock().timestamp()
        windows = []
        longest = 0.0
        for name, counted, seconds in _LIMITS:
            limit = getattr(switches, name)
            kind = "GET" if method == "GET" else "write"
            if limit and counted in ("all", kind):
                # As long as the limit: when it is full, its oldest moment decides.
                window = self.seen.setdefault((client, name, limit), deque(maxlen=limit))
                windows.append(window)
                if len(window) == limit:
                    # Rounded, because moments in seconds since 1970 are not exact to the microsecond.
                    longest = max(longest, round(window[0] + seconds - now, 4))
        if longest <= 0:
            for window in windows:
                window.append(now)
        return longest
