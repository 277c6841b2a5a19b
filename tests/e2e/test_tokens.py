"""Signing in by token in a real terminal: asked for, renewed, ended, and got again (rows A19, B05, B09)."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui.sandbox import totp
from crm_tui.sandbox.people import THEOS_SECRET
from tests.cli.sandbox import Served, served
from tests.e2e.board import LAUNCHER, wait_for_board
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.terminal

ANA = "ana@example.com"
THEO = "theo@example.com"
PASSWORD_QUESTION = r"Password of \S+@example\.com:"
CODE_QUESTION = rf"Code of the second factor of {THEO}:"
LOADED = r"as of \d\d:\d\d"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Served]:
    """A sandbox of the test's own: it ends tokens, which are everybody's."""
    folder = tmp_path / "served"
    folder.mkdir()
    with served(folder) as running:
        yield running


def add(environment: dict[str, str], sandbox: Served, user: str, *more: str | Path) -> None:
    """Add a profile that signs in by token."""
    account = ["riverside", "--url", sandbox.url, "--plain-http", "--user", user]
    subprocess.run(
        [LAUNCHER, "profile", "add", *account, "--sign-in", "token", *more],
        env=environment,
        check=True,
        capture_output=True,
    )


def code() -> str:
    """What Theo's authenticator shows now."""
    return totp.code(THEOS_SECRET, time.time())


def sign_in(environment: dict[str, str]) -> None:
    """Sign in anew, as the user would in another terminal."""
    with Terminal.start([LAUNCHER, "whoami", "--profile", "riverside"], environment) as other:
        other.wait_for(PASSWORD_QUESTION)
        other.type("sandbox\r")
        other.wait_for(r"name +Ana Ruiz")
        assert other.wait_exit() == 0


def loaded(terminal: Terminal) -> None:
    """Wait until the board is there and the others have come, too."""
    terminal.wait_for(LOADED)
    terminal.wait_quiet(400)


def refresh(terminal: Terminal) -> None:
    """Ask the server anew, once what is being loaded has come."""
    for _ in range(50):
        terminal.press("R")
        terminal.wait_quiet()
        if "Already asking" not in terminal.text():
            return
    raise AssertionError("it never ceased to load")


def leave(terminal: Terminal) -> None:
    """Leave the board, and see that all is as it was."""
    terminal.press("q")
    assert terminal.wait_exit() == 0
    assert terminal.unrestored() == []


def test_whoami_asks_for_the_password_once(environment: dict[str, str], sandbox: Served) -> None:
    add(environment, sandbox, ANA)
    sign_in(environment)
    with Terminal.start([LAUNCHER, "whoami"], environment) as terminal:
        terminal.wait_for(r"name +Ana Ruiz")
        assert terminal.wait_exit() == 0
        assert b"Password" not in terminal.raw
        assert terminal.unrestored() == []


def test_A19_a_code_is_asked_for_without_an_echo_before_the_board_is_drawn(
    environment: dict[str, str], sandbox: Served
) -> None:
    add(environment, sandbox, THEO)
    with Terminal.start([LAUNCHER], environment, cols=160) as terminal:
        terminal.wait_for(PASSWORD_QUESTION)
        terminal.type("sandbox\r")
        terminal.wait_for(CODE_QUESTION)
        assert b"\x1b[?1049h" not in terminal.raw
        typed = code()
        terminal.type(f"{typed[:3]} {typed[3:]}\r")
        wait_for_board(terminal)
        leave(terminal)
        shown = terminal.raw
    for secret in (typed, f"{typed[:3]} {typed[3:]}"):
        assert secret.encode() not in shown
        kept = [path for path in Path(environment["HOME"]).rglob("*") if path.is_file()]
        assert not any(secret.encode() in path.read_bytes() for path in kept)
    assert sandbox.asked("POST", "/api/token") == 2
    with Terminal.start([LAUNCHER], environment) as terminal:
        wait_for_board(terminal)
        assert b"Password" not in terminal.raw
        leave(terminal)
    assert sandbox.asked("POST", "/api/token") == 2


