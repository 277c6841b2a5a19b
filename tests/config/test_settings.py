"""settings.toml: what may stand there, and what is said of what may not."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.config.errors import BadSettings
from crm_tui.config.reading import MAX_SIZE
from crm_tui.config.settings import ClosedDays, Density, Settings, Start, Theme
from crm_tui.paths import profiles_file, settings_file
from crm_tui.structs import fields

WHOLE = """\
# Mine
theme = "colour-blind"
density = "lines"
start = "triage"
hold_seconds = 0
hold_effects_seconds = 7.5
closed_days = ["Saturday", "sun", "2026-12-25", 2027-01-01]
clipboard = false

[keys]
next-stage = ["n", "g n"]
help = "f1"
"""


@pytest.fixture
def file(path: Path) -> Path:
    """Where settings.toml belongs; its folder is there already."""
    return path.with_name("settings.toml")


def refusal(file: Path, text: str | bytes) -> str:
    """Write a broken file, see that it is refused and left alone; give the words."""
    raw = text.encode() if isinstance(text, str) else text
    file.write_bytes(raw)
    with pytest.raises(BadSettings) as caught:
        Settings.load()
    assert file.read_bytes() == raw
    assert f"{file}" in str(caught.value)
    return str(caught.value)


def test_it_stands_beside_the_profiles() -> None:
    assert settings_file().parent == profiles_file().parent


def test_without_a_file_everything_is_as_it_comes_and_none_is_made() -> None:
    found = Settings.load()
    assert found == Settings()
    assert (found.theme, found.density) == (Theme.AUTO, Density.CARDS)
    assert (found.hold_seconds, found.hold_effects_seconds, dict(found.keys)) == (3, 15, {})
    assert not settings_file().parent.exists()


def test_every_setting_is_read(file: Path) -> None:
    file.write_text(WHOLE)
    found = Settings.load()
    assert found == Settings(
        theme=Theme.COLOUR_BLIND,
        density=Density.LINES,
        start=Start.TRIAGE,
        hold_seconds=0,
        hold_effects_seconds=7.5,
        closed_days=ClosedDays(
            frozenset((5, 6)), frozenset((date(2026, 12, 25), date(2027, 1, 1)))
        ),
        clipboard=False,
        keys={"next-stage": ("n", "g n"), "help": ("f1",)},
    )
    assert Settings.load(file) == found
    assert len(fields(Settings)) == 8


def test_an_empty_file_is_all_defaults(file: Path) -> None:
    file.write_text("# nothing yet\n[keys]\n")
    assert Settings.load() == Settings()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\ntheem = 1\n", 2, "`theem` is not known. Did you mean `theme`?"),
        ("[key]\nhelp = 'x'\n", 1, "`key` is not known. Did you mean `keys`?"),
        ("theme = 'drak'\n", 1, '`theme` must be "auto", "dark", "light", "colour-blind", "ansi" or "mono".'),
        ("theme = 'drak'\n", 1, "Did you mean `dark`?"),
        ("theme = true\n", 1, "`theme` must be"),
        ("theme = ['dark']\n", 1, "`theme` must be"),
        ("density = 'line'\n", 1, '`density` must be "cards" or "lines". Did you mean `lines`?'),
        ("start = 'queue'\n", 1, '`start` must be "board" or "triage".'),
        ("hold_seconds = '3'\n", 1, "`hold_seconds` must be a number of seconds from 0 to 600."),
        ("hold_seconds = true\n", 1, "`hold_seconds` must be a number"),
        ("hold_seconds = -1\n", 1, "`hold_seconds` must be a number"),
        ("hold_effects_seconds = nan\n", 1, "`hold_effects_seconds` must be a number"),
        ("hold_effects_seconds = inf\n", 1, "`hold_effects_seconds` must be a number"),
        ("hold_seconds = 601\n", 1, "from 0 to 600"),
        ("closed_days = 'sun'\n", 1, "`closed_days` must be a list of weekdays and dates"),
        ("closed_days = ['son']\n", 1, "`closed_days` must be a list of weekdays and dates"),
        ("closed_days = [6]\n", 1, "`closed_days` must be a list of weekdays and dates"),
        ("closed_days = ['2026-02-30']\n", 1, "`closed_days` must be a list of weekdays and dates"),
        ("closed_days = ['mon','tue','wed','thu','fri','sat','sun']\n", 1, "not all weekdays"),
        ("clipboard = 'off'\n", 1, "`clipboard` must be true or false."),
        ("keys = 'n'\n", 1, "`keys` must be a table such as [keys]"),
        ("[keys]\n\nhelp = 3\n", 3, '`help` must be a key such as "n"'),
        ("[keys]\nhelp = []\n", 2, "`help` must be a key"),
        ("[keys]\nhelp = ['n', 3]\n", 2, "`help` must be a key"),
        ("[keys]\nhelp = ''\n", 2, "`help` must be a key"),
        ("[keys]\nhelp = ' '\n", 2, "`help` must be a key"),
        ("[keys]\nhelp = 'g  g'\n", 2, "`help` must be a key"),
        ('[keys]\nhelp = "\\u001b"\n', 2, "`help` must be a key"),
        ("[keys.help]\nx = 1\n", 1, "`help` must be a key"),
        ('[keys]\n"a\\u001b[2J" = 1\n', 2, "`a␛[2J` must be a key"),
        ("theme = 'dark\n", 1, "this is not TOML"),
        ("theme = 'dark'\ntheme = 'dark'\n", 2, "this is not TOML"),
        ("hold_seconds = " + "1" * 5_000, 1, "this number is too long"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line_and_what_is_right(
    file: Path, text: str, line: int, words: str
) -> None:
    said = refusal(file, text)
    assert any(f"{file}, line {line}: " in row and words in row for row in said.split("\n")), said
    assert said.replace("\n", "").isprintable()


def test_everything_that_is_wrong_is_named_up_to_five_and_in_order(file: Path) -> None:
    said = refusal(file, "".join(f"x{number} = 1\n" for number in range(8))).split("\n")
    assert [f"line {number}:" in row for number, row in enumerate(said, start=1)] == [True] * 5 + [
        False
    ]
    assert said[-1] == "… and 3 more."


def test_what_is_no_small_file_is_refused_without_waiting(file: Path) -> None:
    assert f"larger than {MAX_SIZE // 1024} KB" in refusal(file, b"#" * (MAX_SIZE + 1))
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(BadSettings, match="it is not a file"):
        Settings.load()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(lambda text: f"theme = {text}".encode(errors="ignore"))
)
def test_any_file_is_read_or_refused(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    try:
        Settings.load()
    except BadSettings as error:
        said = str(error)
    else:
        said = "read"
    assert said.replace("\n", "").isprintable()


def test_reading_them_costs_the_start_no_heavy_import(file: Path) -> None:
    file.write_text(WHOLE)
    program = (
        "import sys\n"
        "from crm_tui.config.settings import Settings\n"
        "assert Settings.load().density == 'lines'\n"
        "print([name for name in ('pydantic', 'tomlkit', 'difflib') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout
    assert said == "[]\n"
