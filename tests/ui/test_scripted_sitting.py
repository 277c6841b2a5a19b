"""A sitting of 60 mixed decisions by keys only: how many keys it takes, and what the sandbox's database says after it.

What each decision should make of a record is worked out here from what the database had before, and then every
opportunity of it is compared field by field: those too that nobody touched.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from crm_tui.ui.screens.summary import SummaryScreen
from tests.ui.conftest import Sit
from tests.ui.hand import Hand
from tests.world import NOW, Sandbox, running_sandbox

MOST_PER_ITEM = 2.0

Fields = dict[str, Any]
"""An opportunity as the database has it, by the names of its columns."""

OPEN, WON, LOST = 1, 2, 3
_PRICE, _TIMING = 4, 1

_NOW: Final = "2026-03-02T09:30:00Z"
_WRITTEN_BY_THE_SERVICE: Final = ("UpdatedOn", "UpdatedBy", "extra")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(size=400) as running:
        yield running


@dataclass
class Book:
    """What the database should have: what it had, and what was decided since."""

    opportunities: dict[int, Fields]
    stages: dict[int, Fields]
    zones: dict[int, ZoneInfo]
    """Board → where it is."""
    me: int

    @classmethod
    def of(cls, sandbox: Sandbox) -> Book:
        """Read it."""
        boards = sandbox.query(
            "SELECT b.Id, z.Iana FROM crmboards b JOIN businesses p ON p.Id = b.BusinessId"
            " JOIN simpletimezones z ON z.Id = p.SimpleTimeZoneId"
        )
        ((me,),) = sandbox.query("SELECT Id FROM users WHERE Email = 'ana@example.com'")
        return cls(
            table(sandbox, "crmopportunities"),
            table(sandbox, "crmboardcolumns"),
            {board_id: ZoneInfo(name) for board_id, name in boards},
            me,
        )

    def board_of(self, card: Fields) -> int:
        """The board that a card is on."""
        return int(self.stages[card["CrmBoardColumnId"]]["CrmBoardId"])

    def stages_beside(self, card: Fields) -> list[Fields]:
        """The stages of a card's board, in order."""
        board_id = self.board_of(card)
        stages = [each for each in self.stages.values() if each["CrmBoardId"] == board_id]
        return sorted(stages, key=lambda each: each["Position"])

    def due(self, card: Fields, day: Callable[[date], date]) -> str:
        """The beginning of a day where the card is, as the service writes it."""
        zone = self.zones[self.board_of(card)]
        chosen = day(NOW.astimezone(zone).date())
        begins = datetime.combine(chosen, time(), zone).astimezone(UTC)
        return begins.strftime("%Y-%m-%dT%H:%M:%SZ")

    def end_of(self, stage_id: int) -> int:
        """The place behind all cards of a stage."""
        places = [
            card["Position"]
            for card in self.opportunities.values()
            if card["CrmBoardColumnId"] == stage_id
        ]
        return max(places, default=-1) + 1


def table(sandbox: Sandbox, name: str) -> dict[int, Fields]:
    """All rows of a table by their ids."""
    columns = [column for _, column, *_ in sandbox.query(f"PRAGMA table_info({name})")]
    rows = [dict(zip(columns, row, strict=True)) for row in sandbox.query(f"SELECT * FROM {name}")]
    return {row["Id"]: row for row in rows}


# Decisions: what a record has to be like for one, what becomes of it, and which keys say so


@dataclass(frozen=True)
class Decision:
    """One that a person may come to about a record."""

    becomes: Callable[[Book, Fields], Fields | None]
    """The fields that are others afterwards; none where the decision makes no sense."""
    press: Callable[[Hand, Book, Fields], Awaitable[None]]
    names_stage: bool = False
    """Once more it means the same stage, not one as far on."""

    def once_more(self, change: Fields) -> Decision:
        """What it is when it is repeated, after it came to this."""
        if not self.names_stage:
            return self
        return replace(self, becomes=partial(moved_into, int(change["CrmBoardColumnId"])))


def by(*keys: str) -> Callable[[Hand, Book, Fields], Awaitable[None]]:
    """Press these keys."""
    return lambda hand, _book, _card: hand.press(*keys)


def follow_up(day: Callable[[date], date], book: Book, card: Fields) -> Fields | None:
    """Follow up on a day; on one that has a follow-up ahead nobody sets another."""
    if card["Status"] != OPEN or (card["DueDate"] or "") > _NOW:
        return None
    return {"DueDate": book.due(card, day), "Reminded": 0}


