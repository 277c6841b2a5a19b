"""The activity screen by keys: what needs somebody is seen, settled and taken back, and nothing is lost by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_tui.domain.intent import Entry, IntentState
from crm_tui.domain.pipeline import active_boards
from crm_tui.domain.rows import Stage
from crm_tui.domain.snapshot import RowState
from crm_tui.service.outbox import Hold
from crm_tui.service.verdict import OFFLINE
from tests import payloads
from tests.service.journals import a_value, newest
from tests.service.test_overwrites import come_between
from tests.ui.conftest import Sit, Sitting
from tests.world import Sandbox, forever, no_wait, until

OPPORTUNITIES = "/api/crm/crmopportunities"
HELD = Hold(timedelta(seconds=3), timedelta(seconds=15))


async def opened(at: Sitting) -> None:
    """Open the screen and wait until the journal was read."""
    await at.press_only("g", "a")
    await drawn(at)


async def drawn(at: Sitting) -> None:
    """Wait until what was asked for there is written down, sent and drawn."""
    for _ in range(3):
        names = ("activity", "settling")
        if ours := [worker for worker in at.app.workers if worker.name in names]:
            await at.app.workers.wait_for_complete(ours)
        await at.settled()


def third_stage(at: Sitting) -> Stage:
    """Give a stage of the card's board in which it is neither now nor after one key."""
    row = at.crm.snapshot.row(at.record_id)
    assert row is not None
    return at.crm.snapshot.stages_of(row.board_id)[3]


async def in_conflict(at: Sitting, sandbox: Sandbox) -> tuple[Entry, Stage]:
    """Move a card that somebody else has moved meanwhile; give the entry and their stage."""
    theirs = third_stage(at)
    sandbox.execute(
        "UPDATE crmopportunities SET CrmBoardColumnId = ? WHERE Id = ?", theirs.id, at.record_id
    )
    await at.press("full_stop")
    return await newest(at.crm), theirs


@pytest.mark.parametrize(("key", "writes"), [("1", 1), ("2", 1), ("3", 0)])
async def test_f02_a_conflict_shows_three_versions_and_each_can_be_chosen(
    sit: Sit, sandbox: Sandbox, key: str, writes: int
) -> None:
    async with sit() as at:
        base = sandbox.stage_of(at.record_id)
        card = at.record_id
        entry, theirs = await in_conflict(at, sandbox)
        assert sandbox.writes() == []
        mine = next(c.mine for c in entry.clashes if c.field == "stage_id")
        assert "1 change needs you · g a" in at.status
        await opened(at)
        assert "conflict" in at.text()
        await at.press_only("enter")
        for version in ("1 as it was", "2 mine", "3 theirs", "not chosen yet"):
            assert version in at.text()
        await at.press_only("enter")
        assert "Choose of every field first" in at.text()
        await at.press_only(key, "enter")
        await drawn(at)
        after = await newest(at.crm)
        assert sandbox.stage_of(card) == {"1": base, "2": mine, "3": theirs.id}[key]
        assert len(sandbox.writes()) == writes
        assert after.state == (IntentState.DONE if writes else IntentState.CANCELLED)
        told = " ".join(passage.words for passage in after.passages)
        for stage_id in (base, mine, theirs.id):
            assert isinstance(stage_id, int)
            assert at.crm.snapshot.stages[stage_id].name in told
        await at.press_only("escape")
        assert "needs you" not in at.status


