"""A board as a pipeline: which stage comes next, where a card lands, what a stage adds up to.

Every opportunity of a board is in exactly one column.  Pure questions about a snapshot; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from crm_tui.domain.change import Change, Make, Place, Value
from crm_tui.domain.enums import Status
from crm_tui.domain.lineup import Cards
from crm_tui.domain.matching import select
from crm_tui.domain.money import Amount, Sums, retotal, total
from crm_tui.domain.query import Query
from crm_tui.domain.rows import Board, OpportunityRow, Stage
from crm_tui.domain.snapshot import Snapshot
from crm_tui.structs import Struct, replace

EVERYTHING: Final = Query()


class Column(Struct, frozen=True):
    """One stage with those of its cards that are looked for, in order."""

    stage: Stage
    every: Cards
    """All cards of the stage, those too that are not looked for."""
    cards: Cards
    sums: Sums
    """Of `cards`."""
    query: Query


def column(
    snapshot: Snapshot, stage: Stage, query: Query = EVERYTHING, before: Column | None = None
) -> Column:
    """Gather one stage's cards that a query lets through, and what they add up to.

    `before`: the column as it was gathered last; the same object when nothing has changed, and of a few cards that
    did, where all are let through, it costs those few.  Raises `matching.NeedsRecords`.
    """
    every = snapshot.cards(stage.id)
    if before is not None and before.query == query and before.every is every:
        return before if before.stage == stage else replace(before, stage=stage)
    if query.conditions:
        cards = tuple(select(query, snapshot, every))
        return Column(stage, every, cards, total(_amounts(cards)), query)
    turn = snapshot.turn(stage.id)
    if before is None or before.query != query or turn is None or turn.before is not before.every:
        return Column(stage, every, every, total(_amounts(every)), query)
    sums = retotal(before.sums, _amounts(turn.gone), _amounts(turn.come), lambda: _amounts(every))
    return Column(stage, every, every, sums, query)


def _amounts(cards: Cards) -> Iterator[Amount]:
    return ((card.currency, card.value) for card in cards)


def boards_of(snapshot: Snapshot, location_id: int | None = None) -> list[Board]:
    """Give the boards of a location, or of all, in order: oldest location first, then oldest board; archived last."""
    boards = [
        board
        for board in snapshot.boards.values()
        if location_id is None or board.location_id == location_id
    ]
    return sorted(boards, key=lambda board: (board.archived, board.location_id, board.id))


def active_boards(snapshot: Snapshot, location_id: int | None = None) -> list[Board]:
    """Give the boards that are stepped through: those of `boards_of` that are not archived."""
    return [board for board in boards_of(snapshot, location_id) if not board.archived]


def location_called(snapshot: Snapshot, wanted: int | str) -> int | None:
    """Give the location that has an id, or a name whatever its case; none when none with boards in use has it."""
    names = {board.location_id: board.location.casefold() for board in active_boards(snapshot)}
    if isinstance(wanted, int):
        return wanted if wanted in names else None
    return next((key for key, name in names.items() if name == wanted.strip().casefold()), None)


def neighbour_board(
    snapshot: Snapshot, board_id: int, step: int, location_id: int | None = None
) -> Board | None:
    """Give the board `step` places on, going round at the ends; none when there is no other.

    From a board that is not stepped through (an archived one, one out of scope) it is the first, or the last.
    """
    boards = active_boards(snapshot, location_id)
    places = {board.id: place for place, board in enumerate(boards)}
    if board_id in places:
        return boards[(places[board_id] + step) % len(boards)] if len(boards) > 1 else None
    return (boards[0] if step > 0 else boards[-1]) if boards else None


def neighbour_stage(snapshot: Snapshot, stage: Stage, step: int) -> Stage | None:
    """Give the stage one to the right (`step` 1) or left (-1) of a known one; none at the board's edge."""
    stages = [other for other in snapshot.stages_of(stage.board_id) if other.known]
    places = {other.id: place for place, other in enumerate(stages)}
    place = places[stage.id] + step
    return stages[place] if 0 <= place < len(stages) else None


def move_to(snapshot: Snapshot, row: OpportunityRow, stage: Stage, *, ahead: int = 0) -> Change:
    """Make the change that puts a card at the end of a stage, behind `ahead` others that go there with it.

    Positions are sparse and not unique, so the end is one past the highest that is there.
    """
    cards = snapshot.cards(stage.id)
    position = (cards[-1].position + 1 if cards else 0) + ahead
    return Change((Place(stage.id, position, row.stage_id, row.position),))


def new_card(
    snapshot: Snapshot, stage: Stage, customer_id: int, values: Mapping[str, Value] | None = None
) -> Change:
    """Make the change that makes a customer's card at the end of a stage, with more fields if there are any."""
    cards = snapshot.cards(stage.id)
    fields: dict[str, Value] = {
        "stage_id": stage.id,
        "customer_id": customer_id,
        "status": Status.IN_PROGRESS.value,
        "position": cards[-1].position + 1 if cards else 0,
        **(values or {}),
    }
    return Change((Make(tuple(sorted(fields.items()))),))
