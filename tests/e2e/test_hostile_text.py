"""Hostile records in a real terminal, judged by the raw bytes that reach it (rows D01, D05, D06, D08).

Every payload stands in a record between two nonces.  Whatever comes out between a pair of them must be
printable; whatever a terminal would answer must never have been asked.
"""

from __future__ import annotations

import pytest

from tests import payloads
from tests.e2e.board import LAUNCHER
from tests.e2e.hostile import STAGES, connection, plant, seen_in
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.terminal


@pytest.fixture
def hostile(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a demo whose every card is hostile."""
    plant(environment)
    return environment


def writes(environment: dict[str, str]) -> int:
    """Count the writes that arrived."""
    with connection(environment) as database:
        (count,) = database.execute(
            "SELECT count(*) FROM requests WHERE Method <> 'GET'"
        ).fetchone()
    return int(count)


def test_D01_D06_no_control_byte_comes_out_of_any_field(hostile: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], hostile, cols=240, rows=60) as terminal:
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.wait_quiet()
        for _ in range(STAGES):
            for _ in range(12):
                terminal.press("pagedown")
                terminal.wait_quiet(60)
                terminal.press("ctrl+l")  # all of it, not only what differs from the page before
                terminal.wait_quiet(60)
            terminal.press("l")
        terminal.press("home", ",")
        terminal.wait_for("saved|not saved")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        out = terminal.raw.decode()
        assert terminal.unrestored() == []
    seen = seen_in(out)
    everything = set(range(len(payloads.ALL)))
    assert seen["n"] == everything
    assert seen["c"] == everything
    assert seen["s"] == {0, 7, 14, 21}
    assert seen["b"] == {3}
    assert seen["l"] == {24}
    assert len(payloads.ALL) >= 60


def test_D04_D05_a_terminal_that_answers_is_never_asked(hostile: dict[str, str]) -> None:
    """The answers would be keys: `.` moves a card, `q` leaves."""
    answers = {b"\x05": b".q", rb"\x1b\[21t": b"\x1b]l.q\x1b\\.q", rb"\x1b\[[?]?6n": b".q"}
    with Terminal.start(
        [LAUNCHER, "demo"], hostile, cols=240, rows=60, answers=answers
    ) as terminal:
        terminal.wait_for(r"as of \d\d:\d\d")
        for _ in range(30):
            terminal.press("pagedown")
            terminal.wait_quiet(60)
        assert terminal.family() != []
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert writes(hostile) == 0


def test_D08_markup_is_shown_as_it_is(hostile: dict[str, str]) -> None:
    with connection(hostile) as database:
        customers = [row[0] for row in database.execute("SELECT Id FROM coworkers ORDER BY Id")]
        for place, customer in enumerate(customers):
            database.execute(
                "UPDATE coworkers SET FullName = ?, CompanyName = NULL WHERE Id = ?",
                (payloads.MARKUP[place % len(payloads.MARKUP)], customer),
            )
        database.execute("UPDATE crmboardcolumns SET Name = '[@click=app.quit]' || Id")
    with Terminal.start([LAUNCHER, "demo"], hostile, cols=200, rows=60) as terminal:
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.wait_quiet()
        text = terminal.text()
        for _ in range(4):
            terminal.press("pagedown")
            terminal.wait_quiet(60)
            text += terminal.text()
        for markup in payloads.MARKUP:
            assert markup in text
        assert "[@click=app.quit]" in terminal.lines()[1]
        terminal.press(".")
        terminal.wait_for(r"saved.*→ \[@click=app.quit\]\d+")
        terminal.press("q")
        assert terminal.wait_exit() == 0
