"""How the process ends, whatever happens to it: signals, a lost terminal, faults of its own (J01 to J05, J09, J16)."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.sandbox import Served, served
from tests.e2e.board import LAUNCHER, current_card
from tests.e2e.surroundings import write_settings
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.terminal

OPPORTUNITIES = "/api/crm/crmopportunities"

AT_ONCE = 1.0
"""Seconds within which the process is to be gone."""

WITH_A_WRITE = 3.5
"""The same with a request on its way, which gets its moment."""

ALONE = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setsid()
    os.execv(sys.argv[1], sys.argv[1:])
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Starts a program that no hangup reaches: it has a session of its own, and the terminal is not that session's."""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("process")) as running:
        yield running


@pytest.fixture
def account(environment: dict[str, str], sandbox: Served, tmp_path: Path) -> list[str | Path]:
    """The command that opens the sandbox's board without asking for anything; nothing is held back."""
    sandbox.heal()
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("sandbox")
    profile = ["here", "--url", sandbox.url, "--plain-http", "--user", "ana@example.com"]
    argv: list[str | Path] = [LAUNCHER, "profile", "add", *profile, "--password-file", secret]
    subprocess.run(argv, env=environment, check=True, capture_output=True)
    write_settings(environment, "hold_seconds = 0\nhold_effects_seconds = 0\n")
    return [LAUNCHER, "--profile", "here"]


def start(command: list[str | Path], environment: dict[str, str], *, planted: str = "") -> Terminal:
    """Open the board; *planted* is run in the program before it begins."""
    if planted:
        folder = Path(environment["HOME"]) / "planted"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(planted)
        environment = environment | {"PYTHONPATH": str(folder)}
    return Terminal.start(command, environment)


def wait_for_cards(terminal: Terminal) -> None:
    """Wait until the board has come; it is a small one."""
    terminal.wait_for(r"as of \d\d:\d\d")
    terminal.wait_quiet()


def begin_a_write(terminal: Terminal, sandbox: Served) -> str:
    """Move a card, and wait until its PUT is at a server that never answers; give the card's name."""
    sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang", times=None)
    name = current_card(terminal)[0]
    terminal.press(".")
    terminal.wait_for("sending")
    while not sandbox.fired():
        terminal.wait_byte(0.05)
    return name


def hold_long(environment: dict[str, str]) -> None:
    """Have changes held back for as long as a test may take."""
    settings = Path(environment["XDG_CONFIG_HOME"]) / "crm-tui" / "settings.toml"
    settings.write_text("hold_seconds = 60\nhold_effects_seconds = 60\n")


