"""Profiles in a real terminal: passwords asked for, by us and by a command, and the board of a profile (row A07)."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.sandbox import Served, served
from tests.e2e.board import LAUNCHER, wait_for_board
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.terminal

OPPORTUNITIES = "/api/crm/crmopportunities"

PINENTRY = """#!/bin/sh
stty -echo </dev/tty
printf 'Passphrase of the keeper: ' >/dev/tty
read -r answer </dev/tty
stty echo </dev/tty
[ "$answer" = open-sesame-canary ] && echo sandbox
"""
"""What a pinentry does: it asks on the terminal, whatever its own streams are."""

LEAVES_A_MESS = """#!/bin/sh
stty -echo raw </dev/tty
printf 'I shall fail.' >/dev/tty
exit 7
"""

WAITS = """#!/bin/sh
stty -echo </dev/tty
printf 'Waiting for ever. ' >/dev/tty
read -r answer </dev/tty
"""


READ_ONLY = """
mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$@"
"""
"""Runs a command that cannot write below its home, in a namespace of its own, where that is allowed."""

UNSHARED = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", READ_ONLY, "sh"]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("accounts")) as running:
        yield running


def add(environment: dict[str, str], sandbox: Served, *more: str | Path) -> None:
    """Add a profile to the throw-away home."""
    account = ["riverside", "--url", sandbox.url, "--plain-http", "--user", "ana@example.com"]
    subprocess.run(
        [LAUNCHER, "profile", "add", *account, *more],
        env=environment,
        check=True,
        capture_output=True,
    )


def script(folder: Path, text: str) -> Path:
    """Write a program."""
    path = folder / "keeper"
    path.write_text(text)
    path.chmod(0o700)
    return path


def is_private(home: Path) -> bool:
    """Whether nothing below the home is open to others."""
    every = [home, *home.rglob("*")]
    return not any(stat.S_IMODE(os.lstat(place).st_mode) & 0o077 for place in every)


def test_a_password_is_asked_for_without_an_echo(
    environment: dict[str, str], sandbox: Served
) -> None:
    add(environment, sandbox)
    with Terminal.start([LAUNCHER, "whoami"], environment) as terminal:
        terminal.wait_for("Password of ana@example.com:")
        terminal.type("sandbox\r")
        terminal.wait_for(r"name +Ana Ruiz")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
        assert b"sandbox" not in terminal.raw.replace(b"crm-tui sandbox", b"")


def test_A07_a_command_may_ask_on_the_terminal(
    environment: dict[str, str], sandbox: Served, tmp_path: Path
) -> None:
    add(environment, sandbox, "--password-command", script(tmp_path, PINENTRY))
    with Terminal.start([LAUNCHER, "whoami"], environment) as terminal:
        terminal.wait_for("Passphrase of the keeper:")
        terminal.type("open-sesame-canary\r")
        terminal.wait_for(r"name +Ana Ruiz")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
        assert b"canary" not in terminal.raw
        assert terminal.left_behind == []


def test_A07_before_the_board_opens_too(
    environment: dict[str, str], sandbox: Served, tmp_path: Path
) -> None:
    add(environment, sandbox, "--password-command", script(tmp_path, PINENTRY))
    with Terminal.start([LAUNCHER], environment, cols=160) as terminal:
        terminal.wait_for("Passphrase of the keeper:")
        terminal.type("open-sesame-canary\r")
        wait_for_board(terminal)
        assert f"riverside · {sandbox.url.split('://')[1]}" in terminal.lines()[0]
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
        assert b"canary" not in terminal.raw


def test_A07_a_terminal_that_a_command_has_spoilt_is_as_it_was(
    environment: dict[str, str], sandbox: Served, tmp_path: Path
) -> None:
    add(environment, sandbox, "--password-command", script(tmp_path, LEAVES_A_MESS))
    with Terminal.start([LAUNCHER, "whoami"], environment) as terminal:
        terminal.wait_for("failed with exit status 7")
        assert terminal.wait_exit() == 4
        assert terminal.unrestored() == []


def test_A07_ctrl_c_while_a_command_asks_ends_both(
    environment: dict[str, str], sandbox: Served, tmp_path: Path
) -> None:
    add(environment, sandbox, "--password-command", script(tmp_path, WAITS))
    with Terminal.start([LAUNCHER, "whoami"], environment) as terminal:
        terminal.wait_for("Waiting for ever.")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130
        assert terminal.unrestored() == []
        terminal.close()
        assert terminal.left_behind == []


def test_ctrl_d_at_the_password_is_4_and_leaves_the_echo_on(
    environment: dict[str, str], sandbox: Served
) -> None:
    add(environment, sandbox)
    with Terminal.start([LAUNCHER], environment) as terminal:
        terminal.wait_for("Password of")
        terminal.press("ctrl+d")
        terminal.wait_for("No password was given.")
        assert terminal.wait_exit() == 4
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("command", ["whoami", "doctor"])
def test_ctrl_c_at_the_password_is_130(
    environment: dict[str, str], sandbox: Served, command: str
) -> None:
    add(environment, sandbox)
    with Terminal.start([LAUNCHER, command], environment) as terminal:
        terminal.wait_for("Password of")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw


def test_L01_a_read_only_profile_shows_the_board_and_writes_nothing(
    environment: dict[str, str], sandbox: Served
) -> None:
    add(environment, sandbox, "--read-only")
    with Terminal.start([LAUNCHER], environment) as terminal:
        terminal.wait_for("Password of")
        terminal.type("sandbox\r")
        wait_for_board(terminal)
        terminal.press(".")
        terminal.wait_for("Nothing was changed: this profile only reads")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_K01_a_home_that_can_only_be_read_is_told_and_what_is_done_is_sent_at_once_or_not_at_all(
    environment: dict[str, str], sandbox: Served
) -> None:
    add(environment, sandbox)
    home = Path(environment["HOME"])
    may_not = subprocess.run([*UNSHARED, "true"], env=environment, check=False, capture_output=True)
    if may_not.returncode:
        pytest.skip("nothing can be mounted here")
    before = sorted(home.rglob("*"))
    with Terminal.start([*UNSHARED, LAUNCHER], environment) as terminal:
        terminal.wait_for("Password of")
        terminal.type("sandbox\r")
        wait_for_board(terminal)
        terminal.wait_for(r"Changes are not kept: The journal cannot be used \(")
        asked = sandbox.asked("PUT", OPPORTUNITIES)
        terminal.press(".")
        terminal.wait_for("saved")
        assert sandbox.asked("PUT", OPPORTUNITIES) == asked + 1
        sandbox.fault(action="status", status=503, method="PUT", times=None)
        terminal.press(".")
        terminal.wait_for("not saved, put back")
        sandbox.heal()
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
    assert sorted(home.rglob("*")) == before


def test_without_a_profile_the_board_says_how_to_begin(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER], environment) as terminal:
        terminal.wait_for("There is no profile yet. Try `crm-tui demo`")
        assert terminal.wait_exit() == 2


def test_A12_a_whole_run_under_umask_0_leaves_nothing_open_to_others(
    environment: dict[str, str], sandbox: Served
) -> None:
    old = os.umask(0)
    try:
        add(environment, sandbox)
        with Terminal.start([LAUNCHER], environment) as terminal:
            terminal.wait_for("Password of")
            terminal.type("sandbox\r")
            wait_for_board(terminal)
            terminal.press("q")
            assert terminal.wait_exit() == 0
    finally:
        os.umask(old)
    assert is_private(Path(environment["HOME"]))


def test_the_doctor_in_a_terminal_finds_one(environment: dict[str, str], sandbox: Served) -> None:
    add(environment, sandbox)
    with Terminal.start([LAUNCHER, "doctor"], environment, cols=160) as terminal:
        terminal.wait_for("Password of ana@example.com:")
        terminal.type("sandbox\r")
        terminal.wait_for("Nothing is wrong.")
        assert terminal.wait_exit() == 0
        terminal.wait_for(r"ok +terminal +TERM=xterm-256color")
        terminal.wait_for(r"ok +size +160x40")
        terminal.wait_for(r"ok +sign-in +Ana Ruiz")
