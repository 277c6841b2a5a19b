"""The server's own search by keys: what it finds comes into the book and is marked, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from crm_tui.domain.snapshot import RowState
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_search import searching
from tests.world import Sandbox

OPPORTUNITIES = "/api/crm/crmopportunities"


async def told(at: Sitting) -> None:
    """Wait until the server has answered, or has failed to."""
    while any(worker.name in ("server", "records") for worker in at.app.workers):
        await at.pilot.pause()
    await at.pilot.pause()


def set_where(sandbox: Sandbox, column: str, value: str) -> set[int]:
    """Give some records a value; give their ids."""
    sandbox.execute(f"UPDATE crmopportunities SET {column} = ? WHERE Id % 5 = 0", value)
    return {key for (key,) in sandbox.query("SELECT Id FROM crmopportunities WHERE Id % 5 = 0")}


async def test_what_the_book_lacks_comes_from_the_server_and_is_marked_new(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        book = {row.id for row in at.crm.snapshot.rows()}
        every = {key for (key,) in sandbox.query("SELECT Id FROM crmopportunities")}
        assert every > book  # of a board that is archived the book has none
        for key in every - book:
            sandbox.execute("UPDATE crmopportunities SET UtmSource = 'zeppelin' WHERE Id = ?", key)
        ids = set_where(sandbox, "UtmSource", "zeppelin") | (every - book)
        await at.press("/", *"utm_source:zepp", "enter")
        await told(at)
        assert not searching(at).found.rows  # the listings leave it out
        before = len(sandbox.writes())
        await at.press_only("g", "/")
        await told(at)
        assert {row.id for row in searching(at).found.rows} == ids
        new = ids - book
        assert new
        assert f"The server found {len(ids)}, " in at.status
        assert f"{len(new)} of them w" in at.status
        assert all(
            at.crm.snapshot.state(key) == RowState.NEW for key in new - {searching(at).record_id}
        )
        assert len(sandbox.writes()) == before


async def test_a_word_is_asked_for_in_each_of_its_fields(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        row = next(row for row in at.crm.snapshot.rows() if row.company)
        word = row.company.split()[0].casefold()
        await at.press("/", *word, "enter")
        here = {each.id for each in searching(at).found.rows}
        before = len(sandbox.asked(OPPORTUNITIES))
        await at.press_only("ctrl+s")
        await told(at)
        assert here <= {each.id for each in searching(at).found.rows}
        assert "The server found" in at.status
        assert len(sandbox.asked(OPPORTUNITIES)) == before + 4  # customer, company, e-mail, name


async def test_a_failure_says_so_and_leaves_what_is_there(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press("/", *"status:open", "enter")
        found = searching(at).found.rows
        await sandbox.fault(action="status", status=500, path=OPPORTUNITIES, times=None)
        await at.press_only("g", "/")
        await told(at)
        assert "What is here stays as it is." in at.status
        assert searching(at).found.rows == found


async def test_asking_can_be_cancelled(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press("/", *"status:open", "enter")
        found = searching(at).found.rows
        await sandbox.fault(action="hang", path=OPPORTUNITIES, times=None)
        await at.press_only("g", "/")
        assert "Asking the server" in at.status
        await at.press_only("escape")
        assert "asked no more" in at.status
        assert searching(at).found.rows == found
        assert searching(at).shown_view.filter == "status:open"


@pytest.mark.parametrize(
    ("text", "said"), [("", "Type what to look for"), ("-status:won", "alone")]
)
async def test_what_the_server_cannot_be_asked_is_said(sit: Sit, text: str, said: str) -> None:
    async with sit() as at:
        await at.press("/", *text, "enter")
        await at.press_only("g", "/")
        await told(at)
        assert said in at.status


async def test_what_the_server_lists_too_much_is_left_out(sit: Sit, sandbox: Sandbox) -> None:
    ids = set_where(sandbox, "UtmSource", "zeppelin")
    rows: list[Any] = sandbox.query(
        "SELECT Id FROM crmopportunities WHERE Id % 5 = 0 AND Status = 1"
    )
    is_open = {key for (key,) in rows}
    assert is_open < ids
    async with sit() as at:
        await at.press("/", *"utm_source:zepp", "space", *"-status:won,lost", "enter")
        await told(at)
        await at.press_only("g", "/")
        await told(at)
        assert {row.id for row in searching(at).found.rows} <= ids
        statuses = {row.status for row in searching(at).found.rows}
        assert statuses == {1}
