"""The clipboard on a real terminal: the bytes that it is sent, in tmux what tmux has, and nothing where it is off."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path

import pytest

from crm_tui.ui.driver import passed_through
from tests.e2e.board import LAUNCHER, current_card, demo_data, wait_for_board
from tests.e2e.surroundings import write_settings
from tests.e2e.terminal import Terminal
from tests.e2e.tmux import in_tmux, needs_tmux

pytestmark = pytest.mark.terminal

_SENT = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")

_OSC_52 = b"\x1b]52"


def emails(environment: dict[str, str], name: str) -> set[object]:
    """Give the e-mail addresses of the customers of a name, by the demo's database."""
    quoted = name.replace("'", "''")
    found = demo_data(environment, f"SELECT Email FROM coworkers WHERE FullName = '{quoted}'")
    return {email for (email,) in found}


def test_E07_the_terminal_is_sent_the_address_in_base64_once(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment, cols=160) as terminal:
        wait_for_board(terminal)
        name = current_card(terminal)[0]
        assert _OSC_52 not in terminal.raw
        terminal.press("y", "e")
        terminal.wait_for("Sent to the terminal, which may take it: e-mail: ")
        (sent,) = _SENT.findall(terminal.raw)
        assert b64decode(sent, validate=True).decode() in emails(environment, name)
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_E07_nothing_is_sent_where_the_settings_say_so(environment: dict[str, str]) -> None:
    write_settings(environment, "clipboard = false\n")
    with Terminal.start([LAUNCHER, "demo"], environment, cols=160) as terminal:
        wait_for_board(terminal)
        terminal.press("y", "e")
        terminal.wait_for("Nothing was sent, the settings keep the clipboard off. e-mail: ")
        assert _OSC_52 not in terminal.raw
        terminal.press("q")
        assert terminal.wait_exit() == 0


@needs_tmux
def test_E07_inside_tmux_it_is_tmux_that_has_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with in_tmux([LAUNCHER, "demo"], environment, tmp_path, 160, 40) as tmux:
        wait_for_board(tmux.terminal)
        name = current_card(tmux.terminal)[0]
        tmux.terminal.press("y", "e")
        tmux.wait_for("Sent to tmux, and by it to the terminal: e-mail: ")
        assert tmux.ask("show-buffer").strip() in emails(environment, name)


def test_in_gnu_screen_a_sequence_is_passed_through_in_pieces_that_it_takes() -> None:
    sequence = "\x1b]52;c;" + "QUJD" * 400 + "\x07"
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", passed_through(sequence), re.DOTALL)
    assert "".join(pieces) == sequence
    assert all(len(piece) <= 768 for piece in pieces)
