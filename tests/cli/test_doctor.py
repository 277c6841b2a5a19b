"""``crm-tui doctor``: each thing it looks at, well and ill, and the exit code that sums it up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from crm_tui.cli.doctor.findings import Verdict
from crm_tui.cli.doctor.here import look_at_terminal
from crm_tui.cli.main import run
from crm_tui.paths import profiles_file, settings_file
from tests.cli.sandbox import Served, add_profile, served

ROW = re.compile(r"(ok|advice|problem) +(\S+) +(.+)")
SEEN = {"profiles", "terminal", "colours", "UTF-8"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("doctor")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Served) -> Iterator[Served]:
    yield running
    running.heal()


def rows(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, str]]:
    """Read what was printed: verdict, subject, sentence."""
    found = [ROW.fullmatch(line) for line in capsys.readouterr().out.splitlines()]
    assert all(found)
    return [(match[1], match[2], match[3]) for match in found if match]


def test_all_is_well(sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox")
    capsys.readouterr()
    assert run(["doctor"]) == 0
    found = rows(capsys)
    assert not [row for row in found if row[0] == "problem"]
    well = {subject for verdict, subject, _ in found if verdict == "ok"}
    assert {"profiles", "profile", "address", "TLS", "sign-in", "role", "locations"} <= well
    said = " ".join(row[2] for row in found)
    for role in ("CrmBoard-List", "CrmBoardColumn-List", "CrmOpportunity-List", "-Read", "-Edit"):
        assert role in said


def test_without_being_an_administrator_each_role_is_tried(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.fault(action="status", path="/api/sys/users", status=401, times=None)
    add_profile(tmp_path, sandbox.url, "sandbox", user="mina@example.com")
    capsys.readouterr()
    assert run(["doctor"]) == 0
    roles = [(verdict, said) for verdict, subject, said in rows(capsys) if subject == "role"]
    assert ("ok", "CrmOpportunity-Read.") in roles
    assert ("advice", "User-List is missing: owners cannot be looked up.") in roles
    assert any(said.startswith("CrmOpportunity-Edit: not tried") for _, said in roles)


def test_who_may_read_roles_is_told_of_each_without_trying(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", user="rita@example.com")
    capsys.readouterr()
    assert run(["doctor"]) == 0
    roles = [(verdict, said) for verdict, subject, said in rows(capsys) if subject == "role"]
    assert ("advice", "CrmOpportunity-Edit is missing: cards cannot be moved.") in roles
    assert ("ok", "User-List.") in roles
    tried = "SELECT count(*) FROM requests WHERE User = 'rita@example.com' AND Path LIKE ?"
    assert sandbox.query(tried, "%/sys/users%") == [(0,)]


def test_who_has_no_role_is_told_each_that_is_needed(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", user="nora@example.com")
    capsys.readouterr()
    assert run(["doctor"]) == 1
    found = rows(capsys)
    bad = [said.partition(" ")[0] for verdict, _, said in found if verdict == "problem"]
    assert bad == ["CrmBoard-List", "CrmBoardColumn-List", "CrmOpportunity-List"]
    assert ("advice", "role", "User-List is missing: owners cannot be looked up.") in found


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/api/crm/crmboards", "CrmBoard-List"),
        ("/api/crm/crmboardcolumns", "CrmBoardColumn-List"),
        ("/api/crm/crmopportunities", "CrmOpportunity-List"),
        ("/api/crm/crmopportunities/*", "CrmOpportunity-Read"),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_role_is_named_and_is_1(
    sandbox: Served,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    path: str,
    role: str,
    status: int,
) -> None:
    sandbox.fault(action="status", path=path, status=status, times=None)
    add_profile(tmp_path, sandbox.url, "sandbox")
    capsys.readouterr()
    assert run(["doctor"]) == 1
    bad = [row[2] for row in rows(capsys) if row[0] == "problem"]
    assert bad == [f"{role} is missing. An administrator of your account can give it."]


@pytest.mark.parametrize(
    ("url", "password", "code", "subject", "words"),
    [
        (None, "wrong", 4, "sign-in", "sign-in was refused"),
        (None, "\n", 4, "password", "gave nothing"),
        ("http://127.0.0.1:1/api", "x", 1, "server", "connection refused"),
    ],
)
def test_what_keeps_us_out_is_named(
    sandbox: Served,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    url: str | None,
    password: str,
    code: int,
    subject: str,
    words: str,
) -> None:
    add_profile(tmp_path, url or sandbox.url, password)
    capsys.readouterr()
    assert run(["doctor"]) == code
    ((_, named, said),) = [row for row in rows(capsys) if row[0] == "problem"]
    assert named == subject
    assert words in said


def test_a_firewalls_page_is_told_from_a_missing_role(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.fault(action="html", path="/api/auth/me", times=None)
    add_profile(tmp_path, sandbox.url, "sandbox")
    capsys.readouterr()
    assert run(["doctor"]) == 1
    assert [row[1] for row in rows(capsys) if row[0] == "problem"] == ["server"]


@pytest.mark.parametrize(("wanted", "code"), [("7", 1), ('"Midtwon"', 1), ('"midtown"', 0)])
def test_a_location_that_is_not_ours_is_a_problem(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], wanted: str, code: int
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox")
    with profiles_file().open("a") as file:
        file.write(f"location = {wanted}\n")
    capsys.readouterr()
    assert run(["doctor"]) == code
    assert [row[1] for row in rows(capsys) if row[0] == "problem"] == ["locations"] * code


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Know of no proxy until a test names one."""
    for name in ("https_proxy", "http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_I06_the_proxy_in_use_is_shown_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], no_proxy: pytest.MonkeyPatch
) -> None:
    no_proxy.setenv("HTTPS_PROXY", "http://ana:proxy-canary@127.0.0.1:1")
    add_profile(tmp_path, "https://nexudus.invalid/api", "x")
    capsys.readouterr()
    assert run(["doctor"]) == 1
    found = rows(capsys)
    assert ("ok", "proxy", "http://…@127.0.0.1:1, from the environment.") in found
    ((_, subject, said),) = [row for row in found if row[0] == "problem"]
    assert (subject, "the proxy http://…@127.0.0.1:1: connection refused" in said) == (
        "server",
        True,
    )
    assert "canary" not in str(found)


