"""The journal on real files: what is promised is kept, and trouble with the file is told, never passed over."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from crm_tui.domain.change import Change, Set
from crm_tui.domain.intent import Binding, IntentState, Stack, Step
from crm_tui.domain.merge import Clash
from crm_tui.store import entries, lookups
from crm_tui.store.journal import Journal, JournalFailed
from crm_tui.store.tables import VERSION
from tests.store.intents import ANA, an_intent, fill
from tests.world import NOW, clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def test_what_was_written_down_is_there_when_it_is_opened_again(path: Path) -> None:
    journal = Journal(path, clock=clock)
    intents = fill(journal, 3)
    journal.close()
    again = Journal(path, clock=clock)
    found = again.do_now(lookups.unfinished(ANA))
    again.close()
    assert again.notices == []
    assert [(e.number, e.marker, e.change, e.due) for e in found] == [
        (i.pending.number, i.marker, i.pending.change, i.due) for i in intents
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_commit_waits_for_the_disk_and_no_reader_needs_a_second_file(path: Path) -> None:
    journal = Journal(path, clock=clock)
    synchronous = journal.do_now(lambda db: db.execute("PRAGMA synchronous").fetchone())
    mode = journal.do_now(lambda db: db.execute("PRAGMA journal_mode").fetchone())
    journal.close()
    assert (synchronous, mode) == ((3,), ("delete",))


def test_the_whole_history_of_an_intent_is_kept_with_times_and_words(path: Path) -> None:
    journal = Journal(path, clock=clock)
    (intent,) = fill(journal, 1)
    clash = Clash("value", None, 1, 2)
    journal.do_now(entries.claim([intent.marker], {"value": 1}, {"value": None}, NOW))
    journal.do_now(
        entries.advance([intent.marker], IntentState.CONFLICT, NOW, words="theirs", clashes=[clash])
    )
    (found,) = journal.do_now(lookups.newest(ANA, 10))
    journal.close()
    assert [(p.state, p.words) for p in found.passages] == [
        (IntentState.HELD, ""),
        (IntentState.SENDING, ""),
        (IntentState.CONFLICT, "theirs"),
    ]
    assert {p.at for p in found.passages} == {NOW}
    assert (found.clashes, found.before) == ((clash,), {"value": None})
    assert found.sent == {}  # what was certainly not written proves nothing later
    assert found.tries == 1


def test_entries_are_given_newest_first_and_page_by_page(path: Path) -> None:
    journal = Journal(path, clock=clock)
    fill(journal, 5)
    first = journal.do_now(lookups.newest(ANA, 2))
    rest = journal.do_now(lookups.newest(ANA, 10, before=first[-1].number))
    journal.close()
    assert [entry.number for entry in (*first, *rest)] == [5, 4, 3, 2, 1]


def test_what_is_being_sent_can_not_be_cancelled_nor_what_was_cancelled_be_sent(
    path: Path,
) -> None:
    one, other = Journal(path, clock=clock), Journal(path, clock=clock)
    first, second, third = fill(one, 3)
    assert one.do_now(entries.claim([first.marker], {}, {}, NOW)) == {first.marker}
    taken = other.do_now(entries.cancel([first.marker, second.marker], NOW, {}))
    assert taken == {second.marker}
    together = [second.marker, third.marker]
    assert one.do_now(entries.claim(together, {}, {}, NOW)) == {third.marker}
    (left,) = one.do_now(lookups.marked([third.marker]))
    assert left.state == IntentState.HELD
    one.close()
    other.close()


def test_K05_a_window_notices_what_another_one_wrote(path: Path) -> None:
    one, other = Journal(path, clock=clock), Journal(path, clock=clock)
    before = one.do_now(lookups.data_version)
    assert one.do_now(lookups.data_version) == before
    fill(other, 1)
    assert one.do_now(lookups.data_version) != before
    one.close()
    other.close()


def test_steps_are_given_in_the_order_of_their_turns(path: Path) -> None:
    journal = Journal(path, clock=clock)
    fill(journal, 3)
    journal.do_now(entries.restack({"step-1": Stack.REDO, "step-3": Stack.NONE}))
    found = journal.do_now(lookups.steps(ANA))
    journal.close()
    assert found == [Step("step-2", Stack.UNDO), Step("step-1", Stack.REDO)]


def test_G19_what_was_meant_for_another_address_user_or_location_is_counted_and_not_given(
    path: Path,
) -> None:
    journal = Journal(path, clock=clock)
    midtown = Binding(ANA.origin, ANA.user, "midtown")
    fill(journal, 2, binding=midtown)
    for other in (
        Binding("https://elsewhere.example/api", ANA.user, "midtown"),
        Binding(ANA.origin, "bob@example.com", "midtown"),
        Binding(ANA.origin, ANA.user, "riverside"),
    ):
        assert journal.do_now(lookups.unfinished(other)) == []
        assert journal.do_now(lookups.newest(other, 10)) == []
        assert journal.do_now(lookups.steps(other)) == []
        assert journal.do_now(lookups.of_others(other)) == 2
    for same in (midtown, ANA):  # a profile that has no location any more is that of all
        assert len(journal.do_now(lookups.unfinished(same))) == 2
        assert len(journal.do_now(lookups.steps(same))) == 2
        assert journal.do_now(lookups.of_others(same)) == 0
    journal.close()


def test_G19_a_change_made_for_all_locations_is_that_of_a_profile_with_one(path: Path) -> None:
    journal = Journal(path, clock=clock)
    fill(journal, 2)
    midtown = Binding(ANA.origin, ANA.user, "midtown")
    assert len(journal.do_now(lookups.unfinished(midtown))) == 2
    journal.close()


def test_an_intent_that_goes_on_after_a_conflict_is_held_with_its_new_change(path: Path) -> None:
    journal = Journal(path, clock=clock)
    (intent,) = fill(journal, 1)
    journal.do_now(entries.advance([intent.marker], IntentState.CONFLICT, NOW))
    change = Change((Set("name", "theirs", "mine"),))
    again = an_intent(1)
    again = type(again)(
        type(again.pending)(1, 1, change), "", "", again.step, again.due, marker=again.marker
    )
    taken = journal.do_now(entries.take_up([again], "mine", NOW, [IntentState.CONFLICT]))
    assert taken == [again]
    assert journal.do_now(entries.take_up([again], "mine", NOW, [IntentState.CONFLICT])) == []
    journal.close()
    back = Journal(path, clock=clock)
    (found,) = back.do_now(lookups.unfinished(ANA))
    back.close()
    assert (found.state, found.change, back.notices) == (IntentState.HELD, change, [])


# What cannot be written


def test_G13_a_full_disk_is_told_and_nothing_is_half_written(path: Path) -> None:
    journal = Journal(path, clock=clock)
    fill(journal, 1)
    pages = journal.do_now(lambda db: db.execute("PRAGMA page_count").fetchone())[0]
    journal.do_now(lambda db: db.execute(f"PRAGMA max_page_count={pages}"))
    noted, failed = 1, ""
    while not failed:
        intent = an_intent(noted + 1)
        try:
            journal.do_now(entries.note(Step(intent.step), [intent], ANA, "run", NOW, {}))
            noted += 1
        except JournalFailed as error:
            failed = error.words
    assert failed == "the disk is full"
    assert len(journal.do_now(lookups.unfinished(ANA))) == noted
    journal.do_now(lambda db: db.execute("PRAGMA max_page_count=1000000"))
    intent = an_intent(noted + 1)
    journal.do_now(entries.note(Step(intent.step), [intent], ANA, "run", NOW, {}))
    journal.close()


async def test_G22_who_no_longer_waits_leaves_no_transaction_open(path: Path) -> None:
    journal, random = Journal(path, clock=clock), Random(22)
    for number in range(1, 201):
        intent = an_intent(number)
        noting = asyncio.ensure_future(
            journal.do(entries.note(Step(intent.step), [intent], ANA, "run", NOW, {}))
        )
        for _ in range(random.randrange(6)):
            await asyncio.sleep(0)
        noting.cancel()
        await asyncio.gather(noting, return_exceptions=True)
    await journal.do(lookups.data_version)  # what nobody waits for any more is still written
    with closing(sqlite3.connect(path, isolation_level=None, timeout=1.0)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    assert not await journal.do(lambda connection: connection.in_transaction)
    journal.close()


def test_K01_where_nothing_can_be_written_it_lives_in_memory_and_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "missing" / "journal.sqlite3", clock=clock)
    fill(journal, 1)
    assert len(journal.do_now(lookups.unfinished(ANA))) == 1
    journal.close()
    assert not journal.is_kept
    (notice,) = journal.notices
    assert "cannot be used (No such file or directory)" in notice


def test_G16_a_journal_of_a_newer_program_is_not_written_to(path: Path) -> None:
    Journal(path, clock=clock).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
    before = path.read_bytes()
    journal = Journal(path, clock=clock)
    fill(journal, 1)
    journal.close()
    assert path.read_bytes() == before
    assert not journal.is_kept
    assert "is of a newer crm-tui" in journal.notices[0]


# Damage


def damage(path: Path, how: str, random: Random) -> None:
    """Do to a file what a bad disk would."""
    held = path.read_bytes()
    if how == "noise":
        at = random.randrange(len(held) - 512)
        path.write_bytes(held[:at] + random.randbytes(512) + held[at + 512 :])
    elif how == "truncation":
        path.write_bytes(held[: random.randrange(1, len(held))])
    elif how == "nothing":
        path.write_bytes(b"")
    else:
        path.write_bytes(random.randbytes(random.randrange(1, 20_000)))


@pytest.mark.parametrize("how", ["noise", "truncation", "nothing", "random"])
@pytest.mark.parametrize("seeds", [range(15), pytest.param(range(15, 200), marks=pytest.mark.long)])
def test_G15_a_damaged_journal_is_kept_aside_and_what_can_be_read_goes_on(
    how: str, seeds: range, tmp_path: Path
) -> None:
    for seed in seeds:
        folder = tmp_path / str(seed)
        folder.mkdir()
        path = folder / "journal.sqlite3"
        journal = Journal(path, clock=clock)
        intents = {intent.marker: intent for intent in fill(journal, 30)}
        journal.close()
        whole = path.read_bytes()
        damage(path, how, Random(f"{how} {seed}"))
        harmed = path.read_bytes()
        again = Journal(path, clock=clock)
        found = again.do_now(lookups.unfinished(ANA))
        fill_one = an_intent(99)
        again.do_now(entries.note(Step("more"), [fill_one], ANA, "run", NOW, {}))
        again.close()
        assert again.is_kept
        for entry in found:  # whatever is read is what was written
            assert entry.change == intents[entry.marker].pending.change
        untouched = len(found) == 30 and {e.state for e in found} == {IntentState.HELD}
        assert again.notices or (untouched and whole != harmed), f"silent, seed {seed}"
        if harmed and again.notices:
            (aside,) = folder.glob("*.damaged-20260302T093000Z")
            assert aside.read_bytes() == harmed
            assert {entry.state for entry in found} <= {IntentState.PARKED}


def test_windows_that_begin_a_journal_at_the_same_moment_share_it(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.sqlite3"
        with ThreadPoolExecutor(4) as threads:
            opening = [threads.submit(Journal, path, clock=clock) for _ in range(4)]
            journals = [each.result() for each in opening]
        assert [journal.is_kept for journal in journals] == [True] * 4
        for journal in journals:
            journal.close()
