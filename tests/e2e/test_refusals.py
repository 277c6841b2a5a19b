"""Surroundings in which no board can be drawn, and accounts that cannot be opened: words, exit code, no mess."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.board import LAUNCHER
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.terminal

COMMANDS = (
    ["demo"],
    ["--plain-http", "--url", "http://127.0.0.1:9/api", "--user", "ana@example.com"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_J11_a_stream_that_is_no_terminal_is_refused_without_an_escape(
    environment: dict[str, str], command: list[str], stream: str
) -> None:
    ours, theirs = os.openpty()
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    streams[stream] = subprocess.DEVNULL if stream == "stdin" else subprocess.PIPE
    try:
        done = subprocess.run([LAUNCHER, *command], env=environment, check=False, **streams)  # type: ignore[call-overload]
        os.set_blocking(ours, False)
        try:
            shown = os.read(ours, 65536)
        except BlockingIOError:
            shown = b""
    finally:
        os.close(theirs)
        os.close(ours)
    said = shown + (done.stdout or b"") + (done.stderr or b"")
    assert done.returncode == 2
    assert b"is not a terminal" in said
    assert b"\x1b" not in said
    assert not (Path(environment["XDG_DATA_HOME"]) / "crm-tui").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("term", ["", "dumb", "unknown", None])
def test_J12_a_terminal_that_cannot_place_text_is_refused_with_what_helps(
    environment: dict[str, str], command: list[str], term: str | None
) -> None:
    surroundings = dict(environment)
    del surroundings["TERM"]
    if term is not None:
        surroundings["TERM"] = term
    with Terminal.start([LAUNCHER, *command], surroundings) as terminal:
        assert terminal.wait_exit() == 2
        assert b"TERM=xterm-256color" in terminal.raw
        assert b"\x1b" not in terminal.raw


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_J13_without_utf8_the_board_is_ascii_and_says_what_helps(
    environment: dict[str, str], locale: str
) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment | {"LC_ALL": locale}) as terminal:
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.wait_quiet()
        assert "LC_ALL=C.UTF-8" in terminal.text()
        terminal.press("j", "l", "?")
        terminal.wait_for("type to search")
        terminal.press("escape")
        terminal.wait_quiet()
        for keys, seen in (
            ("m", "^ Move "),
            ("B", "^ Show board"),
            ("F", "^ F "),
            ("A.", "to write"),
        ):
            terminal.press(*keys)
            terminal.wait_for(seen)
            terminal.press("escape")
            terminal.wait_quiet(250)
        terminal.press("Z")
        terminal.wait_for("Stage     Tour booked")
        terminal.wait_quiet(600)
        terminal.resize(80, 24)
        terminal.wait_for("^ . *Enquiry|^ +Enquiry")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.raw.isascii()


def test_a_terminal_of_20x5_says_so_and_can_be_left(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment, cols=20, rows=5) as terminal:
        terminal.wait_for("20x5 is too small")
        terminal.wait_for("Enlarge, or q")
        terminal.resize(80, 24)
        terminal.wait_for("Enquiry")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def open_account(environment: dict[str, str], url: str) -> Terminal:
    """Open an account and type the password."""
    account = ["--plain-http", "--url", url, "--user", "ana@example.com"]
    terminal = Terminal.start([LAUNCHER, *account], environment)
    terminal.wait_for("Password of ana@example.com:")
    terminal.type("hunter2-canary\r")
    return terminal


@pytest.fixture
def sandbox_url(environment: dict[str, str]) -> Iterator[str]:
    """Serve a sandbox on loopback, as a user would."""
    argv = [str(LAUNCHER), "sandbox", "--port", "0", "--size", "50"]
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[2]
        server.terminate()


@pytest.fixture
def page_url(environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """Serve web pages that have nothing to do with us."""
    argv = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "0",
        "--bind",
        "127.0.0.1",
        "-d",
        str(tmp_path),
    ]
    with subprocess.Popen(
        argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split("port ")[1].split()[0]
        yield f"http://127.0.0.1:{port}/api"
        server.terminate()


def test_nobody_at_the_address_is_said_and_exits_with_1(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused, and nobody else's
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/api"
        with open_account(environment, url) as terminal:
            terminal.wait_for(r"The server cannot be reached \(connection refused\)")
            terminal.wait_for("R tries again, q leaves")
            terminal.press("q")
            assert terminal.wait_exit() == 1
            assert terminal.unrestored() == []
            assert b"hunter2" not in terminal.raw
            assert b"Traceback" not in terminal.raw


def test_ctrl_c_at_the_password_is_130_and_leaves_the_echo_on(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, *COMMANDS[1]], environment) as terminal:
        terminal.wait_for("Password of")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw


def test_the_end_of_input_at_the_password_is_said(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, *COMMANDS[1]], environment) as terminal:
        terminal.wait_for("Password of")
        terminal.press("ctrl+d")
        assert terminal.wait_exit() == 4
        assert b"password" in terminal.raw.replace(b"Password of ana", b"")
        assert b"Traceback" not in terminal.raw


def test_a_wrong_password_is_said_and_exits_with_4(
    environment: dict[str, str], sandbox_url: str
) -> None:
    with open_account(environment, sandbox_url) as terminal:
        terminal.wait_for("Sign-in was refused")
        terminal.press("q")
        assert terminal.wait_exit() == 4
        assert b"hunter2" not in terminal.raw


def test_the_right_password_opens_the_board(environment: dict[str, str], sandbox_url: str) -> None:
    argv = [str(LAUNCHER), "--plain-http", "--url", sandbox_url, "--user", "ana@example.com"]
    with Terminal.start(argv, environment) as terminal:
        terminal.wait_for("Password of")
        terminal.type("sandbox\r")
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_a_server_that_is_not_nexudus_is_named(environment: dict[str, str], page_url: str) -> None:
    with open_account(environment, page_url) as terminal:
        terminal.wait_for("The answer is not from Nexudus")
        terminal.wait_for("ends in /api")
        terminal.press("q")
        assert terminal.wait_exit() == 1
        assert b"Traceback" not in terminal.raw


IN_THE_CLIENT = """
from crm_tui.api.transport import Transport
async def broken(self, *given, **named):
    header = (await self._sign_in.header()).reveal()
    raise RuntimeError('planted\\x1b[2J')
