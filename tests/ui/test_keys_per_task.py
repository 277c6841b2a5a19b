"""How many keys each task takes: counted, with what the sandbox's database says of each."""

from __future__ import annotations

from typing import Any

from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.search import SearchScreen
from crm_tui.ui.screens.triage import TriageScreen
from tests.ui.conftest import Sit, Sitting
from tests.world import Sandbox

MOST_PER_ITEM = 2.0


class Hand:
    """A hand on the keyboard that counts what it presses; the text of a note, an amount or a name is not counted."""

    def __init__(self, at: Sitting) -> None:
        self.at = at
        self.pressed = 0

    async def press(self, *keys: str) -> None:
        """Press keys that count."""
        self.pressed += len(keys)
        await self.at.press(*keys)

    async def type(self, text: str) -> None:
        """Type what does not count."""
        await self.at.press_only(*text)

    def taken(self) -> int:
        """Give how many keys were pressed since the last time."""
        pressed, self.pressed = self.pressed, 0
        return pressed


def field(sandbox: Sandbox, record_id: int, name: str) -> Any:
    """What the sandbox's database has in a field of an opportunity."""
    sql = f"SELECT {name} FROM crmopportunities WHERE Id = ?"
    ((value,),) = sandbox.query(sql, record_id)
    return value


def on(at: Sitting) -> int:
    """The record under the cursor."""
    screen = at.app.screen
    assert isinstance(screen, (BoardScreen, SearchScreen, TriageScreen))
    assert screen.record_id is not None
    return screen.record_id


async def opened(hand: Hand) -> None:
    """Open the queue with the one key that it takes."""
    await hand.press("t")
    screen = hand.at.app.screen
    while not isinstance(screen, TriageScreen) or screen.is_hidden:
        await hand.at.pilot.pause()
        screen = hand.at.app.screen
    await hand.at.pilot.pause()


async def test_each_task_takes_no_more_keys_than_it_may(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        hand, took = Hand(at), {}
        await opened(hand)
        took["open the next that is due"] = hand.taken()

        card = on(at)
        await hand.press("x", "p")
        took["lost with a reason"] = hand.taken()
        assert (field(sandbox, card, "Status"), field(sandbox, card, "LossReason")) == (3, 4)

        await hand.press("u")
        took["undo the last"] = hand.taken()
        assert (on(at), field(sandbox, card, "Status")) == (card, 1)

        await hand.press("f", "m")
        took["follow-up next Monday"] = hand.taken()
        assert field(sandbox, card, "DueDate")[:10] in ("2026-03-08", "2026-03-09")

        card = on(at)
        await hand.press("a")
        await hand.type("called")
        await hand.press("enter")
        took["add a note"] = hand.taken()
        assert field(sandbox, card, "Notes").endswith(": called")

        card = on(at)
        stage_id = sandbox.stage_of(card)
        await hand.press("full_stop")
        took["next stage"] = hand.taken()
        assert sandbox.stage_of(card) != stage_id

        card = on(at)
        before = field(sandbox, card, "ResponsibleId")
        letter = "i" if before is None else "minus"
        await hand.press("r", letter)
        took["reassign"] = hand.taken()
        assert field(sandbox, card, "ResponsibleId") != before

    assert took == {
        "open the next that is due": 1,
        "lost with a reason": 2,
        "undo the last": 1,
        "follow-up next Monday": 2,
        "add a note": 2,
        "next stage": 1,
        "reassign": 2,
    }


async def test_twenty_rows_are_changed_with_six_keys(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        hand = Hand(at)
        await at.press_only("/", *"status:open", "enter")
        await hand.press("V", "ctrl+d", "V")
        screen = at.app.screen
        assert isinstance(screen, SearchScreen)
        marked = set(screen.marked)
        assert len(marked) >= 20
        await hand.press("f", "w", "enter")
        assert hand.taken() == 6
    for record_id in marked:
        assert field(sandbox, record_id, "DueDate")[:10] in ("2026-03-08", "2026-03-09")


async def test_a_whole_view_is_changed_with_four_keys(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        hand = Hand(at)
        await at.press_only("/", *"status:open", "enter")
        screen = at.app.screen
        assert isinstance(screen, SearchScreen)
        wanted = {row.id for row in screen.found.rows}
        await hand.press("A", "f", "w", "enter")
        assert hand.taken() == 4
    changed = {body["Id"] for body in sandbox.writes()}
    assert changed <= wanted
    assert len(changed) > 20


async def test_a_customer_is_found_with_five_keys(sit: Sit) -> None:
    async with sit() as at:
        hand = Hand(at)
        row = sorted(at.crm.snapshot.rows(), key=lambda each: each.id)[7]
        await hand.press("/", *row.customer.split()[0][:3].casefold(), "enter")
        assert hand.taken() == 5
        screen = at.app.screen
        assert isinstance(screen, SearchScreen)
        assert row in screen.found.rows


async def test_a_sitting_takes_two_keys_for_each_decision_at_most(
    sit: Sit, sandbox: Sandbox
) -> None:
    verbs = (("f", "m"), ("x", "t"), ("semicolon",), ("f", "2"), ("full_stop",), ("semicolon",))
    async with sit() as at:
        hand = Hand(at)
        await opened(hand)
        decided: list[int] = []
        for number in range(30):
            before = len(sandbox.writes())
            decided.append(on(at))
            await hand.press(*verbs[number % len(verbs)])
            if len(sandbox.writes()) == before:  # a key that could not act said why
                decided.pop()
                await hand.press("S")
        assert len(decided) > 20
        assert hand.taken() / len(decided) <= MOST_PER_ITEM
    assert {body["Id"] for body in sandbox.writes()} == set(decided)
