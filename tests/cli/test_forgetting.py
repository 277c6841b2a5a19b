"""What stays of an account that was left: nothing of its customers, and nothing unsent is lost unasked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui.cli.main import run
from crm_tui.config.profiles import Profiles
from crm_tui.paths import journal_file, mirror_file, profiles_file
from crm_tui.store.mirror_file import lock_of
from crm_tui.store.sender import SenderLock
from tests.cli.headless import cards
from tests.cli.sandbox import Served, add_profile, served


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("forgetting")) as running:
        yield running


@pytest.fixture
def card(sandbox: Served, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A card of an account whose book lies here."""
    assert not home.joinpath(".cache").exists()
    add_profile(tmp_path, sandbox.url, "sandbox")
    (found,) = cards(sandbox, 1)
    assert run(["sync"]) == 0
    capsys.readouterr()
    return found


def kept() -> list[str]:
    """Name what lies here of the book."""
    folders = (mirror_file("here").parent, journal_file("here").parent)
    return sorted(
        path.name
        for folder in folders
        if folder.exists()
        for path in folder.iterdir()
        if path.name.startswith(("book-", "journal-"))
    )


@pytest.mark.parametrize("goodbye", [["sign-out"], ["profile", "remove", "here"]])
def test_nothing_of_the_customers_stays(card: str, goodbye: list[str]) -> None:
    assert run(["do", "move", card, "Office tour"]) == 0
    assert kept()
    assert run(goodbye) == 0
    assert kept() == []


def test_what_is_not_sent_is_not_removed_without_a_word(
    card: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["do", "--no-wait", "move", card, "Office tour"]) == 0
    capsys.readouterr()
    assert run(["profile", "remove", "here"]) == 1
    assert "nothing was removed: 1 change is not sent." in capsys.readouterr().err
    assert run(["sign-out"]) == 0
    assert "The journal stays: 1 change is not sent." in capsys.readouterr().err
    assert not mirror_file("here").exists()
    assert run(["pending"]) == 0
    assert capsys.readouterr().out.split()[:2] == ["1", "held"]
    assert run(["profile", "remove", "here", "--drop"]) == 0
    assert kept() == []


@pytest.mark.parametrize("what", ["book", "journal"])
def test_what_an_open_window_uses_stays_and_so_does_the_profile(
    card: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["do", "move", card, "Office tour"]) == 0
    window = SenderLock(journal_file("here"))
    lock = lock_of(mirror_file("here")) if what == "book" else None
    assert what == "book" or window.try_to_take()
    capsys.readouterr()
    assert run(["profile", "remove", "here"]) == 1
    assert "a window is open on this account" in capsys.readouterr().err
    assert Profiles.load().by_name
    if lock is not None:
        os.close(lock)
    window.release()
    assert run(["profile", "remove", "here"]) == 0


def test_the_doctor_tells_where_the_book_lies_and_what_is_not_sent(
    card: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["do", "--no-wait", "move", card, "Office tour"]) == 0
    capsys.readouterr()
    assert run(["doctor"]) == 0
    said = capsys.readouterr().out
    assert f"ok       local copy      {mirror_file('here')}: 0." in said
    assert f"advice   journal         {journal_file('here')}: 1 change is not sent" in said


def test_g19_what_a_profile_of_another_location_left_is_told_and_not_taken_back(
    card: str, capsys: pytest.CaptureFixture[str]
) -> None:
    profiles = profiles_file()
    text = profiles.read_text(encoding="utf-8")
    profiles.write_text(text + 'location = "Midtown"\n', encoding="utf-8")
    assert run(["do", "--no-wait", "move", card, "Office tour"]) == 0
    profiles.write_text(text + 'location = "Riverside"\n', encoding="utf-8")
    capsys.readouterr()
    assert run(["pending"]) == 0
    said = capsys.readouterr().err
    assert "1 change for another address, user or location stays in the journal" in said
    assert ", location midtown: " in said
    assert "Office tour" in said
    assert run(["do", "undo"]) != 0
    profiles.write_text(text, encoding="utf-8")
    assert run(["do", "undo"]) == 0
