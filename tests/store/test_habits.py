"""What is chosen how often: added up over windows, within bounds, and never in anybody's way."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from crm_tui.config.files import locked
from crm_tui.store.habits import LARGEST, MOST, QUESTIONS, Habits


def chosen(path: Path, *answers: int, habit: str = "lost") -> Habits:
    """Choose in a window that is then left."""
    habits = Habits(path)
    for answer in answers:
        habits.take(habit, answer)
    assert habits.keep()
    return habits


def test_what_was_chosen_comes_back_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "habits.json"
    habits = Habits(path)
    assert habits.taken == {}
    assert not habits.keep()  # nothing to be written
    habits.take("lost", 3)
    assert habits.taken == {"lost": {3: 1}}  # it counts before it is kept
    assert [habits.is_kept, habits.keep(), habits.is_kept] == [False, True, True]
    assert Habits(path).taken == {"lost": {3: 1}}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_windows_add_up(tmp_path: Path) -> None:
    path = tmp_path / "habits.json"
    one, other = Habits(path), Habits(path)
    for window, answer in ((one, 3), (other, 3), (other, 4), (one, 5)):
        window.take("lost", answer)
        window.keep()
    assert Habits(path).taken == {"lost": {3: 2, 4: 1, 5: 1}}


def test_counts_stay_small_and_what_is_chosen_nowadays_weighs_more(tmp_path: Path) -> None:
    path = tmp_path / "habits.json"
    path.write_bytes(msgspec.json.encode({"lost": {3: LARGEST, 4: 9, 5: 1}}))
    chosen(path, 3)
    assert Habits(path).taken == {"lost": {3: (LARGEST + 1) // 2, 4: 4}}


def test_the_answers_that_were_chosen_least_go_first(tmp_path: Path) -> None:
    path = tmp_path / "habits.json"
    path.write_bytes(msgspec.json.encode({"owner": {each: 1 + each for each in range(MOST)}}))
    chosen(path, MOST, habit="owner")
    assert Habits(path).taken["owner"].keys() == {MOST, *range(1, MOST)}


def test_questions_that_were_asked_longest_ago_go_first(tmp_path: Path) -> None:
    path = tmp_path / "habits.json"
    path.write_bytes(msgspec.json.encode({str(each): {1: 1} for each in range(QUESTIONS)}))
    chosen(path, 1, habit="new")
    assert list(Habits(path).taken) == [*map(str, range(1, QUESTIONS)), "new"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"lost": 3}', b'{"lost": {"x": 1}}', b"\xff", b"null"]
)
def test_what_makes_no_sense_is_as_if_it_had_never_been(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "habits.json"
    path.write_bytes(content)
    assert Habits(path).taken == {}
    chosen(path, 3)
    assert Habits(path).taken == {"lost": {3: 1}}


def test_what_cannot_be_written_is_counted_and_written_later(tmp_path: Path) -> None:
    path = tmp_path / "habits.json"
    habits = Habits(path)
    habits.take("lost", 3)
    with locked(path):  # as by a window that was stopped
        assert not habits.keep()
    assert habits.taken == {"lost": {3: 1}}
    assert habits.keep()
    assert Habits(path).taken == {"lost": {3: 1}}
    (tmp_path / "file").write_bytes(b"")
    nowhere = Habits(tmp_path / "file" / "habits.json")
    nowhere.take("lost", 3)
    assert not nowhere.keep()
    assert Habits().is_kept