async def test_f02_days_of_a_conflict_are_those_of_the_locations_wall_and_told_apart(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card = at.record_id
        row = at.crm.snapshot.row(card)
        assert row is not None
        zone = at.crm.surroundings.zone_of(at.crm.snapshot.boards[row.board_id])
        monday = datetime(2026, 3, 9, tzinfo=zone)
        theirs = monday.replace(hour=9).astimezone(UTC)
        sandbox.execute(
            "UPDATE crmopportunities SET DueDate = ? WHERE Id = ?", f"{theirs:%FT%TZ}", card
        )
        await at.press("f", "space", *"9 mar", "enter")
        entry = await newest(at.crm)
        assert (entry.state, entry.words) == (
            IntentState.CONFLICT,
            "somebody changed follow-up",
        )
        await opened(at)
        assert "theirs  Mon 9 Mar 2026 09:00" in at.text()
        await at.press_only("enter")
        assert "2 mine        Mon 9 Mar 2026 00:00" in at.text()
        assert "3 theirs      Mon 9 Mar 2026 09:00" in at.text()
        await at.press_only("3", "enter")
        await drawn(at)
        told = (await newest(at.crm)).words
    assert told.startswith("follow-up: theirs Mon 9 Mar 2026 09:00 taken (base was ")
    assert told.endswith(", mine was Mon 9 Mar 2026 00:00)")


async def test_f02_what_was_said_of_a_conflict_is_gone_once_it_is_settled(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await in_conflict(at, sandbox)
        await opened(at)
        await at.press_only("r")
        assert at.status.startswith(" Two people changed it: choose field by field")
        await at.press_only("enter", "3", "enter")
        await drawn(at)
        assert (await newest(at.crm)).state == IntentState.CANCELLED
        assert "field by field" not in at.status


async def test_f13_what_was_deleted_elsewhere_is_parked_and_can_be_dropped(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", at.record_id)
        await at.press("full_stop")
        await opened(at)
        assert "! parked" in at.text()
        assert "it was deleted elsewhere" in at.text()
        await at.press_only("enter")
        assert "Again" in at.text()
        await at.press_only("d")
        await drawn(at)
        assert (await newest(at.crm)).state == IntentState.CANCELLED
        assert "needs you" not in at.lines()[0]
    assert sandbox.writes() == []


async def test_f14_a_lost_right_parks_the_change_and_it_goes_on_once_it_is_given_back(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card, begin = at.record_id, sandbox.stage_of(at.record_id)
        await sandbox.fault(action="status", status=403, path=f"{OPPORTUNITIES}/{card}", times=None)
        await at.press("full_stop")
        assert at.crm.snapshot.state(card) == RowState.PARKED
        await sandbox.heal()
        await opened(at)
        await at.press_only("r")
        await drawn(at)
        assert "✓ saved" in at.text()
    assert sandbox.stage_of(card) != begin
    assert len(sandbox.writes()) == 1


async def test_g18_what_is_refused_again_and_again_is_parked_with_the_servers_words(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await sandbox.fault(
            method="PUT", path=OPPORTUNITIES, action="refuse", message="Notes: too long", times=None
        )
        await at.press("full_stop")
        await opened(at)
        assert "✗ not saved" in at.text()
        assert "Notes: too long" in at.text()
        await at.press_only("r")
        await drawn(at)
        assert "! parked" in at.text()
        assert "1 change needs you" in at.lines()[0]
        await sandbox.heal()
        await at.press_only("escape", "j")
        await at.press("full_stop")
        assert at.status.startswith(" saved")


@pytest.mark.parametrize(("choice", "writes"), [("a", 1), ("t", 0), ("d", 0)])
async def test_what_nobody_knows_is_asked_about_and_never_repeated_by_itself(
    sit: Sit, sandbox: Sandbox, choice: str, writes: int
) -> None:
    async with sit() as at:
        card = at.record_id
        one = f"{OPPORTUNITIES}/{card}"
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="drop", times=None)
        await sandbox.fault(method="GET", path=one, action="drop", after=1, times=None)
        before = sandbox.stage_of(card)
        await at.press("full_stop")
        assert at.status.startswith(" ✗ nobody knows whether it was saved")
        await opened(at)
        assert "? unknown" in at.text()
        await at.press_only("u")
        assert "Nobody knows yet whether it took place" in at.status
        assert sandbox.stage_of(card) == before
        await sandbox.heal()
        puts = len(sandbox.asked(method="PUT"))
        await at.press_only("enter", choice)
        await drawn(at)
        assert len(sandbox.asked(method="PUT")) == puts + writes
        assert (sandbox.stage_of(card) != before) == bool(writes)


async def test_l02_a_preview_writes_exactly_what_was_shown_though_the_list_has_changed(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        row = at.crm.snapshot.row(at.record_id)
        assert row is not None
        cards = [card.id for card in at.crm.snapshot.cards(row.stage_id)]
        await at.press_only("space", "space", "full_stop")
        sandbox.execute("UPDATE crmopportunities SET Position = 90000 WHERE Id = ?", cards[0])
        sandbox.execute("UPDATE crmopportunities SET Position = -9 WHERE Id = ?", cards[4])
        assert at.crm.refresh()
        await at.settled()
        await at.press("enter")
    assert sorted(body["Id"] for body in sandbox.writes()) == sorted(cards[:2])


async def test_l02_what_is_chosen_is_done_to_the_entry_it_was_asked_of_though_others_came(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card = at.record_id
        entry, _ = await in_conflict(at, sandbox)
        await at.press_only("j")
        await opened(at)
        await at.press_only("enter")
        other = next(r for r in at.crm.snapshot.rows() if r.id != card)
        sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", other.id)
        at.crm.undo()
        await at.settled()
        await at.press_only("2", "enter")
        await drawn(at)
        (after,) = await at.crm.journal.these([entry.number])
        assert after.state == IntentState.DONE
    assert [body["Id"] for body in sandbox.writes()] == [card]


async def test_any_step_is_taken_back_from_there_unless_something_builds_on_it(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        first, begin = at.record_id, sandbox.stage_of(at.record_id)
        await at.press("full_stop")
        await at.press("full_stop")
        twice = sandbox.stage_of(first)
        await opened(at)
        await at.press_only("j", "u")
        await drawn(at)
        assert "would have to be taken back first" in at.status
        assert sandbox.stage_of(first) == twice
        await at.press_only("g", "g", "u")
        await drawn(at)
        await at.press_only("G", "u")
        await drawn(at)
        assert sandbox.stage_of(first) == begin
        assert "back to Enquiry" in at.text()


async def test_the_cursor_stays_on_its_entry_while_others_come_in_above(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit(size=(80, 24)) as at:
        await at.press("full_stop")
        entry = await newest(at.crm)
        await opened(at)
        at.crm.undo()
        await drawn(at)
        assert len(await at.crm.journal.entries()) == 2
        current = next(line for line in at.lines() if "▸" in line)
        assert entry.said in current


async def test_what_an_earlier_run_left_is_named_and_can_be_taken_back_from_there(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    async with sit(hold=HELD, journal=journal) as at:
        card, begin = at.record_id, sandbox.stage_of(at.record_id)
        await at.press_only("full_stop")
        await at.pilot.pause()
        while at.crm.snapshot.state(card) != RowState.HELD:
            await at.pilot.pause()
    async with sit(hold=HELD, journal=journal) as at:
        assert "Left over from last time" in at.text()
        await at.press_only("g", "a")
        while "held" not in at.text():
            await at.pilot.pause()
        await at.press_only("u")
        assert "taken back" in at.status
        await at.settled()
    assert sandbox.writes() == []
    assert sandbox.stage_of(card) == begin


async def test_escape_q_and_b_go_back_to_the_board_and_never_leave(sit: Sit) -> None:
    async with sit() as at:
        for key in ("escape", "q", "b"):
            await opened(at)
            assert "Nothing was asked for yet." in at.text()
            await at.press_only(key)
            assert "Enquiry" in at.text()
            assert at.app.is_running


async def test_what_is_taken_back_while_it_fails_is_neither_saved_nor_in_trouble(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        row = at.crm.snapshot.row(at.record_id)
        assert row is not None
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="refuse", message="not today")
        at.crm.submit([a_value(row, "12.50")])
        await until(at.crm, lambda: at.crm.snapshot.state(row.id) == RowState.SENDING)
        at.crm.undo()
        await at.settled()
        assert "nothing to take back (it was not saved: not today)" in at.status
        assert "saved 0" not in at.status
        assert at.crm.snapshot.state(row.id) == RowState.SAVED


@pytest.mark.parametrize("begin", ["", "t", "slash"])
async def test_b_shows_the_record_of_an_entry_on_its_board_from_wherever_it_was_opened(
    sit: Sit, begin: str
) -> None:
    async with sit() as at:
        card, board = at.record_id, at.app.screen
        await at.press("full_stop")
        await at.press("l")
        assert at.record_id != card
        if begin:
            await at.press_only(begin, *(["escape"] if begin == "slash" else []))
        await opened(at)
        await at.press_only("b")
        assert at.app.screen is board
        assert at.record_id == card


async def test_d01_words_of_the_server_and_names_are_harmless_there(
    sit: Sit, sandbox: Sandbox
) -> None:
    hostile = payloads.ALL[::6]
    name = " ".join(payloads.ALL[::9])
    sandbox.execute("UPDATE coworkers SET FullName = ?, CompanyName = NULL", name)
    async with sit() as at:
        for payload in hostile:
            await sandbox.fault(
                method="PUT", path=OPPORTUNITIES, action="refuse", message=f"w{payload}", times=1
            )
            await at.press("full_stop")
        await opened(at)
        for _ in hostile:
            assert "✗ not saved" in at.text()
            assert all(c.isprintable() for line in at.lines() for c in line)
            await at.press_only("enter")
            assert all(c.isprintable() for line in at.lines() for c in line)
            await at.press_only("escape", "j")
        assert at.app.is_running


# A stage that deletes the customer


async def test_a_stage_that_deletes_the_customer_asks_for_a_word_and_only_that_goes_ahead(
    sit: Sit, sandbox: Sandbox
) -> None:
    sandbox.execute("UPDATE crmboardcolumns SET DeleteAccount = 1 WHERE Name = 'Negotiation'")
    async with sit() as at:
        name = at.current_card()[0]
        card = at.record_id
        await at.press_only("m", "n")
        assert f"Move {name} to Negotiation on sandbox, Riverside" in at.text()
        assert "nothing brings them back" in at.text()
        await at.press_only(*"yes", "enter")
        assert "That is not it" in at.text()
        await at.press_only("escape")
        assert sandbox.writes() == []
        await at.press_only("m", "n", *"delete")
        await at.press("enter")
    assert [body["Id"] for body in sandbox.writes()] == [card]


async def test_many_are_deleted_only_after_the_preview_and_the_word(
    sit: Sit, sandbox: Sandbox
) -> None:
    sandbox.execute("UPDATE crmboardcolumns SET DeleteAccount = 1 WHERE Name = 'Negotiation'")
    async with sit() as at:
        card = at.record_id
        await at.press_only("space", "space", "m", "n")
        assert "2 to write" in at.text()
        await at.press_only("j", "d", "enter")
        assert "nothing brings them back" in at.text()
        assert sandbox.writes() == []
        await at.press_only(*"delete")
        await at.press("enter")
    assert [body["Id"] for body in sandbox.writes()] == [card]


# What was overwritten unseen


@pytest.mark.parametrize("width", [80, 120])
async def test_f15_what_a_save_overwrote_is_told_with_its_key_in_the_status_line_and_the_list(
    sit: Sit, sandbox: Sandbox, width: int
) -> None:
    async with sit(size=(width, 36)) as at:
        card = at.record_id
        await come_between(sandbox, card, Value=77)
        await at.press("full_stop")
        await until(at.crm, lambda: bool(at.crm.overwritten()))
        await at.pilot.pause()
        whose = "mina@example.com's value 77"
        assert at.status.startswith(f" Overwritten (ctrl+r restores): {whose}, of ")
        await opened(at)
        story = " ".join(" ".join(line.rpartition("▏")[2].split()) for line in at.lines())
        assert f"overwrote {whose}. ctrl+r restores it" in story
        assert "overwrote mina's val" in next(line for line in at.lines() if "✓ saved" in line)
        await at.press("ctrl+r")
        await drawn(at)
        assert "overwrote" not in at.text()
        kept = sandbox.query("SELECT Value FROM crmopportunities WHERE Id = ?", card)
    assert kept == [("77",)]


# A journal that cannot be kept


async def test_k01_where_no_journal_can_be_kept_a_banner_says_so_as_long_as_it_is_so(
    sit: Sit, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    async with sit(journal=tmp_path / "file" / "journal.sqlite3") as at:
        assert active_boards(at.crm.snapshot)
        for key in ("j", "k", "full_stop"):
            await at.press(key)
            assert at.lines()[1].startswith(" ✗ Changes are not kept: The journal")


async def not_so_long(seconds: float) -> None:
    """Let every wait pass but the one before something is tried again."""
    await (forever if seconds > OFFLINE / 2 else no_wait)(seconds)


async def test_what_is_not_sent_is_counted_while_the_server_is_out_of_reach(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    async with sit(journal=tmp_path / "journal.sqlite3", sleep=not_so_long) as at:
        await sandbox.fault(action="drop", times=None)
        assert at.crm.refresh()
        await until(at.crm, lambda: at.crm.reference.error is not None)
        await at.press("full_stop")
        assert "offline" in at.lines()[0]
        assert "1 unsent" in at.lines()[0]
        assert at.status.endswith("1 unsent")
        assert "sending" not in at.text()


async def test_no_single_key_brings_a_record_into_a_stage_that_deletes_the_customer(
    sit: Sit, sandbox: Sandbox
) -> None:
    """Neither doing it again nor taking back a move out of there: both have to be asked for by name."""
    sandbox.execute("UPDATE crmboardcolumns SET DeleteAccount = 1 WHERE Name = 'Negotiation'")
    async with sit(hold=HELD) as at:
        card = at.record_id
        before = at.crm.snapshot.row(card)
        await at.press_only("m", "n", *"delete", "enter")
        assert len(at.crm.unsettled()) == 1
        await at.press_only("u", "U")
        assert "deletes the customer for good; move it there by name" in at.text()
        assert at.crm.unsettled() == []
        assert at.crm.snapshot.row(card) == before
    assert sandbox.writes() == []


async def test_a_move_out_of_a_stage_that_deletes_the_customer_is_not_taken_back_by_a_key(
    sit: Sit, sandbox: Sandbox
) -> None:
    sandbox.execute("UPDATE crmboardcolumns SET DeleteAccount = 1 WHERE Name = 'Enquiry'")
    async with sit() as at:
        await at.press("full_stop")
        assert len(sandbox.writes()) == 1
        await at.press("u")
        assert "deletes the customer for good; move it there by name" in at.text()
    assert len(sandbox.writes()) == 1
