"""The command line: exit codes, words, and what it costs to ask for help."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm_tui import __version__
from crm_tui.cli.arguments import parse, parser
from crm_tui.cli.main import run
from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.keys import key_table, written
from crm_tui.commands.remaps import keymap
from crm_tui.config.settings import Density, Settings, Theme
from crm_tui.paths import settings_file
from tests.readme import settings_example

ROOT = Path(__file__).parents[2]

HEAVY = (
    "textual",
    "rich",
    "httpx",
    "pydantic",
    "tomlkit",
    "starlette",
    "uvicorn",
    "sqlite3",
)


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"crm-tui {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--profile", "riverside"],
        ["--profile=demo", "--plain-http"],
        ["--profile", "demo"],
        ["--url", "http://a", "--user", "a", "--profile", "list"],
    ],
)
def test_what_names_no_command_is_read_as_by_the_parser_that_knows_them_all(
    arguments: list[str],
) -> None:
    assert parse(arguments) == parser().parse_args(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--url", "https://spaces.nexudus.com/api"],
        ["--user", "ana@example.com"],
        ["--profile", ""],
        ["--profile="],
        ["whoami", "--profile", ""],
        ["sign-out", "--profile", ""],
        ["--url", "https://spaces.nexudus.com/api", "--user", ""],
        ["nonsense"],
        ["demo", "--nonsense"],
        ["do"],
        ["do", "move"],
        ["do", "move 1 'Won"],
        ["sandbox", "--port", ""],
        ["sandbox", "--port", "99999"],
        ["sandbox", "--port", "x"],
        ["sandbox", "--port", "0", "--size", "-1"],
    ],
)
def test_wrong_usage_is_2_and_says_what_would_be_right(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip()
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    "url", ["http://spaces.nexudus.com/api", "https://a:hunter2@spaces.nexudus.com/api", "x"]
)
def test_an_address_that_cannot_be_used_is_2_and_is_not_repeated(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--url", url, "--user", "ana@example.com"]) == 2
    said = capsys.readouterr().err
    assert "this address cannot be used" in said
    assert "https://spaces.nexudus.com/api" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["keys"],
        ["demo", "--help"],
        ["profile", "add", "--help"],
        ["profile", "list"],
        ["do", "--help"],
        ["pending", "--help"],
    ],
)
def test_P3_asking_for_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from crm_tui.cli.main import run\n"
        f"code = run({arguments!r})\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"


BEHIND = [
    f"crm_tui.ui.{name}" for name in ("rooms", "surface", "searching", "triaging", "saved_views")
]


def test_the_first_paint_needs_neither_httpx_nor_pydantic_nor_what_lies_behind_the_board() -> None:
    program = (
        "import sys\n"
        "import crm_tui.cli.demo, crm_tui.cli.choosing, crm_tui.config.secrets, crm_tui.ui.app\n"
        f"heavy = ('httpx', 'pydantic', 'tomlkit', 'starlette', *{BEHIND!r})\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_reader_that_has_seen_enough_causes_no_complaint() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "crm_tui", "keys"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait() == 1


@pytest.mark.parametrize(
    "arguments", [["keys"], ["--help"], ["profile", "list", "--json"], ["doctor"]]
)
def test_a_full_device_is_said_in_one_line(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "crm_tui", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "crm-tui: the output cannot be written: No space left on device."
    ]


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_device_for_words_is_1_too(unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "crm_tui", "profile", "list"],
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            stdout=subprocess.PIPE,
            stderr=full,
        )
    assert (done.returncode, done.stdout) == (1, b"")


def test_the_readmes_table_of_keys_is_the_catalogues(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys"]) == 0
    assert capsys.readouterr().out.strip() == key_table()
    assert key_table() in (ROOT / "README.md").read_text()
    for command in CATALOGUE:
        assert all(f"`{written(key)}`" in key_table() for key in command.keys)


def write_settings(text: str) -> Path:
    path = settings_file()
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_keys_prints_the_users_own_and_what_is_wrong_with_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_settings('[keys]\nnext-stage = "n"\nhelp = "j"\nhlep = "x"\n')
    assert run(["keys"]) == 0
    captured = capsys.readouterr()
    assert "| `n` | Move the card to the next stage |" in captured.out
    assert "| `?` `F1` | Show all keys |" in captured.out
    assert captured.err.splitlines() == [
        "crm-tui: There is no command `hlep`. Did you mean `help`?",
        "crm-tui: `j` is the key of both `cursor-down` and `help`.",
        "crm-tui: A command with such keys has its own instead.",
    ]


@pytest.mark.parametrize("arguments", [["keys"], ["--url", "https://a.example/api", "--user", "a"]])
def test_broken_settings_are_2_and_named_with_their_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_settings("\ndensity = 3\n")
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"crm-tui: {path}, line 2: `density` must be")


def test_the_settings_of_the_readme_are_whole_and_their_keys_go_together() -> None:
    found = Settings.load(write_settings(settings_example()))
    assert (found.theme, found.density) == (Theme.LIGHT, Density.LINES)
    assert (found.hold_seconds, found.hold_effects_seconds) == (5, 20)
    assert found.keys["next-stage"] == ("n",)
    assert keymap(CATALOGUE, found.keys).report == ()
