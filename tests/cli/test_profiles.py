"""``crm-tui profile``: what is printed where, what is refused, and that no secret travels in an argument (A13)."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui.cli.arguments import parser
from crm_tui.cli.main import run
from crm_tui.cli.profiles import described
from crm_tui.config.profile import Command, File, Profile, Prompt
from crm_tui.config.profiles import Profiles
from crm_tui.config.schema import ProfileTable
from crm_tui.paths import profiles_file

README = (Path(__file__).parents[2] / "README.md").read_text()
KEYS = tuple(ProfileTable.model_fields)

ADD = ["profile", "add", "riverside", "--url", "https://spaces.nexudus.com/api"]
ANA = [*ADD, "--user", "ana@example.com"]


def every_parser(top: argparse.ArgumentParser | None = None) -> Iterator[argparse.ArgumentParser]:
    """Walk the parser of every command and action."""
    top = top or parser()
    yield top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from every_parser(inner)


def test_a_profile_is_added_listed_shown_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ANA, "--read-only", "--production"]) == 0
    added = capsys.readouterr()
    assert added.out == ""
    assert f"Added riverside to {profiles_file()}." in added.err
    assert "The password is asked for." in added.err

    assert run(["profile", "list"]) == 0
    assert capsys.readouterr().out == (
        "*  riverside  https://spaces.nexudus.com/api  ana@example.com  read-only, production\n"
    )
    assert run(["profile", "show", "riverside"]) == 0
    shown = capsys.readouterr()
    assert "marks        default, read-only, production\n" in shown.out
    assert shown.err == ""

    assert run(["profile", "remove", "riverside"]) == 0
    assert not Profiles.load().by_name
    assert run(["profile", "list"]) == 0
    empty = capsys.readouterr()
    assert empty.out == ""
    assert "There is no profile yet." in empty.err


def test_the_password_comes_from_a_prompt_a_command_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(ANA) == 0
    command = ["pass", "show", "-c", "--", "a b"]
    assert run(["profile", "add", "b", *ANA[3:], "--password-command", *command]) == 0
    assert run(["profile", "add", "c", *ANA[3:], "--password-file", "secret"]) == 0
    found = Profiles.load()
    assert found.get("riverside").password == Prompt()
    assert found.get("b").password == Command(tuple(command))
    assert found.get("c").password == File(str(tmp_path / "secret"))


def test_each_profile_has_a_client_id_of_its_own() -> None:
    assert run([*ANA, "--sign-in", "token"]) == 0
    assert run(["profile", "add", "b", *ANA[3:]]) == 0
    first, second = Profiles.load().by_name.values()
    assert first.sign_in == "token"
    assert first.client_id
    assert second.client_id
    assert first.client_id != second.client_id


def test_I01_a_profile_for_plain_http_says_so_and_without_it_nothing_is_sent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = ["--url", "http://127.0.0.1:1/api", "--user", "ana@example.com"]
    assert run(["profile", "add", "here", *address, "--plain-http"]) == 0
    assert Profiles.load().get("here").plain_http
    assert run(["profile", "show", "here"]) == 0
    assert "plain http   allowed\n" in capsys.readouterr().out
    profiles_file().write_text(profiles_file().read_text().replace("plain_http = true", ""))
    for command in (["whoami"], ["doctor"], [], ["whoami", *address], address):
        assert run(command) == (1 if command == ["doctor"] else 2), command
        captured = capsys.readouterr()
        assert "this address cannot be used: plain http is not" in captured.out + captured.err
        assert "`plain_http = true` in the profile" in captured.out + captured.err


def test_the_default_is_chosen_by_flag_or_by_name() -> None:
    assert run(ANA) == 0
    assert run(["profile", "add", "b", *ANA[3:]]) == 0
    assert Profiles.load().default == "riverside"
    assert run(["profile", "default", "b"]) == 0
    assert Profiles.load().default == "b"
    assert run(["profile", "add", "c", *ANA[3:], "--default"]) == 0
    assert Profiles.load().default == "c"


def test_the_json_of_a_profile_has_this_shape(capsys: pytest.CaptureFixture[str]) -> None:
    """README promises these keys."""
    assert run([*ANA, "--password-command", "echo", "é\x1b[2J"]) == 0
    capsys.readouterr()
    assert run(["profile", "show", "riverside", "--json"]) == 0
    raw = capsys.readouterr().out
    assert raw.isascii()
    assert "\x1b" not in raw
    shown = json.loads(raw)
    assert shown == {
        "name": "riverside",
        "is_default": True,
        "url": "https://spaces.nexudus.com/api",
        "user": "ana@example.com",
        "sign_in": "basic",
        "client_id": Profiles.load().get("riverside").client_id,
        "password": {"from": "command", "command": ["echo", "é\x1b[2J"]},
        "plain_http": False,
        "read_only": False,
        "production": False,
        "location": None,
        "limits": {},
        "run_command": "post",
        "dates": "utc",
        "ca_file": None,
    }
    assert run(["profile", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"default": "riverside", "profiles": [shown]}
    assert run(["profile", "show", "riverside"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_the_readme_shows_every_key_of_a_profile_as_it_may_be_written() -> None:
    (block,) = (
        block for block in re.findall(r"```toml\n(.*?)```", README, re.DOTALL) if "url = " in block
    )
    profiles_file().parent.mkdir(mode=0o700, parents=True)
    profiles_file().write_text(block)
    assert Profiles.load().get("riverside").limits.per_minute == 60
    assert all(f"{key} = " in block or key in ("client_id", "password_file") for key in KEYS)


def test_the_readme_names_every_member_of_the_json() -> None:
    profile = Profile(name="a", url="https://x.example/api", user="a")
    assert all(f"`{key}`" in README for key in described(profile, None))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["profile"], 2, "ACTION"),
        (["profile", "show", "x"], 2, "There is no profile `x`"),
        (["profile", "remove", "x"], 2, "There is no profile `x`"),
        (["profile", "default", "x"], 2, "There is no profile `x`"),
        (["profile", "add", "x"], 2, "--url, --user"),
        ([*ADD[:2], "a b", *ANA[3:]], 2, "`a b` is no name for a profile"),
        ([*ANA, "--sign-in", "oauth"], 2, "no such choice"),
        ([*ANA, "--password-command"], 2, "a program has to follow it"),
        ([*ANA, "--password-command", "pass", "--read-only"], 2, "put --read-only before it"),
        ([*ANA, "--password-command", "./get"], 2, "`password_command` must be a program"),
        ([*ANA, "--password-file", "x", "--password-command", "x"], 2, "not from both"),
        ([*ADD[:4], "http://spaces.nexudus.com/api", *ANA[5:]], 2, "plain http would show"),
        ([*ADD[:4], "http://127.0.0.1:1/api", *ANA[5:]], 2, "--plain-http allows it"),
        ([*ADD[:4], "http://10.0.0.1/api", "--plain-http", *ANA[5:]], 2, "plain http would show"),
        ([*ANA, "--password-command", "x", "--plain-http"], 2, "put --plain-http before it"),
        (["--profile", "x"], 2, "There is no profile `x`"),
        (["--profile", "x", "--url", "https://x.example/api"], 2, "--profile alone"),
        ([], 2, "There is no profile yet. Try `crm-tui demo`"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_no_file(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err.replace("\n", " ")
    assert "Traceback" not in captured.err
    assert not profiles_file().exists()


def test_a_taken_name_is_1_and_a_broken_file_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ANA) == 0
    assert run(ANA) == 1
    assert "There is already a profile `riverside`." in capsys.readouterr().err
    with profiles_file().open("a") as file:
        file.write("\x1b[2J")
    for arguments in (["profile", "list"], ["--profile", "riverside"], []):
        assert run(arguments) == 2
        said = capsys.readouterr().err
        assert f"crm-tui: {profiles_file()}, line 8: this is not TOML" in said
        assert "\x1b" not in said


def test_C07_a_password_in_the_address_is_refused_and_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*ADD[:4], "https://ana:hunter2@spaces.nexudus.com/api", *ANA[5:]]) == 2
    captured = capsys.readouterr()
    assert "it holds a user or a password" in captured.err
    assert "hunter2" not in captured.err + captured.out
    assert not profiles_file().exists()


def test_A13_no_flag_of_any_command_takes_a_secret() -> None:
    flags = {
        flag for each in every_parser() for act in each._actions for flag in act.option_strings
    }
    assert {"--url", "--json", "--password-file"} <= flags
    telling = {flag for flag in flags if any(word in flag for word in ("pass", "secret", "token"))}
    assert telling == {"--password-file", "--password-command"}


@pytest.mark.parametrize("flag", ["--password", "--pass", "--secret", "-p", "--token"])
@pytest.mark.parametrize("joined", [False, True])
def test_A13_a_flag_that_would_take_a_secret_is_unknown_and_its_value_is_not_repeated(
    flag: str, joined: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [f"{flag}=hunter2"] if joined else [flag, "hunter2"]
    for arguments in ([*given], [*ANA, *given], ["profile", *given]):
        assert run(arguments) == 2
        captured = capsys.readouterr()
        assert "hunter2" not in captured.out + captured.err, arguments
    assert not profiles_file().exists()


@pytest.mark.parametrize("variable", ["HOME", "XDG_CONFIG_HOME"])
def test_K02_in_a_home_that_is_not_there_it_is_said_and_is_1(
    variable: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv(variable, "/proc/nowhere")
    assert run(["profile", "list"]) == 0
    capsys.readouterr()
    assert run(ANA) == 1
    said = capsys.readouterr().err
    assert said.startswith("crm-tui: /proc/nowhere/")
    assert "was not changed" in said


def test_J13_what_the_terminal_cannot_spell_ends_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crm_tui", "--profile", "é…", "whoami"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"crm-tui: There is no profile `??`.")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--password-file", "nowhere/secret"], "nowhere/secret yet"),
        (["--password-command", "--"], "there is no program --"),
        (["--password-command", "no-such-program-here", "x"], "no program no-such-program-here"),
        (["--password-command", "cat", "x"], ""),
        ([], ""),
    ],
)
def test_a_source_of_passwords_that_is_not_there_is_mentioned(
    more: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*ANA, *more]) == 0
    warnings = [
        line for line in capsys.readouterr().err.splitlines() if line.startswith("crm-tui:")
    ]
    assert len(warnings) == bool(words)
    assert words in "".join(warnings)


@pytest.mark.parametrize(("default", "mentioned"), [("a", True), ("b", False), (None, False)])
def test_the_default_is_mentioned_when_it_has_gone(
    default: str | None, mentioned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b", "c"):
        assert run(["profile", "add", name, *ANA[3:]]) == 0
    if default is None:
        path = profiles_file()
        path.write_text(re.sub("(?m)^default = .*\n", "", path.read_text()))
    else:
        assert run(["profile", "default", default]) == 0
    capsys.readouterr()
    assert run(["profile", "remove", "a"]) == 0
    assert ("no default now" in capsys.readouterr().err) is mentioned