def journalled(environment: dict[str, str]) -> list[str]:
    """See that the journal is whole, past the program, and give the states of what it has."""
    (journal,) = (Path(environment["XDG_STATE_HOME"]) / "crm-tui").glob("journal-*.sqlite3")
    with closing(sqlite3.connect(journal)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [state for (state,) in connection.execute("SELECT state FROM intents")]


def losing_the_terminal(
    command: list[str | Path], environment: dict[str, str], sandbox: Served
) -> None:
    hold_long(environment)
    before = sandbox.asked("PUT", OPPORTUNITIES)
    with start(command, environment) as terminal:
        wait_for_cards(terminal)
        terminal.press(".")
        terminal.wait_for("held")
        terminal.hang_up()
        assert terminal.wait_exit(AT_ONCE) == 128 + signal.SIGHUP
    assert terminal.left_behind == []
    assert journalled(environment) == ["held"]
    assert sandbox.asked("PUT", OPPORTUNITIES) == before


@pytest.mark.parametrize("run", range(5))
def test_J01_a_terminal_that_is_taken_away_ends_it(
    account: list[str | Path], environment: dict[str, str], sandbox: Served, run: int
) -> None:
    losing_the_terminal(account, environment, sandbox)


@pytest.mark.long
@pytest.mark.parametrize("run", range(50))
def test_J01_a_terminal_that_is_taken_away_ends_it_every_time(
    account: list[str | Path], environment: dict[str, str], sandbox: Served, run: int
) -> None:
    losing_the_terminal(account, environment, sandbox)


def test_J01_with_a_write_on_its_way_it_gets_its_moment(
    account: list[str | Path], environment: dict[str, str], sandbox: Served
) -> None:
    with start(account, environment) as terminal:
        wait_for_cards(terminal)
        begin_a_write(terminal, sandbox)
        terminal.hang_up()
        assert terminal.wait_exit(WITH_A_WRITE) == 128 + signal.SIGHUP
    assert journalled(environment) == ["sending"]


@pytest.mark.parametrize("run", range(3))
def test_J02_it_goes_even_when_no_signal_tells_it(
    account: list[str | Path], environment: dict[str, str], run: int
) -> None:
    with start([sys.executable, "-c", ALONE, *account], environment) as terminal:
        wait_for_cards(terminal)
        terminal.hang_up()
        assert terminal.wait_exit(2.0) == 128 + signal.SIGHUP
    assert terminal.left_behind == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_J03_a_signal_ends_it_with_the_terminal_restored(
    account: list[str | Path], environment: dict[str, str], number: signal.Signals
) -> None:
    with start(account, environment) as terminal:
        wait_for_cards(terminal)
        terminal.kill(number)
        assert terminal.wait_exit(AT_ONCE) == 128 + number
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw


def test_J03_a_signal_during_the_start_leaves_nothing_behind(
    account: list[str | Path], environment: dict[str, str]
) -> None:
    with start(account, environment) as terminal:
        terminal.wait_until(lambda: b"\x1b[?1049h" in terminal.raw, "the other screen")
        terminal.kill(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert terminal.unrestored() == []


def test_J04_a_write_on_its_way_gets_its_moment_and_is_then_named(
    account: list[str | Path], environment: dict[str, str], sandbox: Served
) -> None:
    with start(account, environment) as terminal:
        wait_for_cards(terminal)
        name = begin_a_write(terminal, sandbox)
        terminal.kill(signal.SIGTERM)
        terminal.wait_for("Told to end")
        assert terminal.wait_exit(WITH_A_WRITE) == 128 + signal.SIGTERM
        assert terminal.unrestored() == []
        assert f"nobody knows whether this was saved: {name}" in terminal.text()
    assert journalled(environment) == ["sending"]  # the next start looks into it (G02)


def test_J04_a_write_that_arrives_in_its_moment_is_awaited(
    account: list[str | Path], environment: dict[str, str], sandbox: Served
) -> None:
    with start(account, environment) as terminal:
        wait_for_cards(terminal)
        sandbox.fault(method="PUT", path=OPPORTUNITIES, action="latency", seconds=1, times=1)
        before = sandbox.asked("PUT", OPPORTUNITIES)
        terminal.press(".")
        terminal.wait_for("sending")
        while not sandbox.fired():  # only what has arrived there has begun
            terminal.wait_for("sending")
        terminal.kill(signal.SIGTERM)
        assert terminal.wait_exit(WITH_A_WRITE) == 128 + signal.SIGTERM
        assert b"nobody knows" not in terminal.raw
    assert sandbox.asked("PUT", OPPORTUNITIES) == before + 1
    assert journalled(environment) == ["done"]


def test_J05_told_twice_it_is_gone_at_once(
    account: list[str | Path], environment: dict[str, str], sandbox: Served
) -> None:
    with start(account, environment) as terminal:
        wait_for_cards(terminal)
        begin_a_write(terminal, sandbox)
        terminal.kill(signal.SIGTERM)
        terminal.wait_for("Told to end")
        terminal.kill(signal.SIGHUP)
        assert terminal.wait_exit(AT_ONCE) == 128 + signal.SIGTERM
        assert terminal.unrestored() == []


def test_J05_even_a_program_that_is_stuck_ends_when_told_twice(
    account: list[str | Path], environment: dict[str, str]
) -> None:
    planted = """
from crm_tui.ui.app import CrmApp
def stuck(self, motion, count):
    while True:
        pass
CrmApp.move_cursor = stuck
"""
    with start(account, environment, planted=planted) as terminal:
        wait_for_cards(terminal)
        terminal.press("j")
        terminal.kill(signal.SIGTERM)
        terminal.wait_byte(0.3)  # two signals at once are one; and it is not quiet, but stuck
        terminal.kill(signal.SIGTERM)
        assert terminal.wait_exit(AT_ONCE) == 128 + signal.SIGTERM
        assert terminal.unrestored() == []


def test_J05_a_program_that_is_stuck_ends_in_the_end_when_told_once(
    account: list[str | Path], environment: dict[str, str]
) -> None:
    planted = """
from crm_tui.service.crm import Crm
import time
Crm.undo = lambda self: time.sleep(60)
"""
    with start(account, environment, planted=planted) as terminal:
        wait_for_cards(terminal)
        terminal.press("u")
        terminal.kill(signal.SIGTERM)
        assert terminal.wait_exit(10) == 128 + signal.SIGTERM
        assert terminal.unrestored() == []


FATAL = {
    "compose": "from crm_tui.ui.screens.board import BoardScreen\nBoardScreen.compose = broken",
    "handler": "from crm_tui.ui.surface import AppSurface\nAppSurface.move_cursor = broken",
    "exit": "from crm_tui.ui.screens.board import BoardScreen\nBoardScreen.on_unmount = broken",
}
GOES_ON = {
    "worker": "from crm_tui.service.crm import Crm\nCrm.run = broken_later",
    "sync": "from crm_tui.service.sync import Sync\nSync.run = broken_later",
    "thread": """
from crm_tui.service.crm import Crm
import threading
class Broken(Crm):
    def look_at(self, *_given):
        threading.Thread(target=broken, args=(self,)).start()
Crm.look_at = Broken.look_at
""",
    "task": """
from crm_tui.service.crm import Crm
import asyncio, gc
class Broken(Crm):
    def look_at(self, *_given):
        asyncio.ensure_future(broken_later(self))
Crm.look_at = Broken.look_at
""",
}
PLANTED = """
def broken(self, *given, **named):
    canary = "canary-of-a-value"
    raise LookupError("canary" + "-in-the-words " + canary)
async def broken_later(self, *given, **named):
    broken(self)
"""


def crash_file(environment: dict[str, str]) -> Path:
    return Path(environment["XDG_STATE_HOME"]) / "crm-tui" / "crash.txt"


def look_at_the_report(terminal: Terminal, environment: dict[str, str]) -> None:
    """See what was told of a fault, and what was not."""
    report = crash_file(environment)
    told = terminal.text()
    assert "crm-tui has failed (LookupError)" in told
    assert str(report) in "".join(told.split("\n"))
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert stat.S_IMODE(report.parent.stat().st_mode) == 0o700
    kept = report.read_text()
    assert "in broken" in kept
    assert "builtins.LookupError" in kept
    for words in (kept, terminal.raw.decode(errors="replace")):
        assert "canary-in-the-words" not in words
        assert "canary-of-a-value" not in words


@pytest.mark.parametrize("place", FATAL)
def test_J09_a_fault_in_the_screen_ends_it_and_is_reported(
    account: list[str | Path], environment: dict[str, str], place: str
) -> None:
    with start(account, environment, planted=PLANTED + FATAL[place]) as terminal:
        if place != "compose":
            wait_for_cards(terminal)
            terminal.press("j" if place == "handler" else "q")
        assert terminal.wait_exit() == 1
        assert terminal.unrestored() == []
        look_at_the_report(terminal, environment)


@pytest.mark.parametrize("place", GOES_ON)
def test_J09_J16_a_fault_in_the_background_is_told_and_the_program_lives(
    account: list[str | Path], environment: dict[str, str], place: str
) -> None:
    with start(account, environment, planted=PLANTED + GOES_ON[place]) as terminal:
        terminal.wait_for("a fault of the program")
        terminal.press("?")
        terminal.wait_for("type to search")
        terminal.press("escape")
        terminal.wait_until(lambda: "type to search" not in terminal.text(), "the board again")
        if place in ("worker", "sync"):
            terminal.wait_for("nothing is loaded or sent any more")
        terminal.press("q")
        assert terminal.wait_exit() == 1
        assert terminal.unrestored() == []
        look_at_the_report(terminal, environment)


def test_J09_a_report_follows_no_link_and_replaces_what_others_may_read(
    account: list[str | Path], environment: dict[str, str], tmp_path: Path
) -> None:
    treasure = tmp_path / "treasure"
    treasure.write_text("mine")
    report = crash_file(environment)
    report.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    report.symlink_to(treasure)
    with start(account, environment, planted=PLANTED + FATAL["compose"]) as terminal:
        assert terminal.wait_exit() == 1
        look_at_the_report(terminal, environment)
    assert treasure.read_text() == "mine"
    assert not report.is_symlink()


def test_J09_with_no_place_for_the_report_it_is_told_on_the_terminal(
    account: list[str | Path], environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    nowhere = environment | {"XDG_STATE_HOME": str(tmp_path / "file" / "state")}
    with start(account, nowhere, planted=PLANTED + FATAL["compose"]) as terminal:
        assert terminal.wait_exit() == 1
        unwrapped = terminal.text().replace("\n", "")  # paths of any length stand before it
        assert "LookupError" in unwrapped
        assert "in broken" in unwrapped
        assert b"canary-in-the-words" not in terminal.raw


def test_a_fault_of_a_command_without_a_screen_repeats_nothing_either(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        PLANTED + "import crm_tui.commands.keys as keys\nkeys.key_table = broken"
    )
    done = subprocess.run(
        [LAUNCHER, "keys"],
        env=environment | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "crm-tui has failed (LookupError)" in done.stderr
    assert "canary" not in done.stderr
    assert "canary-in-the-words" not in crash_file(environment).read_text()


def test_memory_is_not_to_be_had_by_others(
    account: list[str | Path], environment: dict[str, str]
) -> None:
    with start(account, environment) as terminal:
        wait_for_cards(terminal)
        limits = Path(f"/proc/{terminal.pid}/limits")
        (core,) = (line for line in limits.read_text().splitlines() if "core file" in line)
        assert core.split()[4] == "0"
        if os.getuid() != 0:
            assert Path(f"/proc/{terminal.pid}/environ").owner() == "root"
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_leaving_waits_for_no_name_that_is_being_looked_up(
    account: list[str | Path], environment: dict[str, str]
) -> None:
    planted = "import socket, time\nsocket.getaddrinfo = lambda *given, **named: time.sleep(60)\n"
    with start(account, environment, planted=planted) as terminal:
        terminal.wait_for("q quit")
        terminal.wait_quiet(300)
        terminal.press("q")
        terminal.wait_exit(AT_ONCE)
        assert terminal.unrestored() == []
