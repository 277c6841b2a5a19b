"""The search screen by keys only: typing, order, pages, marks, verbs on rows, and the ways in and out."""

from __future__ import annotations

import json
import re
import resource
import unicodedata
from pathlib import Path

import pytest
from textual.events import Paste

from crm_tui.ui.cells import width_of
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.search import SearchScreen
from tests.ui.conftest import Sit, Sitting
from tests.world import Sandbox, until


def searching(at: Sitting) -> SearchScreen:
    """The search screen, which lies over all others."""
    screen = at.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


def rows(at: Sitting) -> list[str]:
    """The lines of the table's rows."""
    lines = at.lines()
    head = next(place for place, line in enumerate(lines) if "Customer" in line)
    end = next(place for place, line in enumerate(lines) if "──" in line)
    return [line for line in lines[head + 1 : end] if line.strip()]


def customers(at: Sitting) -> list[str]:
    """The first column of the rows that are shown."""
    return [re.split(r"  +", row[4:].strip())[0] for row in rows(at)]


async def test_what_is_typed_narrows_the_table_at_every_letter(sit: Sit) -> None:
    async with sit() as at:
        every = len(at.crm.snapshot)
        await at.press("/")
        assert f"{every:,} found" in at.text()
        row = next(iter(at.crm.snapshot.rows()))
        word = row.customer.split()[0]
        for count, letter in enumerate(word, 1):
            await at.press(letter)
            found = searching(at).found.rows
            assert row in found
            assert all(
                word[:count].casefold()
                in " ".join((each.customer, each.company, each.email, each.name)).casefold()
                for each in found
            )
        await at.press("enter")
        assert f"{len(searching(at).found.rows)} of {every:,}" in at.text()


