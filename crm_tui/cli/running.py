"""Runs a book for as long as something is done with it, without a terminal; ctrl+c leaves it in order.

It prints nothing but how far the loading is, and that to a terminal alone.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from crm_tui.api.errors import ApiError
from crm_tui.cli.output import say
from crm_tui.process.endings import GRACE
from crm_tui.service.crm import Crm
from crm_tui.service.load import Phase
from crm_tui.text import safe

T = TypeVar("T")


async def beside(crm: Crm, what: Callable[[], Awaitable[T]]) -> T:
    """Run a book until `what` is done, and give what that gave.

    However it ends, what is on its way then gets a moment for its answer.
    """
    running = asyncio.ensure_future(crm.run())
    doing = asyncio.ensure_future(what())
    try:
        await asyncio.wait({running, doing}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            running.result()  # a fault of ours: it never ends by itself
        return await doing
    finally:
        doing.cancel()
        await crm.close(GRACE)
        running.cancel()
        await asyncio.gather(running, doing, return_exceptions=True)


async def until(crm: Crm, holds: Callable[[], bool]) -> None:
    """Wait until something holds, looking whenever the book tells of a change."""
    changed = asyncio.Event()
    end = crm.subscribe(lambda _outcome: changed.set())
    try:
        while not holds():
            await changed.wait()
            changed.clear()
    finally:
        end()


def is_loaded(crm: Crm) -> bool:
    """Say whether all has been loaded that could be."""
    return crm.reference.phase in (Phase.READY, Phase.FAILED) and not crm.is_loading


def trouble(crm: Crm) -> ApiError | None:
    """Give what kept something from being loaded, if something did."""
    errors = [crm.failure, *(crm.load(board_id).error for board_id in crm.snapshot.boards)]
    return next((error for error in errors if error is not None), None)


class Progress:
    """Tells a person how far the loading is: a line for each board that has come."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._told: set[int] = set()

    def watch(self) -> Callable[[], None]:
        """Tell from now on, if there is a person; the function given back ends that."""
        if sys.stderr is None or not sys.stderr.isatty():
            return lambda: None
        return self._crm.subscribe(lambda _outcome: self._tell())

    def _tell(self) -> None:
        for board_id, board in self._crm.snapshot.boards.items():
            load = self._crm.load(board_id)
            if load.phase == Phase.LOADING and load.total and board_id not in self._told:
                self._told.add(board_id)
                say(f"{safe(board.location)}, {safe(board.name)}: {load.total:,} opportunities …")
