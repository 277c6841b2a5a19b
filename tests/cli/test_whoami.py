"""``crm-tui whoami`` against a real sandbox: what is printed, what never is (rows A13, A14, C07)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crm_tui.cli.main import run
from tests.cli.sandbox import Served, add_profile, served

CANARY = "hunter2-canary"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("whoami")) as running:
        yield running


def test_it_says_who_we_are(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox\n")
    capsys.readouterr()
    assert run(["whoami"]) == 0
    captured = capsys.readouterr()
    rows = dict(line.split("  ", 1) for line in captured.out.splitlines())
    assert rows["name"].strip() == "Ana Ruiz"
    assert rows["e-mail"].strip() == "ana@example.com"
    assert rows["administrator"].strip() == "yes"
    assert rows["server"].strip() == sandbox.url
    assert "sandbox-access-token" not in captured.out
    assert captured.err == ""


def test_L05_it_says_what_the_account_is_marked_with(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", "--production", "--read-only")
    capsys.readouterr()
    assert run(["whoami"]) == 0
    assert "marks          read-only, production\n" in capsys.readouterr().out
    assert run(["whoami", "--json"]) == 0
    person = json.loads(capsys.readouterr().out)
    assert (person["production"], person["read_only"]) == (True, True)


def test_its_json_has_this_shape(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """README promises these keys."""
    add_profile(tmp_path, sandbox.url, "sandbox", user="mina@example.com")
    capsys.readouterr()
    assert run(["whoami", "--json", "--profile", "here"]) == 0
    said = capsys.readouterr()
    assert said.out.isascii()
    assert said.err == ""
    person = json.loads(said.out)
    kinds = {key: type(value) for key, value in person.items()}
    assert kinds == {
        "name": str,
        "email": str,
        "id": int,
        "is_admin": bool,
        "has_api_access": bool,
        "is_active": bool,
        "locations": list,
        "default_location": int,
        "default_location_name": str,
        "user_roles": list,
        "currency": str,
        "time_zone": str,
        "server": str,
        "profile": str,
        "production": bool,
        "read_only": bool,
    }
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert all(f"`{key}`" in readme for key in kinds)
    assert (person["name"], person["is_admin"]) == ("Mina Kovač", False)


def test_foreign_text_cannot_order_the_terminal_about(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "Tom\x1b[2J\u202e\n\x9b6n"
    sandbox.execute("UPDATE users SET FullName = ? WHERE Email = 'tom@example.com'", name)
    add_profile(tmp_path, sandbox.url, "sandbox", user="tom@example.com")
    for command in (["whoami"], ["doctor"]):
        capsys.readouterr()
        run(command)
        captured = capsys.readouterr()
        assert "Tom␛[2J‹202E›⏎‹9B›6n" in captured.out
        assert (captured.out + captured.err).replace("\n", "").isprintable()
    run(["whoami", "--json"])
    raw = capsys.readouterr().out
    assert raw.isascii()
    assert json.loads(raw)["name"] == name


@pytest.mark.parametrize(
    ("password", "code", "words"),
    [("wrong", 4, "sign-in was refused. Was the password mistyped"), ("\n", 4, "gave nothing")],
)
def test_without_the_right_password_it_is_4(
    sandbox: Served,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    password: str,
    code: int,
    words: str,
) -> None:
    add_profile(tmp_path, sandbox.url, password)
    capsys.readouterr()
    assert run(["whoami"]) == code
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.out == ""


def test_with_nobody_there_it_is_1_and_without_a_terminal_to_ask_on_4(tmp_path: Path) -> None:
    # A session of its own has no terminal, wherever the tests run.
    account = ["--url", "http://127.0.0.1:1/api", "--user", "ana@example.com", "--plain-http"]
    done = subprocess.run(
        [sys.executable, "-m", "crm_tui", *account, "whoami"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert "there is no terminal" in done.stderr
    add_profile(tmp_path, account[1], "x")
    assert run(["whoami"]) == 1


class Listener:
    """A server that notes what it is told, and what other processes can be seen to hold meanwhile."""

    def __init__(self) -> None:
        self.headers: list[str] = []
        self.seen: list[str] = []
        self.url = ""


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on loopback while the block runs."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listener.headers.append(str(self.headers))
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    line = entry.read_bytes().decode(errors="replace")
                except OSError:
                    continue
                if CANARY in line:
                    listener.seen.append(line)
            body = b'{"Id": 1, "FullName": "Ana"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_port}/api"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def authorization(user: str, password: str) -> str:
    return f"authorization: basic {b64encode(f'{user}:{password}'.encode()).decode()}".lower()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no /proc to look at")
def test_A13_no_process_carries_the_password_in_its_arguments(tmp_path: Path) -> None:
    with listening() as listener:
        add_profile(tmp_path, listener.url, CANARY)
        program = [sys.executable, "-m", "crm_tui"]
        done = subprocess.run([*program, "whoami"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert CANARY not in done.stdout + done.stderr
    assert len(listener.headers) == 1
    assert authorization("ana@example.com", CANARY) in listener.headers[0].lower()
    assert listener.seen == []


def test_A14_a_password_goes_to_the_address_of_its_profile_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NX_TOKEN", "NEXUDUS_TOKEN", "CRM_TUI_PASSWORD", "CRM_TUI_TOKEN"):
        monkeypatch.setenv(name, CANARY)
    netrc = Path(os.environ["HOME"]) / ".netrc"
    netrc.touch(0o600)
    netrc.write_text(f"machine 127.0.0.1 login ana password {CANARY}\n")
    with listening() as own, listening() as other:
        add_profile(tmp_path, own.url, CANARY)
        account = ["other", "--url", other.url, "--plain-http", "--user", "tom@example.com"]
        assert run(["profile", "add", *account, "--password-command", "echo", "another"]) == 0
        assert run(["--profile", "other", "whoami"]) == 0
        assert run(["whoami"]) == 0
    assert authorization("tom@example.com", "another") in other.headers[0].lower()
    assert CANARY not in "".join(other.headers)
    assert authorization("ana@example.com", CANARY) not in "".join(other.headers).lower()
    assert authorization("ana@example.com", CANARY) in own.headers[0].lower()
    assert own.headers[0].count(CANARY) == 0


def test_A14_the_environment_alone_signs_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NX_TOKEN", CANARY)
    with listening() as listener:
        account = ["--url", listener.url, "--plain-http", "--user", "ana@example.com"]
        done = subprocess.run(
            [sys.executable, "-m", "crm_tui", *account, "whoami"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    assert done.returncode == 4
    assert listener.headers == []
