"""The same verb by its key, behind `:` and as `crm-tui do` takes it: one intent, and one record in the sandbox."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest
from textual.events import Key

from crm_tui.commands.parse import GRAMMAR
from crm_tui.domain.intent import Entry
from tests.cli.test_every_verb import VERBS, cards
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_offered import newest, offered, typed
from tests.world import Sandbox

PARTS: Final = 3
"""Tests that share the verbs."""

NOT_OF_THE_VERB: Final = {"UpdatedOn", "UpdatedBy", "CrmUpdatedOn"}
"""What the server notes of every write."""


class Ways(NamedTuple):
    """How a verb is given."""

    keys: tuple[str, ...]
    line: str
    """Behind its name, on the line of `:`."""
    headless: str
    """Behind its name and the id, for `do`."""


def same(keys: tuple[str, ...], argument: str = "") -> Ways:
    """Make the ways of a verb whose argument is the same however it is typed."""
    return Ways(keys, argument, argument)


WAYS: Final = {
    "next-stage": same(("full_stop",)),
    "previous-stage": same(("comma",)),
    "move": same(("m", "p"), "Proposal sent"),
    "follow-up": Ways(("f", "w"), "in a week", "9 mar"),
    "lost": Ways(("x", "p"), "price", "#4"),
    "won": same(("w",)),
    "reopen": same(("o",)),
    "note": Ways(("a", *"4 desks", "enter"), "4 desks", "'4 desks'"),
    "canned-note": same(("N", "n"), "nudge"),
    "owner": Ways(("r", "i"), "me", "Ana Ruiz"),
    "to-me": same(("i",)),
    "value": same(("v", *"2,500", "enter"), "2500"),
    "source": same(("s", "r"), "referral"),
    "type": same(("T", "h"), "Hot desk"),
    "task": same(("+", *"call back @fri", "enter"), "call back @fri"),
    "lower": same(("J",)),
    "higher": same(("K",)),
}


def record(sandbox: Sandbox, record_id: int) -> dict[str, Any]:
    """Give all that the database has of an opportunity, but for what it notes of every write."""
    names = [name for (_, name, *_) in sandbox.query("PRAGMA table_info(crmopportunities)")]
    (row,) = sandbox.query("SELECT * FROM crmopportunities WHERE Id = ?", record_id)
    return {
        name: value for name, value in zip(names, row, strict=True) if name not in NOT_OF_THE_VERB
    }


def made(sandbox: Sandbox) -> list[tuple[Any, ...]]:
    """Give what was made, without what every new thing has of its own."""
    columns = "BusinessId, CoworkerId, Name, ResponsibleId, DueDate, Completed"
    return sandbox.query(f"SELECT {columns} FROM coworkertasks WHERE Name = 'call back'")


def wish(entry: Entry) -> tuple[object, ...]:
    """Give what an entry asks for, but what a row takes a following field to have been: rows come anew in between."""
    change = entry.change
    asked = (change.bases(), change.assignments(), change.texts(), change.made)
    return (*asked, entry.subject, entry.said, entry.state)


async def by_key(at: Sitting, name: str, _card: int) -> None:
    for key in WAYS[name].keys:
        await at.press_only("space" if key == " " else key)


async def all_at_once(at: Sitting, line: str) -> None:
    """Type a line behind `:` faster than it is drawn, and take it."""
    front = at.app.screen
    await at.press_only(":")
    for character in line:
        at.app.post_message(Key("space" if character == " " else character, character))
    at.app.post_message(Key("enter", "\r"))
    while at.app.screen is not front:
        await at.pilot.pause()
    await at.pilot.pause()


async def by_line(at: Sitting, name: str, _card: int) -> None:
    await all_at_once(at, f"{name} {WAYS[name].line}")


async def headless(at: Sitting, name: str, card: int) -> None:
    typed(at, f"{name} {card} {WAYS[name].headless}")


async def compared(at: Sitting, sandbox: Sandbox, name: str, card: int) -> None:
    """Give a verb in three ways to a card that is as it was each time, and compare what came of it."""
    before, tasks = record(sandbox, card), len(made(sandbox))
    found = []
    for way in (by_key, by_line, headless):
        entries = len(await at.crm.journal.entries(1000))
        await way(at, name, card)
        await at.settled()
        entry = await newest(at)
        assert len(await at.crm.journal.entries(1000)) == entries + 1, (name, way.__name__)
        found.append((wish(entry), record(sandbox, card)))
        if name == "task":
            assert len(made(sandbox)) == tasks + len(found)
        else:
            assert found[-1][-1] != before, (name, way.__name__)
            await at.press("u")
        assert record(sandbox, card) == before, (name, way.__name__)
    assert found[0] == found[1] == found[2], name


@pytest.mark.parametrize("part", range(PARTS))
async def test_a_verb_leaves_the_same_intent_and_the_same_record_in_each_of_three_ways(
    sit: Sit, sandbox: Sandbox, part: int
) -> None:
    mine = cards(sandbox)
    async with sit() as at:
        await offered(at)
        for name in list(WAYS)[part::PARTS]:
            await all_at_once(at, f"#{mine[name]}")
            assert at.record_id == mine[name]
            await compared(at, sandbox, name, mine[name])
        assert len(set(made(sandbox))) <= 1


def test_the_table_has_every_verb_that_can_be_given_in_three_ways() -> None:
    assert set(WAYS) == set(VERBS)
    assert set(GRAMMAR) - set(WAYS) == {"undo", "redo", "retry"}
