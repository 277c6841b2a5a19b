"""The server as a program: where it listens, what keeps it alive, what it says when it cannot start."""

import asyncio
import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from crm_tui.cli.main import run as run_program
from crm_tui.sandbox.database import SandboxDataError, connect, remove
from crm_tui.sandbox.serve import run
from tests.cli.sandbox import served
from tests.sandbox.driving import ANA, CARDS, SetClock, connected, encode
from tests.sandbox.test_seed import seeded

SECONDS = 10
"""How long to wait for something that takes a fraction of a second."""


def arguments(database: Path, **settings: Any) -> dict[str, Any]:
    """Settings for `run` with the usual ones filled in."""
    usual = {"port": None, "fd": None, "lifeline": None, "size": 30, "seed": 1, "reset": False}
    return {"database": str(database), **usual, **settings}


def command(database: Path, **settings: Any) -> list[str]:
    """A command line that serves; the arguments travel as a Python literal."""
    program = (
        "import sys; from pathlib import Path; from crm_tui.sandbox.serve import run;"
        f"given = {arguments(database, **settings)!r}; given['database'] = Path(given['database']);"
        "sys.exit(run(**given))"
    )
    return [sys.executable, "-c", program]


@dataclass
class Served:
    """A sandbox in a process of its own, on a Unix socket."""

    process: subprocess.Popen[bytes]
    path: str
    lifeline: int
    """The end that keeps it alive."""


