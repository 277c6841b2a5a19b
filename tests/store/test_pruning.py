"""The journal lets go of what is long over, and of nothing that somebody may still take back or has to know."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crm_tui.domain.intent import ENDS, UNSETTLED, Binding, IntentState, Stack, Step
from crm_tui.store import entries, lookups
from crm_tui.store.journal import Journal
from crm_tui.store.lookups import REACH
from crm_tui.store.pruning import AGE, prune
from crm_tui.store.tables import FORMS, VERSION
from tests.store.intents import ANA, an_intent
from tests.world import NOW, clock

LATER = NOW + AGE + timedelta(seconds=1)
BOB = Binding(ANA.origin, "bob@example.com")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def put(
    journal: Journal,
    numbers: Sequence[int],
    state: IntentState = IntentState.DONE,
    step: Step | None = None,
    binding: Binding = ANA,
    at: datetime = NOW,
) -> None:
    """Write down intents as one step, which nobody can take unless one is given, and let them come so far."""
    step = Step(f"step {numbers[0]}", Stack.NONE) if step is None else step
    intents = [an_intent(number, step=step.id) for number in numbers]
    markers = [intent.marker for intent in intents]
    journal.do_now(entries.note(step, intents, binding, "run", at, {}))
    if state != IntentState.HELD:
        journal.do_now(entries.advance(markers, state, at))


def pruned(journal: Journal, now: datetime = LATER) -> None:
    while journal.do_now(prune(now)):
        pass


def count(journal: Journal, table: str) -> int:
    ((found,),) = journal.do_now(lambda db: db.execute(f"SELECT count(*) FROM {table}").fetchall())
    return int(found)


def left(journal: Journal, binding: Binding = ANA) -> list[int]:
    return sorted(entry.record_id for entry in journal.do_now(lookups.newest(binding, 10_000)))


@pytest.mark.parametrize("state", [*UNSETTLED, *ENDS])
def test_only_what_has_ended_and_asks_nobody_goes(path: Path, state: IntentState) -> None:
    with closing(Journal(path, clock=clock)) as journal:
        put(journal, [1], state)
        put(journal, [2], state, binding=BOB)
        pruned(journal)
        goes = state in (IntentState.DONE, IntentState.FAILED, IntentState.CANCELLED)
        assert left(journal) == ([] if goes else [1])
        assert left(journal, BOB) == ([] if goes else [2])


def test_it_goes_when_its_end_is_long_ago_not_when_it_was_made_then(path: Path) -> None:
    with closing(Journal(path, clock=clock)) as journal:
        put(journal, [1], IntentState.PARKED)
        put(journal, [2])
        journal.do_now(entries.advance(["marker-1"], IntentState.DONE, NOW + timedelta(seconds=2)))
        pruned(journal, NOW + AGE)
        assert left(journal) == [1, 2]
        pruned(journal)
        assert left(journal) == [1]
        pruned(journal, LATER + timedelta(seconds=2))
        assert left(journal) == []


def test_a_step_goes_as_a_whole_or_not_at_all(path: Path) -> None:
    with closing(Journal(path, clock=clock)) as journal:
        put(journal, [1, 2, 3])
        journal.do_now(entries.advance(["marker-2"], IntentState.CONFLICT, NOW))
        put(journal, [4, 5, 6])
        pruned(journal)
        assert left(journal) == [1, 2, 3]
        assert [e.record_id for e in journal.do_now(lookups.of_step("step 1"))] == [1, 2, 3]


def test_what_undo_and_redo_can_reach_stays_with_what_it_takes_back(path: Path) -> None:
    with closing(Journal(path, clock=clock)) as journal:
        for number in range(1, REACH + 3):
            put(journal, [number], step=Step(f"s{number}", Stack.UNDO))
        put(journal, [900], step=Step("s900", Stack.NONE))
        put(journal, [901], step=Step("s901", Stack.NONE))
        put(journal, [902], step=Step("s902", Stack.REDO, undoes="s901"))
        put(journal, [1000], step=Step("b1000", Stack.UNDO), binding=BOB)
        reached = journal.do_now(lookups.steps(ANA))
        pruned(journal)
        assert left(journal) == [*range(4, REACH + 3), 901, 902]
        assert left(journal, BOB) == [1000]
        assert journal.do_now(lookups.steps(ANA)) == reached


def test_little_is_done_at_once_and_nothing_is_left_behind(path: Path) -> None:
    with closing(Journal(path, clock=clock)) as journal:
        for number in range(1, 8):
            put(journal, [number])
        assert [journal.do_now(prune(LATER, at_once=3)) for _ in range(4)] == [3, 3, 1, 0]
        for table in ("intents", "passages", "steps"):
            assert count(journal, table) == 0
        # A number is never given a second time: it is what a person names an entry by.
        put(journal, [9])
        (entry,) = journal.do_now(lookups.newest(ANA, 10))
        assert entry.number == 8


def test_what_was_let_go_of_is_not_taken_for_lost_when_the_file_is_damaged(path: Path) -> None:
    with closing(Journal(path, clock=clock)) as journal:
        put(journal, [1, 2, 3])
        put(journal, [4], IntentState.HELD)
        pruned(journal)
    for _ in range(2):  # what was salvaged remembers it as well
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TABLE IF EXISTS big")
            connection.execute("CREATE TABLE big (x)")
            connection.execute("INSERT INTO big VALUES (randomblob(200000))")
        path.write_bytes(path.read_bytes()[:-4096])
        with closing(Journal(path, clock=clock)) as journal:
            (notice,) = journal.notices
            assert ": 1 of its changes could be read; it is kept as " in notice
            assert left(journal) == [4]


def test_a_journal_of_an_older_program_is_taken_over_as_it_is(path: Path) -> None:
    with closing(Journal(path, clock=clock)) as journal:
        put(journal, [1, 2])
        put(journal, [3], IntentState.HELD)
        before = journal.do_now(lookups.newest(ANA, 10))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE pruned")
        connection.execute("PRAGMA user_version=1")
    assert (VERSION, len(FORMS)) == (2, 2)
    with closing(Journal(path, clock=clock)) as journal:
        assert (journal.is_kept, journal.notices) == (True, [])
        assert journal.do_now(lookups.newest(ANA, 10)) == before
        pruned(journal)
        assert left(journal) == [3]
