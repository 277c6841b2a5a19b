"""The program among others: stopped by a shell, in tmux, killed, unread, in a hostile folder (J06 to J14, K14)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import pytest

from tests.e2e.board import LAUNCHER, current_card, demo_data, wait_for_board
from tests.e2e.processes import wait_ended
from tests.e2e.terminal import Terminal
from tests.e2e.tmux import in_tmux, needs_tmux

pytestmark = pytest.mark.terminal

BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="bash is not installed")

PUTS = "SELECT count(*) FROM requests WHERE Method = 'PUT'"
READ_BACK = (
    "SELECT count(*) FROM requests WHERE Method = 'GET' AND Status = 200"
    " AND Path LIKE '/api/crm/crmopportunities%' AND Id > (SELECT max(Id) FROM requests WHERE Method = 'PUT')"
)


def shell(environment: dict[str, str]) -> Terminal:
    """Start a shell with job control, whose prompt is a word."""
    settings = Path(environment["HOME"]) / "inputrc"
    settings.write_text(
        "set enable-bracketed-paste off\n"
    )  # it would look like something left over
    with_prompt = environment | {"PS1": "ready: ", "INPUTRC": str(settings)}
    terminal = Terminal.start([BASH or "", "--norc", "--noprofile", "-i"], with_prompt)
    terminal.wait_for("^ready:")
    return terminal


def is_usable(terminal: Terminal, word: str) -> None:
    """See that what is typed at the shell is shown and done."""
    terminal.type(f"echo {word}-$((40+2))\r")
    terminal.wait_for(f"^{word}-42")
    terminal.wait_for(rf"ready: echo {word}-")


def left_over(terminal: Terminal) -> list[str]:
    """What the program has left, under a shell that edits its line by itself."""
    own = ("no echo", "no line editing")
    return [what for what in terminal.unrestored() if what not in own]


def wait_until_put_right(terminal: Terminal) -> None:
    """Wait until no mode is left on; what the shell said last is on the screen before all of them are off."""
    terminal.wait_until(lambda: left_over(terminal) == [], "a terminal that was put right")


def demo_pid(terminal: Terminal) -> int:
    """The program below the shell."""
    (found,) = (process.pid for process in terminal.family() if process.parent == terminal.pid)
    return found


def words_on(terminal: Terminal) -> list[list[str]]:
    """Read all but the status and the keys."""
    return words_of(terminal.lines())


def words_of(lines: list[str]) -> list[list[str]]:
    """Give the words of all lines but the last two, and of lines with vowel signs that take a cell only that they have.

    How wide those are, terminals and a whole frame see differently; which names are on the board depends on the day.
    """
    return [
        ["a vowel sign"] if any(map(_is_spacing, line)) else line.split() for line in lines[:-2]
    ]


def _is_spacing(character: str) -> bool:
    return unicodedata.category(character) == "Mc"


@needs_bash
def test_J06_ctrl_z_gives_the_shell_back_and_fg_the_board(environment: dict[str, str]) -> None:
    with shell(environment) as terminal:
        terminal.type(f"{LAUNCHER} demo\r")
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.wait_for("~£")  # the last that comes
        terminal.press("j", "j")
        terminal.wait_quiet()
        before = words_on(terminal)
        for round_, key in enumerate(("j", "k")):
            terminal.press("ctrl+z")
            terminal.wait_for("Stopped")
            wait_until_put_right(terminal)
            is_usable(terminal, f"shell{round_}")
            terminal.type("bg\r")  # there is nothing to do for it behind the shell's back
            terminal.wait_for("bg")
            is_usable(terminal, f"again{round_}")
            terminal.type("fg\r")
            terminal.wait_for("q quit")
            terminal.wait_quiet(300)
            if round_ == 0:
                terminal.wait_until(lambda: words_on(terminal) == before, "the board again")
            terminal.press(key)
            terminal.wait_quiet()
        terminal.wait_until(lambda: words_on(terminal) == before, "the board again")
        terminal.press("F")
        terminal.wait_for("^ F ")
        terminal.type("abc")
        terminal.press("ctrl+z")
        terminal.wait_for("Stopped")
        is_usable(terminal, "filter")
        terminal.type("fg\r")
        terminal.wait_for("^ F abc")
        terminal.press("escape")
        terminal.wait_quiet(300)
        terminal.press("q")
        terminal.wait_for("ready:$")
        wait_until_put_right(terminal)
        is_usable(terminal, "end")


@needs_bash
def test_J06_stopped_without_being_asked_it_draws_all_again(environment: dict[str, str]) -> None:
    with shell(environment) as terminal:
        terminal.type(f"{LAUNCHER} demo\r")
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.wait_for("~£")  # the last that comes
        terminal.wait_quiet(500)
        before = words_on(terminal)
        pid = demo_pid(terminal)
        os.kill(pid, signal.SIGSTOP)
        terminal.wait_for("Stopped")
        is_usable(terminal, "shell")
        terminal.type("fg\r")
        terminal.wait_for("q quit")
        terminal.wait_quiet(300)
        terminal.wait_until(lambda: words_on(terminal) == before, "the board again")
        for _ in range(3):  # continued without a stop, as a hangup does it
            os.kill(pid, signal.SIGCONT)
            terminal.wait_quiet(300)
        terminal.wait_until(lambda: words_on(terminal) == before, "the board again")
        terminal.press("q")
        terminal.wait_for("ready:$")
        wait_until_put_right(terminal)
        is_usable(terminal, "end")


def test_J06_where_nobody_could_continue_it_it_does_not_stop(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.press("ctrl+z")
        terminal.wait_for("There is no shell behind this program")
        terminal.kill(signal.SIGTSTP)
        terminal.press("j")
        terminal.wait_quiet(300)
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []


def rss_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


def draw_anew(terminal: Terminal, width: int) -> None:
    """Have a whole frame drawn, of another width."""
    count = len(terminal.chunks)
    terminal.resize(width, 40)
    terminal.wait_until(lambda: len(terminal.chunks) > count, "a frame of that width")
    terminal.wait_quiet(500)


def a_terminal_that_stops_reading(environment: dict[str, str], seconds: float) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.wait_for("~£")  # the last that comes
        terminal.wait_quiet(500)
        before = rss_kb(terminal.pid)
        name = current_card(terminal)[0]
        count = len(terminal.chunks)
        terminal.press(".")
        for _ in range(400):  # far more than the way to the terminal holds
            terminal.press("z")
        waited = 0.0
        while waited < seconds or demo_data(environment, PUTS) != [(1,)]:
            wait_ended(terminal.pid, 0.1)
            waited += 0.1
            assert waited < seconds + 60, "the change was never sent"
        assert len(terminal.chunks) == count, "the test itself has read"
        assert rss_kb(terminal.pid) - before <= 20_000
        terminal.wait_for(f"saved .*{name}")
        # What the server made of it is read back some seconds later, and may change the card once more.
        while demo_data(environment, READ_BACK) == [(0,)]:
            terminal.wait_byte(0.1)
        terminal.wait_quiet(500)
        shown = words_on(terminal)
        draw_anew(terminal, 119)
        draw_anew(terminal, 120)
        terminal.wait_until(lambda: words_on(terminal) == shown, "the same board, drawn anew")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []


def test_J08_a_terminal_that_stops_reading_stops_nothing_else(environment: dict[str, str]) -> None:
    a_terminal_that_stops_reading(environment, 1)


@pytest.mark.long
def test_J08_a_terminal_that_stops_reading_for_a_minute_stops_nothing_else(
    environment: dict[str, str],
) -> None:
    a_terminal_that_stops_reading(environment, 60)


@pytest.mark.parametrize("way", ["SIGTERM", "q"])
def test_J08_a_terminal_that_stops_reading_keeps_nobody_from_leaving(
    environment: dict[str, str], way: str
) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment) as terminal:
        wait_for_board(terminal)
        terminal.wait_for(r"as of \d\d:\d\d")
        for _ in range(400):
            terminal.press("z")
        if way == "q":
            terminal.press("q")
        else:
            terminal.kill(signal.SIGTERM)
        wait_ended(terminal.pid, 10)
        assert not terminal.family()
        assert terminal.wait_exit() == (0 if way == "q" else 128 + signal.SIGTERM)
        assert terminal.unrestored() == []


@needs_bash
def test_J10_killed_it_starts_again_and_the_terminal_can_be_put_right(
    environment: dict[str, str],
) -> None:
    with shell(environment) as terminal:
        terminal.type(f"{LAUNCHER} demo\r")
        wait_for_board(terminal)
        pid = demo_pid(terminal)
        os.kill(pid, signal.SIGKILL)
        terminal.wait_for("Killed")
        assert left_over(terminal) != []
        terminal.type(f"{LAUNCHER} reset-terminal\r")
        wait_until_put_right(terminal)
        terminal.wait_for("ready:$")
        is_usable(terminal, "shell")
        terminal.type("clear\r")
        terminal.type(f"{LAUNCHER} demo\r")
        wait_for_board(terminal)
        terminal.press("q")
        terminal.wait_for("ready:$")


def test_J10_without_a_terminal_there_is_nothing_to_put_right(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [LAUNCHER, "reset-terminal"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"there is no terminal here" in done.stderr


@needs_tmux
def test_J14_a_tmux_that_is_attached_at_another_size_shows_all(environment: dict[str, str]) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="t") as folder,
        in_tmux([LAUNCHER, "demo"], environment, Path(folder), 120, 36) as tmux,
    ):
        tmux.wait_for("~£")  # the last that comes
        tmux.terminal.wait_quiet(500)
        tmux.ask("detach-client")
        tmux.terminal.wait_exit()
        attach: list[str | Path] = ["tmux", "-u", "-S", Path(folder) / "tmux", "attach"]
        with Terminal.start(attach, environment | {"TERM": "xterm"}, 100, 30) as other:
            other.wait_until(lambda: other.lines()[-1].endswith("q quit"), "the footer")
            other.wait_quiet(500)
            assert words_of(tmux.pane()) == words_on(other)
            assert other.lines()[0].startswith(" crm-tui")
            other.press("q")
            other.wait_exit()


HOSTILE = "import pathlib\npathlib.Path(__file__).with_suffix('.ran').touch()\n"


@pytest.mark.parametrize(
    "command", [[LAUNCHER], [sys.executable, "-m", "crm_tui"]], ids=["command", "module"]
)
def test_K14_nothing_in_the_current_folder_is_taken_for_ours(
    environment: dict[str, str], tmp_path: Path, command: list[str | Path]
) -> None:
    folder = tmp_path / "somebody's"
    folder.mkdir()
    names = "json httpx httpx2 sitecustomize usercustomize textual asyncio argparse platformdirs __future__ signal"
    for name in names.split():
        (folder / f"{name}.py").write_text(HOSTILE)
    (folder / ".env").write_text("NO_COLOR=1\nPYTHONPATH=.\n")
    (folder / "settings.toml").write_text("theme = 1\n")
    with Terminal.start([*command, "demo"], environment, cwd=folder) as terminal:
        wait_for_board(terminal)
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert list(folder.glob("*.ran")) == []
