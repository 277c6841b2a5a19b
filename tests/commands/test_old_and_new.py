"""What a preview says of every verb: for each record what it had, and what it would have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crm_tui.commands.catalogue import BY_NAME
from crm_tui.commands.here import Here
from crm_tui.commands.spec import Answer, Context, Preview, Where
from crm_tui.domain.effects import counted
from crm_tui.domain.enums import LeadSource, LossReason, Status
from crm_tui.domain.offers import Offers, OpportunityType
from crm_tui.domain.snapshot import Snapshot
from crm_tui.structs import replace
from tests.domain.rows import a_board, a_row, a_stage

HERE = Here(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), lambda _board: UTC, me=4)


def a_book() -> Snapshot:
    """Make a book of a bare open opportunity and of a lost one that has everything."""
    book = Snapshot()
    sending = replace(a_stage(11, position=1), macro_id=1, task_list_id=1)
    book.set_reference([a_board()], [a_stage(10), sending, a_stage(12, position=2)])
    bare = replace(a_row(1, value=None), owner_id=None, owner="", lead_source=None)
    full = replace(
        a_row(2, stage_id=12),
        status=int(Status.LOST),
        loss_reason=int(LossReason.TIMING),
        due_on=datetime(2026, 2, 26, tzinfo=UTC),
        type_id=5,
    )
    others = (replace(a_row(3), owner_id=4, owner="Tom Okafor"),)
    book.put([bare, full, *others])
    book.offers = Offers((OpportunityType(5, "Desk", 7), OpportunityType(6, "Office", 7)), "")
    return book


@pytest.mark.parametrize(
    ("name", "answer", "of_bare", "of_full"),
    [
        ("owner", 4, "owner nobody → Tom Okafor", "owner Ana Ruiz → Tom Okafor"),
        ("to-me", None, "owner nobody → Tom Okafor", "owner Ana Ruiz → Tom Okafor"),
        ("value", "99.5", "value none → £99.50", "value £100 → £99.50"),
        (
            "source",
            int(LeadSource.REFERRAL),
            "lead source none → Referral",
            "lead source Broker → Referral",
        ),
        ("type", 6, "type none → Office", "type Desk → Office"),
        ("won", None, "open → won", "lost: Timing → won"),
        ("lost", int(LossReason.PRICE), "open → lost: Price", "lost: Timing → lost: Price"),
        ("reopen", None, "It is open.", "lost: Timing → open again"),
        ("follow-up", "12 nov", "follow-up none → Thu 12 Nov", "follow-up Thu 26 Feb → Thu 12 Nov"),
        (
            "move",
            11,
            "Stage 10 → Stage 11 (sends a message, makes tasks)",
            "Stage 12 → Stage 11 (sends a message, makes tasks)",
        ),
    ],
)
def test_every_verb_says_what_was_and_what_would_be(
    name: str, answer: Answer | None, of_bare: str, of_full: str
) -> None:
    at = Context(a_book(), Where.BOARD, 1, 1, (1, 2), answer=answer, here=HERE)
    step = BY_NAME[name].handler(at)
    assert isinstance(step, Preview)
    said = [why for _, why in step.left_out] + [plan.whole for plan in step.plans]
    assert said == [of_bare, of_full]


def test_what_stages_do_is_counted_over_all_that_go_there() -> None:
    at = Context(a_book(), Where.BOARD, 1, 1, (1, 2), answer=11, here=HERE)
    step = BY_NAME["move"].handler(at)
    assert isinstance(step, Preview)
    assert counted(plan.effects for plan in step.plans) == ("2 send a message", "2 make tasks")
    assert counted([("marks it won", "sends a message"), (), ("makes tasks",)]) == (
        "1 sends a message",
        "1 makes tasks",
        "1 is marked won",
    )


def test_a_reason_that_an_open_one_should_not_have_is_said_too() -> None:
    book = a_book()
    odd = replace(a_row(1), loss_reason=int(LossReason.PRICE))
    book.put([odd, replace(a_row(2), status=9)])
    at = Context(book, Where.BOARD, 1, 1, (1, 2), here=HERE)
    step = BY_NAME["reopen"].handler(at)
    assert isinstance(step, Preview)
    said = [plan.whole for plan in step.plans]
    assert said == ["open, loss reason Price → open again", "#9 → open again"]
