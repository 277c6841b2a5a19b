"""Where a password comes from, and what is refused (rows A05, A06, A08, A09, A11, C09)."""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.config.errors import NoPassword
from crm_tui.config.profile import Command, File, PasswordSource, Prompt
from crm_tui.config.secrets import MAX_OUTPUT, get_password

CANARY = "hunter2-canary"
USER = "ana@example.com"


def shell(script: str, *arguments: str) -> Command:
    """Make a command of a script; the shell is the test's, the program starts none."""
    return Command(("/bin/sh", "-c", script, "sh", *arguments))


def refusal(source: PasswordSource, *, limit: float = 20.0) -> str:
    """See that a source gives no password, and that nothing of one is in the error; give the words."""
    with pytest.raises(NoPassword) as caught:
        get_password(source, USER, limit=limit)
    whole = "".join(traceback.format_exception(caught.value))
    assert CANARY not in whole.replace(repr(source), "")
    assert str(caught.value).isprintable()
    assert CANARY not in repr(caught.value.args)
    return str(caught.value)


@given(inner=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_A05_exactly_one_line_end_is_removed_from_a_file(
    tmp_path_factory: pytest.TempPathFactory, inner: str, end: str
) -> None:
    if not end and inner.endswith("\n"):
        return
    if end == "\n" and inner.endswith("\r"):
        return
    path = tmp_path_factory.mktemp("a05", numbered=True) / "secret"
    path.touch(0o600)
    path.write_bytes((inner + end).encode())
    assert get_password(File(str(path)), USER) == inner


@pytest.mark.parametrize(
    ("printed", "password"),
    [
        (r"a b", "a b"),
        (r" a b \n", " a b "),
        (r"a\r\n", "a"),
        (r"a\n\n", "a\n"),
        (r"a\r\n\r\n", "a\r\n"),
        (r"a\r", "a\r"),
        (r"a\nb\n", "a\nb"),
        (r"\303\251\n", "é"),
        (r"\033[2J\n", "\x1b[2J"),
    ],
)
def test_A05_a_commands_output_is_kept_but_for_one_line_end(printed: str, password: str) -> None:
    assert get_password(Command(("printf", printed)), USER) == password


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (f"echo {CANARY}; echo {CANARY} >&2; exit 3", "failed with exit status 3."),
        (f"echo {CANARY}; kill -TERM $$", "was ended by signal 15."),
        (f"yes {CANARY} | head -c 10000000", f"printed over {MAX_OUTPUT // 1024} KB."),
        (f"printf '\\033[2J\\377{CANARY}'", "gave something that is not UTF-8."),
        (f"printf '\\033[31m{CANARY}' >&2; exit 1", "failed with exit status 1."),
        (f"echo {CANARY} >&2", "gave nothing."),
        ("echo", "gave nothing."),
    ],
    ids=["fails", "killed", "floods", "escapes", "stderr", "silent", "empty"],
)
def test_A06_of_a_command_that_goes_wrong_only_the_ending_is_told(
    script: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert refusal(shell(script)) == f"The password command {words}"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "script",
    [
        "sleep 60",
        "sleep 60 & wait",
        "exec >&-; sleep 60",
        "trap '' TERM INT HUP; sleep 60; sleep 60",
    ],
    ids=["hangs", "child", "closed", "stubborn"],
)
def test_A06_a_command_that_hangs_is_ended_with_all_its_children(
    tmp_path: Path, script: str
) -> None:
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    reader = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    begun = time.monotonic()
    said = refusal(shell(f"exec 9>{alive}; echo {CANARY}; {script}"), limit=0.5)
    assert said == "The password command took too long and was ended."
    assert time.monotonic() - begun < 5
    assert select.select([reader], [], [], 5)[0] == [reader], "somebody still holds it open"
    assert os.read(reader, 100) == b""
    os.close(reader)