def lost(reason: int, _book: Book, card: Fields) -> Fields | None:
    """Lose what is open; it stays in its stage."""
    if card["Status"] != OPEN:
        return None
    return {
        **{"Status": LOST, "LossReason": reason, "Completed": 1, "CrmUpdatedOn": _NOW},
        **{"LostOn": _NOW, "WonOn": None},
    }


def won(_book: Book, card: Fields) -> Fields | None:
    """Win what is open and has a value."""
    if card["Status"] != OPEN or card["Value"] is None:
        return None
    return {
        **{"Status": WON, "LossReason": None, "Completed": 1, "CrmUpdatedOn": _NOW},
        **{"LostOn": None, "WonOn": _NOW},
    }


def moved(step: int, book: Book, card: Fields) -> Fields | None:
    """Move on by some stages."""
    stages = [each["Id"] for each in book.stages_beside(card)]
    place = stages.index(card["CrmBoardColumnId"]) + step
    return moved_into(stages[place], book, card) if place < len(stages) else None


def moved_into(stage_id: int, book: Book, card: Fields) -> Fields | None:
    """Move to a stage of the same board, but into none that decides, and from none."""
    before, after = book.stages[card["CrmBoardColumnId"]], book.stages[stage_id]
    flags = ("WinOpportunity", "LoseOpportunity", "DeleteAccount")
    if card["Status"] != OPEN or any(each[flag] for each in (before, after) for flag in flags):
        return None
    if before["CrmBoardId"] != after["CrmBoardId"] or before["Id"] == stage_id:
        return None
    return {
        "CrmBoardColumnId": stage_id,
        "Position": book.end_of(stage_id),
        "CrmUpdatedOn": _NOW,
    }


async def to_stage(step: int, hand: Hand, book: Book, card: Fields) -> None:
    """Move to a stage by the letter beside its name."""
    change = moved(step, book, card)
    assert change is not None
    await hand.press("m")
    await hand.choose(book.stages[change["CrmBoardColumnId"]]["Name"])


def noted(text: str, _book: Book, card: Fields) -> Fields | None:
    """Add a line to the notes."""
    line = f"2026-03-02 Ana Ruiz: {text}"
    return {"Notes": f"{card['Notes']}\n{line}" if card["Notes"] else line}


async def note(text: str, hand: Hand, _book: Book, _card: Fields) -> None:
    """Write a note."""
    await hand.press("a")
    await hand.write(text)
    await hand.press("enter")


def owned(book: Book, card: Fields) -> Fields | None:
    """Take over what is somebody else's."""
    return {"ResponsibleId": book.me} if card["ResponsibleId"] != book.me else None


def valued(amount: str, _book: Book, card: Fields) -> Fields | None:
    """Set a value."""
    is_there = card["Value"] is not None and Decimal(card["Value"]) == Decimal(amount)
    return None if is_there else {"Value": Decimal(amount)}


def in_days(count: int) -> Callable[[date], date]:
    """So many days from today."""
    return lambda today: today + timedelta(days=count)


def next_monday(today: date) -> date:
    """The next Monday that is not today."""
    return today + timedelta(days=7 - today.weekday())


def end_of_month(today: date) -> date:
    """The last day of this month."""
    return today.replace(day=monthrange(today.year, today.month)[1])


IN_A_WEEK = Decision(partial(follow_up, in_days(7)), by("f", "w"))
LOST_TO_PRICE = Decision(partial(lost, _PRICE), by("x", "p"))
SCRIPT: Final = (
    *[IN_A_WEEK] * 3,
    *[Decision(partial(follow_up, next_monday), by("f", "m"))] * 3,
    *[Decision(partial(follow_up, in_days(14)), by("f", "2"))] * 2,
    *[Decision(partial(follow_up, in_days(1)), by("f", "t"))] * 2,
    Decision(partial(follow_up, end_of_month), by("f", "e")),
    Decision(partial(follow_up, in_days(10)), by("f", "space", "plus", "1", "0", "d", "enter")),
    *[LOST_TO_PRICE] * 4,
    *[Decision(partial(lost, _TIMING), by("x", "t"))] * 3,
    *[Decision(won, by("w"))] * 4,
    *[Decision(partial(moved, 1), by("full_stop"))] * 5,
    *[Decision(partial(moved, 2), partial(to_stage, 2), names_stage=True)] * 4,
    *[
        Decision(partial(noted, text), partial(note, text))
        for text in ("called", "wants to see it", "left a message")
    ],
    *[Decision(owned, by("i"))] * 4,
    *[Decision(partial(valued, "950"), by("v", "9", "5", "0", "enter"))] * 2,
)
"""What is decided once each; the order is shuffled."""

