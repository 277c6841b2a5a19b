"""Themes and settings in a real terminal: the wire without colours and with few, the board as settings.toml has it."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.e2e.board import LAUNCHER, STARTED, wait_for_board
from tests.e2e.escapes import Token, split
from tests.e2e.surroundings import write_settings
from tests.e2e.terminal import Terminal
from tests.readme import settings_example

pytestmark = pytest.mark.terminal

COLOURS = frozenset({*range(30, 50), *range(90, 108)})
"""Parameters of SGR that choose a colour, or the default one."""


def colours(raw: bytes) -> set[int]:
    """Give all parameters of SGR in what was sent that have to do with colours."""
    return {number for token in split(raw) if _is_sgr(token) for number in token.numbers} & COLOURS


def _is_sgr(token: Token) -> bool:
    return token.final == "m" and not token.between and not token.params.startswith((">", "?"))


def close(terminal: Terminal, words: str) -> None:
    """Leave what shows these words; a key that came before it is gone would be another one."""
    terminal.press("escape")
    terminal.wait_until(lambda: words not in terminal.text(), f"the end of: {words}")
    terminal.wait_quiet()


def look_around(terminal: Terminal) -> None:
    """Have every kind of screen drawn."""
    for keys, words in (
        ("?", "type to search"),
        ("m", "a letter chooses"),
        ("gc", "Show it in"),
    ):
        terminal.press(*keys)
        terminal.wait_for(words)
        close(terminal, words)
    terminal.press("F")
    terminal.wait_for("owner:ana")
    terminal.press("enter")
    terminal.wait_quiet()
    terminal.press("ctrl+p")
    terminal.wait_for("Mark every card shown")
    close(terminal, "Mark every card shown")


@pytest.mark.parametrize("said", ["", 'theme = "light"\n'])
def test_J18_with_no_color_no_colour_is_sent_and_every_state_is_in_words(
    environment: dict[str, str], said: str
) -> None:
    write_settings(environment, said + "hold_seconds = 600\nhold_effects_seconds = 600\n")
    surroundings = environment | {"NO_COLOR": "1"}
    with Terminal.start([LAUNCHER, "demo"], surroundings, cols=120, rows=40) as terminal:
        wait_for_board(terminal)
        assert re.search(r"\d+ d late", terminal.text())
        (row,) = {
            number for number, line in enumerate(terminal.lines()) if "▌" in line and number < 5
        }
        assert terminal.cell(row, 1).reverse
        terminal.press("j", "space")
        terminal.wait_for("● ")
        terminal.wait_for("1 marked")
        terminal.press("M", ".")
        terminal.wait_for(r"held \d+ s +u undo")
        terminal.wait_for(r"▌.*to send|▌.*held|▌.*sending")
        terminal.press("u")
        terminal.wait_for("taken back")
        look_around(terminal)
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert colours(terminal.raw) == set()


def test_J18_sending_and_not_sent_are_in_words_too(environment: dict[str, str]) -> None:
    write_settings(environment, "hold_seconds = 0\nhold_effects_seconds = 0\n")
    with Terminal.start([LAUNCHER, "demo"], environment | {"NO_COLOR": "1"}) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        (sandbox,) = terminal.family()
        os.kill(sandbox.pid, signal.SIGSTOP)
        terminal.press(".")
        terminal.wait_for("1 sending")
        os.kill(sandbox.pid, signal.SIGKILL)
        terminal.wait_for("not sent yet, kept for later")
        terminal.press("q")
        terminal.wait_for("Keep for next time")
        terminal.press("k")
        assert terminal.wait_exit() == 1
        assert colours(terminal.raw) == set()


def test_an_empty_no_color_changes_nothing(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment | {"NO_COLOR": ""}) as terminal:
        wait_for_board(terminal)
        assert terminal.cell(0, 1).fg == "f0f2f8"
        terminal.press("q")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize("term", ["xterm", "linux"])
def test_a_terminal_of_few_colours_gets_its_own_eight_only(
    environment: dict[str, str], term: str
) -> None:
    surroundings = {**environment, "TERM": term}
    del surroundings["COLORTERM"]
    with Terminal.start([LAUNCHER, "demo"], surroundings) as terminal:
        wait_for_board(terminal)
        assert terminal.cell(4, 1).reverse
        assert terminal.cell(0, 1).bg == "default"
        look_around(terminal)
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert colours(terminal.raw) <= {31, 32, 33, 36, 39, 49}


def test_the_settings_of_the_readme_are_kept_to(environment: dict[str, str]) -> None:
    write_settings(environment, settings_example())
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        terminal.wait_for(r" n next ", STARTED)
        wait_for_board(terminal)
        assert terminal.cell(0, 1).bg == "f8f8f4"
        assert sum("▌" in line for line in terminal.lines()) == 1
        terminal.press(".")
        terminal.wait_quiet()
        assert "→" not in terminal.lines()[-2]
        terminal.press("n")
        terminal.wait_for("→ Tour booked")
        terminal.wait_for(r"held [45] s")
        terminal.press("u")
        terminal.wait_for("taken back")
        terminal.press("ctrl+p")
        terminal.wait_for("Mark every card shown")
        terminal.type("next stage")
        terminal.wait_for("Move the card to the next stage  n")
        terminal.press("escape")
        terminal.wait_quiet()
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_keys_that_do_not_go_together_are_said_and_the_catalogues_serve(
    environment: dict[str, str],
) -> None:
    write_settings(environment, '[keys]\nnext-stage = "j"\nquit = "Y"\nrefresh = "ctrl-x"\n')
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(
            r"settings\.toml: `ctrl-x` of `refresh` is no key\. 1 more: `crm-tui keys`"
        )
        terminal.wait_for(r" \. next .* R refresh .* Y quit")
        terminal.press("Y")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize(
    "command", [["demo"], ["--url", "http://127.0.0.1:9/api", "--user", "ana@example.com"]]
)
def test_broken_settings_are_2_with_their_line_and_without_an_escape(
    environment: dict[str, str], command: list[str]
) -> None:
    path = write_settings(environment, '\ntheme = "drak"\nstart = "board"\n')
    with Terminal.start([LAUNCHER, *command], environment, cols=250) as terminal:
        assert terminal.wait_exit() == 2
        said = terminal.raw.decode()
    assert f"crm-tui: {path}, line 2: `theme` must be" in said
    assert "Did you mean `dark`?" in said
    assert "\x1b" not in said
    assert not (Path(environment["XDG_DATA_HOME"]) / "crm-tui").exists()
