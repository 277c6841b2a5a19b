"""Sleeping that something else may cut short.  It knows no clock: what was slept is for others to count."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable


async def nap(sleeping: Awaitable[None], woken_by: asyncio.Event) -> bool:
    """Sleep, but no longer than until an event is set; say whether all of it was slept.

    Once one of the two is over nobody waits for the other, nor when the nap itself is cancelled.
    """
    slept = asyncio.ensure_future(sleeping)
    woken = asyncio.ensure_future(woken_by.wait())
    try:
        await asyncio.wait({slept, woken}, return_when=asyncio.FIRST_COMPLETED)
        return slept.done()
    finally:
        slept.cancel()
        woken.cancel()
