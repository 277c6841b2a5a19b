"""The board in rough hands: pasted text, a held key, a window that is dragged about, no colours (D19, J07, J18)."""

from __future__ import annotations

import random
import re
import time

import pytest

from tests.e2e.board import LAUNCHER, current_card, demo_data, wait_for_board
from tests.e2e.escapes import split
from tests.e2e.picture import Picture
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.terminal

WRITES = "SELECT count(*) FROM requests WHERE Method <> 'GET'"

SIZES = [(1, 1), (500, 1000), (2, 1), (1, 50), (39, 11), (40, 12), (99, 23), (100, 24), (149, 36)]
"""Those at which something in the layout changes, and the ends of what a terminal can be."""


def leave(terminal: Terminal, *, sending: bool = False) -> None:
    """Leave by `q`, with what is held sent if something is, and see that all is as it was found."""
    terminal.press("q")
    if sending:
        terminal.wait_for("Send, then leave")
        terminal.press("s")
    assert terminal.wait_exit(60) == 0
    assert terminal.unrestored() == []
    assert terminal.family() == []
    assert b"Traceback" not in terminal.raw


def test_D19_text_pasted_on_the_board_presses_no_key(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.press("j")
        terminal.wait_quiet()
        card, status = current_card(terminal), terminal.lines()[-2]
        terminal.paste("y\n.\njq\x04\x07\x9b6n\x00y\nL\r")
        terminal.paste("a\x1bq\x1b.\x1b[B\x1b[200~.\x1bOQy\x1b")
        terminal.wait_quiet(300)
        assert current_card(terminal) == card
        assert terminal.lines()[-2] == status
        for opened, seen in (("m", "^ Move "), ("?", "type to search")):
            terminal.press(opened)
            terminal.wait_for(seen)
            terminal.paste("y\n.\nq\r")
            terminal.wait_quiet(300)
            terminal.press("escape")
            terminal.wait_quiet(300)
        assert current_card(terminal) == card
        leave(terminal)
    assert demo_data(environment, WRITES) == [(0,)]


def test_D19_text_pasted_into_the_filter_is_text(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.press("F")
        terminal.wait_for("^ F ")
        begin = len(terminal.chunks)
        terminal.paste("be\x00\x07\x9b2Jllo\ny\nq\n.")
        terminal.wait_for("^ F be")
        terminal.wait_quiet(300)
        assert "llo" in terminal.lines()[1]
        assert "llo y q ." in terminal.lines()[1], "each line of it"
        out = b"".join(chunk.data for chunk in terminal.chunks[begin:])
        assert b"\x07" not in out
        assert "\x9b".encode() not in out
        terminal.press("escape")
        terminal.wait_quiet(300)
        leave(terminal)
    assert demo_data(environment, WRITES) == [(0,)]


def test_D19_an_escape_in_what_is_pasted_does_not_end_the_paste(
    environment: dict[str, str],
) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.press("F")
        terminal.wait_for("^ F ")
        terminal.paste("mar\x1b[B\x1bq")
        terminal.wait_for(r"^ F mar\[Bq")
        terminal.press("escape")
        terminal.wait_quiet(300)
        leave(terminal)
    assert demo_data(environment, WRITES) == [(0,)]


def test_a_sequence_that_no_key_sends_is_dropped_and_the_next_key_counts(
    environment: dict[str, str],
) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        for sequence in (
            b"\x1b[99999999999u",
            b"\x1b[1114112u",
            b"\xff\xfe",
            b"\x1b[:::t",
            b"\x1b[;;x",
        ):
            terminal.type_bytes(sequence)
            terminal.wait_quiet(300)
        before = current_card(terminal)
        terminal.press("j")
        terminal.wait_until(lambda: current_card(terminal) != before, "the next card")
        leave(terminal)


def test_J07_a_storm_of_sizes_ends_at_the_right_one_and_writes_nothing(
    environment: dict[str, str],
) -> None:
    generator = random.Random(7)
    sizes = SIZES + [
        (generator.randint(1, 320), generator.randint(1, 110)) for _ in range(500 - len(SIZES))
    ]
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.press("j", "j")
        terminal.wait_quiet()
        name = current_card(terminal)[0]
        for number, size in enumerate(sizes):
            terminal.resize(*size)
            if number % 10 == 9:
                terminal.wait_quiet(5)
        terminal.resize(120, 40)
        terminal.wait_until(
            lambda: terminal.lines()[-1].endswith("q quit"), "the footer of the last size"
        )
        terminal.wait_quiet(500)
        assert len(terminal.lines()) == 40
        assert terminal.lines()[0].startswith(" crm-tui")
        assert current_card(terminal)[0] == name
        leave(terminal)
    assert demo_data(environment, WRITES) == [(0,)]


def test_a_verb_held_for_a_second_writes_what_one_press_would(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        begin = time.perf_counter()
        for number in range(30):
            while (left := begin + number * 0.033 - time.perf_counter()) > 0:
                terminal.wait_byte(left)
            terminal.press(".")
        terminal.wait_for("A held key counts once")
        leave(terminal, sending=True)
    assert demo_data(environment, WRITES) == [(1,)]


def test_J18_without_colour_all_is_told_by_text(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment | {"NO_COLOR": "1"}) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        assert current_card(terminal) != []  # the cursor has edges
        terminal.press("space", "k")
        terminal.wait_for("1 marked")
        terminal.wait_for("▌.*●▐")
        terminal.press("m")
        terminal.wait_for("^ Move 1 marked to")
        terminal.press("escape")
        terminal.wait_quiet(300)
        terminal.press("M", ".")
        terminal.wait_for("held")
        terminal.press("Z")
        terminal.wait_for("Stage     Tour booked")
        terminal.wait_quiet(600)
        colours = re.findall(rb"\x1b\[[0-9;]*(?:[349][0-8]|10[0-7])[0-9;]*m", terminal.raw)
        assert colours == []
        leave(terminal, sending=True)


@pytest.mark.parametrize("opened", ["", "x"], ids=["the board", "a panel of letters"])
def test_what_something_else_has_written_over_is_drawn_anew_by_a_key(
    environment: dict[str, str], opened: str
) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment, cols=120, rows=36) as terminal:
        wait_for_board(terminal)
        terminal.wait_for("~£")  # the last that comes
        terminal.wait_quiet(600)
        terminal.press("m", "escape", *opened)
        terminal.wait_quiet(300)
        begin = len(terminal.chunks)
        terminal.press("ctrl+l")
        terminal.wait_byte(5.0)
        terminal.wait_quiet(300)
        anew = Picture(120, 36)
        anew.draw(split(b"".join(chunk.data for chunk in terminal.chunks[begin:])))
        assert anew.lines() == terminal.lines()
        terminal.press(*["escape"] * len(opened), "q")
        assert terminal.wait_exit() == 0


def test_J07_a_window_made_small_and_large_again_at_once_shows_all(
    environment: dict[str, str],
) -> None:
    """The window has lost what it showed; the program finds it as large as it was."""
    with Terminal.start([LAUNCHER, "demo"], environment, cols=120, rows=36) as terminal:
        wait_for_board(terminal)
        terminal.wait_for("~£")
        terminal.wait_quiet(600)
        before = terminal.lines()
        terminal.resize(60, 20)
        terminal.resize(120, 36)
        terminal.wait_until(lambda: terminal.lines()[-1].endswith("q quit"), "all of it", 20)
        terminal.wait_quiet(300)
        assert terminal.lines() == before
        leave(terminal)