def test_A05_what_is_printed_last_of_all_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command prints and ends just when it is looked at, while a servant of its keeps the output open."""
    go, servant = tmp_path / "go", tmp_path / "pid"
    os.mkfifo(go)
    looks = iter(range(100))
    real = subprocess.Popen.poll

    def poll(child: subprocess.Popen[bytes]) -> int | None:
        if next(looks) == 1:
            go.write_text("\n")
            child.wait()
        return real(child)

    monkeypatch.setattr(subprocess.Popen, "poll", poll)
    script = f"sleep 30 & echo $! >{servant}; read line <{go}; printf '%s' {CANARY}"
    try:
        assert get_password(shell(script), USER) == CANARY
    finally:
        os.kill(int(servant.read_text()), 9)


def test_a_command_that_leaves_a_servant_behind_is_not_waited_for(tmp_path: Path) -> None:
    servant = tmp_path / "pid"
    source = shell(f"sleep 30 & echo $! >{servant}; echo {CANARY}")
    begun = time.monotonic()
    assert get_password(source, USER) == CANARY
    assert time.monotonic() - begun < 5
    os.kill(int(servant.read_text()), 9)


def test_A08_no_shell_reads_a_commands_words(tmp_path: Path) -> None:
    mark = tmp_path / "x"
    words = f"a; touch {mark} $(touch {mark}) `touch {mark}` | touch {mark} > {mark}"
    assert get_password(Command(("printf", "%s", words)), USER) == words
    assert "cannot be started" in refusal(Command((f"true; touch {mark}",)))
    assert not mark.exists()


def test_a_command_sees_the_session_and_none_of_our_secrets(
    monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path
) -> None:
    for name in ("NX_TOKEN", "NEXUDUS_PASSWORD", "LD_PRELOAD", "PYTHONPATH", "CRM_TUI_PROFILE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("NX_TOKEN", CANARY)
    monkeypatch.setenv("GPG_TTY", "/dev/pts/7")
    monkeypatch.setenv("PASSWORD_STORE_DIR", "/store")
    monkeypatch.chdir(tmp_path)
    said = get_password(shell("env; echo in=$(pwd)"), USER)
    names = {line.partition("=")[0] for line in said.split("\n")}
    assert {"PATH", "HOME", "GPG_TTY", "PASSWORD_STORE_DIR"} <= names
    assert not names & {"NX_TOKEN", "NEXUDUS_PASSWORD", "LD_PRELOAD", "PYTHONPATH"}
    assert CANARY not in said
    assert f"in={home}" in said  # K14: not where somebody may have put a file for it


def test_a_command_that_is_not_there_or_no_program_is_said(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no program")
    assert "no such file" in refusal(Command(("crm-tui-no-such-program", CANARY)))
    assert "permission denied" in refusal(Command((str(text), CANARY)))
    text.chmod(0o700)
    assert "exec format error" in refusal(Command((str(text), CANARY)))


def secret_file(folder: Path, mode: int = 0o600, text: str = f"{CANARY}\n") -> Path:
    """Make a password file."""
    path = folder / "my secret"
    path.write_text(text)
    path.chmod(mode)
    return path


@contextmanager
def somebodys_file(mode: int) -> Iterator[File]:
    """Be an ordinary user, who owns a file, while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = secret_file(Path(folder), mode)
        for place in (path, path.parent):
            os.chown(place, 65534, 65534)
        os.seteuid(65534)
        try:
            yield File(str(path))
        finally:
            os.seteuid(0)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o610, 0o601])
def test_A09_a_password_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = secret_file(tmp_path, mode)
    assert refusal(File(str(path))).endswith(f"open to others. Mend it with: chmod 600 '{path}'")


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_A09_a_private_password_file_is_taken(tmp_path: Path, mode: int) -> None:
    assert get_password(File(str(secret_file(tmp_path, mode))), USER) == CANARY


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_A09_an_ordinary_users_file_is_judged_the_same() -> None:
    with somebodys_file(0o600) as source:
        assert get_password(source, USER) == CANARY
    with somebodys_file(0o644) as source:
        assert "chmod 600" in refusal(source)
    with somebodys_file(0o000) as source:
        assert "permission denied" in refusal(source)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_A11_another_users_password_file_is_refused(tmp_path: Path) -> None:
    path = secret_file(tmp_path)
    os.chown(path, 65534, 65534)
    assert "belongs to another user" in refusal(File(str(path)))


def test_A11_what_is_no_plain_file_is_refused_without_waiting(tmp_path: Path) -> None:
    path = secret_file(tmp_path)
    link, fifo = tmp_path / "link", tmp_path / "fifo"
    link.symlink_to(path)
    os.mkfifo(fifo, 0o600)
    assert "it is a symbolic link" in refusal(File(str(link)))
    assert "is not a file" in refusal(File(str(fifo)))
    assert "is not a file" in refusal(File(str(tmp_path)))
    assert "is not a file" in refusal(File("/dev/null"))
    assert "no such file" in refusal(File(str(tmp_path / "missing")))


def test_a_password_file_has_its_bounds(tmp_path: Path) -> None:
    assert "holds over 64 KB" in refusal(File(str(secret_file(tmp_path, text="x" * 65_537))))
    assert "gave nothing" in refusal(File(str(secret_file(tmp_path, text="\n"))))
    assert "not UTF-8" in refusal(_latin(tmp_path))


def _latin(folder: Path) -> File:
    path = secret_file(folder)
    path.write_bytes(b"\xe9")
    return File(str(path))


def test_a_home_in_a_path_is_the_users(home: Path) -> None:
    secret_file(home)
    assert get_password(File("~/my secret"), USER) == CANARY


def test_C09_a_source_shows_nothing_of_a_command(tmp_path: Path) -> None:
    assert CANARY not in f"{Command(('echo', CANARY))!r} {Prompt()!r}"
