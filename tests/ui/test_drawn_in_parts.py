"""Of a board only the lines that differ are drawn again; all of it drawn at once has to look the same."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from rich.style import Style

from crm_tui.service.outbox import Hold
from crm_tui.ui.widgets.kept_lines import KeptLines
from tests.ui.conftest import Sit, Sitting

MINUTE = timedelta(minutes=1)

KEYS = (
    *(("j",), ("k",), ("h",), ("l",), ("G",), ("ctrl+d",), ("ctrl+u",), ("tab",)),
    *(("L",), ("L",), ("H",), ("u",), ("u",), ("U",), ("i",), ("f", "t"), ("f", "0")),
    *(("space",), ("A",), ("M",), ("Z",), (")",), ("(",)),
    *(("F", "a", "enter"), ("escape",)),
)
"""What somebody may press next; a verb on marked cards is shown before, which `escape` leaves."""


def drawn(at: Sitting) -> list[list[tuple[str, Style | None]]]:
    """Read the screen with its styles; what was drawn before and is kept is not drawn again."""
    strips = at.app.screen._compositor.render_strips()
    return [[(text, style) for text, style, _ in strip.simplify()] for strip in strips]


def forget(at: Sitting) -> None:
    """Have every line drawn again when it is asked for."""
    for widget in at.app.screen.query(KeptLines):
        widget.notify_style_update()


@pytest.mark.parametrize(("size", "seed"), [((120, 36), 1), ((80, 24), 2)])
async def test_a_board_drawn_in_parts_is_the_board_drawn_whole(
    sit: Sit, size: tuple[int, int], seed: int
) -> None:
    chance = Random(seed)
    async with sit(size=size, hold=Hold(MINUTE, MINUTE)) as at:
        for _ in range(40):
            keys = chance.choice(KEYS)
            await at.press_only(*keys)
            in_parts = drawn(at)
            forget(at)
            assert drawn(at) == in_parts, keys
