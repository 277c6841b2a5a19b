"""Looking around: the cursor, marks, boards, the program itself."""

from __future__ import annotations

from typing import Final

from crm_tui.commands.spec import (
    Act,
    Ask,
    Choice,
    Context,
    Dress,
    Goto,
    Handler,
    Mark,
    Marking,
    Motion,
    MoveCursor,
    Run,
    Say,
    Scope,
    Step,
)
from crm_tui.domain.pipeline import active_boards, boards_of, neighbour_board

_EVERYWHERE = 0
"""The answer for all locations; ids of the service's begin above."""

THEMES: Final = (
    Choice("dark", "dark"),
    Choice("light", "light", "for bright rooms"),
    Choice("colour-blind", "colour-blind safe", "dark; nothing is told apart by red and green"),
    Choice("ansi", "ansi", "the terminal's own colours"),
    Choice("mono", "mono", "no colour at all"),
)
"""By the names that the settings have for them."""


def cursor(motion: Motion) -> Handler:
    """Make the handler of a cursor key."""
    return lambda context: MoveCursor(motion, context.count)


def marking(how: Marking) -> Handler:
    """Make the handler of a key that marks."""
    step = Mark(how)
    return lambda _context: step


def running(act: Act) -> Handler:
    """Make the handler of a command that acts on the program itself."""
    step = Run(act)
    return lambda _context: step


def to_next_board(context: Context) -> Step:
    """Show the next board."""
    return _step_board(context, 1)


def to_previous_board(context: Context) -> Step:
    """Show the previous board."""
    return _step_board(context, -1)


def to_board(context: Context) -> Step:
    """Show a board that is asked for, archived ones too."""
    if context.answer is not None:
        return Goto(int(context.answer))
    boards = boards_of(context.snapshot, context.location_id)
    if not boards:
        return Say("There is no board to show.")
    choices = [
        Choice(board.id, board.name, board.location + (", archived" if board.archived else ""))
        for board in boards
    ]
    return Ask("Show board", tuple(choices))


def to_location(context: Context) -> Step:
    """Narrow the boards to a location that is asked for, or to none."""
    if context.answer is not None:
        return Scope(int(context.answer) or None)
    places = {board.location_id: board.location for board in boards_of(context.snapshot)}
    if len(places) < 2:
        return Say("There is one location only.")
    choices = [Choice(_EVERYWHERE, "all locations", _boards(context, None))]
    choices += [Choice(place, name, _boards(context, place)) for place, name in places.items()]
    return Ask("Show the boards of", tuple(choices))


def to_theme(context: Context) -> Step:
    """Show everything in a theme that is asked for, until the program is left."""
    if context.answer is not None:
        return Dress(str(context.answer))
    return Ask("Show it in", THEMES)


def _boards(context: Context, location_id: int | None) -> str:
    count = len(active_boards(context.snapshot, location_id))
    return f"{count} board{'' if count == 1 else 's'}"


def _step_board(context: Context, step: int) -> Step:
    if context.board_id is None:
        return Say("There is no board to leave.")
    board = neighbour_board(context.snapshot, context.board_id, step, context.location_id)
    return Goto(board.id) if board is not None else Say("There is no other board.")
