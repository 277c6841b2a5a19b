"""Coming back: every start, and every screen, is as it was left; what makes no sense any more is left out."""

from __future__ import annotations

from pathlib import Path

from crm_tui.domain.finding import Sort
from crm_tui.domain.view import Chosen, Place, View
from crm_tui.store.places import Places
from crm_tui.ui.screens.search import SearchScreen
from tests.ui.conftest import Sit, Sitting
from tests.world import loaded, until


def searching(at: Sitting) -> SearchScreen:
    screen = at.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


def table(at: Sitting) -> list[str]:
    """What is drawn at the left of the record."""
    return [line.partition("▏")[0].rstrip() for line in at.lines()[1:-2]]


async def test_the_next_start_finds_the_search_as_it_was_left(sit: Sit, tmp_path: Path) -> None:
    file = tmp_path / "places.json"
    async with sit(places=file) as at:
        await at.press("/", *"status:open", "enter", "O", "c", "O", "c", "g", "n", "a", "}", "j")
        await at.press("space", "Z")
        left, lines = searching(at).place, table(at)
        at.app.keep_place()
    async with sit(places=file) as at:
        await at.press("g", "s", "escape")
        assert searching(at).place == left
        assert table(at) == lines
        assert "1 marked" in at.text()
        assert left.view.sort == Sort("customer", descending=True)
        assert left.view.page_size == 25


async def test_the_next_start_finds_the_board_as_it_was_left(sit: Sit, tmp_path: Path) -> None:
    file = tmp_path / "places.json"
    async with sit(places=file) as at:
        await at.press(")", "l", "j", "space", "z", "Z", "F", *"value>0", "enter")
        record, place = at.record_id, at.board.place
        at.app.keep_place()
    async with sit(places=file) as at:
        assert at.board.place == place
        assert at.record_id == record
        assert "value>0" in at.lines()[0]
        assert "1 marked" in at.lines()[0]


async def test_filters_that_name_people_come_back_once_these_are_known(
    sit: Sit, tmp_path: Path
) -> None:
    file = tmp_path / "places.json"
    kept = {
        "board": Place(View("owner:ana")),
        "search": Place(View("-owner:me", Sort("value"))),
    }
    Places(file).keep(kept)
    async with sit(places=file, until_loaded=False) as at:
        at.app.keep_place()  # whatever is known by now, nothing of it is lost
        assert Places(file).found["board"].view.filter == "owner:ana"
        assert Places(file).found["search"].view == kept["search"].view
        while at.board.place.view.filter != "owner:ana":
            await at.pilot.pause()
        await until(at.crm, lambda: at.crm.surroundings.has_looked)
        await loaded(at.crm)
        await at.press("g", "s", "enter")
        while not (found := searching(at).found.rows) or "-owner:me" not in at.text():
            await at.pilot.pause()
        me = at.crm.surroundings.me
        assert me is not None
        others = [row for row in at.crm.snapshot.rows() if row.owner_id != me]
        assert {row.id for row in found} == {row.id for row in others}


async def test_somebody_who_looks_for_something_else_is_left_alone(
    sit: Sit, tmp_path: Path
) -> None:
    file = tmp_path / "places.json"
    Places(file).keep({"board": Place(View("owner:nobody-by-that-name"))})
    async with sit(places=file, until_loaded=False) as at:
        await at.press("F", *"value>0", "enter")
        await loaded(at.crm)
        await until(at.crm, lambda: at.crm.surroundings.has_looked)
        assert at.board.place.view.filter == "value>0"


async def test_what_makes_no_sense_any_more_is_left_out(sit: Sit, tmp_path: Path) -> None:
    file = tmp_path / "places.json"
    view = View(
        "owner:nobody-by-that-name", Sort("shoe"), (Chosen("shoe"), Chosen("value", 9999)), -3
    )
    gone = Place(view, record_id=404, marked=(404,), board_id=404, density="tall", pane="above")
    Places(file).keep({"board": gone, "search": gone})
    async with sit(places=file) as at:
        assert at.record_id
        await at.press("/", "enter")
        assert searching(at).found.rows
        assert [each.name for each in searching(at).shown_view.columns] == ["value"]
        assert "Value" in at.text()


async def test_a_place_that_is_kept_writes_nothing_while_nothing_changes(
    sit: Sit, tmp_path: Path
) -> None:
    file = tmp_path / "places.json"
    async with sit(places=file) as at:
        at.app.keep_place()
        before = file.stat()
        at.app.keep_place()
        assert file.stat().st_mtime_ns == before.st_mtime_ns
        await at.press("j")
        at.app.keep_place()
        assert file.stat().st_ino != before.st_ino
