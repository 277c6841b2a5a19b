"""``crm-tui list`` and ``crm-tui show``: what a filter finds, in a format, without a terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import ptyprocess
import pytest

from crm_tui.commands.handlers.searching import FORMATS
from crm_tui.export.columns import COLUMNS
from crm_tui.export.formats import Format
from crm_tui.paths import mirror_file
from tests.cli.headless import Said, cards, program
from tests.cli.sandbox import Served, add_profile, served
from tests.readme import README

HOSTILE = 'a,"b"|\x1b[31mred\x9b6n\x07\r\n=1+1'


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("listing")) as running:
        yield running


@pytest.fixture
def profile(sandbox: Served, tmp_path: Path, home: Path) -> Path:
    add_profile(tmp_path, sandbox.url, "sandbox")
    return home


def requests(sandbox: Served) -> int:
    ((count,),) = sandbox.query("SELECT count(*) FROM requests")
    return int(count)


def in_use(sandbox: Served, also: str = "1") -> list[int]:
    """Give the ids of the opportunities on boards in use, by the sandbox's database."""
    found = sandbox.query(
        f"""SELECT o.Id FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
        JOIN crmboards b ON b.Id = c.CrmBoardId WHERE b.Archived = 0 AND {also} ORDER BY o.Id"""
    )
    return [int(record_id) for (record_id,) in found]


def ids(said: Said) -> list[int]:
    assert said.code == 0, said.err
    return [each["id"] for each in said.json]


@pytest.mark.usefixtures("profile")
def test_a_filter_finds_what_the_database_has_in_the_order_that_is_asked_for(
    sandbox: Served,
) -> None:
    assert sorted(ids(program("list", "--json"))) == in_use(sandbox)
    won = program("list", "status:won", "--json", "--sort", "-value")
    assert sorted(ids(won)) == in_use(sandbox, "o.Status = 2")
    values = [each["value"] for each in won.json if each["value"] is not None]
    assert values == sorted(values, reverse=True)
    others = ids(program("list", "--json", "-status:won", "--sort=id"))
    assert others == in_use(sandbox, "o.Status != 2")
    some = program("list", "--sort", "id", "--limit", "3", "--json")
    assert ids(some) == in_use(sandbox)[:3]
    assert f"3 of {len(in_use(sandbox))} opportunities" in some.err
    assert "more left out by --limit" in some.err


@pytest.mark.usefixtures("profile")
def test_a_fresh_copy_serves_and_an_old_one_is_brought_up_to_date(sandbox: Served) -> None:
    first = program("list", "owner:me", "--json")
    assert first.err.startswith("crm-tui: as of ")
    before = requests(sandbox)
    again = program("list", "owner:me", "--json")
    assert (ids(again), requests(sandbox)) == (ids(first), before)
    assert again.err.startswith("crm-tui: as of ")
    (card,) = cards(sandbox, 1)
    sandbox.execute("UPDATE crmopportunities SET Name = 'renamed' WHERE Id = ?", card)
    assert ids(program("list", "renamed", "--json")) == []
    with closing(sqlite3.connect(mirror_file("here"))) as mirror, mirror:
        mirror.execute("UPDATE listings SET as_of = '2026-01-01T00:00:00+00:00'")
    assert "as of 2026-01-01" in program("list", "--offline").err
    assert requests(sandbox) == before
    assert ids(program("list", "renamed", "--json")) == [int(card)]
    assert requests(sandbox) > before
    before = requests(sandbox)
    assert ids(program("list", "renamed", "--json", "--offline")) == [int(card)]
    assert requests(sandbox) == before


@pytest.mark.usefixtures("profile")
def test_without_a_copy_offline_fails_and_a_server_out_of_order_does_too(sandbox: Served) -> None:
    for command in (["list", "--offline"], ["show", "1", "--offline"]):
        said = program(*command)
        assert (said.code, said.out) == (1, "")
        assert "no local copy" in said.err
    sandbox.fault(path="/api/crm/crmboards", action="status", status=500, times=None)
    try:
        failed = program("list")
    finally:
        sandbox.heal()
    assert (failed.code, failed.out) == (1, "")
    assert "the server has a fault" in failed.err


def test_a_password_that_is_refused_is_exit_code_4(sandbox: Served, tmp_path: Path) -> None:
    add_profile(tmp_path, sandbox.url, "wrong")
    assert program("list").code == 4
    assert program("show", "1").code == 4


@pytest.mark.usefixtures("profile")
def test_what_makes_no_sense_is_exit_code_2_before_anything_is_printed(tmp_path: Path) -> None:
    pointed = program("list", "status:won valu>5")
    assert (pointed.code, pointed.out) == (2, "")
    assert 'no field "valu"' in pointed.err
    assert "Did you mean “value”?" in pointed.err
    assert pointed.err.endswith(f"  status:won valu>5\n  {' ' * 11}^\n")
    there = tmp_path / "there.csv"
    there.write_text("mine")
    for arguments in (
        ["--sort", "valu"],
        ["--limit", "0"],
        ["--limit", "x"],
        ["--force"],
        ["--csv", "--json"],
        ["--out", str(there)],
    ):
        said = program("list", *arguments)
        assert (said.code, said.out) == (2, ""), arguments
    assert there.read_text() == "mine"
    assert program("show", "forty").code == 2