def test_I06_a_proxy_of_another_kind_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], no_proxy: pytest.MonkeyPatch
) -> None:
    no_proxy.setenv("HTTPS_PROXY", "socks5://ana:proxy-canary@127.0.0.1:1080")
    add_profile(tmp_path, "https://nexudus.invalid/api", "x")
    capsys.readouterr()
    assert run(["doctor"]) == 1
    bad = [row[1:] for row in rows(capsys) if row[0] == "problem"]
    assert bad == [("proxy", "the proxy that the environment names is not one of HTTP.")]


@pytest.mark.parametrize("holds", ["a certificate", "something else", "nothing"])
def test_I03_the_authorities_in_use_are_shown(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    no_proxy: pytest.MonkeyPatch,
    holds: str,
) -> None:
    no_proxy.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    path = tmp_path / "company.pem"
    if holds == "a certificate":
        trustme.CA().cert_pem.write_to_path(str(path))
    elif holds == "something else":
        path.write_text("no certificate")
    add_profile(tmp_path, "https://nexudus.invalid/api", "x")
    with profiles_file().open("a") as file:
        file.write(f"ca_file = {str(path)!r}\n")
    capsys.readouterr()
    assert run(["doctor"]) == 1
    ((verdict, _, said),) = [row for row in rows(capsys) if row[1] == "authorities"]
    assert (verdict, said) == {
        "a certificate": ("ok", f"{path}, besides the system's."),
        "something else": ("problem", f"{path} holds no certificates in PEM that can be read."),
        "nothing": ("problem", f"there is no file {path}."),
    }[holds]


def test_an_address_that_nobody_can_go_to_is_a_problem_and_no_crash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], no_proxy: pytest.MonkeyPatch
) -> None:
    add_profile(tmp_path, "https://xn--a.example/api", "x")
    capsys.readouterr()
    assert run(["doctor"]) == 1
    assert [row[1] for row in rows(capsys) if row[0] == "problem"] == ["server"]


