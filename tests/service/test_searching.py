"""Filters on what rows lack, answered out of the mirror: all of it, in pieces, and honest about what is not there."""

from __future__ import annotations

import asyncio
from datetime import UTC, date
from pathlib import Path

import pytest

from crm_tui.api.wire import encode
from crm_tui.domain.fields.names import Names
from crm_tui.domain.language import read_query
from crm_tui.domain.matching import select
from crm_tui.domain.query import Query
from crm_tui.domain.snapshot import Snapshot
from crm_tui.sandbox.dialect import Switches
from crm_tui.service.searching import PIECE, Searching
from crm_tui.store.mirror import Mirror
from tests.domain.rows import a_row
from tests.world import Sandbox, open_book, running_sandbox

NAMES = Names(today=date(2026, 3, 2), zone=UTC)


def read(text: str) -> Query:
    return read_query(text, NAMES)


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("notes:parking is:open", "r.Notes LIKE '%parking%' AND r.Status = 1"),
        ("completed:yes", "r.Completed = 1"),
        ("-completed:yes team:none", "r.Completed = 0 AND r.TeamId IS NULL"),
        ("utm_source:newsletter", "r.UtmSource LIKE '%newsletter%'"),
    ],
)
async def test_what_rows_lack_is_found_in_the_records(text: str, sql: str) -> None:
    async with running_sandbox(switches=Switches(light_lists=False)) as sandbox:
        sandbox.execute(
            "UPDATE crmopportunities SET Notes = 'Needs PARKING', UtmSource = 'Newsletter 3' WHERE Id % 7 = 0"
        )
        wanted = sandbox.query(f"SELECT r.Id FROM crmopportunities r WHERE {sql}")
        async with open_book(sandbox) as crm:
            answer = await crm.searching.answered(read(text))
            found = {row.id for row in select(answer.query, crm.snapshot)}
            book = {row.id for row in crm.snapshot.rows()}
    assert found == {key for (key,) in wanted if key in book}
    assert found
    assert (answer.searched, answer.book, answer.words) == (len(book), len(book), "")


async def test_what_listings_leave_out_is_not_taken_for_empty(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        answer = await crm.searching.answered(read("-notes:parking"))
        book = len(crm.snapshot)
        assert select(answer.query, crm.snapshot) == []
    assert answer.words == f"notes: searched in 0 records of {book} that are held whole"


async def test_the_opposite_is_answered_too_and_records_that_do_not_tell_are_counted(
    tmp_path: Path,
) -> None:
    count = 2 * PIECE + 11
    rows = [a_row(number) for number in range(1, count + 1)]
    texts = [
        encode(
            {"Id": row.id, **({"Notes": "parking" if row.id % 2 else None} if row.id % 5 else {})}
        )
        for row in rows
    ]
    snapshot = Snapshot()
    snapshot.put(rows[:-1])  # the last one is not in the book any more
    mirror = Mirror(tmp_path / "book.sqlite3", "me")
    await mirror.keep(list(zip(rows, texts, strict=True)))
    searching = Searching(snapshot, mirror)

    has = await searching.answered(read("notes:parking"))
    has_not = await searching.answered(read("-notes:parking"))
    mirror.close()

    telling = {row.id for row in rows[:-1] if row.id % 5}
    with_notes = {row.id for row in select(has.query, snapshot)}
    assert with_notes == {key for key in telling if key % 2}
    assert {row.id for row in select(has_not.query, snapshot)} == telling - with_notes
    assert (has.searched, has.book) == (len(telling), count - 1)
    assert (
        has.words == f"notes: searched in {len(telling)} records of {count - 1} that are held whole"
    )


async def test_what_rows_can_tell_asks_no_record(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        query = read("is:open acme sort:-value")
        answer = await crm.searching.answered(query)
    assert answer.query == query
    assert answer.words == ""


async def test_others_get_their_turn_between_two_pieces(tmp_path: Path) -> None:
    rows = [a_row(number) for number in range(1, 4 * PIECE)]
    snapshot = Snapshot()
    snapshot.put(rows)
    mirror = Mirror(tmp_path / "book.sqlite3", "me")
    await mirror.keep([(row, encode({"Id": row.id, "Notes": "x"})) for row in rows])
    search = asyncio.create_task(Searching(snapshot, mirror).answered(read("notes:x")))
    await asyncio.sleep(0)  # the first piece is asked for
    assert await mirror.record(1) == {"Id": 1, "Notes": "x"}
    assert not search.done()
    assert (await search).searched == len(rows)
    mirror.close()


async def test_the_words_of_the_rows_are_ready_before_anybody_types() -> None:
    snapshot = Snapshot()
    snapshot.put(a_row(number) for number in range(1, 2 * PIECE + 2))
    mirror = Mirror()
    searching = Searching(snapshot, mirror)
    getting = asyncio.create_task(searching.get_ready())
    await asyncio.sleep(0)
    assert 0 < len(snapshot.folded.texts) <= PIECE  # others have their turn between two pieces
    snapshot.drop(2 * PIECE)
    await getting
    mirror.close()
    assert set(snapshot.folded.texts) == {row.id for row in snapshot.rows()}
