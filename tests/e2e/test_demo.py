"""The demo in a real terminal: a card that moves is moved after a restart, and what happens when the sandbox dies."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

from tests.e2e.board import LAUNCHER, current_card, demo_data, said_of, wait_for_board
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.terminal


def test_a_card_moved_by_one_key_is_moved_after_a_restart(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.press("j", "j")
        terminal.wait_quiet()
        name = current_card(terminal)[0]
        terminal.press(".")
        terminal.wait_for(rf"saved \d\d:\d\d:\d\d · {said_of(name, '→ Tour booked')}")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw
    writes = demo_data(environment, "SELECT Status FROM requests WHERE Method = 'PUT'")
    assert writes == [(200,)]
    moved = demo_data(
        environment,
        """SELECT w.FullName, c.Name FROM crmopportunityhistories h
           JOIN crmopportunities o ON o.Id = h.CrmOpportunityId
           JOIN coworkers w ON w.Id = o.CoworkerId
           JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId ORDER BY h.Id DESC LIMIT 1""",
    )
    assert moved == [(name, "Tour booked")]

    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        assert current_card(terminal)[0] == name  # one begins where one has left
        terminal.press("g", "g", "G")
        terminal.wait_quiet()
        assert current_card(terminal)[0] == name
        terminal.press("q")
        assert terminal.wait_exit() == 0

    with Terminal.start([LAUNCHER, "demo", "--reset"], environment) as terminal:
        wait_for_board(terminal)
        terminal.press("l", "G")
        terminal.wait_quiet()
        assert current_card(terminal)[0] != name
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert demo_data(environment, "SELECT count(*) FROM requests WHERE Method = 'PUT'") == [(0,)]


def test_the_demo_is_private_and_leaves_no_process_and_no_socket(
    environment: dict[str, str],
) -> None:
    with tempfile.TemporaryDirectory(
        prefix="crm-"
    ) as runtime:  # short: it holds a socket's address
        surroundings = environment | {"XDG_RUNTIME_DIR": runtime}
        with Terminal.start([LAUNCHER, "demo"], surroundings) as terminal:
            wait_for_board(terminal)
            assert len(terminal.family()) == 1
            (folder,) = Path(runtime).iterdir()
            assert folder.stat().st_mode & 0o777 == 0o700
            terminal.press("q")
            assert terminal.wait_exit() == 0
            assert terminal.family() == []
        assert terminal.left_behind == []
        assert list(Path(runtime).iterdir()) == []
    data = Path(environment["XDG_DATA_HOME"]) / "crm-tui"
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "demo.sqlite3").stat().st_mode & 0o777 == 0o600


def test_the_sandbox_ends_even_when_the_program_is_killed(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        (sandbox,) = terminal.family()
        terminal.kill(signal.SIGKILL)
        assert terminal.wait_exit() == -signal.SIGKILL
    assert terminal.left_behind == []
    assert not sandbox.is_alive()


def test_a_sandbox_killed_while_loading_is_said_and_nothing_hangs(
    environment: dict[str, str],
) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        terminal.wait_for("Asking demo for its boards")
        (sandbox,) = terminal.family()
        os.kill(sandbox.pid, signal.SIGKILL)
        terminal.wait_for(r"The demo's sandbox has ended\. It said nothing\.")
        terminal.press("R")
        terminal.wait_for("q leaves; start again then")
        terminal.press("q")
        assert terminal.wait_exit() == 1
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw
        assert b"crm-tui: The demo's sandbox has ended" in terminal.raw


def test_a_sandbox_killed_later_leaves_the_board_and_a_move_is_kept_for_the_next_start(
    environment: dict[str, str],
) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        (sandbox,) = terminal.family()
        os.kill(sandbox.pid, signal.SIGKILL)
        name = current_card(terminal)[0]
        terminal.press("R")
        terminal.wait_for("✗ The demo's sandbox has ended")
        terminal.press(".")
        terminal.wait_for(r"not sent yet, kept for later \(")
        terminal.press("q")
        terminal.wait_for("Not sent yet")
        terminal.press("k")
        assert terminal.wait_exit() == 1
        assert "kept for next time: 1 change" in terminal.text()
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(rf"saved .* · {said_of(name, '→')}")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_two_demos_of_one_user_work_on_the_same_data(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as one:
        wait_for_board(one)
        with Terminal.start([LAUNCHER, "demo"], environment) as two:
            wait_for_board(two)
            name = current_card(one)[0]
            one.press(".")
            one.wait_for("saved")
            two.press(".")
            two.wait_for(rf"saved .* · {said_of(name, '→')}")
            two.press("q")
            assert two.wait_exit() == 0
        one.press("q")
        assert one.wait_exit() == 0
    writes = demo_data(environment, "SELECT count(*) FROM requests WHERE Method = 'PUT'")
    assert writes == [(1,)]


def test_a_home_that_cannot_be_written_is_said(environment: dict[str, str], tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with Terminal.start(
        [LAUNCHER, "demo"], environment | {"XDG_DATA_HOME": str(blocked)}
    ) as terminal:
        assert terminal.wait_exit() == 1
        assert b"no place for the demo's data" in terminal.raw
        assert b"Traceback" not in terminal.raw
        assert b"\x1b" not in terminal.raw


def test_data_that_is_not_the_demos_is_said_and_kept(environment: dict[str, str]) -> None:
    folder = Path(environment["XDG_DATA_HOME"]) / "crm-tui"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "demo.sqlite3").write_bytes(b"my only copy of something else" * 100)
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        terminal.wait_for("The demo's sandbox has ended")
        assert "said nothing" not in terminal.text()
        assert "demo.sqlite3 away" in " ".join(terminal.text().split())
        terminal.press("q")
        assert terminal.wait_exit() == 1
        assert b"Traceback" not in terminal.raw
    assert (folder / "demo.sqlite3").read_bytes().startswith(b"my only copy")


def test_reset_is_refused_while_another_demo_would_lose_its_data(
    environment: dict[str, str],
) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as one:
        wait_for_board(one)
        with Terminal.start([LAUNCHER, "demo", "--reset"], environment) as two:
            assert two.wait_exit() == 1
            assert b"another demo is open" in two.raw
        one.press(".")
        one.wait_for("saved")
        one.press("q")
        assert one.wait_exit() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_the_terminal_restored(
    environment: dict[str, str], number: signal.Signals
) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.kill(number)
        assert terminal.wait_exit() == 128 + number
        assert terminal.unrestored() == []
    assert terminal.left_behind == []


def test_a_terminal_that_is_taken_away_ends_it_even_when_the_signal_is_ignored(
    environment: dict[str, str],
) -> None:
    """A program that is left alone with no terminal would otherwise spin for ever."""

    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with Terminal.start([LAUNCHER, "demo"], environment, before=ignore) as terminal:
        wait_for_board(terminal)
        terminal.hang_up()
        assert terminal.wait_exit() != 0
    assert terminal.left_behind == []
