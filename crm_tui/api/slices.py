"""Long work done some at a time, so that keys get their turn in between.  What the work is, is others' business."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

AT_ONCE: Final = 250
"""Records read before keys get their turn: each holds the interpreter."""

_TURN: Final = 0.001
"""Seconds for who waits.  A key goes several rounds of the loop, and `sleep(0)` would put a slice into each of them."""


async def slices(items: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """Give all items in their order, some at a time."""
    for start in range(0, len(items), AT_ONCE):
        if start:
            await asyncio.sleep(_TURN)
        yield items[start : start + AT_ONCE]