REPEATED: Final = 12
"""Decisions that are taken once more, by one key."""

BULKS: Final = ((IN_A_WEEK, 3), (LOST_TO_PRICE, 4))

SKIPPED: Final = (9, 27, 41)
"""After so many decisions a row is left out for the sitting."""

DECIDED: Final = len(SCRIPT) + REPEATED + sum(count for _, count in BULKS)


class Script:
    """Somebody who goes through the queue and finds for each record something that fits it."""

    def __init__(self, hand: Hand, book: Book) -> None:
        self.hand, self.book = hand, book
        self.decided: dict[int, Fields] = {}
        """Record → what should be otherwise."""
        self.skipped: list[int] = []
        self._last: Decision | None = None
        self._again = REPEATED
        self._skips = [*SKIPPED]
        self._left = [*SCRIPT]
        Random(7).shuffle(self._left)

    async def take(self) -> None:
        """Decide about one after the other, and in between about several at once."""
        for bulk in BULKS:
            await self._decide_about(20)
            await self._decide_together(*bulk)
        await self._decide_about(DECIDED - len(self.decided))

    async def _decide_about(self, count: int) -> None:
        until = len(self.decided) + count
        while len(self.decided) < until:
            await self._decide()

    async def _decide(self) -> None:
        if self._skips and len(self.decided) >= self._skips[0]:
            self._skips.pop(0)
            await self._skip()
        record_id = self.hand.on
        card = self.book.opportunities[record_id]
        is_turn = len(self.decided) % 4 == 3 or not self._left
        if self._again and self._last is not None and is_turn:
            change = self._last.becomes(self.book, card)
            if change is not None:
                self._again -= 1
                await self.hand.press("semicolon")
                self._note(record_id, change)
                return
        for decision in self._left:
            change = decision.becomes(self.book, card)
            if change is not None:
                self._left.remove(decision)
                await decision.press(self.hand, self.book, card)
                self._note(record_id, change)
                self._last = decision.once_more(change)
                return
        await self._skip()

    async def _skip(self) -> None:
        self.skipped.append(self.hand.on)
        await self.hand.press("S")

    async def _decide_together(self, decision: Decision, count: int) -> None:
        marked: dict[int, Fields] = {}
        while len(marked) < count:
            record_id = self.hand.on
            change = decision.becomes(self.book, self.book.opportunities[record_id])
            if change is None:
                await self.hand.press("j")
            else:
                await self.hand.press("space")
                marked[record_id] = change
        await decision.press(self.hand, self.book, {})
        assert f"{count} to write" in self.hand.at.text()
        await self.hand.press("enter")
        for record_id, change in marked.items():
            self._note(record_id, change)
        self._last = decision

    def _note(self, record_id: int, change: Fields) -> None:
        assert record_id not in self.decided, "decided twice"
        self.decided[record_id] = change
        self.book.opportunities[record_id].update(change)


async def test_sixty_mixed_decisions_take_two_keys_each_at_most_and_all_are_in_the_database(
    sit: Sit, sandbox: Sandbox
) -> None:
    book = Book.of(sandbox)
    assert DECIDED == 60
    async with sit() as at:
        hand = Hand(at)
        await hand.press("t")
        await hand.until_ranked()
        script = Script(hand, book)
        await script.take()
        assert len(script.decided) == DECIDED
        assert len(script.skipped) >= len(SKIPPED)
        assert not set(script.skipped) & script.decided.keys()
        assert hand.pressed / DECIDED <= MOST_PER_ITEM
        await hand.press("q")
        assert isinstance(at.app.screen, SummaryScreen)
        assert f"{DECIDED} items decided" in at.text()
    assert sorted(body["Id"] for body in sandbox.writes()) == sorted(script.decided)
    assert differences(book.opportunities, table(sandbox, "crmopportunities")) == {}


def differences(wanted: dict[int, Fields], found: dict[int, Fields]) -> dict[int, Fields]:
    """What the database has otherwise than it should, as pairs, record by record."""
    assert wanted.keys() == found.keys()
    others = {
        record_id: {
            name: (value, found[record_id][name])
            for name, value in card.items()
            if name not in _WRITTEN_BY_THE_SERVICE and not is_same(value, found[record_id][name])
        }
        for record_id, card in wanted.items()
    }
    return {record_id: fields for record_id, fields in others.items() if fields}


def is_same(wanted: object, found: object) -> bool:
    """Whether the database has what it should; an amount however many digits it has."""
    if isinstance(wanted, Decimal):
        return found is not None and wanted == Decimal(str(found))
    return wanted == found