@contextmanager
def process(database: Path, listening: socket.socket, **settings: Any) -> Iterator[Served]:
    """Serve on a socket of ours in a child that lives as long as our end of a pipe is open."""
    theirs, ours = os.pipe()
    number = listening.fileno()
    child = subprocess.Popen(
        command(database, fd=number, lifeline=theirs, **settings),
        pass_fds=(number, theirs),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    try:
        with child:
            try:
                yield Served(child, listening.getsockname(), ours)
                os.close(ours)
                ours = -1
                output = child.communicate(timeout=SECONDS)
            except BaseException:
                child.kill()  # or leaving the block would wait for a child that lives as long as we do
                raise
            assert (child.returncode, output) == (0, (b"", b""))
    finally:
        if ours >= 0:
            os.close(ours)


async def test_a_parent_hands_over_its_socket_and_a_lifeline(
    tmp_path: Path, listening: socket.socket
) -> None:
    with process(tmp_path / "db", listening) as served:
        async with connected(served.path) as client:
            assert (await client.get(CARDS)).json()["TotalItems"] == 30
            served.process.send_signal(signal.SIGINT)  # Ctrl+C in the parent's terminal
            assert (await client.get(CARDS)).status_code == 200
        assert served.process.poll() is None
        os.write(served.lifeline, b"still here")


def test_it_ends_with_its_parent_however_the_parent_dies(
    tmp_path: Path, listening: socket.socket
) -> None:
    # The parent is a process of its own that starts the server and is then killed. What the server
    # holds open besides its lifeline shows when it has gone.
    gone, held = os.pipe()
    child = command(tmp_path / "db", fd=listening.fileno(), lifeline=-1)[-1]
    parent_program = (
        "import os, subprocess, sys, time; theirs, ours = os.pipe();"
        f"program = {child!r}.replace(\"'lifeline': -1\", f\"'lifeline': {{theirs}}\");"
        f"fds = (theirs, {listening.fileno()}, {held});"
        "subprocess.Popen([sys.executable, '-c', program], pass_fds=fds);"
        "os.close(theirs);"
        f"os.close({held});"
        "print(flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_program],
        pass_fds=(listening.fileno(), held),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    os.close(held)
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"\n"
        with httpx.Client(transport=httpx.HTTPTransport(uds=listening.getsockname())) as client:
            address = f"http://sandbox/api{CARDS}"
            assert client.get(address, auth=ANA, timeout=SECONDS).status_code == 200
        assert select.select([gone], [], [], 0)[0] == [], "the server is alive"
        parent.kill()
    assert select.select([gone], [], [], 1)[0] == [gone], "the server ends within a second"
    assert os.read(gone, 1) == b""
    os.close(gone)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_for_a_person_it_says_where_it_is_and_ends_on_a_signal(
    tmp_path: Path, end: signal.Signals
) -> None:
    with subprocess.Popen(command(tmp_path / "db", port=0), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        line = child.stdout.readline().decode()
        before, _, address = line.partition("http://")
        address, _, after = address.partition(" ")
        assert (before, after) == (
            "crm-tui sandbox: ",
            " user ana@example.com  password sandbox\n",
        )
        assert child.stdout.readline().decode() == (
            f"Its board: crm-tui --plain-http --url http://{address} --user ana@example.com\n"
        )
        assert address.startswith("127.0.0.1:")
        assert address.endswith("/api")
        assert httpx.get(f"http://{address}/auth/me", auth=ANA).json()["FullName"] == "Ana Ruiz"
        child.send_signal(end)
        assert child.wait(SECONDS) == 0


async def test_two_processes_share_one_database(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, listening: socket.socket
) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as second:
        second.bind(str(tmp_path_factory.mktemp("s") / "s"))
        second.listen(16)
        database = tmp_path / "db"
        with process(database, listening) as one, process(database, second) as two:
            async with (
                # SQLite lets processes take turns without a queue, so one may wait for all of another's.
                connected(one.path, timeout=30) as ana,
                connected(two.path, timeout=30) as mina,
            ):
                page, _ = await asyncio.gather(ana.get(CARDS), mina.get(CARDS))
                card = page.json()["Records"][0]
                body = {
                    key: card[key]
                    for key in ("CrmBoardColumnId", "CoworkerId", "Status", "Position")
                }
                content = encode(body)
                answers = await asyncio.gather(
                    *(
                        client.post(CARDS, content=content)
                        for client in (ana, mina)
                        for _ in range(25)
                    )
                )
                assert {answer.status_code for answer in answers} == {200}
                assert len({answer.json()["Value"]["Id"] for answer in answers}) == 50
                for client in (ana, mina):
                    assert (await client.get(CARDS)).json()["TotalItems"] == 80
                log = (await mina.get("/_sandbox/requests")).json()
                assert sum(row["Method"] == "POST" for row in log) == 50


def test_data_is_kept_between_runs_and_reset_begins_anew(tmp_path: Path, clock: SetClock) -> None:
    database = seeded(tmp_path / "db", clock, size=20)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE crmopportunities SET Name = 'kept'")
    kept = seeded(database, clock, size=99).read_bytes()
    assert b"kept" in kept
    remove(database)
    assert b"kept" not in seeded(database, clock, size=20).read_bytes()


def test_the_file_is_private_whatever_the_umask(tmp_path: Path, clock: SetClock) -> None:
    before = os.umask(0)
    try:
        database = seeded(tmp_path / "db", clock, size=1)
    finally:
        os.umask(before)
    assert database.stat().st_mode & 0o777 == 0o600


def give(**settings: Any) -> dict[str, Any]:
    given = arguments(**settings)
    return {**given, "database": Path(given["database"])}


def test_what_cannot_be_opened_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("My important notes, which are no database at all, not even a small one. " * 20)
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    for path, expected in (
        (tmp_path / "missing" / "db", "cannot open"),
        (tmp_path, "cannot open"),
        (text, "not a database"),
        (tmp_path / "other.db", "another program"),
    ):
        assert run(**give(database=path, port=0)) == 1
        error = capsys.readouterr().err
        assert expected in error
        assert error.count("\n") == 1


def test_another_version_is_refused_with_the_way_out(
    tmp_path: Path, clock: SetClock, capsys: pytest.CaptureFixture[str]
) -> None:
    database = seeded(tmp_path / "db", clock, size=1)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 77")
    assert run(**give(database=database, port=0)) == 1
    error = capsys.readouterr().err
    assert "77" in error
    assert "--reset" in error
    remove(database)
    assert not database.exists()


def test_a_reset_never_deletes_somebody_elses_file(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("My important notes.")
    with pytest.raises(SandboxDataError, match="not a sandbox database"):
        remove(text)
    assert text.read_text() == "My important notes."
    remove(tmp_path / "never-was")


def test_a_port_in_use_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(**give(database=tmp_path / "db", port=port)) == 1
    assert "cannot listen" in capsys.readouterr().err


def test_a_reset_that_cannot_listen_deletes_nothing(tmp_path: Path, clock: SetClock) -> None:
    database = seeded(tmp_path / "db", clock, size=5)
    before = database.read_bytes()
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(**give(database=database, port=port, reset=True)) == 1
    assert database.read_bytes() == before


@pytest.mark.parametrize("more", [[], ["--reset"]])
def test_a_second_sandbox_on_the_same_data_is_refused(
    tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with served(tmp_path) as first:
        begun = first.database.stat()
        arguments = ["sandbox", "--port", "0", "--db", str(first.database), *more]
        assert run_program(arguments) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert str(first.database) in said.err
        assert "another sandbox" in said.err
        assert first.database.stat().st_ino == begun.st_ino
        assert httpx.get(f"{first.url}/auth/me", auth=ANA).status_code == 200


def test_the_journal_mode_is_safe_for_two_processes(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (15_000,)