@pytest.mark.usefixtures("profile")
def test_D17_no_format_brings_control_bytes_to_a_pipe_a_file_or_a_terminal(
    sandbox: Served, tmp_path: Path
) -> None:
    (card,) = cards(sandbox, 1)
    sandbox.execute(
        "UPDATE crmopportunities SET Name = ?, Notes = ? WHERE Id = ?", HOSTILE, HOSTILE, card
    )
    sandbox.execute(
        """UPDATE coworkers SET FullName = ? WHERE Id =
        (SELECT CoworkerId FROM crmopportunities WHERE Id = ?)""",
        *(HOSTILE, card),
    )
    commands = [["list", f"--{how}"] for how in Format] + [["show", card], ["show", card, "--json"]]
    for command in commands:
        piped = program(*command)
        assert piped.code == 0
        assert not any(ord(each) < 32 and each not in "\r\n" for each in piped.out), command
        assert not any(0x7F <= ord(each) < 0xA0 for each in piped.out), command
        seen = on_a_terminal(*command)
        assert b"\x1b" not in seen
        assert b"\x07" not in seen
        assert b"\xc2\x9b" not in seen
        assert b"\r=1+1" not in seen.replace(b"\r\n", b"")
        if command[0] == "list":
            with (tmp_path / "out").open("wb") as out:
                subprocess.run([sys.executable, "-m", "crm_tui", *command], stdout=out, timeout=60)
            assert (tmp_path / "out").read_text() == piped.out
    found = [each for each in program("list", "--json").json if each["id"] == int(card)]
    assert found[0]["customer"] == found[0]["name"] == HOSTILE
    assert program("show", card, "--json").json["record"]["Notes"] == HOSTILE


def on_a_terminal(*arguments: str) -> bytes:
    """Give what a pseudo-terminal gets."""
    child = ptyprocess.PtyProcess.spawn([sys.executable, "-m", "crm_tui", *arguments])
    seen = b""
    try:
        while True:
            seen += child.read()
    except EOFError:
        child.wait()
    return seen


@pytest.mark.usefixtures("profile")
def test_a_file_is_written_in_the_format_of_its_name_and_over_another_only_when_forced(
    sandbox: Served, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    said = program("list", "--out", str(file))
    assert (said.code, said.out) == (0, "")
    assert f"opportunities in {file}" in said.err
    rows = list(csv.DictReader(io.StringIO(file.read_text(), newline="")))
    assert sorted(int(row["id"]) for row in rows) == in_use(sandbox)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert program("list", "--out", str(file)).code == 2
    assert program("list", "--json", "--limit", "1", "--out", str(file), "--force").code == 0
    assert len(json.loads(file.read_text())) == 1
    nowhere = program("list", "--out", str(tmp_path / "no" / "folder.csv"))
    assert nowhere.code == 1
    assert "no such file" in nowhere.err


@pytest.mark.usefixtures("profile")
def test_E04_a_file_that_cannot_be_written_whole_is_not_there_and_fails(tmp_path: Path) -> None:
    assert program("list", "--json").code == 0  # from here on no other file is written to
    folder = tmp_path / "out"
    folder.mkdir()
    file = folder / "mine.csv"
    full = subprocess.run(
        [sys.executable, "-m", "crm_tui", "list", "--offline", "--out", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)),
    )
    assert full.returncode == 1
    assert "cannot be written" in full.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("profile")
def test_E04_an_output_that_takes_no_more_is_a_failure() -> None:
    assert program("list").code == 0
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "crm_tui", "list"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 1
    assert "the output cannot be written" in done.stderr


@pytest.mark.usefixtures("profile")
def test_a_reader_that_has_seen_enough_ends_it_without_a_word() -> None:
    assert program("list").code == 0
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "crm_tui", "list", "--json"],
        stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60,
    )  # fmt: skip
    os.close(writing)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


@pytest.mark.usefixtures("profile")
def test_show_gives_the_whole_record_with_every_digit(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    sandbox.execute(
        "UPDATE crmopportunities SET Value = '1234.50', Notes = 'one\ntwo' WHERE Id = ?", card
    )
    said = program("show", card, "--json")
    assert said.code == 0
    document = json.loads(said.out, parse_float=Decimal)
    assert [*document][:-1] == [column.name for column in COLUMNS]
    assert document["record"]["Id"] == document["id"] == int(card)
    assert document["value"] == document["record"]["Value"] == Decimal("1234.5")
    assert document["board"]
    text = program("show", f"#{card}")
    assert text.code == 0
    assert [line.split()[-1] for line in text.out.splitlines()[-2:]] == ["one", "two"]
    missing = program("show", "999999999")
    assert (missing.code, missing.out) == (1, "")
    assert "There is no opportunity #999999999" in missing.err


@pytest.mark.usefixtures("profile")
def test_list_needs_no_terminal_toolkit_and_offline_no_http() -> None:
    assert program("list").code == 0
    code = """
import sys
from crm_tui.cli.main import run
code = run(["list", "--offline"])
loaded = {"textual", "rich", "httpx", "pydantic"} & set(sys.modules)
raise SystemExit(f"{code} {loaded}" if code or loaded else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (0, 2)


def test_the_formats_that_are_offered_are_those_there_are() -> None:
    assert [choice.answer for choice in FORMATS] == [str(each) for each in Format]
    parsed = {
        line.split()[0] for line in program("list", "--help").out.splitlines() if "  --" in line
    }
    assert {f"--{each}" for each in Format} <= parsed


def test_the_readme_tells_every_name_in_json() -> None:
    (row,) = [line for line in README.read_text().splitlines() if line.startswith("| `list` |")]
    told = [name for name in row.split("`") if name in {column.name for column in COLUMNS}]
    assert told[: len(COLUMNS)] == [column.name for column in COLUMNS]