Transport.send = broken
"""
IN_A_THREAD = """
import asyncio
from crm_tui.api.transport import Transport
def work(header):
    raise RuntimeError('planted\\x1b[2J')
async def broken(self, *given, **named):
    header = (await self._sign_in.header()).reveal()
    await asyncio.to_thread(work, header)
Transport.send = broken
"""
IN_THE_SCREEN = """
from crm_tui.ui.screens.board import BoardScreen
def broken(self, *given):
    password = 'hunter2-canary'
    raise RuntimeError('planted\\x1b[2J')
BoardScreen.{method} = broken
"""
FAULTS = {
    "client": IN_THE_CLIENT,
    "thread": IN_A_THREAD,
    "compose": IN_THE_SCREEN.format(method="compose"),
    "handler": IN_THE_SCREEN.format(method="on_mount"),
}


@pytest.mark.parametrize("place", FAULTS)
def test_C01_a_fault_of_our_own_shows_no_value_of_any_variable(
    environment: dict[str, str], sandbox_url: str, tmp_path: Path, place: str
) -> None:
    """A fault is put in the way, in a frame that holds the password."""
    (tmp_path / "sitecustomize.py").write_text(FAULTS[place])
    with open_account(environment | {"PYTHONPATH": str(tmp_path)}, sandbox_url) as terminal:
        if place in ("client", "thread"):
            terminal.wait_for("By a fault of the program nothing is loaded or sent any more.")
            terminal.press("q")
        assert terminal.wait_exit() == 1
        assert terminal.unrestored() == []
        shown = terminal.raw
    assert b"This is a fault of the program" in shown
    assert b"RuntimeError" in shown
    assert b"planted\x1b" not in shown
    assert b"self._sign_in" not in shown
    report = Path(environment["XDG_STATE_HOME"]) / "crm-tui" / "crash.txt"
    assert str(report).encode() in shown
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    kept = report.read_bytes()
    assert b"RuntimeError" in kept
    for canary in (b"hunter2", b"Basic ", b64encode(b"ana@example.com:hunter2-canary"), b"planted"):
        assert canary not in shown
        # A line of source may be told, as the planted one is; the canary is in no line of it.
        assert canary not in kept.replace(b"raise RuntimeError('planted", b"")
