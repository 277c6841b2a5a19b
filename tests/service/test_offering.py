"""What verbs offer beside the book: asked for once a day, kept in the mirror, and read no more than is needed."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from crm_tui.api.auth import Basic, Secret
from crm_tui.domain.effects import effects_in_words
from crm_tui.service.crm import Crm
from crm_tui.service.offering import Kind
from crm_tui.store.mirror import OTHER_VERSION, Mirror
from crm_tui.store.mirror_file import VERSION
from tests.world import NOW, SIGN_IN, Sandbox, loaded, running, running_sandbox, until

LISTS = "/api/crm/tasklists%"
ITEMS = "/api/crm/taskitems%"
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


# What stages do


def said_of(crm: Crm, *names: str) -> list[str]:
    """Say what stages of these names do."""
    offers, stages = crm.snapshot.offers, crm.snapshot.stages.values()
    return [
        effects_in_words(each, offers) for name in names for each in stages if each.name == name
    ]


async def said(
    sandbox: Sandbox, *names: str, path: Path | None = None, sign_in: Basic = SIGN_IN
) -> list[str]:
    """Open a book, and say what its stages of these names do once their names were asked for."""
    mirror = Mirror(path, "me")
    crm = sandbox.crm(sign_in, mirror=mirror)
    crm.recall()
    async with running(crm):
        await loaded(crm)
        await until(crm, lambda: all(map(crm.offering.knows, Kind)))
    mirror.close()
    return said_of(crm, *names)


async def test_the_names_of_what_stages_do_come_by_two_requests_and_are_there_at_the_next_start(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "book.sqlite3"
    stages = ("Proposal sent", "Negotiation", "Propuesta enviada")
    words = [
        "sends 'Proposal'",
        "makes 3 tasks of 'Negotiation'",
        "sends 'Propuesta', makes 2 tasks of 'Seguimiento de propuesta'",
    ]
    assert await said(sandbox, *stages, path=path) == words
    assert (len(sandbox.asked(LISTS)), len(sandbox.asked(ITEMS))) == (1, 1)
    asked = sandbox.asked()
    shown = next(n for n, each in enumerate(asked) if each.startswith("/api/crm/crmopportunities"))
    assert shown < min(asked.index(each) for each in asked if "task" in each)
    mirror = Mirror(path, "me")
    crm = sandbox.crm(mirror=mirror)
    crm.recall()
    mirror.close()
    assert said_of(crm, *stages) == words
    assert sandbox.asked() == asked


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_names_that_cannot_be_had_are_done_without(sandbox: Sandbox, status: int) -> None:
    for path in ("/api/crm/tasklists", "/api/crm/cannedresponses"):
        await sandbox.fault(action="status", status=status, path=path, times=None)
    stages = ("Proposal sent", "Negotiation")
    assert await said(sandbox, *stages) == ["sends a message", "makes tasks"]


@pytest.mark.parametrize("status", [403, 404])
async def test_a_list_is_named_where_its_tasks_cannot_be_counted(
    sandbox: Sandbox, status: int
) -> None:
    await sandbox.fault(action="status", status=status, path="/api/crm/taskitems", times=None)
    assert await said(sandbox, "Negotiation") == ["makes the tasks of 'Negotiation'"]


async def test_who_may_not_see_macros_is_told_of_the_tasks_all_the_same(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "book.sqlite3"
    desk = Basic("tom@example.com", Secret("sandbox"))
    for _ in range(2):
        words = await said(sandbox, "Offer", "Trial day", path=path, sign_in=desk)
        assert "sends a message" in words
        assert "confirms the tour, makes 2 tasks of 'Trial day'" in words
    # Only what was refused is asked for at every start.
    asked = [len(sandbox.asked(each, user=desk.user)) for each in (TYPES, LISTS, ITEMS)]
    assert asked == [1, 1, 1]


async def test_an_older_mirrors_stages_are_not_taken_for_ones_that_do_nothing(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "book.sqlite3"
    await said(sandbox, path=path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA user_version = {VERSION - 1}")
    mirror = Mirror(path, "me")
    assert mirror.known().stages == []
    assert mirror.take_notice() == OTHER_VERSION
    mirror.close()