async def test_arrows_move_in_what_was_found_while_it_is_typed(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/")
        first = searching(at).record_id
        await at.press("down", "down")
        third = searching(at).record_id
        assert third == searching(at).found.rows[2].id != first
        await at.press("up", "enter")
        assert searching(at).record_id == searching(at).found.rows[1].id


async def test_a_fault_in_the_filter_is_shown_and_the_last_result_stays(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"value>500")
        found = searching(at).found.rows
        await at.press("x")
        assert "no amount" in at.text()
        assert searching(at).found.rows == found
        await at.press("escape")
        assert "no amount" not in at.text()


async def test_the_table_is_sorted_by_what_is_chosen_and_turned_round(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", "enter", "O", "v")
        values = [row.value for row in searching(at).found.rows if row.value is not None]
        assert values == sorted(values)
        assert "Value ↑" in at.text()
        await at.press("O", "v")
        values = [row.value for row in searching(at).found.rows if row.value is not None]
        assert values == sorted(values, reverse=True)
        assert searching(at).found.rows[-1].value is None


async def test_the_cursor_stays_on_its_record_when_the_order_changes(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", "enter", "j", "j")
        record = searching(at).record_id
        await at.press("O", "c")
        assert searching(at).record_id == record


async def test_pages_are_turned_and_end(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", "enter", "g", "n", "a")
        assert "page 1 of 4" in at.text()
        await at.press("}")
        assert "page 2 of 4" in at.text()
        assert searching(at).record_id == searching(at).found.rows[25].id
        assert len(rows(at)) == 25
        await at.press("2", "}")
        assert "page 4 of 4" in at.text()
        await at.press("}")
        assert "This is the last page." in at.status
        await at.press("{", "G")
        assert "page 4 of 4" in at.text()


async def test_a_verb_acts_on_the_row_and_on_the_marks(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press("/", *"status:open", "enter")
        screen = searching(at)
        movable = [row.id for row in screen.found.rows if row.stage in ("Enquiry", "Tour booked")]
        while screen.record_id != movable[0]:
            await at.press("j")
        stage = at.crm.snapshot.row(movable[0])
        await at.press(".")
        moved = at.crm.snapshot.row(movable[0])
        assert stage is not None
        assert moved is not None
        assert moved.stage != stage.stage
        assert screen.record_id == movable[0]
        assert sandbox.stage_of(movable[0]) == moved.stage_id


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder for documents."""
    folder = tmp_path / "Documents"
    folder.mkdir()
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(folder))
    return folder


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(each.name for each in folder.iterdir())


async def exported(at: Sitting, *keys: str) -> str:
    """Ask for a file, and give what is said once that is done."""
    await at.press_only("E", *keys)
    if going_on := [worker for worker in at.app.workers if worker.group == "export"]:
        await at.app.workers.wait_for_complete(going_on)
    await at.pilot.pause()
    return at.status


async def test_what_is_found_and_what_is_marked_is_written_into_a_file(
    sit: Sit, documents: Path
) -> None:
    async with sit() as at:
        await at.press("/", *"status:open", "enter")
        found = [row.id for row in searching(at).found.rows]
        said = await exported(at, "j")
        file = documents / "opportunities-2026-03-02-status-open.json"
        assert f"Written: {len(found)} opportunities in " in said
        assert [each["id"] for each in json.loads(file.read_text())] == found
        await at.press("space", "space")
        marked = list(searching(at).marked)
        await exported(at, "j")
        file = documents / "opportunities-2026-03-02-status-open-marked.json"
        assert [each["id"] for each in json.loads(file.read_text())] == marked == found[:2]
        await exported(at, "j")
        assert len(names(documents)) == 3


async def test_E04_a_fault_of_the_disk_is_said_and_leaves_nothing(
    sit: Sit, documents: Path
) -> None:
    async with sit() as at:
        await at.press("/", *"nobody-at-all", "enter")
        assert "nothing to write" in await exported(at, "c")
        await at.press("escape")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
        try:
            said = await exported(at, "c")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert "Nothing was written to" in said
        assert names(documents) == []
        assert not at.app.faults


async def test_where_there_is_little_room_totals_are_shorter_and_never_cut(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", "enter")
        count = len(searching(at).found.rows)
        whole = at.lines()[-3]
        assert f"{count} found: £" in whole
        for width in range(110, 39, -5):
            await at.resize(width, 24)
            rule = at.lines()[-3].strip()
            said = rule.split("─")[0].strip()
            assert said.startswith(f"{count} found")
            assert said == f"{count} found" or said.count("+") == whole.count("+")
        assert "k + " in said  # thousands, and every currency
        await at.press("A")
        assert at.lines()[-3].strip("─ ") == f"{count} marked · {count} found"


async def test_marks_stay_on_their_records_and_are_added_up(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", "enter", "space", "space")
        assert "2 marked" in at.text()
        marked = searching(at).marked
        await at.press("O", "c")
        assert set(searching(at).marked) == set(marked)
        await at.press("/", *"nobody-at-all", "enter")
        assert "2 marked: , 2 not shown" not in at.text()
        assert "2 not shown" in at.text()
        assert searching(at).marked == ()


async def test_escape_peels_the_filter_then_goes_back(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", "x", "enter", "escape")
        assert searching(at).found.of == len(searching(at).found.rows)
        await at.press("escape")
        assert isinstance(at.app.screen, BoardScreen)


async def test_coming_back_finds_the_search_as_it_was_left(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"status:open", "enter", "j", "j", "space")
        before = searching(at).record_id
        await at.press("q", "j", "g", "s", "escape")
        assert searching(at).record_id == before
        assert "status:open" in at.lines()[1]
        assert "1 marked" in at.text()


async def test_the_record_is_found_on_its_board(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", "enter")
        boards = {row.board_id for row in searching(at).found.rows}
        assert len(boards) > 1
        for _ in range(12):
            await at.press("j")
        record = searching(at).record_id
        await at.press("b")
        assert at.record_id == record


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (60, 20)])
async def test_a_row_is_one_line_and_the_figures_stay_whole(
    sit: Sit, size: tuple[int, int]
) -> None:
    async with sit(size=size) as at:
        await at.press("/", "enter", "O", "v", "O", "v", "g", "g")
        top = searching(at).found.rows[0]
        assert top.value is not None
        if size[0] >= 100:  # the record stands at the right, and comes in its own time
            while "History ─" not in at.text():
                await at.pilot.pause()
            lines = [line for line in at.lines() if "▏" in line]
            assert any(unicodedata.category(letter) == "Mc" for letter in "".join(lines))
            assert len({width_of(line[: line.index("▏")]) for line in lines}) == 1
        assert f"{top.value:,.0f}"[:3] in rows(at)[0]
        assert all(width_of(line) <= size[0] for line in at.lines())


async def test_in_how_many_records_it_was_searched_is_said(sit: Sit) -> None:
    async with sit() as at:
        await at.press("/", *"notes:parking", "enter")
        while "notes: searched in" not in at.status:
            await at.pilot.pause()
        assert f"in 0 records of {len(at.crm.snapshot):,}" in at.status
        await at.press("escape")
        assert len(searching(at).found.rows) == len(at.crm.snapshot)


async def test_a_paste_longer_than_what_was_typed_is_offered_nothing_that_is_not_there(
    sit: Sit,
) -> None:
    async with sit() as at:
        await at.press("F", *"own")
        at.app.post_message(Paste("er:" + "x" * 40))
        at.app.post_message(Paste(" acme" * 3))
        await at.press("ctrl+u", *"sta")
        assert "status:" in at.text()


async def test_the_record_that_is_fetched_is_the_one_in_front_and_not_one_behind(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit(size=(200, 60)) as at:
        behind = at.record_id
        await at.press("/", "enter", "G")
        shown = searching(at).record_id
        assert shown not in (None, behind)
        await at.press("space")  # the book is drawn anew, and the board behind with it
        asked = f"/api/crm/crmopportunities/{shown}"
        await until(at.crm, lambda: bool(sandbox.asked(asked)))
        await until(at.crm, lambda: at.crm.detail(shown or 0).detail is not None)
        await at.press("q")
        assert at.record_id == behind


async def test_L05_a_preview_names_the_locations_of_its_records_and_not_of_the_board_behind(
    sit: Sit,
) -> None:
    async with sit() as at:
        snapshot = at.crm.snapshot
        shown = snapshot.row(at.record_id)
        assert shown is not None
        behind = snapshot.boards[shown.board_id].location
        other = next(
            row for row in snapshot.rows() if snapshot.boards[row.board_id].location != behind
        )
        place = snapshot.boards[other.board_id].location
        await at.press("/", *f"id:{other.id}", "enter", "A", "v", *"1234", "enter")
        assert f"sandbox, {place}" in at.text()
        assert f"sandbox, {behind}" not in at.text()
