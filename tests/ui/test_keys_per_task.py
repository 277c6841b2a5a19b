"""How many keys each task takes, by logs of the keys, with what the sandbox's database says of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from crm_tui.config.settings import Start
from crm_tui.domain.triage.queue import queue
from crm_tui.ui.screens.search import SearchScreen
from tests.ui.conftest import Sit, Sitting
from tests.ui.hand import Hand
from tests.world import Sandbox, running_sandbox

A_WEEK_ON = ("2026-03-08", "2026-03-09")
"""The day on which a Monday begins, at either side of Greenwich."""

ENQUIRIES = 'stage:Enquiry board:"Sales pipeline" status:open'
"""A view of one stage, so that there is one stage to move all of it to."""


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(size=400) as running:
        yield running


def field(sandbox: Sandbox, record_id: int, name: str) -> Any:
    """What the sandbox's database has in a field of an opportunity."""
    sql = f"SELECT {name} FROM crmopportunities WHERE Id = ?"
    ((value,),) = sandbox.query(sql, record_id)
    return value


def stage_called(sandbox: Sandbox, name: str) -> int:
    """The stage of the first board in use that has a name."""
    sql = (
        "SELECT c.Id FROM crmboardcolumns c JOIN crmboards b ON b.Id = c.CrmBoardId"
        " WHERE c.Name = ? AND b.Name = 'Sales pipeline'"
    )
    ((stage_id,),) = sandbox.query(sql, name)
    return int(stage_id)


def table(at: Sitting) -> SearchScreen:
    """The table, which lies over all others."""
    screen = at.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


async def looked_for(at: Sitting, text: str) -> None:
    """Have a view in the table, to begin with: these keys do not count."""
    await at.press_only("slash", *("space" if each == " " else each for each in text), "enter")


def first_in_the_queue(at: Sitting) -> int:
    """The record that is to be decided first."""
    return queue(at.crm.snapshot.rows(), at.app._desk.triage_scope()).order[0].row.id


async def test_the_next_that_is_due_is_open_at_the_start_and_one_key_away_from_anywhere(
    sit: Sit,
) -> None:
    async with sit(start=Start.TRIAGE) as at:
        hand = Hand(at)
        await hand.until_ranked()
        assert hand.on == first_in_the_queue(at)
        assert hand.taken() == ""
    for before in ([], ["slash", "enter"]):
        async with sit() as at:
            hand = Hand(at)
            await at.press_only(*before)
            await hand.press("t")
            await hand.until_ranked()
            assert hand.on == first_in_the_queue(at)
            assert hand.taken() == "t"


async def test_each_verb_takes_no_more_keys_than_it_may(sit: Sit, sandbox: Sandbox) -> None:
    ((me,),) = sandbox.query("SELECT Id FROM users WHERE Email = 'ana@example.com'")
    async with sit() as at:
        hand = Hand(at)
        await at.press("t")
        await hand.until_ranked()

        card = hand.on
        stage_id = sandbox.stage_of(card)
        await hand.press("full_stop")
        assert hand.taken() == "full_stop"
        assert sandbox.stage_of(card) != stage_id

        card = hand.on
        await hand.press("x", "p")
        assert hand.taken() == "x p"
        assert (field(sandbox, card, "Status"), field(sandbox, card, "LossReason")) == (3, 4)

        await hand.press("u")
        assert hand.taken() == "u"
        assert (hand.on, field(sandbox, card, "Status")) == (card, 1)
        assert field(sandbox, card, "LossReason") is None

        await hand.press("f", "m")
        assert hand.taken() == "f m"
        assert field(sandbox, card, "DueDate")[:10] in A_WEEK_ON

        card = hand.on
        await hand.press("a")
        await hand.write("has called")
        await hand.press("enter")
        assert hand.taken() == "a enter"
        assert field(sandbox, card, "Notes").endswith(": has called")

        card = hand.on
        owners = sandbox.query(
            "SELECT u.Id, u.FullName FROM users u JOIN crmopportunities o ON o.ResponsibleId = u.Id"
            " WHERE u.Id NOT IN (?, ?) GROUP BY u.Id ORDER BY count(*) DESC, u.Id",
            *(me, field(sandbox, card, "ResponsibleId") or 0),
        )
        (owner_id, name), *_ = owners
        await hand.press("r")
        await hand.choose(name)
        assert len(hand.taken().split()) == 2
        assert field(sandbox, card, "ResponsibleId") == owner_id

        await at.press_only("k")  # back to it
        assert hand.on == card
        await hand.press("i")
        assert hand.taken() == "i"
        assert field(sandbox, card, "ResponsibleId") == me


async def test_twenty_rows_are_moved_with_six_keys_at_most(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        hand = Hand(at)
        await looked_for(at, ENQUIRIES)
        await hand.press("V", "ctrl+d", "V")
        marked = set(table(at).marked)
        assert len(marked) >= 20
        await hand.press("m")
        await hand.choose("Negotiation")
        await hand.press("enter")
        keys = hand.taken()
        assert keys.startswith("V ctrl+d V m ")
        assert len(keys.split()) == 6
    wanted = stage_called(sandbox, "Negotiation")
    assert {sandbox.stage_of(each) for each in marked} == {wanted}
    assert {body["Id"] for body in sandbox.writes()} == marked


async def test_twenty_rows_are_moved_to_their_next_stage_with_five(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        hand = Hand(at)
        await looked_for(at, ENQUIRIES)
        await hand.press("V", "ctrl+d", "V")
        marked = set(table(at).marked)
        assert len(marked) >= 20
        await hand.press("full_stop", "enter")
        assert hand.taken() == "V ctrl+d V full_stop enter"
    wanted = stage_called(sandbox, "Tour booked")
    assert {sandbox.stage_of(each) for each in marked} == {wanted}


async def test_a_whole_view_is_moved_with_four_keys(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        hand = Hand(at)
        await looked_for(at, ENQUIRIES)
        everything = {row.id for row in table(at).found.rows}
        assert len(everything) > 20
        await hand.press("A", "m")
        await hand.choose("Office tour")
        await hand.press("enter")
        keys = hand.taken()
        assert keys.startswith("A m ")
        assert len(keys.split()) == 4
    wanted = stage_called(sandbox, "Office tour")
    assert {sandbox.stage_of(each) for each in everything} == {wanted}
    assert {body["Id"] for body in sandbox.writes()} == everything


async def test_a_whole_view_is_put_off_with_four_keys(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        hand = Hand(at)
        await looked_for(at, "status:open")
        wanted = {row.id for row in table(at).found.rows}
        await hand.press("A", "f", "w", "enter")
        assert hand.taken() == "A f w enter"
    changed = {body["Id"] for body in sandbox.writes()}
    assert changed <= wanted
    assert len(changed) > 20
    for record_id in wanted:
        assert field(sandbox, record_id, "DueDate")[:10] in A_WEEK_ON


async def test_a_customer_is_found_with_five_keys(sit: Sit) -> None:
    async with sit() as at:
        hand = Hand(at)
        row = sorted(at.crm.snapshot.rows(), key=lambda each: each.id)[7]
        letters = row.customer.split()[0][:3].casefold()
        await hand.press("slash", *letters, "enter")
        assert hand.taken() == " ".join(("slash", *letters, "enter"))
        assert row in table(at).found.rows
