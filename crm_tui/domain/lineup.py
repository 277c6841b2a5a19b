"""The opportunities of each stage in their order, kept up as they come and go at the cost of those that do.

A stage may hold thousands of cards of which a key press moves one.  What is asked for is put in order only then, so
that a listing costs one sorting; it knows nothing of boards, of what is pending, or of what is looked for.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Final

from crm_tui.domain.rows import ORDER, OpportunityRow
from crm_tui.structs import Struct

Cards = tuple[OpportunityRow, ...]

_FEW: Final = 32
"""Where more than one of so many cards is another now, putting all in order again is quicker."""


class Turn(Struct, frozen=True):
    """How a stage's cards came about from those that were there before."""

    before: Cards
    gone: Cards
    come: Cards
    """A card that changed is among both, as it was and as it is."""


class Lineup:
    """Stage → its cards in order."""

    def __init__(self) -> None:
        self._cards: dict[int, Cards] = {}
        self._gone: dict[int, dict[int, OpportunityRow]] = {}
        """Stage → id → card among `_cards` that is not there any more, or is another now."""
        self._come: dict[int, dict[int, OpportunityRow]] = {}
        """Stage → id → card that is not among `_cards` yet."""
        self._turns: dict[int, Turn] = {}

    def put(self, rows: Iterable[OpportunityRow]) -> None:
        """Take in cards that are in no stage."""
        come = self._come
        for row in rows:
            if row.stage_id not in come:
                come[row.stage_id] = {}
            come[row.stage_id][row.id] = row

    def take(self, row: OpportunityRow) -> None:
        """Take out a card as it was put in."""
        come = self._come.get(row.stage_id)
        if come is None or come.pop(row.id, None) is None:
            self._gone.setdefault(row.stage_id, {})[row.id] = row

    def cards(self, stage_id: int) -> Cards:
        """Give a stage's cards in order; the same object until one of them changes."""
        cards = self._cards.get(stage_id, ())
        gone, come = self._gone.pop(stage_id, {}), self._come.pop(stage_id, {})
        if gone or come:
            turn = Turn(cards, tuple(gone.values()), tuple(come.values()))
            cards = self._cards[stage_id] = relined(cards, turn.gone, turn.come)
            self._turns[stage_id] = turn
        return cards

    def turn(self, stage_id: int) -> Turn | None:
        """Say how the cards that were given last differ from those before them."""
        return self._turns.get(stage_id)


def relined(cards: Cards, gone: Sequence[OpportunityRow], come: Sequence[OpportunityRow]) -> Cards:
    """Give cards in order without those that are gone, and with those that have come in their places.

    `cards` are in order, and those that are gone are among them as they are; no id is there twice.
    """
    if (len(gone) + len(come)) * _FEW > len(cards):
        ids = {row.id for row in gone}
        left = [row for row in cards if row.id not in ids]
        return tuple(sorted([*left, *come], key=ORDER))
    line = list(cards)
    for row in gone:
        del line[bisect_left(line, ORDER(row), key=ORDER)]
    for row in come:
        insort(line, row, key=ORDER)
    return tuple(line)


def place_of(cards: Cards, row: OpportunityRow) -> int | None:
    """Say where among cards in order a card is; none when it is not among them."""
    place = bisect_left(cards, ORDER(row), key=ORDER)
    return place if place < len(cards) and cards[place].id == row.id else None
