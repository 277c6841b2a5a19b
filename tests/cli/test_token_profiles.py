"""Profiles that sign in by token: what is asked when, what is kept where, and that signing out leaves nothing (A16)."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui.cli.account import account
from crm_tui.cli.main import run
from crm_tui.config.profiles import Profiles
from tests.cli.sandbox import Served, add_profile, served

BY_TOKEN = ("--sign-in", "token")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("token")) as running:
        yield running


@pytest.fixture(autouse=True)
def runtime(home: Path) -> Path:
    """A session's runtime folder, as the system makes it."""
    folder = Path(os.environ["XDG_RUNTIME_DIR"])
    folder.mkdir(mode=0o700)
    return folder


def kept(runtime: Path) -> list[Path]:
    """Give the files that hold tokens."""
    return sorted(path for path in runtime.rglob("tokens-*") if path.suffix != ".lock")


def everything(folder: Path) -> bytes:
    """Give all that lies below a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def issued(sandbox: Served) -> list[str]:
    """Ask the sandbox's database for every token that it has given out."""
    return [
        token
        for table in ("accesstokens", "refreshtokens")
        for (token,) in sandbox.query(f"SELECT Token FROM {table}")
    ]


def test_a_token_is_asked_for_once_and_serves_the_next_command(
    sandbox: Served, tmp_path: Path, runtime: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", *BY_TOKEN)
    before = sandbox.asked("POST", "/api/token")
    capsys.readouterr()
    assert run(["whoami", "--json"]) == 0
    (tmp_path / "secret").unlink()
    assert run(["whoami", "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.count('"name": "Ana Ruiz"') == 2
    assert sandbox.asked("POST", "/api/token") == before + 1
    (file,) = kept(runtime)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    tokens = json.loads(file.read_bytes())
    assert tokens["owner"][:2] == [sandbox.url, "ana@example.com"]
    for token in (tokens["access"], tokens["refresh"]):
        assert token not in said.out + said.err


def test_without_a_private_folder_nothing_is_written_and_each_command_signs_in(
    sandbox: Served, tmp_path: Path, runtime: Path
) -> None:
    runtime.chmod(0o755)
    add_profile(tmp_path, sandbox.url, "sandbox", *BY_TOKEN)
    before = sandbox.asked("POST", "/api/token")
    assert run(["whoami"]) == run(["whoami"]) == 0
    assert sandbox.asked("POST", "/api/token") == before + 2
    assert not any(runtime.iterdir())


def test_two_profiles_of_one_user_do_not_take_each_others_tokens(
    sandbox: Served, tmp_path: Path, runtime: Path
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", *BY_TOKEN)
    other = ["other", "--url", sandbox.url, "--plain-http", "--user", "ana@example.com", *BY_TOKEN]
    secret = str(tmp_path / "secret")
    assert run(["profile", "add", *other, "--password-file", secret]) == 0
    before = sandbox.asked("POST", "/api/token")
    for _ in range(2):
        assert run(["whoami", "--profile", "here"]) == 0
        assert run(["whoami", "--profile", "other"]) == 0
    assert len(kept(runtime)) == 2
    assert sandbox.asked("POST", "/api/token") == before + 2


@pytest.mark.parametrize("command", ["whoami", "doctor"])
def test_B09_a_wrong_password_is_4_and_tried_once(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    add_profile(tmp_path, sandbox.url, "hunter2-canary", *BY_TOKEN)
    before = sandbox.asked("POST", "/api/token")
    capsys.readouterr()
    assert run([command]) == 4
    captured = capsys.readouterr()
    said = captured.err if command == "whoami" else captured.out
    assert "sign-in was refused: The user name or password is incorrect. " in said
    assert "canary" not in captured.out + captured.err
    assert sandbox.asked("POST", "/api/token") == before + 1


def test_A19_a_code_that_cannot_be_asked_for_is_4(sandbox: Served, tmp_path: Path) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", *BY_TOKEN, user="theo@example.com")
    done = subprocess.run(
        [sys.executable, "-m", "crm_tui", "whoami"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        "crm-tui: The code of the second factor cannot be asked for: there is no terminal.\n"
    )


@pytest.mark.parametrize("goodbye", [["sign-out"], ["profile", "remove", "here"]])
def test_A16_after_signing_out_no_token_is_anywhere(
    sandbox: Served,
    tmp_path: Path,
    home: Path,
    runtime: Path,
    capsys: pytest.CaptureFixture[str],
    goodbye: list[str],
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", *BY_TOKEN)
    assert run(["whoami"]) == 0
    canaries = [token.encode() for token in issued(sandbox)]
    assert any(canary in everything(home) for canary in canaries)
    capsys.readouterr()
    assert run(goodbye) == 0
    assert capsys.readouterr().out == ""
    assert not any(canary in everything(home) for canary in canaries)
    assert kept(runtime) == []


def test_signing_out_names_the_profile_and_can_be_done_twice(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", *BY_TOKEN)
    capsys.readouterr()
    for arguments in (["sign-out"], ["sign-out", "--profile", "here"]):
        assert run(arguments) == 0
        assert capsys.readouterr().err == "Signed out of here: no token is kept any more.\n"
    (tmp_path / "secret").unlink()
    assert run(["whoami"]) == 4


def test_a_profile_without_tokens_has_nothing_to_sign_out_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, "http://127.0.0.1:1/api", "x")
    capsys.readouterr()
    assert run(["sign-out"]) == 0
    assert "nothing to sign out of" in capsys.readouterr().err
    assert run(["sign-out", "--profile", "x"]) == 2


def test_tokens_that_cannot_be_removed_are_not_called_forgotten(
    sandbox: Served, tmp_path: Path, runtime: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", *BY_TOKEN)
    assert run(["whoami"]) == 0
    (file,) = kept(runtime)
    file.unlink()
    (file / "in the way").mkdir(parents=True)
    capsys.readouterr()
    assert run(["sign-out"]) == 1
    assert f"crm-tui: {file} cannot be removed" in capsys.readouterr().err
    assert run(["profile", "remove", "here"]) == 1
    assert not Profiles.load().by_name


def test_C02_no_secret_is_in_a_log_or_in_what_an_account_shows_of_itself(
    sandbox: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture, home: Path
) -> None:
    sandbox.execute(
        "UPDATE users SET Password = 'hunter2-canary' WHERE Email = 'jules@example.com'"
    )
    add_profile(tmp_path, sandbox.url, "hunter2-canary", *BY_TOKEN, user="jules@example.com")
    caplog.set_level(logging.DEBUG)
    assert run(["whoami"]) == 0
    opened = account(Profiles.load().get("here"))
    shown = caplog.text + repr(opened) + repr(opened.sign_in)
    for canary in (*issued(sandbox), "hunter2-canary"):
        assert canary not in shown
    assert b"hunter2-canary" not in everything(home)