def test_A19_a_mistyped_code_may_be_typed_again_before_the_board_opens(
    environment: dict[str, str], sandbox: Served
) -> None:
    add(environment, sandbox, THEO)
    with Terminal.start([LAUNCHER], environment, cols=200) as terminal:
        terminal.wait_for(PASSWORD_QUESTION)
        terminal.type("sandbox\r")
        terminal.wait_for(CODE_QUESTION)
        terminal.type("000000\r")
        terminal.wait_for(rf"is not valid[\s\S]*{PASSWORD_QUESTION}")
        terminal.type("sandbox\r")
        terminal.wait_for(rf"is not valid[\s\S]*{CODE_QUESTION}")
        terminal.type(f"{code()}\r")
        wait_for_board(terminal)
        leave(terminal)
    assert sandbox.asked("POST", "/api/token") == 4


def test_A19_the_third_wrong_code_is_the_last(
    environment: dict[str, str], sandbox: Served, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("sandbox")
    add(environment, sandbox, THEO, "--password-file", secret)
    with Terminal.start([LAUNCHER], environment, cols=200) as terminal:
        for times in range(1, 4):
            question = rf"(Code of the second factor[\s\S]*){{{times}}}"
            terminal.wait_for(question)
            terminal.type("000000\r")
        assert terminal.wait_exit() == 4
        assert terminal.unrestored() == []
        assert terminal.raw.count(b"The two-factor code is not valid") == 3
    assert sandbox.asked("POST", "/api/token") == 6


@pytest.mark.parametrize("command", [["whoami"], ["doctor"]], ids=["whoami", "doctor"])
def test_A19_a_wrong_code_is_4_with_the_servers_sentence(
    environment: dict[str, str], sandbox: Served, command: list[str]
) -> None:
    add(environment, sandbox, THEO)
    with Terminal.start([LAUNCHER, *command], environment, cols=200) as terminal:
        terminal.wait_for(PASSWORD_QUESTION)
        terminal.type("sandbox\r")
        terminal.wait_for(CODE_QUESTION)
        terminal.type("000000\r")
        terminal.wait_for("sign-in was refused: The two-factor code is not valid. Codes are good")
        assert terminal.wait_exit() == 4
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw
        assert b"\x1b[?1049h" not in terminal.raw
    assert sandbox.asked("POST", "/api/token") == 2


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+d", "enter"])
@pytest.mark.parametrize("command", [[], ["whoami"], ["doctor"]], ids=["board", "whoami", "doctor"])
def test_a_code_that_is_not_given_ends_it_at_once(
    environment: dict[str, str], sandbox: Served, command: list[str], key: str
) -> None:
    add(environment, sandbox, THEO)
    with Terminal.start([LAUNCHER, *command], environment) as terminal:
        terminal.wait_for(PASSWORD_QUESTION)
        terminal.type("sandbox\r")
        terminal.wait_for(CODE_QUESTION)
        terminal.press(key)
        assert terminal.wait_exit() == (130 if key == "ctrl+c" else 4)
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw
    assert sandbox.asked("POST", "/api/token") == 1


def test_a_token_that_has_expired_is_renewed_unnoticed(
    environment: dict[str, str], sandbox: Served
) -> None:
    add(environment, sandbox, ANA)
    sign_in(environment)
    with Terminal.start([LAUNCHER], environment, cols=160) as terminal:
        loaded(terminal)
        sandbox.forget_tokens("access")
        terminal.press(".")
        terminal.wait_for(r"saved \d\d:\d\d:\d\d")
        assert "✗" not in terminal.text()
        leave(terminal)
    assert sandbox.asked("POST", "/api/token") == 2


def test_a_sign_in_that_has_ended_is_told_and_done_anew_in_another_terminal(
    environment: dict[str, str], sandbox: Served
) -> None:
    add(environment, sandbox, ANA)
    sign_in(environment)
    with Terminal.start([LAUNCHER], environment, cols=160) as terminal:
        loaded(terminal)
        sandbox.forget_tokens("all")
        command = r"`crm-tui whoami --profile riverside` in another terminal"
        terminal.press(".")
        terminal.wait_for(rf"not sent yet, kept for later \(you have to sign in again: {command}\)")
        refresh(terminal)
        terminal.wait_for(r"✗ You have to sign in again")
        assert b"Password" not in terminal.raw
        asked = sandbox.asked("POST", "/api/token")
        sign_in(environment)
        refresh(terminal)
        terminal.wait_for(r"saved \d\d:\d\d:\d\d")  # what was kept goes out by itself
        terminal.wait_until(lambda: "✗" not in terminal.text(), "no complaint any more")
        leave(terminal)
    # The other one tries the refresh token, too, before it asks.
    assert sandbox.asked("POST", "/api/token") == asked + 2


def test_a_board_that_opens_on_an_ended_sign_in_says_what_helps(
    environment: dict[str, str], sandbox: Served
) -> None:
    add(environment, sandbox, ANA)
    sign_in(environment)
    sandbox.forget_tokens("all")
    with Terminal.start([LAUNCHER], environment) as terminal:
        terminal.wait_for("You have to sign in again")
        terminal.wait_for("crm-tui whoami --profile riverside")
        terminal.press("q")
        assert terminal.wait_exit() == 4
    sign_in(environment)
    with Terminal.start([LAUNCHER], environment) as terminal:
        wait_for_board(terminal)
        leave(terminal)


def test_a_password_file_signs_in_again_by_itself_while_the_board_is_drawn(
    environment: dict[str, str], sandbox: Served, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("sandbox")
    add(environment, sandbox, ANA, "--password-file", secret)
    with Terminal.start([LAUNCHER], environment, cols=160) as terminal:
        loaded(terminal)
        sandbox.forget_tokens("all")
        terminal.press(".")
        terminal.wait_for(r"saved \d\d:\d\d:\d\d")
        sandbox.forget_tokens("all")
        secret.chmod(0o644)
        refresh(terminal)
        terminal.wait_for(r"✗ Sign-in was refused \(The password file \S+ is open to others")
        secret.chmod(0o600)
        refresh(terminal)
        terminal.wait_until(lambda: "✗" not in terminal.text(), "no complaint any more")
        leave(terminal)


def test_a_command_that_would_ask_is_not_run_over_the_board(
    environment: dict[str, str], sandbox: Served, tmp_path: Path
) -> None:
    keeper, runs = tmp_path / "keeper", tmp_path / "runs"
    keeper.write_text(f"#!/bin/sh\necho run >>{runs}\necho sandbox\n")
    keeper.chmod(0o700)
    add(environment, sandbox, ANA, "--password-command", keeper)
    with Terminal.start([LAUNCHER], environment, cols=160) as terminal:
        loaded(terminal)
        sandbox.forget_tokens("all")
        refresh(terminal)
        terminal.wait_for("You have to sign in again")
        assert runs.read_text() == "run\n"
        leave(terminal)


def test_without_a_private_folder_the_board_keeps_its_token_to_itself(
    environment: dict[str, str], sandbox: Served
) -> None:
    os.chmod(environment["XDG_RUNTIME_DIR"], 0o755)
    add(environment, sandbox, ANA)
    with Terminal.start([LAUNCHER], environment, cols=160) as terminal:
        terminal.wait_for(PASSWORD_QUESTION)
        terminal.type("sandbox\r")
        loaded(terminal)
        sandbox.forget_tokens("all")
        refresh(terminal)
        terminal.wait_for(r"You have to sign in again \(leave and start again\)")
        leave(terminal)
    assert not any(Path(environment["XDG_RUNTIME_DIR"]).rglob("tokens-*"))
