"""Saved views by keys: saved from the search, listed with live counts, opened, renamed, ordered, deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_tui.config.views import Views, ViewsFile
from crm_tui.domain.enums import Status
from crm_tui.domain.finding import Sort
from crm_tui.domain.view import Chosen, View
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.search import SearchScreen
from crm_tui.ui.screens.views import ViewsScreen
from crm_tui.ui.view_forms import VOCABULARY, as_saved, as_view
from tests.ui.conftest import Sit, Sitting
from tests.world import Sandbox

TWO = """\
# ours
[views.open]
filter = "status:open"
sort = "-value"

[views.won]  # hurrah
filter = "status:won"
columns = ["customer", "value:20"]
page_size = 25
"""


@pytest.fixture
def file(tmp_path: Path) -> ViewsFile:
    """The file of the saved views of these sittings."""
    return ViewsFile(VOCABULARY, tmp_path / "views.toml")


async def done(at: Sitting, *keys: str) -> None:
    """Press keys, and wait until what they lead to was read, counted or written, and is drawn."""
    await at.press_only(*keys)
    for _ in range(4):
        if ours := [worker for worker in at.app.workers if worker.name == "views"]:
            await at.app.workers.wait_for_complete(ours)
        await at.pilot.pause()


def searching(at: Sitting) -> SearchScreen:
    """The search screen, which lies over all others."""
    screen = at.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


def line_of(at: Sitting, name: str) -> str:
    """The line of a view in the list."""
    return next(line for line in at.lines()[2:] if line[5:].startswith(name))


def names(views: Views) -> list[str]:
    return [view.name for view in views.views]


async def test_a_view_is_saved_from_the_search_and_opened_again(sit: Sit, file: ViewsFile) -> None:
    async with sit() as at:
        await at.press("/", *"status:open", "enter", "O", "v", "O", "v", "C", "j", "space", "enter")
        screen = searching(at)
        left = screen.shown_view
        await done(at, "W", *"Big", "enter")
        assert "Saved as the view Big." in at.status
        saved = file.read().get("Big")
        assert saved is not None
        assert as_view(saved) == left
        assert "columns" in file.path.read_text()
        await done(at, "escape", "escape", "g", "v")
        assert isinstance(at.app.screen, ViewsScreen)
        await done(at, "enter")
        assert searching(at) is screen
        assert screen.shown_view == left
        assert "status:open" in at.lines()[1]


async def test_the_counts_are_what_the_search_finds_and_live(
    sit: Sit, file: ViewsFile, sandbox: Sandbox
) -> None:
    file.path.write_text(TWO)
    async with sit() as at:
        await done(at, "g", "v")
        rows = list(at.crm.snapshot.rows())
        won = sum(row.status == Status.WON for row in rows)
        assert f" {won} " in line_of(at, "won")
        some = next(row for row in rows if row.status == Status.IN_PROGRESS)
        sandbox.execute(
            "UPDATE crmopportunities SET Status = ? WHERE Id = ?",
            *(int(Status.WON), some.id),
        )
        await at.press("R")
        while (row := at.crm.snapshot.row(some.id)) is None or row.status != Status.WON:
            await at.pilot.pause()
        await done(at)
        assert f" {won + 1} " in line_of(at, "won")
        await done(at, "j", "enter")
        assert f"{won + 1} found" in at.text()


async def test_the_same_name_asks_before_it_replaces(sit: Sit, file: ViewsFile) -> None:
    file.path.write_text(TWO)
    async with sit() as at:
        await at.press("/", *"value>500", "enter")
        await done(at, "W", *"open", "enter")
        assert "There is a view called open already" in at.text()
        await done(at, "escape")
        assert file.path.read_text() == TWO
        await done(at, "W", *"open", "enter", "r")
        saved = file.read().get("open")
        assert saved is not None
        assert saved.filter == "value>500"
        assert names(file.read()) == ["open", "won"]
        assert "# hurrah" in file.path.read_text()


async def test_views_are_renamed_ordered_and_deleted(sit: Sit, file: ViewsFile) -> None:
    file.path.write_text(TWO)
    async with sit() as at:
        await done(at, "g", "v", "J")
        assert names(file.read()) == ["won", "open"]
        await done(at, "r", *"later", "enter")
        assert names(file.read()) == ["won", "later"]
        await done(at, "K")
        assert names(file.read()) == ["later", "won"]
        await done(at, "D")
        assert "Delete the view later" in at.text()
        await done(at, "escape")
        assert names(file.read()) == ["later", "won"]
        await done(at, "D", "d")
        assert names(file.read()) == ["won"]
        assert "# hurrah" in file.path.read_text()
        await done(at, "D", "d")
        assert "There are no saved views yet; W in the search saves one." in at.text()
        await done(at, "D")
        assert "There is no saved view here." in at.status


async def test_the_program_opens_with_the_start_view(sit: Sit, file: ViewsFile) -> None:
    file.path.write_text(TWO)
    async with sit() as at:
        assert isinstance(at.app.screen, BoardScreen)
        await done(at, "g", "v", "j", "S")
        assert "★" in line_of(at, "won")
    async with sit() as at:
        screen = searching(at)
        assert screen.shown_view == View(
            "status:won", columns=(Chosen("customer"), Chosen("value", 20)), page_size=25
        )
        await done(at, "g", "v", "j", "S", "escape")
    async with sit() as at:
        assert isinstance(at.app.screen, BoardScreen)


async def test_a_start_view_waits_for_the_names_that_it_needs(sit: Sit, file: ViewsFile) -> None:
    file.path.write_text('[views.tour]\nfilter = "stage:booked"\nstart = true\n')
    async with sit() as at:  # without a copy of the book: no stage is known at first
        screen = searching(at)
        assert screen.found.rows
        assert all(row.stage == "Tour booked" for row in screen.found.rows)


async def test_a_view_whose_stage_is_gone_opens_with_the_fault_at_its_place(
    sit: Sit, file: ViewsFile
) -> None:
    file.path.write_text('[views.gone]\nfilter = "stage:Enquirer owner:me"\n')
    async with sit() as at:
        await at.press("/", *"status:open", "enter")
        screen = searching(at)
        before = screen.found
        await done(at, "g", "v")
        assert "–" in line_of(at, "gone")
        assert "Enquirer" in line_of(at, "gone")
        await done(at, "enter")
        assert searching(at) is screen
        assert "stage:Enquirer owner:me" in at.text()
        assert "there is no stage" in at.text()
        assert screen.found.rows == before.rows
        await at.press("escape")
        assert screen.shown_view.filter == "status:open"


async def test_K04_a_broken_file_is_told_with_its_line_and_what_is_whole_is_offered(
    sit: Sit, file: ViewsFile
) -> None:
    broken = TWO + '\n[views.odd]\nsort = "valeu"\n'
    file.path.write_text(broken)
    async with sit() as at:
        assert "line 12" in at.text()
        await done(at, "g", "v")
        assert "Did you mean `value`?" in at.text()
        assert line_of(at, "won")
        await done(at, "J")
        assert file.path.read_text() == broken
        assert "line 12" in at.status
        await done(at, "enter")
        assert isinstance(at.app.screen, SearchScreen)


async def test_K11_what_is_edited_by_hand_meanwhile_stays_and_is_shown(
    sit: Sit, file: ViewsFile
) -> None:
    file.path.write_text(TWO)
    async with sit() as at:
        await done(at, "g", "v")
        file.path.write_text(TWO + '\n# by hand\n[views.mine]\nfilter = "owner:me"\n')
        await done(at, "J")
        assert names(file.read()) == ["won", "open", "mine"]
        assert "# by hand" in file.path.read_text()
        assert line_of(at, "mine")
        file.path.write_text('[views.other]\nfilter = "x"\n')
        await done(at, "r", *"later", "enter")
        # Somebody who looks at the file from time to time may have something newer to say by now.
        assert "There is no view" in at.status or "was changed elsewhere" in at.status
        assert names(file.read()) == ["other"]


async def test_hostile_text_in_the_file_is_shown_harmless(sit: Sit, file: ViewsFile) -> None:
    file.path.write_text('[views.odd]\nfilter = "stage:\\u001b[31mx"\n')
    async with sit() as at:
        await done(at, "g", "v")
        assert "\x1b" not in at.text()
        assert "stage:" in at.text()


@pytest.mark.parametrize(
    "view",
    [
        View(),
        View("due<today", Sort("value", descending=True), (Chosen("id", 8), Chosen("stage")), 25),
        View("x", Sort("customer"), page_size=1000),
    ],
)
def test_a_view_is_the_same_after_it_was_written_and_read(view: View) -> None:
    assert as_view(as_saved("x", view)) == view
