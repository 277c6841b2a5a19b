"""A disk that fails under the journal, at any write or sync of it (rows G13, G14): what is refused is told at once."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

import pytest

from crm_tui.store import lookups
from crm_tui.store.journal import Journal
from tests.service.test_killed import ROOT, why_not
from tests.store.intents import ANA, fill
from tests.world import clock

COUNT: Final = 6

SYNCS: Final = 5
"""Of one commit."""

WRITES: Final = 12
"""Of one commit, at least."""

FAILED: Final = "the disk has failed: nothing more is written down until crm-tui is started again"


@pytest.fixture(scope="module", autouse=True)
def strace() -> None:
    if reason := why_not():
        pytest.skip(reason)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with one intent, so that the tables are there when the trouble begins."""
    path = tmp_path / "journal.sqlite3"
    with closing(Journal(path, clock=clock)) as journal:
        fill(journal, 0)
    return path


def written_with(path: Path, call: str, error: str, when: str) -> list[list[str]]:
    """Write intents while a system call fails at some time; give what was said, as words."""
    done = subprocess.run(
        [
            *("strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null"),
            *(f"--trace={call}", f"--inject={call}:error={error}:when={when}"),
            *(sys.executable, "-m", "tests.store.failing", str(path), str(COUNT)),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [line.split(maxsplit=2) for line in done.stdout.splitlines()]


def numbers(said: list[list[str]], word: str) -> list[int]:
    return [int(line[1]) for line in said if line[0] == word]


def kept_in(path: Path) -> set[int]:
    with closing(Journal(path, clock=clock)) as journal:
        assert (journal.is_kept, journal.notices) == (True, [])
        return {entry.record_id for entry in journal.do_now(lookups.unfinished(ANA))}


def some(places: list[int], few: int, more: int) -> list[object]:
    """Choose few places, and more that are marked as long."""
    chosen = Random(len(places)).sample(places, few + more)
    return [*chosen[:few], *(pytest.param(at, marks=pytest.mark.long) for at in chosen[few:])]


# Of the second sync, that of the folder in which the rollback file was made, SQLite itself takes no notice: what was
# written before is whole without it, and what was promised does not hang on it.
NOTICED: Final = [at for at in range(1, SYNCS * COUNT + 1) if at % SYNCS != 2]


@pytest.mark.parametrize("at", some(NOTICED, 4, 20))
def test_g14_behind_a_sync_that_failed_it_is_only_read_until_it_is_opened_again(
    path: Path, at: int
) -> None:
    said = written_with(path, "fdatasync", "EIO", str(at))
    promised, refused = numbers(said, "promised"), numbers(said, "refused")
    # Up to the one that failed all was promised, from there on nothing, though the disk is well again.
    assert promised == list(range(1, len(promised) + 1))
    assert refused == list(range(len(promised) + 1, COUNT + 1))
    assert refused
    assert {line[2] for line in said if line[0] == "refused"} == {FAILED}
    assert [line[0] for line in said][-1] == "notice"
    assert len(numbers(said, "read")) == 1
    kept = kept_in(path)
    # Of the very one that failed nobody can know; it is named at the next start if it is there.
    assert set(promised) <= kept <= {*promised, refused[0]}


@pytest.mark.parametrize("at", some(list(range(1, WRITES * COUNT + 1)), 3, 20))
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_g13_what_a_full_disk_does_not_take_is_refused_and_was_never_there(
    path: Path, at: int, lasting: bool
) -> None:
    said = written_with(path, "pwrite64", "ENOSPC", f"{at}+" if lasting else str(at))
    promised, refused = numbers(said, "promised"), numbers(said, "refused")
    assert sorted([*promised, *refused]) == list(range(1, COUNT + 1))
    assert refused
    if not lasting:
        assert len(refused) == 1
    assert {line[2] for line in said if line[0] == "refused"} == {"the disk is full"}
    # What was half written is not even read, as long as it cannot be taken out again.
    unread = [line[2] for line in said if line[0] == "unread"]
    assert (numbers(said, "read") == [len(promised)]) != (
        lasting and unread == ["the disk is full"]
    )
    assert kept_in(path) == set(promised)
