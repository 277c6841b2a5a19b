"""``crm-tui sync`` and ``crm-tui pending``: the local copy and the journal, without a terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crm_tui.paths import journal_file, mirror_file
from crm_tui.store.sender import SenderLock
from tests.cli.headless import cards, program, stage, stage_of, writes
from tests.cli.sandbox import Served, add_profile, served


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("syncing")) as running:
        yield running


@pytest.fixture
def profile(sandbox: Served, tmp_path: Path, home: Path) -> Path:
    add_profile(tmp_path, sandbox.url, "sandbox")
    return home


def listings(sandbox: Served) -> int:
    """Count the listings of whole boards that were asked for."""
    ((count,),) = sandbox.query(
        "SELECT count(*) FROM requests WHERE Path = '/api/crm/crmopportunities' AND Method = 'GET'"
        " AND Query LIKE '%CrmBoard_Id=%' AND Query NOT LIKE '%size=1&%'"
    )
    return int(count)


@pytest.mark.usefixtures("profile")
def test_a_second_sync_asks_for_what_has_changed_alone(sandbox: Served) -> None:
    first = program("sync")
    assert (first.code, first.err) == (0, "")
    assert "all listed anew" in first.out
    (card,) = cards(sandbox, 1)
    before = listings(sandbox)
    second = program("sync")
    assert second.code == 0
    assert "0 new, 1 changed, 0 deleted" in second.out
    assert second.out.count("\n") == 1
    assert listings(sandbox) == before
    assert card
    full = program("sync", "--full")
    assert "all listed anew" in full.out
    assert listings(sandbox) > before


@pytest.mark.usefixtures("profile")
def test_sync_sends_nothing_that_waits_in_the_journal(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    assert program("sync").code == 0
    assert program("do", "--no-wait", "move", card, "Office tour").code == 0
    before = writes(sandbox)
    assert program("sync").code == 0
    assert (writes(sandbox), stage_of(sandbox, card)) == (before, "Enquiry")
    assert len(program("pending", "--json").json) == 1


@pytest.mark.usefixtures("profile")
def test_sync_says_when_the_server_cannot_be_asked(sandbox: Served) -> None:
    sandbox.fault(path="/api/crm/crmboards", action="status", status=500, times=None)
    try:
        failed = program("sync")
    finally:
        sandbox.heal()
    assert (failed.code, failed.out) == (1, "")
    assert "the server has a fault" in failed.err


@pytest.mark.usefixtures("profile")
def test_G21_what_is_pending_can_be_read_while_another_window_sends(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    assert program("sync").code == 0
    assert program("do", "--no-wait", "move", card, "Office tour").code == 0
    before = sandbox.query("SELECT count(*) FROM requests")
    window = SenderLock(journal_file("here"))
    assert window.try_to_take()
    with closing(sqlite3.connect(journal_file("here"))) as journal:
        journal.execute("BEGIN IMMEDIATE")
        listed = program("pending")
        journal.execute("ROLLBACK")
    refused = program("do", "undo")
    window.release()
    assert (listed.code, listed.out.split()[1]) == (0, "held")
    assert listed.err == "1 held.\n"
    assert refused.code == 1
    assert "Another window is open on this account" in refused.err
    assert sandbox.query("SELECT count(*) FROM requests") == before


@pytest.mark.usefixtures("profile")
def test_pending_tells_of_a_conflict_what_was_seen_wanted_and_found(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    assert program("sync").code == 0
    assert program("do", "--no-wait", "move", card, "Office tour").code == 0
    tour = stage(sandbox, "Tour booked")
    sandbox.execute(
        "UPDATE crmopportunities SET CrmBoardColumnId = ?, UpdatedOn = '2026-11-23T00:00:00Z'"
        " WHERE Id = ?",
        *(tour, card),
    )
    (other,) = set(cards(sandbox, 2)) - {card}
    sandbox.execute("UPDATE crmopportunities SET CrmBoardColumnId = ? WHERE Id = ?", tour, card)
    program("do", "move", other, "Office tour")
    (entry,) = program("pending", "--json").json
    assert entry["state"] == "conflict"
    (clash,) = entry["conflicts"]
    assert clash["field"] == "stage_id"
    assert (clash["wanted"], clash["found"]) == (stage(sandbox, "Office tour"), tour)


@pytest.mark.usefixtures("profile")
def test_without_a_journal_nothing_is_pending_and_none_is_made() -> None:
    said = program("pending")
    assert (said.code, said.out, said.err) == (0, "", "Nothing is pending.\n")
    assert not journal_file("here").exists()
    assert not mirror_file("here").exists()
