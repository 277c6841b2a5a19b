"""What a second start knows, and what a look for changes costs: two books in turn on one mirror, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_tui.api.delivery import ATTEMPTS
from crm_tui.api.errors import ServerFault, SignInRefused, Unanswered
from crm_tui.domain.change import Change, Planned, Set
from crm_tui.domain.pipeline import active_boards
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Pending, RowState
from crm_tui.service.crm import Crm
from crm_tui.service.load import Phase
from crm_tui.service.rhythm import LONGEST
from crm_tui.store.mirror import DAMAGED, Mirror
from crm_tui.store.mirror_file import journal_mode
from crm_tui.structs import replace
from tests.world import (
    NOW,
    SIGN_IN,
    Sandbox,
    Waits,
    learned,
    loaded,
    open_book,
    running,
    running_sandbox,
    until,
)

OPPORTUNITIES = "/api/crm/crmopportunities"
AUDIT = "/api/sys/audittrailentries"
EVERY = 60.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.sqlite3"


@contextmanager
def book(sandbox: Sandbox, path: Path, **more: Any) -> Iterator[Crm]:
    """Make a book over the mirror in a file, with what the file knows; it does not run yet."""
    mirror = Mirror(path, "ana")
    try:
        crm = sandbox.crm(mirror=mirror, **more)
        crm.recall()
        yield crm
    finally:
        mirror.close()


@asynccontextmanager
async def loaded_book(sandbox: Sandbox, path: Path, **more: Any) -> AsyncIterator[Crm]:
    """Run a book over the mirror in a file until the block ends; it is up to date when the block begins."""
    with book(sandbox, path, **more) as crm:
        async with running(crm):
            await loaded(crm)
            yield crm


async def edit(sandbox: Sandbox, record_id: int, **changes: Any) -> None:
    """Change a record as somebody else does, by HTTP."""
    async with sandbox.http() as client:
        raw = (await client.get(f"{OPPORTUNITIES}/{record_id}")).json()
        answer = await client.put(OPPORTUNITIES, json=raw | changes)
        assert answer.json()["WasSuccessful"], answer.text


async def delete(sandbox: Sandbox, record_id: int) -> None:
    """Delete a record as somebody else does, by HTTP."""
    async with sandbox.http() as client:
        assert (await client.delete(f"{OPPORTUNITIES}/{record_id}")).status_code == 200


def rows_of(crm: Crm) -> dict[int, OpportunityRow]:
    return {row.id: row for row in crm.snapshot.rows()}


def listings(sandbox: Sandbox, since: int = 0) -> list[str]:
    """Give the queries for whole boards that arrived after so many requests of any kind."""
    rows = sandbox.query("SELECT Path, Query FROM requests ORDER BY Id")
    return [
        query
        for path, query in rows[since:]
        if path == OPPORTUNITIES and "CrmBoard_Id" in query and "size=1&" not in query
    ]


def requests(sandbox: Sandbox) -> int:
    ((count,),) = sandbox.query("SELECT count(*) FROM requests")
    return int(count)


# A second start


async def test_a_second_start_shows_the_book_before_any_request(
    sandbox: Sandbox, path: Path
) -> None:
    async with loaded_book(sandbox, path) as crm:
        before, boards = rows_of(crm), crm.snapshot.boards
        stages, weights = crm.snapshot.stages, crm.surroundings.weights
    asked = requests(sandbox)
    with book(sandbox, path) as crm:
        board = active_boards(crm.snapshot)[0]
        assert crm.snapshot.boards == boards
        assert crm.snapshot.stages == stages
        assert {row.id for row in rows_of(crm).values()} == {
            row.id for row in before.values() if row.board_id == board.id
        }
        assert (crm.load(board.id).phase, crm.load(board.id).as_of) == (Phase.READY, NOW)
        assert crm.surroundings.weights == weights
        assert requests(sandbox) == asked


async def test_a_second_start_lists_no_board_again(sandbox: Sandbox, path: Path) -> None:
    async with loaded_book(sandbox, path) as crm:
        before = rows_of(crm)
    asked = requests(sandbox)
    async with loaded_book(sandbox, path) as crm:
        assert rows_of(crm) == before
        assert all(crm.load(board.id).phase == Phase.READY for board in active_boards(crm.snapshot))
    assert listings(sandbox, asked) == []


async def test_a_second_start_brings_what_others_did_meanwhile(
    sandbox: Sandbox, path: Path
) -> None:
    async with loaded_book(sandbox, path) as crm:
        gone, changed, *_ = sorted(rows_of(crm))
    await edit(sandbox, changed, Name="Elsewhere")
    await delete(sandbox, gone)
    asked = requests(sandbox)
    async with loaded_book(sandbox, path) as crm:
        rows = rows_of(crm)
        assert rows[changed].name == "Elsewhere"
        assert gone not in rows
    assert listings(sandbox, asked) == []


async def test_offline_the_book_is_shown_as_of_when_it_was_seen_last(
    sandbox: Sandbox, path: Path
) -> None:
    async with loaded_book(sandbox, path) as crm:
        before = rows_of(crm)
    await sandbox.fault(action="drop", path="/api/*", times=None)
    async with loaded_book(sandbox, path) as crm:
        load = crm.load(active_boards(crm.snapshot)[0].id)
        assert rows_of(crm) == before
        assert (load.phase, load.as_of) == (Phase.FAILED, NOW)
        assert isinstance(load.error, Unanswered)


async def test_K10_a_book_whose_mirror_is_damaged_behind_the_first_screen_is_fetched_anew(
    sandbox: Sandbox, path: Path
) -> None:
    async with loaded_book(sandbox, path) as crm:
        before = rows_of(crm)
        email = next(row.email for row in before.values() if row.email)
    spoil(path, email)
    async with loaded_book(sandbox, path) as crm:
        assert rows_of(crm) == before
        assert (crm.news(), crm.news()) == (DAMAGED, "")
    async with loaded_book(sandbox, path) as crm:
        assert rows_of(crm) == before
        assert crm.news() == ""


def spoil(path: Path, text: str) -> None:
    """Change a letter wherever a text is in a file."""
    data = path.read_bytes()
    assert text.encode() in data
    path.write_bytes(data.replace(text.encode(), b"#" + text.encode()[1:]))


# A first sync that is broken off


async def test_H16_a_listing_that_was_broken_off_goes_on_where_it_was(
    sandbox: Sandbox, path: Path
) -> None:
    await sandbox.fault(
        action="status", status=500, path=OPPORTUNITIES, query={"page": "3"}, times=ATTEMPTS
    )
    async with loaded_book(sandbox, path, page_size=10) as crm:
        board = active_boards(crm.snapshot)[0]
        assert isinstance(crm.load(board.id).error, ServerFault)
        assert len(crm.snapshot.ids_of(board.id)) == 20
    asked = requests(sandbox)
    async with loaded_book(sandbox, path, page_size=10) as crm:
        assert crm.load(board.id).phase == Phase.READY
        assert crm.load(board.id).loaded == crm.load(board.id).total
        assert crm.snapshot.ids_of(board.id) == ids_on(sandbox, board.id)
    assert [page_of(query) for query in listings(sandbox, asked)] == [2, 3]


async def test_H15_a_listing_from_whose_beginning_a_card_went_is_walked_from_the_beginning(
    sandbox: Sandbox, path: Path
) -> None:
    await sandbox.fault(
        action="status", status=500, path=OPPORTUNITIES, query={"page": "3"}, times=ATTEMPTS
    )
    async with loaded_book(sandbox, path, page_size=10) as crm:
        board = active_boards(crm.snapshot)[0]
        first = crm.snapshot.ids_of(board.id)[0]
    sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", first)
    asked = requests(sandbox)
    async with loaded_book(sandbox, path, page_size=10) as crm:
        assert crm.snapshot.ids_of(board.id) == ids_on(sandbox, board.id)
    assert [page_of(query) for query in listings(sandbox, asked)] == [2, 1, 2, 3]


def ids_on(sandbox: Sandbox, board_id: int) -> list[int]:
    rows = sandbox.query(
        """SELECT o.Id FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
           WHERE c.CrmBoardId = ? ORDER BY o.Id""",
        board_id,
    )
    return [record_id for (record_id,) in rows]


def page_of(query: str) -> int:
    return int(dict(part.split("=") for part in query.split("&"))["page"])


# Changes


async def test_a_look_costs_two_requests_and_brings_what_changed_and_was_deleted(
    sandbox: Sandbox, path: Path
) -> None:
    waits = Waits()
    waits.pass_freely.clear()
    async with loaded_book(sandbox, path, sleep=waits, every=EVERY) as crm:
        gone, changed, *_ = sorted(rows_of(crm))
        await edit(sandbox, changed, Name="Elsewhere")
        await delete(sandbox, gone)
        await settled(sandbox, crm)
        asked = requests(sandbox)
        await one_look(waits)
        assert rows_of(crm)[changed].name == "Elsewhere"
        assert gone not in rows_of(crm)
        assert waits.asked[-1] == EVERY
    paths = sandbox.query("SELECT Path FROM requests ORDER BY Id LIMIT -1 OFFSET ?", asked)
    assert paths == [(OPPORTUNITIES,), (AUDIT,)]


async def test_what_others_changed_is_marked_until_somebody_looks_at_it(
    sandbox: Sandbox, path: Path
) -> None:
    async with loaded_book(sandbox, path) as crm:
        changed = sorted(rows_of(crm))[1]
        await edit(sandbox, changed, Name="Elsewhere")
        crm.refresh()
        await loaded(crm)
        marked = {row_id for row_id in rows_of(crm) if crm.snapshot.state(row_id) != RowState.SAVED}
        assert (marked, crm.snapshot.state(changed)) == ({changed}, RowState.CHANGED)
        crm.look_at(crm.snapshot.row(changed))
        assert crm.snapshot.state(changed) == RowState.SAVED


async def test_what_we_wrote_ourselves_is_not_marked(sandbox: Sandbox, path: Path) -> None:
    async with loaded_book(sandbox, path) as crm:
        row = rows_of(crm)[min(rows_of(crm))]
        change = Change((Set("value", row.value, Decimal("77.50")),))
        crm.submit([Planned(row.id, change, row.customer, "worth 77.50")])
        await crm.settle()
        crm.refresh()
        await loaded(crm)
        assert rows_of(crm)[row.id].value == Decimal("77.50")
        assert {crm.snapshot.state(row_id) for row_id in rows_of(crm)} == {RowState.SAVED}


async def test_a_refresh_brings_what_no_change_tells_of_to_the_board_that_is_looked_at(
    sandbox: Sandbox, path: Path
) -> None:
    async with loaded_book(sandbox, path) as crm:
        shown, other = active_boards(crm.snapshot)[:2]
        crm.want(shown.id)
        rows = [
            next(row for row in crm.snapshot.rows() if row.board_id == board.id)
            for board in (shown, other)
        ]
        for row in rows:
            sandbox.execute(
                "UPDATE coworkers SET FullName = 'Renamed' WHERE Id = ?", row.customer_id
            )
        assert crm.refresh()
        await loaded(crm)
        names = [
            row.customer for row in map(crm.snapshot.confirmed, (each.id for each in rows)) if row
        ]
        assert names == ["Renamed", rows[1].customer]


async def test_a_look_that_finds_nothing_changes_no_picture(sandbox: Sandbox, path: Path) -> None:
    waits = Waits()
    waits.pass_freely.clear()
    async with loaded_book(sandbox, path, sleep=waits, every=EVERY) as crm:
        await settled(sandbox, crm)
        before = crm.snapshot.generation
        await one_look(waits)
        await one_look(waits)
        assert crm.snapshot.generation == before


async def test_looks_come_less_often_while_the_server_is_away_and_as_often_when_it_is_back(
    sandbox: Sandbox, path: Path
) -> None:
    waits = Waits()
    waits.pass_freely.clear()
    async with loaded_book(sandbox, path, sleep=waits, every=EVERY) as crm:
        await settled(sandbox, crm)
        record_id = next(iter(rows_of(crm)))
        await sandbox.fault(action="drop", path="/api/*", times=None)
        waits.pass_freely.set()
        await until(crm, lambda: LONGEST in waits.asked)
        pauses = [pause for pause in waits.asked if pause >= EVERY]
        assert pauses[:5] == [60, 120, 240, 480, 600]
        assert crm.load(active_boards(crm.snapshot)[0].id).as_of == NOW
        await sandbox.heal()
        await edit(sandbox, record_id, Name="Back again")
        await until(crm, lambda: rows_of(crm)[record_id].name == "Back again")
        await until(crm, lambda: crm.load(active_boards(crm.snapshot)[0].id).error is None)
        begun = len(waits.asked)
        while not (pauses := [pause for pause in waits.asked[begun:] if pause >= EVERY]):
            await waits.another()  # others wait, too, for less
        assert set(pauses) == {EVERY}


async def test_a_book_that_a_server_called_empty_is_there_again_when_somebody_asks(
    sandbox: Sandbox, path: Path
) -> None:
    empty = {"Records": [], "PageNumber": 1, "TotalItems": 0, "HasNextPage": False}
    async with loaded_book(sandbox, path) as crm:
        before = rows_of(crm)
        await sandbox.fault(action="status", status=200, body=empty, path=OPPORTUNITIES, times=None)
        crm.refresh()
        await loaded(crm)
        assert rows_of(crm) == {}
        await sandbox.heal()
        crm.refresh()
        await loaded(crm)
        assert rows_of(crm) == before


async def test_who_is_refused_at_the_door_does_not_knock_again_unasked(
    sandbox: Sandbox, path: Path
) -> None:
    waits = Waits()
    async with loaded_book(sandbox, path) as crm:
        pass
    await sandbox.fault(action="status", status=401, path="/api/*", times=None)
    async with loaded_book(sandbox, path, sleep=waits, every=EVERY) as crm:
        assert isinstance(crm.failure, SignInRefused)
    assert EVERY not in waits.asked


async def test_without_the_audit_trail_a_refresh_counts_and_lists_only_what_differs(
    path: Path,
) -> None:
    async with running_sandbox() as sandbox:
        await sandbox.fault(action="status", status=403, path=AUDIT, times=None)
        async with loaded_book(sandbox, path) as crm:
            board = active_boards(crm.snapshot)[1]
            gone = crm.snapshot.ids_of(board.id)[0]
            await delete(sandbox, gone)
            asked = requests(sandbox)
            crm.refresh()
            await loaded(crm)
            assert gone not in rows_of(crm)
        (query,) = listings(sandbox, asked)
        assert f"CrmBoard_Id={board.id}&" in query


async def test_a_change_behind_the_beginning_of_the_first_listing_is_not_missed(
    sandbox: Sandbox, path: Path
) -> None:
    async with loaded_book(sandbox, path) as crm:
        board = active_boards(crm.snapshot)[0]
        first = crm.snapshot.ids_of(board.id)[0]
    with book(sandbox, path.with_name("another.sqlite3"), page_size=10) as crm:
        async with running(crm):
            await until(crm, lambda: first in rows_of(crm))
            await edit(sandbox, first, Name="While it was listed")
            await loaded(crm)
            crm.refresh()
            await loaded(crm)
            assert rows_of(crm)[first].name == "While it was listed"


async def test_what_a_service_that_knows_no_filter_answers_is_sorted_out(
    sandbox: Sandbox, path: Path
) -> None:
    async with loaded_book(sandbox, path) as crm:
        before = rows_of(crm)
        async with sandbox.http() as client:
            everything = (await client.get(OPPORTUNITIES, params={"size": "1000"})).json()
        entry = {
            "Id": 1, "EntityShortName": "CrmOpportunity", "EntityId": next(iter(before)), "AuditType": 2,
        }  # fmt: skip
        trail = everything | {"Records": [entry], "TotalItems": 1}
        await sandbox.fault(action="status", status=200, path=AUDIT, body=trail)
        crm.refresh()
        await loaded(crm)
        assert rows_of(crm) == before


async def one_look(waits: Waits) -> None:
    """Let the pause pass that is on, and wait for the next one."""
    waits.pass_freely.set()
    await waits.another()
    waits.pass_freely.clear()


async def settled(sandbox: Sandbox, crm: Crm) -> None:
    """Wait until nothing is asked for any more but by looks."""
    await learned(crm)
    assert sandbox.asked(user=SIGN_IN.user)


async def test_K09_no_file_of_two_windows_has_a_log_ahead_unless_this_sqlite_loses_none(
    sandbox: Sandbox, path: Path
) -> None:
    journal = path.with_name("journal.sqlite3")
    async with (
        loaded_book(sandbox, path, journal=journal) as crm,
        loaded_book(sandbox, path, journal=journal),
    ):
        row = next(iter(crm.snapshot.rows()))
        change = Change((Set("value", row.value, Decimal("12.50")),))
        crm.submit([Planned(row.id, change, row.customer, "value")])
        await crm.settle()
        # The 19th byte of a file says how it is read: 1 with a journal, 2 with a log (sqlite.org/fileformat).
        written = {file: file.read_bytes()[19] for file in (path, journal)}
    assert sandbox.query("SELECT Value FROM crmopportunities WHERE Id = ?", row.id) == [("12.50",)]
    assert written == {path: 2 if journal_mode(path) == "WAL" else 1, journal: 1}


async def test_what_was_written_after_the_next_page_was_asked_for_is_newer_than_that_page() -> None:
    async with running_sandbox() as sandbox, open_book(sandbox, page_size=10) as crm:
        board = max(active_boards(crm.snapshot), key=lambda each: crm.snapshot.sizes()[each.id])
        late = crm.snapshot.ids_of(board.id)[10]  # the first one of the second page
        confirmed = crm.snapshot.confirmed(late)
        assert confirmed is not None
        ours = replace(confirmed, name="written meanwhile")
        pending = Pending(1, late, Change((Set("name", confirmed.name, ours.name),)))
        given: list[int] = []

        def write(_outcome: object) -> None:
            load = crm.load(board.id)
            if load.phase == Phase.LOADING and load.loaded and not given:
                given.append(load.loaded)
                crm.snapshot.lay(pending)
                crm.snapshot.confirm(pending, ours)

        crm.want(board.id)
        crm.subscribe(write)
        crm.refresh()
        await loaded(crm)
        assert given == [10]
        assert crm.snapshot.confirmed(late) == ours


async def test_a_book_is_shown_a_page_at_a_time() -> None:
    async with running_sandbox(size=700) as sandbox:
        crm = sandbox.crm(page_size=100)
        shown: list[int] = []
        crm.subscribe(lambda _outcome: shown.append(len(crm.snapshot)))
        async with running(crm):
            await loaded(crm)
        pages = sandbox.query(
            "SELECT count(*) FROM crmopportunities o JOIN crmboardcolumns c"
            " ON c.Id = o.CrmBoardColumnId JOIN crmboards b ON b.Id = c.CrmBoardId"
            " WHERE b.Archived = 0 GROUP BY b.Id"
        )
    steps = sorted({count for count in shown if count})
    assert steps[0] == 100
    assert len(steps) == sum(-(-count // 100) for (count,) in pages)
