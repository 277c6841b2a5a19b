"""What could be typed next, under the line of a filter: shown, chosen and taken by keys."""

from __future__ import annotations

import pytest

from crm_tui.ui.screens.search import SearchScreen
from crm_tui.ui.widgets.completion_panel import MOST, CompletionPanel
from tests.ui.conftest import Sit, Sitting

QUOTE = '"'


def offered(at: Sitting) -> list[str]:
    """What the panel shows; nothing while it is away."""
    panel = at.app.screen.query_one(CompletionPanel)
    if not panel.display:
        return []
    x, y, width, height = panel.region
    return [line[x : x + width].split()[0] for line in at.lines()[y : y + height]]


def searching(at: Sitting) -> SearchScreen:
    screen = at.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


async def test_fields_and_values_are_offered_and_taken_with_tab(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/")
        assert offered(at) == []
        await at.press("s", "t")
        assert offered(at) == ["status:", "stage:"]
        await at.press("tab")
        assert offered(at)[:2] == ["open", "won"]
        await at.press("ctrl+n", "ctrl+n", "tab")
        assert searching(at).shown_view.filter == "status:won"
        assert offered(at) == []
        await at.press("space", *"ow", "tab", *"me", "enter")
        assert searching(at).shown_view.filter == "status:won owner:me"
        assert offered(at) == []


async def test_behind_a_word_that_was_mended_one_goes_on_typing(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"staus:won", "tab", *",lost", "enter")
        assert searching(at).shown_view.filter == "status:won,lost"


async def test_the_last_is_chosen_upwards_and_the_table_is_moved_in_as_before(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"status:")
        names = offered(at)
        await at.press("ctrl+p", "tab")
        assert searching(at).shown_view.filter == f"status:{names[-1]}"
        await at.press("down")
        assert searching(at).record_id == searching(at).found.rows[1].id


async def test_at_most_eight_are_shown_and_tab_without_any_does_nothing(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"u")
        await at.press("backspace", *"source:")
        assert len(offered(at)) == MOST
        await at.press(*"zzz", "tab")
        assert offered(at) == []
        assert "source:zzz" in at.text()
        await at.press("escape")
        assert searching(at).shown_view.filter == ""


async def test_a_word_that_is_looked_for_hides_nothing(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"acme")
        assert offered(at) == []


async def test_what_fits_several_is_offered_and_put_in_its_place(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"stage:tour", "left", "left", "right", "right", "r", "backspace")
        names = offered(at)
        assert len(names) > 1
        await at.press("ctrl+n", "tab", "enter")
        found = searching(at).found.rows
        assert found
        assert len({row.stage for row in found}) == 1


async def test_the_board_completes_too_and_the_panel_goes_with_the_line(sit: Sit) -> None:
    async with sit() as at:
        await at.press("F", *"own", "tab")
        assert "me" in offered(at)
        await at.press("escape")
        assert offered(at) == []
        assert "owner:" not in at.text()


async def test_the_panel_stays_on_a_narrow_screen(sit: Sit) -> None:
    async with sit(size=(60, 20)) as at:
        await at.press(
            "/", *"value>500", "space", *"created>-30d", "space", *"is:open", "space", *"st"
        )
        assert offered(at) == ["status:", "stage:"]


def underlined(at: Sitting) -> list[str]:
    """What is marked in the line that is typed into; the framework has no public way to read a style."""
    strips = at.app.screen._compositor.render_strips()
    segments = (segment for strip in strips for segment in strip if segment.style)
    return [segment.text for segment in segments if segment.style and segment.style.underline]


@pytest.mark.parametrize(
    ("typed", "wrong", "meant", "mended"),
    [
        ("onwer:me", "onwer", "owner", "owner:me"),
        ("-status:opne", "opne", "open", "-status:open"),
        ("owner:anna", "anna", '"Ana Ruiz"', 'owner:"Ana Ruiz"'),
        ("sort:-vlaue", "-vlaue", "-value", "sort:-value"),
    ],
)
async def test_what_was_probably_meant_is_said_at_its_place_and_taken_with_tab(
    sit: Sit, typed: str, wrong: str, meant: str, mended: str
) -> None:
    async with sit() as at:
        await at.press("/", *typed)
        assert f"did you mean {meant.strip(QUOTE)}?" in at.text()
        assert underlined(at) == [wrong]
        assert offered(at) == [meant.split()[0]]
        await at.press("tab", "enter")
        assert searching(at).shown_view.filter == mended
        assert underlined(at) == []
        assert "did you mean" not in at.text()


async def test_where_nothing_can_be_guessed_only_the_place_is_shown(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"value>abc")
        assert underlined(at) == ["abc"]
        assert "did you mean" not in at.text()
        await at.press("ctrl+u", *"due<none")
        assert "did you mean" not in at.text()
        await at.press("escape")
        assert underlined(at) == []
