"""What is shown: boards and locations, the filter, densities, the narrow form, places that are remembered."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_tui.domain.pipeline import active_boards
from crm_tui.ui.cells import width_of
from crm_tui.ui.widgets.column_view import ColumnView
from tests.ui.conftest import Sit, Sitting
from tests.world import Sandbox, loaded, until

OPPORTUNITIES = "/api/crm/crmopportunities"


async def typed(at: Sitting, text: str) -> None:
    """Open the filter and type a text into it."""
    await at.press_only("F")
    for character in text:
        await at.press_only("space" if character == " " else character)


def shown(at: Sitting) -> int:
    """Count the cards that the board shows, on the screen or not."""
    return sum(len(picture.column.cards) for picture in at.board.columns)


# Boards and locations


async def test_B_shows_a_board_and_an_archived_one_is_loaded_when_asked_for(
    sit: Sit, sandbox: Sandbox
) -> None:
    ((archived,),) = sandbox.query("SELECT Id FROM crmboards WHERE Archived = 1")
    async with sit() as at:
        await at.press_only("B")
        assert "Midtown, archived" in at.text()
        await at.press_only("space", *"before", "enter")
        await until(at.crm, lambda: at.crm.load(archived).as_of is not None)
        await at.pilot.pause()
        assert "Members (before the move)  archived" in at.lines()[0]
        assert shown(at) > 0
        await at.press_only("right_parenthesis")
        assert "1 of 4" in at.lines()[0]


async def test_an_archived_board_is_not_loaded_unasked(sit: Sit, sandbox: Sandbox) -> None:
    ((archived,),) = sandbox.query("SELECT Id FROM crmboards WHERE Archived = 1")
    async with sit():
        pass
    queries = sandbox.query("SELECT Query FROM requests WHERE Path = ?", OPPORTUNITIES)
    assert not any(str(archived) in query for (query,) in queries)


async def test_a_location_narrows_the_boards_and_all_come_back(sit: Sit) -> None:
    async with sit() as at:
        await at.press_only("g", "l")
        assert "all locations  4 boards" in at.text()
        await at.press_only("space", *"norte", "enter")
        assert "Studio Norte  Ventas  1 of 1" in at.lines()[0]
        await at.press_only("right_parenthesis")
        assert at.status == " There is no other board."
        await at.press_only("g", "l", "a")
        assert "of 4" in at.lines()[0]


async def test_every_board_remembers_where_one_was(sit: Sit) -> None:
    async with sit() as at:
        await at.press_only("l", "j", "j")
        first = at.record_id
        await at.press_only("right_parenthesis", "j")
        second = at.record_id
        await at.press_only("left_parenthesis")
        assert at.record_id == first
        await at.press_only("right_parenthesis")
        assert at.record_id == second


# The filter


async def test_a_filter_narrows_as_it_is_typed_and_escape_brings_all_back(sit: Sit) -> None:
    async with sit() as at:
        every = shown(at)
        await typed(at, "value>2000")
        wanted = [row for row in at.crm.snapshot.rows() if (row.value or 0) > Decimal(2000)]
        board = active_boards(at.crm.snapshot)[0]
        wanted = [row for row in wanted if row.board_id == board.id]
        assert shown(at) == len(wanted) < every
        await at.press_only("enter")
        assert "value>2000" in at.lines()[0]
        assert "/" in at.lines()[1]
        await at.press_only("j", "escape")
        assert shown(at) == every
        assert "value>2000" not in at.lines()[0]


async def test_a_fault_in_the_filter_is_shown_and_the_last_good_result_stays(sit: Sit) -> None:
    async with sit() as at:
        await typed(at, "value>2000")
        good = shown(at)
        await at.press_only("x")
        assert "value>2000x" in at.lines()[1]
        assert "number" in at.lines()[1] or "amount" in at.lines()[1]
        assert shown(at) == good
        await at.press_only("enter")
        assert "value>2000x" in at.lines()[1]
        await at.press_only("escape")
        assert shown(at) > good


async def test_what_cards_do_not_tell_is_said_and_the_last_good_result_stays(sit: Sit) -> None:
    async with sit() as at:
        await typed(at, "value>2000")
        good = shown(at)
        await at.press_only("space", *"notes:x")
        assert "cards do not tell notes; leave it out here" in at.lines()[1]
        assert shown(at) < good
        await at.press_only("escape")
        assert shown(at) > good


async def test_the_cursor_goes_to_what_matches(sit: Sit) -> None:
    async with sit() as at:
        board = active_boards(at.crm.snapshot)[0]
        last = at.crm.snapshot.stages_of(board.id)[-1]
        row = at.crm.snapshot.cards(last.id)[0]
        await typed(at, f'"{row.customer.lower()}"')
        assert at.crm.snapshot.row(at.record_id).customer == row.customer  # type: ignore[union-attr]


async def test_nothing_that_matches_is_said_in_the_stage(sit: Sit) -> None:
    async with sit() as at:
        await typed(at, "zzzzzz")
        await at.press_only("enter")
        assert at.current_card()[0] == "none match"
        assert at.status == " No card matches. esc shows all again"
        assert "0/" in at.lines()[1]


async def test_a_verb_acts_on_what_the_filter_shows(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await typed(at, "status:open")
        await at.press_only("enter", "A")
        marked = set(at.board.marked)
        opened = sandbox.query("SELECT Id FROM crmopportunities WHERE Status = 1")
        assert marked <= {record_id for (record_id,) in opened}


async def test_what_is_typed_into_the_filter_is_no_command(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await typed(at, "q. m,u?")
        assert at.app.is_running
        assert "q. m,u?" in at.lines()[1]
    assert sandbox.writes() == []


# Forms


async def test_lines_show_one_line_for_each_card(sit: Sit) -> None:
    async with sit(size=(120, 16)) as at:
        assert "more" in at.text()
        await at.press_only("z")
        assert len(at.current_card()) == 1
        assert "↓" not in at.text()
        card = at.record_id
        await at.press_only("z")
        assert len(at.current_card()) == 3
        assert at.record_id == card


async def test_the_keys_that_edit_the_filter_do_not_move_the_board(sit: Sit) -> None:
    async with sit(size=(120, 36)) as at:
        card = at.record_id
        await at.press_only("j", "F", *"anax")
        await at.press_only("left", "left", "delete", "end", "backspace", "home", "space")
        assert at.lines()[1].startswith(" F  an")
        await at.press_only("ctrl+e", "ctrl+u", "pagedown", *"valeu")
        assert at.lines()[1].startswith(" F valeu")
        await at.press_only("escape")
        assert not at.lines()[1].startswith(" F")
        await at.press_only("k")
        assert at.record_id == card


async def test_a_narrow_terminal_shows_one_stage_under_a_strip_of_all(sit: Sit) -> None:
    async with sit(size=(80, 24)) as at:
        assert at.lines()[1].startswith("   Enquiry ")
        assert "Tour booked ⚑" in at.lines()[1]
        assert at.lines()[1].rstrip().endswith("›")
        assert len([v for v in at.app.screen.query(ColumnView) if v.display]) == 1
        await at.press_only("G")
        await at.press_only("tab", "tab", "tab", "tab", "tab")
        assert "Won" in at.lines()[2]
        assert "‹" in at.lines()[1]
        await at.press_only("tab", "tab")
        assert "Enquiry" in at.lines()[2]


async def test_another_size_keeps_the_place(sit: Sit) -> None:
    async with sit(size=(200, 60)) as at:
        await at.press_only("l", "l", "j", "j")
        card = at.record_id
        for size in ((80, 24), (60, 20), (300, 100), (120, 36), (40, 12), (200, 60)):
            await at.resize(*size)
            assert at.record_id == card, size
            assert at.current_card(), size
            assert all(width_of(line) <= size[0] for line in at.lines()), size


async def test_empty_stages_shrink_only_where_room_is_short(sit: Sit, sandbox: Sandbox) -> None:
    sandbox.execute(
        """DELETE FROM crmopportunities WHERE CrmBoardColumnId IN
           (SELECT Id FROM crmboardcolumns WHERE Name IN ('Office tour', 'Negotiation'))"""
    )
    async with sit(size=(120, 36)) as at:
        columns = [view.size.width for view in at.app.screen.query(ColumnView) if view.display]
        assert len(columns) == 6
        assert sorted(columns)[:2] == [12, 12]
        await at.resize(300, 60)
        columns = [view.size.width for view in at.app.screen.query(ColumnView) if view.display]
        assert len(columns) == 7
        assert min(columns) >= 28


async def test_sums_are_weighted_by_history_where_there_is_enough(sit: Sit) -> None:
    async with sit(size=(240, 40)) as at:
        await until(at.crm, lambda: bool(at.crm.surroundings.weights))
        await at.pilot.pause()
        assert "~£" in at.lines()[2]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_footer_holds_whole_hints_only(sit: Sit, size: tuple[int, int]) -> None:
    async with sit(size=size) as at:
        assert "…" not in at.lines()[-1]
        assert at.lines()[-1].endswith("q quit")


async def test_an_empty_board_says_so_and_what_helps(sit: Sit, sandbox: Sandbox) -> None:
    sandbox.execute("DELETE FROM crmopportunities")
    async with sit() as at:
        assert at.status == " This board has no cards yet. R asks again"


async def test_a_board_without_stages_says_so_and_what_helps(sit: Sit, sandbox: Sandbox) -> None:
    sandbox.execute("DELETE FROM crmopportunities")
    sandbox.execute("DELETE FROM crmboardcolumns")
    async with sit() as at:
        assert "Sales pipeline has no stages" in at.text()
        assert "R asks again, B shows another board." in at.text()
        await at.press_only("right_parenthesis")
        assert "Event space has no stages" in at.text()


async def test_out_of_reach_is_said_in_the_chrome_with_how_old_the_cards_are(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await sandbox.fault(action="drop", times=None)
        await at.press_only("R")
        await loaded(at.crm)
        await at.pilot.pause()
        assert at.lines()[0].endswith("offline · as of 09:30")
        assert "R tries again; this is as of 09:30." in at.status
        await sandbox.heal()
        await at.press_only("R")
        await loaded(at.crm)
        await at.pilot.pause()
        assert "offline" not in at.lines()[0]


async def test_escape_closes_the_filter_line_with_the_filter_as_it_was(sit: Sit) -> None:
    async with sit() as at:
        await typed(at, "status:open")
        await at.press_only("enter")
        opened = shown(at)
        await typed(at, " zzz")
        assert shown(at) < opened
        await at.press_only("escape")
        assert shown(at) == opened
        assert at.lines()[1].startswith(" Enquiry")
        card = at.record_id
        await at.press_only("j")
        assert at.record_id != card
