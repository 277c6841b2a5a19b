"""Where somebody was: kept per screen, whole, for several windows, and never in anybody's way."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from crm_tui.config.files import locked
from crm_tui.domain.finding import Sort
from crm_tui.domain.view import Chosen, Place, View
from crm_tui.store.places import Places

PLACE = Place(
    View("owner:me \x1b[31m", Sort("value", descending=True), (Chosen("customer", 30),), 25),
    record_id=7,
    marked=(3, 9),
)


def test_what_was_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "state" / "places.json"
    assert Places(path).found == {}
    assert Places(path).keep({"search": PLACE})
    assert Places(path).found == {"search": PLACE}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_windows_do_not_take_each_others_screens(tmp_path: Path) -> None:
    path = tmp_path / "places.json"
    one, other = Places(path), Places(path)
    one.keep({"board": Place(board_id=1), "search": Place(record_id=1)})
    other.keep({"search": PLACE})
    one.keep({"board": Place(board_id=2), "search": Place(record_id=1)})
    assert Places(path).found == {"board": Place(board_id=2), "search": PLACE}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"search": 3}', b'{"search": {"marked": "x"}}', b"\xff\xfe", b"null"],
)
def test_what_is_not_ours_is_as_if_there_were_nothing_and_is_replaced(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "places.json"
    path.write_bytes(content)
    assert Places(path).found == {}
    assert Places(path).keep({"search": PLACE})
    assert Places(path).found["search"] == PLACE


def test_a_screen_of_another_version_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "places.json"
    Places(path).keep({"search": PLACE, "board": Place(board_id=4)})
    path.write_bytes(path.read_bytes().replace(b'"board_id":4', b'"board_id":"four"'))
    assert Places(path).found == {"search": PLACE}


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    beside = tmp_path / "file"
    beside.touch()
    assert not Places(beside / "places.json").keep({"search": PLACE})
    assert Places(beside / "places.json").found == {}
    assert not Places().keep({"search": PLACE})
    assert Places().found == {}


def test_who_holds_the_file_for_ever_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "places.json"
    with locked(path):  # as by a window that was stopped
        assert not Places(path).keep({"search": PLACE})
    assert Places(path).found == {}
