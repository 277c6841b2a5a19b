"""Books with a journal on disk, and what tests ask of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from crm_tui.domain.change import Append, Change, Planned, Set
from crm_tui.domain.intent import Entry, IntentState
from crm_tui.domain.pipeline import active_boards, move_to, neighbour_stage
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from crm_tui.service.outbox import Hold
from crm_tui.service.writer import Outcome
from tests.world import until

OPPORTUNITIES = "/api/crm/crmopportunities"
HELD = Hold(timedelta(seconds=3), timedelta(seconds=15))


def cards_and_target(crm: Crm, least: int = 2) -> tuple[list[OpportunityRow], Stage]:
    """Give the open cards of the first stage that has `least` of them, and the stage after it."""
    boards = active_boards(crm.snapshot)
    for stage in (stage for board in boards for stage in crm.snapshot.stages_of(board.id)):
        target = neighbour_stage(crm.snapshot, stage, 1)
        cards = crm.snapshot.cards(stage.id)
        if len(cards) >= least and target is not None and not target.wins and not target.loses:
            return list(cards), target
    raise AssertionError("the seed has no stage with cards that could be moved")


def a_move(crm: Crm, row: OpportunityRow, stage: Stage) -> Planned:
    """Plan to move a card."""
    return Planned(row.id, move_to(crm.snapshot, row, stage), row.customer, f"→ {stage.name}")


def a_value(row: OpportunityRow, value: str) -> Planned:
    """Plan to give a card a value."""
    change = Change((Set("value", row.value, Decimal(value)),))
    return Planned(row.id, change, row.customer, f"worth {value}")


def a_note(row: OpportunityRow, block: str) -> Planned:
    """Plan to append a note."""
    return Planned(row.id, Change((Append("notes", block),)), row.customer, "noted")


async def carried_out(crm: Crm, *plans: Planned) -> list[Outcome]:
    """Submit plans as one step, and give their outcomes."""
    outcomes: list[Outcome] = []
    end = crm.subscribe(lambda outcome: outcomes.append(outcome) if outcome else None)
    crm.submit(plans)
    await crm.settle()
    end()
    return outcomes


async def settled(crm: Crm) -> list[Outcome]:
    """Wait until nothing is to be sent, and give what became of it."""
    outcomes: list[Outcome] = []
    end = crm.subscribe(lambda outcome: outcomes.append(outcome) if outcome else None)
    await crm.settle()
    end()
    return outcomes


async def held(crm: Crm, row: OpportunityRow) -> None:
    """Wait until what was asked for is promised."""
    await until(crm, lambda: crm.snapshot.state(row.id) == RowState.HELD)


async def newest(crm: Crm) -> Entry:
    """Give the newest entry of the journal."""
    (entry,) = await crm.journal.entries(1)
    return entry


async def states(crm: Crm) -> list[IntentState]:
    """Give the states of all entries, oldest first."""
    return [entry.state for entry in reversed(await crm.journal.entries())]