@pytest.mark.parametrize("folder", ["private", "open", "none"])
def test_by_token_all_is_well_too_and_it_says_where_tokens_are(
    sandbox: Served,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700 if folder == "private" else 0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime) if folder != "none" else "")
    add_profile(tmp_path, sandbox.url, "sandbox", "--sign-in", "token")
    capsys.readouterr()
    assert run(["doctor"]) == 0
    found = rows(capsys)
    ((verdict, _, said),) = [row for row in found if row[1] == "tokens"]
    if folder == "private":
        assert (verdict, f"kept in {runtime / 'crm-tui'}" in said) == ("ok", True)
    else:
        assert (verdict, "in memory only" in said) == ("advice", True)
        assert not any(runtime.iterdir())
    assert ("ok", "sign-in", "Ana Ruiz <ana@example.com>.") in found


@pytest.mark.parametrize(
    ("user", "password", "subject", "words"),
    [
        ("ana@example.com", "wrong", "sign-in", "the user name or password is incorrect"),
        ("ana@example.com", "\n", "password", "gave nothing"),
    ],
)
def test_by_token_what_keeps_us_out_is_named(
    sandbox: Served,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    user: str,
    password: str,
    subject: str,
    words: str,
) -> None:
    add_profile(tmp_path, sandbox.url, password, "--sign-in", "token", user=user)
    capsys.readouterr()
    assert run(["doctor"]) == 4
    ((_, named, said),) = [row for row in rows(capsys) if row[0] == "problem"]
    assert named == subject
    assert words in said.lower()


def test_without_a_profile_it_looks_around_and_says_how_to_begin(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["doctor"]) == 0
    found = rows(capsys)
    assert {row[1] for row in found} >= SEEN
    assert "crm-tui profile add" in found[0][2]


def test_a_broken_file_is_a_problem_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    profiles_file().parent.mkdir(parents=True)
    profiles_file().write_text("[profiles.a]\n")
    assert run(["doctor"]) == 1
    captured = capsys.readouterr()
    assert f"{profiles_file()}, line 1: `url` is missing" in captured.out
    assert captured.err == "2 problems.\n"


def test_settings_are_looked_at_with_their_keys(capsys: pytest.CaptureFixture[str]) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('theme = "light"\n')
    assert run(["doctor"]) == 0
    assert ("ok", "settings", f"{settings_file()}: theme light, density cards.") in rows(capsys)
    settings_file().write_text('[keys]\nhelp = "j"\n')
    assert run(["doctor"]) == 0
    said = "`j` is the key of both `cursor-down` and `help`."
    assert ("advice", "keys", said) in rows(capsys)
    settings_file().write_text("\ntheme = 3\n")
    assert run(["doctor"]) == 1
    (problem,) = [row for row in rows(capsys) if row[0] == "problem"]
    assert problem[1] == "settings"
    assert "line 2: `theme` must be" in problem[2]


def test_A10_a_file_that_others_may_write_is_mentioned(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox")
    profiles_file().chmod(0o666)
    capsys.readouterr()
    assert run(["doctor"]) == 0
    assert f"chmod go-w {profiles_file()}" in rows(capsys)[0][2]


def test_in_a_pipe_there_is_not_one_escape_byte(sandbox: Served, tmp_path: Path) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox")
    done = subprocess.run([sys.executable, "-m", "crm_tui", "doctor"], capture_output=True)
    assert done.returncode == 0, done.stdout
    assert b"\x1b" not in done.stdout + done.stderr
    assert done.stderr == b"Nothing is wrong.\n"


@pytest.mark.parametrize(
    ("environment", "subject", "verdict", "words"),
    [
        ({"TERM": "xterm-256color"}, "colours", Verdict.OK, "256"),
        ({"TERM": "vt100"}, "colours", Verdict.ADVICE, "few"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "colours", Verdict.OK, "all of them"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "colours", Verdict.OK, "none are used"),
        ({"LC_ALL": "C"}, "UTF-8", Verdict.ADVICE, "LC_ALL=C.UTF-8"),
        ({"LANG": "en_GB.utf8"}, "UTF-8", Verdict.OK, "UTF-8"),
        ({"TMUX": "x", "TERM": "xterm"}, "tmux", Verdict.ADVICE, "tmux-256color"),
        ({"TMUX": "x", "TERM": "tmux-256color"}, "tmux", Verdict.OK, "fits"),
    ],
)
def test_the_terminal_is_read_from_its_surroundings(
    environment: dict[str, str], subject: str, verdict: Verdict, words: str
) -> None:
    (finding,) = [found for found in look_at_terminal(environment) if found.subject == subject]
    assert finding.verdict is verdict
    assert words in finding.said
