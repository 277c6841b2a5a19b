"""What the user is told once, of a book with a journal that an earlier run had begun."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.domain.audit import Overwrite
from crm_tui.domain.intent import IntentState
from crm_tui.domain.wording import Wall
from crm_tui.ui import words
from crm_tui.ui.keys import KeyNames
from crm_tui.ui.news import News
from tests.service.journals import (
    HELD,
    OPPORTUNITIES,
    a_move,
    a_value,
    cards_and_target,
    carried_out,
)
from tests.service.test_overwrites import come_between
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
        news = News(crm, KEYS, lambda _id: Wall(UTC))
        assert news.take() == begun
        assert news.again() == begun
        (held,) = crm.submit([a_value(second, "6")])
        await until(crm, lambda: crm.trail.state(held.marker) == IntentState.HELD)
    async with open_book(sandbox, journal=journal, sleep=forever, hold=HELD) as crm:
        assert News(crm, KEYS, lambda _id: Wall(UTC)).take() == (
            f"Left over from last time, held afresh (u takes it back): {second.customer} worth 6. {begun}"
        )
        (taken,) = crm.undo()
        assert taken.marker == held.marker


async def test_f15_what_was_overwritten_is_said_with_its_key_before_anything_is_cut(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        (first, second, *_), target = cards_and_target(crm)
        due = datetime(2026, 12, 13, 23, 30, tzinfo=UTC)
        for row, theirs in ((first, {"Value": 77}), (second, {"DueDate": f"{due:%FT%TZ}"})):
            await come_between(sandbox, row.id, **theirs)
            await carried_out(crm, a_move(crm, row, target))
        await until(crm, lambda: len(crm.overwritten()) == 2)
        madrid = Wall(ZoneInfo("Europe/Madrid"))
        said = News(crm, KEYS, lambda _id: madrid).take()
        whose = "Overwritten (ctrl+r restores): mina@example.com's"
        sentences = {
            first.id: f"{whose} value 77, of {first.customer}.",
            second.id: f"{whose} follow-up Mon 14 Dec 2026, of {second.customer}.",
        }
        order = [each.record_id for each in reversed(crm.overwritten())]
        assert said == " ".join(sentences[each] for each in order)


def test_a_long_name_leaves_room_for_what_was_overwritten() -> None:
    found = Overwrite(1, "due_on", "", None, f"{'a' * 200}@example.com")
    said = words.overwritten(found, "Mon 14 Dec 2026", "Noor Haddad", KEYS)
    assert said.startswith(f"Overwritten (ctrl+r restores): {'a' * 23}…'s follow-up Mon 14 Dec")
    assert said.index("Mon 14 Dec 2026") < 75
