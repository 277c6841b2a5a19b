"""How an account is treated as its profile wants: marks, the location to begin with, what dates mean (row L05)."""

from __future__ import annotations

import pytest

from crm_tui.domain.when import Dates
from crm_tui.service.surroundings import HERE
from crm_tui.ui.screens.preview import PreviewScreen
from crm_tui.ui.treatment import Treatment
from crm_tui.ui.widgets.line import Line
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_views import shown, typed
from tests.world import Sandbox, until

BOTH = Treatment(production=True, read_only=True)


# Marks


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 36), (200, 50)])
async def test_L05_what_an_account_is_marked_with_is_on_screen_at_every_size(
    sit: Sit, size: tuple[int, int]
) -> None:
    async with sit(size=size, treatment=BOTH) as at:
        assert " PRODUCTION   read only  sandbox" in at.lines()[0]
        await at.press_only("question_mark")
        assert " PRODUCTION   read only  sandbox" in at.lines()[0]
    async with sit(size=size, treatment=Treatment(production=True)) as at:
        assert " PRODUCTION  sandbox" in at.lines()[0]
        assert "read only" not in at.lines()[0]


async def test_L05_host_location_and_marks_are_on_one_line_of_80(sit: Sit) -> None:
    async with sit(size=(80, 24), treatment=BOTH) as at:
        assert at.lines()[0].startswith("  Riverside  ")


async def test_L05_a_plain_account_has_no_marks(sit: Sit) -> None:
    async with sit() as at:
        assert at.lines()[0].startswith(" crm-tui ")
        assert "PRODUCTION" not in at.text()
        assert "read only" not in at.text()


async def test_L05_marks_are_there_before_anything_has_come(sit: Sit, sandbox: Sandbox) -> None:
    await sandbox.fault(action="hang", path="/api/crm/crmboards", times=None)
    async with sit(treatment=BOTH, until_loaded=False) as at:
        assert " PRODUCTION   read only  sandbox" in at.lines()[0]


async def test_L05_each_mark_has_a_style_of_its_own_that_needs_no_colour(sit: Sit) -> None:
    async with sit(treatment=BOTH) as at:
        chrome = at.board.query_one("#chrome", Line)
        for name in ("line--production", "line--read-only"):
            style = chrome.style_called(name)
            assert style.reverse
            assert style.bold


@pytest.mark.parametrize(
    ("treatment", "where"),
    [
        (BOTH, "on sandbox, Riverside, production, read only: 2 to write"),
        (Treatment(production=True), "on sandbox, Riverside, production: 2 to write"),
        (Treatment(), "on sandbox, Riverside: 2 to write"),
    ],
)
async def test_L05_the_preview_says_whose_data_it_would_change(
    sit: Sit, treatment: Treatment, where: str
) -> None:
    async with sit(size=(80, 24), treatment=treatment) as at:
        await at.press_only("space", "space", "full_stop")
        assert isinstance(at.app.screen, PreviewScreen)
        title = " ".join(line.strip() for line in at.lines())
        assert f"Move 2 to the next stage {where}" in title


# The location to begin with


@pytest.mark.parametrize("wanted", ["Midtown", " midTOWN", None])
async def test_the_board_opens_at_the_profiles_location(
    sit: Sit, sandbox: Sandbox, wanted: str | None
) -> None:
    ((location_id,),) = sandbox.query("SELECT Id FROM businesses WHERE Name = 'Midtown'")
    async with sit(treatment=Treatment(location=wanted or location_id)) as at:
        assert "  Midtown  " in at.lines()[0]
        assert "1 of 1" in at.lines()[0]
        await at.press_only("right_parenthesis")
        assert at.status == " There is no other board."
        await at.press_only("g", "l", "a")
        assert "of 4" in at.lines()[0]
        await at.press_only("R")
        await at.pilot.pause()
        assert "of 4" in at.lines()[0]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("Midtwon", "location Midtwon has no board here. Did you mean Midtown? All locations"),
        ("x\x1b[2J", "location x␛[2J has no board here. All locations are shown."),
        (7, "location 7 has no board here. All locations are shown."),
    ],
)
async def test_a_location_that_is_not_there_is_said_and_all_are_shown(
    sit: Sit, wanted: int | str, words: str
) -> None:
    async with sit(treatment=Treatment(location=wanted)) as at:
        assert f" The profile's {words}" in at.status
        assert "1 of 4" in at.lines()[0]


# What dates mean


async def at_midtown(at: Sitting) -> None:
    """Wait until the days of the location are known: New York's, where it is 04:30 on Monday, 2 March."""
    board = next(each for each in at.crm.snapshot.boards.values() if each.location == "Midtown")
    await until(at.crm, lambda: at.crm.surroundings.zone_of(board) is not HERE)
    await at.pilot.pause()


@pytest.mark.parametrize(
    ("stored", "dates", "card", "pane", "days"),
    [
        ("2026-03-03T00:00:00Z", Dates.UTC, "today", "today · Mon 2 Mar 2026", "today"),
        ("2026-03-03T00:00:00Z", Dates.WALLCLOCK, "tomorrow", "tomorrow · Tue 3 Mar", "tomorrow"),
        ("2026-03-02T02:00:00Z", Dates.UTC, "1 d late", "1 d late · Sun 1 Mar 2026", "yesterday"),
        ("2026-03-02T02:00:00Z", Dates.WALLCLOCK, "today", "today · Mon 2 Mar 2026", "today"),
    ],
)
async def test_card_pane_and_filter_read_follow_ups_alike_and_a_move_sends_them_as_they_came(
    sit: Sit, sandbox: Sandbox, stored: str, dates: Dates, card: str, pane: str, days: str
) -> None:
    sandbox.execute("UPDATE crmopportunities SET DueDate = ?, Status = 1", stored)
    treatment = Treatment(location="Midtown", dates=dates)
    async with sit(size=(200, 40), treatment=treatment) as at:
        await at_midtown(at)
        every = shown(at)
        assert card in at.current_card()[2]
        assert f"Follow-up {pane}" in at.text()
        for typed_day in ("yesterday", "today", "tomorrow"):
            await typed(at, f"due:{typed_day}")
            assert shown(at) == (every if typed_day == days else 0), typed_day
            await at.press_only("enter", "escape")
        await typed(at, "due<today")
        assert shown(at) == (every if "late" in card else 0)
        await at.press_only("enter", "escape")
        await at.press("full_stop")
        assert [body["DueDate"] for body in sandbox.writes()] == [stored]


async def test_a_profile_that_only_reads_changes_nothing_even_on_the_screen(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit(treatment=Treatment(read_only=True)) as at:
        begin = at.stage_name
        await at.press("full_stop")
        assert at.status == " Nothing was changed: this profile only reads."
        assert at.stage_name == begin
    assert sandbox.writes() == []
