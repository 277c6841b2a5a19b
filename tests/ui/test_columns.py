"""Choosing the columns of the table by keys: the table follows at once, and what was chosen stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_tui.domain.view import USUAL, Chosen
from crm_tui.ui.column_choice import ColumnChoice
from crm_tui.ui.screens.search import SearchScreen
from crm_tui.ui.widgets.table_columns import COLUMNS, NARROWEST, WIDEST
from tests.ui.conftest import Sit, Sitting


def heading(at: Sitting) -> list[str]:
    """The titles over the table, whatever lies over its lower part."""
    line = next(line for line in at.lines() if "Customer" in line or "Company" in line)
    return line.replace("↑", "").replace("In stage", "In-stage").split()


def chosen(at: Sitting) -> tuple[Chosen, ...]:
    """The columns of the search screen."""
    screens = [each for each in at.app.screen_stack if isinstance(each, SearchScreen)]
    return screens[0].shown_view.columns


async def test_the_table_follows_what_is_shown_and_hidden(sit: Sit) -> None:
    async with sit(size=(160, 40)) as at:
        await at.press("/", "enter")
        assert "Company" in heading(at)
        await at.press("C", "j", "space")
        assert "Company" not in heading(at)
        await at.press("space", "enter")
        assert "Company" in heading(at)
        assert isinstance(at.app.screen, SearchScreen)


async def test_a_column_is_put_elsewhere_and_the_cursor_goes_with_it(sit: Sit) -> None:
    async with sit(size=(160, 40)) as at:
        await at.press("/", "enter", "C", "J", "J")
        assert heading(at)[:3] == ["Company", "Stage", "Customer"]
        await at.press("K", "escape")
        assert heading(at)[:3] == ["Company", "Customer", "Stage"]


async def test_a_column_has_the_width_that_is_chosen_or_its_own(sit: Sit) -> None:
    async with sit(size=(160, 40)) as at:
        await at.press("/", "enter", "C")
        before = at.text().index("Company")
        await at.press("<", "-", ">", "<")
        wide = chosen(at)[0].width
        assert wide
        assert at.text().index("Company") == before - 4
        await at.press("0")
        assert chosen(at)[0] == Chosen("customer")
        assert at.text().index("Company") == before


async def test_a_column_for_which_there_is_no_room_is_said(sit: Sit) -> None:
    async with sit(size=(60, 24)) as at:
        await at.press("/", "enter", "C")
        assert "there is no room for it" in at.text()


async def test_one_column_stays(sit: Sit) -> None:
    async with sit(size=(160, 40)) as at:
        await at.press("/", "enter", "C", *["space", "j"] * 6, "space")
        assert len(chosen(at)) == 1
        assert "one column at the least" in at.text()
        await at.press("j")
        assert "one column at the least" not in at.text()


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (200, 60)])
async def test_all_columns_can_be_reached_and_seen(sit: Sit, size: tuple[int, int]) -> None:
    async with sit(size=size) as at:
        await at.press("/", "enter", "C")
        seen = set()
        for _ in COLUMNS:
            below = [line for line in at.lines()[size[1] // 2 :] if "▸" in line]
            seen.add(below[-1].split("▸")[1].replace("✓", "").strip().split("  ")[0])
            await at.press("j")
        assert seen == {column.title for column in COLUMNS.values()}


async def test_what_was_chosen_is_there_at_the_next_start(sit: Sit, tmp_path: Path) -> None:
    file = tmp_path / "places.json"
    async with sit(places=file, size=(160, 40)) as at:
        await at.press("/", "enter", "C", "J", "j", "space", ">", "enter")
        left = chosen(at)
        assert left != USUAL
        at.app.keep_place()
    async with sit(places=file, size=(160, 40)) as at:
        await at.press("/", "enter")
        assert chosen(at) == left


def test_a_width_has_its_bounds() -> None:
    choice = ColumnChoice.of(USUAL)
    assert choice.widened(1000, 20).columns[0].width == WIDEST
    assert choice.widened(-1000, 20).columns[0].width == NARROWEST


def test_every_column_is_offered_once_and_what_is_shown_comes_first() -> None:
    choice = ColumnChoice.of((Chosen("value", 20), Chosen("id")))
    names = [each.chosen.name for each in choice.options]
    assert names[:2] == ["value", "id"]
    assert sorted(names) == sorted(COLUMNS)
    assert choice.columns == (Chosen("value", 20), Chosen("id"))
