"""What verbs offer beside the book: asked for once a day, kept in the mirror, and read no more than is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from crm_tui.service.offering import Kind
from crm_tui.store.mirror import Mirror
from tests.world import NOW, Sandbox, loaded, running, running_sandbox, until

TYPES = "/api/crm/opportunitytypes%"
MACROS = "/api/crm/cannedresponses%"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as served:
        yield served


async def offers(sandbox: Sandbox, path: Path, days: float = 0, *, anew: bool = False) -> list[str]:
    """Open a book on a mirror so many days later; give the names that it then offers."""
    mirror = Mirror(path, "me")
    crm = sandbox.crm(mirror=mirror, clock=lambda: NOW + timedelta(days=days))
    crm.recall()
    async with running(crm):
        await loaded(crm)
        await until(crm, lambda: all(map(crm.offering.knows, Kind)))
        if anew:
            crm.refresh()
            await until(crm, lambda: all(map(crm.offering.knows, Kind)))
    mirror.close()
    found = crm.snapshot.offers
    assert (found.no_types, found.no_notes) == ("", "")
    return [*(each.name for each in found.types), *(each.text for each in found.notes)]


async def test_they_are_asked_for_once_a_day_and_texts_only_when_they_were_changed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    ((macros,),) = sandbox.query("SELECT count(*) FROM cannedresponses")
    path = tmp_path / "book.sqlite3"
    first = await offers(sandbox, path)
    assert len(sandbox.asked(TYPES)) == 1
    assert len(sandbox.asked(MACROS)) == 1 + macros
    assert await offers(sandbox, path, days=0.9) == first
    assert len(sandbox.asked(TYPES)) == 1
    assert len(sandbox.asked(MACROS)) == 1 + macros
    sandbox.execute(
        "UPDATE cannedresponses SET MessageText = 'Hi', UpdatedOn = '2026-03-03T09:00:00Z'"
        " WHERE Name = 'Proposal'"
    )
    later = await offers(sandbox, path, days=1.1)
    assert set(later) - set(first) == {"Hi"}
    assert len(sandbox.asked(TYPES)) == 2
    assert len(sandbox.asked(MACROS)) == 1 + macros + 2
    assert await offers(sandbox, path, days=1.2, anew=True) == later
    assert len(sandbox.asked(TYPES)) == 3
    assert len(sandbox.asked(MACROS)) == 1 + macros + 2 + 1


async def test_what_failed_once_is_asked_for_with_the_next_turn_and_what_is_known_stays(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "book.sqlite3"
    first = await offers(sandbox, path)
    await sandbox.fault(action="status", status=400, path="/api/crm/opportunitytypes", times=None)
    assert await offers(sandbox, path, days=2) == first
    await sandbox.heal()
    asked = len(sandbox.asked(TYPES))
    assert await offers(sandbox, path, days=2.1) == first
    assert len(sandbox.asked(TYPES)) == asked + 1
