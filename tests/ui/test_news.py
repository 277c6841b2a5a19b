"""What the user is told once, of a book with a journal that an earlier run had begun."""

from __future__ import annotations

import asyncio
from pathlib import Path

from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.domain.intent import IntentState
from crm_tui.ui.keys import KeyNames
from crm_tui.ui.news import News
from tests.service.journals import HELD, OPPORTUNITIES, a_value, cards_and_target
from tests.world import Sandbox, forever, open_book, until

KEYS = KeyNames.of(CATALOGUE)


async def test_only_of_what_is_held_afresh_it_is_said_that_a_key_takes_it_back(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    async with open_book(sandbox, journal=journal, sleep=forever) as crm:
        (first, second, *_), _ = cards_and_target(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang")
        crm.submit([a_value(first, "5")])
        while not sandbox.asked(method="PUT"):  # noqa: ASYNC110 - the other one is a server
            await asyncio.sleep(0.005)
    await sandbox.fault(path=f"{OPPORTUNITIES}/{first.id}", action="hang", times=None)
    begun = f"Left over from last time, perhaps sent already, so looked into first: {first.customer} worth 5."
    async with open_book(sandbox, journal=journal, sleep=forever, hold=HELD) as crm:
        news = News(crm, KEYS)
        assert news.take() == begun
        assert news.again() == begun
        (held,) = crm.submit([a_value(second, "6")])
        await until(crm, lambda: crm.trail.state(held.marker) == IntentState.HELD)
    async with open_book(sandbox, journal=journal, sleep=forever, hold=HELD) as crm:
        assert News(crm, KEYS).take() == (
            f"Left over from last time, held afresh (u takes it back): {second.customer} worth 6. {begun}"
        )
        (taken,) = crm.undo()
        assert taken.marker == held.marker
