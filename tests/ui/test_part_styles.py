"""Styles of parts: worked out when something is drawn in them, and anew for another theme; what waits for its use."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.screen import Screen
from textual.widgets import Input

from crm_tui.ui.app import CrmApp
from crm_tui.ui.theme import DARK, LIGHT
from crm_tui.ui.widgets.filter_bar import FilterBar
from crm_tui.ui.widgets.line import Line
from tests.ui.conftest import Sit


async def test_a_part_is_styled_by_the_theme_that_is_worn(sit: Sit) -> None:
    async with sit() as at:
        chrome = at.board.query_one("#chrome", Line)
        for theme in (DARK, LIGHT):
            at.app.dress(theme.name)
            await at.pilot.pause()
            colour = chrome.style_called("line--strong").color
            assert colour is not None
            assert Color.from_rich_color(colour).hex.lower() == theme.variables["crm-strong"]


async def test_a_style_that_a_widget_does_not_have_is_refused(sit: Sit) -> None:
    async with sit() as at:
        with pytest.raises(KeyError):
            at.board.query_one("#chrome", Line).style_called("line--stong")


async def test_what_lies_behind_the_board_is_made_only_behind_its_first_frame(
    sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_first: list[bool] = []
    display = CrmApp._display

    def shown(app: CrmApp, screen: Screen[object], renderable: object) -> None:
        if not at_first:
            at_first.append("_rooms" in vars(app))
        display(app, screen, renderable)

    monkeypatch.setattr(CrmApp, "_display", shown)
    async with sit() as at:
        assert "_rooms" in vars(at.app)
    assert at_first == [False]


async def test_a_line_to_type_into_is_there_only_once_somebody_types(sit: Sit) -> None:
    async with sit() as at:
        bar = at.board.query_one(FilterBar)
        assert not bar.query(Input)
        await at.press_only("F")
        assert bar.query_one(Input).has_focus
        assert at.app.screen_stack == [at.board]
