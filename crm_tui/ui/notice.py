"""What is said in the place of the board when there is none to see: in a few lines, with the key that helps.

It only words what it is given; nothing is drawn.
"""

from __future__ import annotations

from typing import Final

from textual.geometry import Size

from crm_tui.domain.rows import Board
from crm_tui.service.load import Load, Phase
from crm_tui.text import safe
from crm_tui.ui.keys import KeyNames
from crm_tui.ui.screens.work_state import BoardState
from crm_tui.ui.words import error_sentence

MIN_WIDTH: Final = 40
MIN_HEIGHT: Final = 12
"""Cells and lines under which nothing is drawn."""


def notice(state: BoardState | None, source: str, keys: KeyNames) -> str:
    """Say why there is no board to see; empty when there is one."""
    if state is None:
        return _no_board(Load(), source, keys)
    if state.board is None:
        return (
            _ended(state.work.gone, keys)
            if state.work.gone
            else _no_board(state.work.reference, source, keys)
        )
    return "" if state.work.snapshot.stages_of(state.board.id) else _no_stages(state.board, keys)


def is_small(size: Size) -> bool:
    """Say whether a terminal is too small to work in."""
    return size.width < MIN_WIDTH or size.height < MIN_HEIGHT


def too_small(size: Size, keys: KeyNames) -> str:
    """Say that the terminal is too small, in words that fit a small one."""
    needs = f"Needs {MIN_WIDTH}x{MIN_HEIGHT}."
    return f"{size.width}x{size.height} is too small.\n{needs}\nEnlarge, or {keys.quit}."


def _no_board(reference: Load, source: str, keys: KeyNames) -> str:
    if reference.phase == Phase.FAILED and reference.error is not None:
        error = reference.error
        helps = f"{keys.refresh} tries again, {keys.quit} leaves."
        return f"{error_sentence(error)}.\n\n{error.advice}\n\n{helps}"
    if reference.phase == Phase.READY:
        return (
            "There is no board here that you may see.\n\n"
            "Make one in Nexudus under CRM, or ask for the role CrmBoard-List.\n\n"
            f"{keys.refresh} asks again, {keys.quit} leaves."
        )
    return f"Asking {safe(source)} for its boards …"


def _no_stages(board: Board, keys: KeyNames) -> str:
    return (
        f"{safe(board.name)} has no stages, so it has no place for a card.\n\n"
        "Add stages to it in Nexudus under CRM.\n\n"
        f"{keys.refresh} asks again, {keys.board} shows another board."
    )


def _ended(reason: str, keys: KeyNames) -> str:
    """Say that the server that was started with the program is gone, and what helps."""
    return f"{safe(reason)}\n\n{keys.quit} leaves; start again then."
