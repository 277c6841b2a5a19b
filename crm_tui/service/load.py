"""How far something is loaded: a value that the screens word and the loading replaces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from crm_tui.api.errors import ApiError
from crm_tui.structs import Struct


class Phase(StrEnum):
    """How far the loading of something is."""

    WAITING = "waiting"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Load(Struct, frozen=True):
    """How far one board, or the list of boards, is loaded."""

    phase: Phase = Phase.WAITING
    loaded: int = 0
    total: int = 0
    """As the server counts; 0 until it has said."""
    unreadable: int = 0
    """Records that have no place on a board and are not shown."""
    error: ApiError | None = None
    as_of: datetime | None = None
    """When it was last whole."""


_GRAVEST: Final = (Phase.LOADING, Phase.FAILED, Phase.WAITING, Phase.READY)
"""Of several parts the whole is said to be in the first of these in which any of them is."""


def whole(reference: Load, boards: Sequence[Load]) -> Load:
    """Say how far the whole book is: the list of boards, and the opportunities of each."""
    parts = (reference, *boards)
    phases = {part.phase for part in parts}
    seen = [board.as_of for board in boards if board.as_of is not None]
    return Load(
        phase=next(phase for phase in _GRAVEST if phase in phases),
        loaded=sum(board.loaded for board in boards),
        total=sum(board.total for board in boards) if all(each.total for each in boards) else 0,
        unreadable=sum(board.unreadable for board in boards),
        error=next((part.error for part in parts if part.error is not None), None),
        as_of=min(seen) if boards and len(seen) == len(boards) else None,
    )
