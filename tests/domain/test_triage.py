"""The triage queue by cases: which lane, which place, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crm_tui.domain.enums import LeadSource, LossReason, Status
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.triage.lanes import Lane
from crm_tui.domain.triage.queue import queue
from crm_tui.domain.triage.reasons import reason
from crm_tui.domain.when import Dates
from crm_tui.structs import replace
from tests.domain.triage_rows import (
    ELSEWHERE,
    FAR,
    LOST,
    NOW,
    SCOPE,
    TOUR,
    WON,
    ago,
    opportunity,
)

NEW: dict[str, Any] = {
    "created_on": ago(0.125),
    "updated_on": ago(0.125),
    "stage_since": ago(0.125),
}
SOON = ago(-6)
LATE = ago(4)


@pytest.mark.parametrize(
    ("facts", "lane", "words"),
    [
        # New
        (NEW, Lane.NEW, "came 3 h ago by broker, untouched"),
        (NEW | {"lead_source": None}, Lane.NEW, "came 3 h ago, untouched, no lead source"),
        (NEW | {"created_on": NOW, "updated_on": None}, Lane.NEW, "came just now by broker, untouched"),
        (NEW | {"updated_on": ago(0.125) + timedelta(seconds=60)}, Lane.NEW, "came 3 h ago by broker, untouched"),
        (NEW | {"updated_on": ago(0.125) + timedelta(seconds=61)}, Lane.NO_STEP, "no follow-up"),
        (NEW | {"created_on": ago(2), "updated_on": ago(2)}, Lane.NO_STEP, "no follow-up, untouched for 2 d"),
        (NEW | {"lead_source": LeadSource.EMAIL_MARKETING.value}, Lane.NO_STEP, "no follow-up"),
        (NEW | {"due_on": ago(0)}, Lane.NEW, "came 3 h ago by broker, untouched"),
        (NEW | {"due_on": SOON}, Lane.PARKED, "follow-up on Fri 27 Nov"),
        # Overdue
        ({"due_on": LATE}, Lane.OVERDUE, "due 4 d ago, nothing written since"),
        ({"due_on": LATE, "updated_on": ago(1)}, Lane.OVERDUE, "due 4 d ago"),
        ({"due_on": ago(13.1 / 24)}, Lane.OVERDUE, "due 1 d ago, nothing written since"),
        (
            {"due_on": LATE, "stage_id": TOUR, "stage_since": ago(38)},
            Lane.OVERDUE,
            "due 4 d ago, nothing written since, 27 weekdays in stage (4 of 5 won ones took 12 at most)",
        ),
        # Today
        ({"due_on": ago(13 / 24)}, Lane.TODAY, "due today"),
        ({"due_on": NOW + timedelta(hours=10, minutes=59)}, Lane.TODAY, "due today"),
        # No next step
        ({}, Lane.NO_STEP, "no follow-up, untouched for 5 d"),
        ({"updated_on": ago(0.2)}, Lane.NO_STEP, "no follow-up"),
        ({"updated_on": None, "stage_since": None, "created_on": None}, Lane.NO_STEP, "no follow-up"),
        (
            {"stage_since": ago(30)},
            Lane.NO_STEP,
            "no follow-up, untouched for 5 d, 21 weekdays in stage (over 10 is long; too few were won to tell)",
        ),
        # Ageing: the follow-up lies so far ahead that it excuses nothing
        (
            {"due_on": ago(-61), "stage_id": TOUR, "stage_since": ago(38)},
            Lane.AGEING,
            "27 weekdays in stage, follow-up on Thu 21 Jan 2027 (4 of 5 won ones took 12 at most)",
        ),
        (
            {"due_on": ago(-60), "stage_id": TOUR, "stage_since": ago(38)},
            Lane.PARKED,
            "follow-up on Wed 20 Jan 2027, 27 weekdays in stage (4 of 5 won ones took 12 at most)",
        ),
        ({"due_on": ago(-61), "stage_id": TOUR, "stage_since": ago(17)}, Lane.PARKED, "follow-up on Thu 21 Jan 2027"),
        ({"due_on": ago(-61), "stage_since": None}, Lane.PARKED, "follow-up on Thu 21 Jan 2027"),
        # Hygiene: a follow-up ahead excuses what is missing, and nothing that is wrong
        ({"due_on": SOON, "stage_id": WON}, Lane.HYGIENE, "open in a stage that wins"),
        ({"due_on": SOON, "stage_id": LOST}, Lane.HYGIENE, "open in a stage that loses"),
        ({"due_on": SOON, "loss_reason": 4}, Lane.HYGIENE, "open with a loss reason"),
        ({"due_on": SOON, "owner_id": None}, Lane.HYGIENE, "nobody owns it"),
        (
            {"due_on": SOON, "owner_id": None, "stage_id": TOUR, "stage_since": ago(38)},
            Lane.HYGIENE,
            "nobody owns it, 27 weekdays in stage (4 of 5 won ones took 12 at most)",
        ),
        ({"due_on": SOON, "value": None}, Lane.PARKED, "follow-up on Fri 27 Nov, no value"),
        ({"due_on": SOON, "lead_source": None}, Lane.PARKED, "follow-up on Fri 27 Nov, no lead source"),
        ({"due_on": SOON, "stage_id": 999}, Lane.PARKED, "follow-up on Fri 27 Nov"),
        ({"due_on": NOW, "stage_id": WON}, Lane.TODAY, "due today, open in a stage that wins"),
        ({"due_on": SOON}, Lane.PARKED, "follow-up on Fri 27 Nov"),
        ({"due_on": ago(-1)}, Lane.PARKED, "follow-up on Sun 22 Nov"),
        # Decided ones
        ({"status": Status.WON.value}, None, ""),
        ({"status": Status.WON.value, "stage_id": WON}, None, ""),
        ({"status": Status.WON.value, "stage_id": LOST}, Lane.HYGIENE, "won in a stage that loses"),
        ({"status": Status.WON.value, "loss_reason": 4}, Lane.HYGIENE, "won with a loss reason"),
        ({"status": Status.LOST.value}, Lane.HYGIENE, "lost without a reason"),
        ({"status": Status.LOST.value, "loss_reason": LossReason.PRICE.value}, None, ""),
        ({"status": 3, "loss_reason": 4, "stage_id": WON}, Lane.HYGIENE, "lost in a stage that wins"),
        ({"status": Status.LOST.value, "stage_since": ago(90)}, None, ""),
        ({"status": Status.LOST.value, "stage_since": ago(89.9)}, Lane.HYGIENE, "lost without a reason"),
        ({"status": Status.LOST.value, "stage_since": None}, Lane.HYGIENE, "lost without a reason"),
        ({"status": Status.WON.value, "due_on": LATE}, Lane.HYGIENE, "decided, but its follow-up has come"),
        ({"status": Status.WON.value, "due_on": ago(7)}, None, ""),  # from before the decision
        ({"status": Status.WON.value, "due_on": SOON}, None, ""),  # may be meant
        ({"status": Status.WON.value, "due_on": ago(0)}, None, ""),  # its day is not over
        ({"status": 9}, None, ""),
        ({"board_id": ELSEWHERE}, None, ""),
    ],
)  # fmt: skip
def test_a_row_stands_in_its_lane_and_says_why(
    facts: dict[str, Any], lane: Lane | None, words: str
) -> None:
    ranked = queue([opportunity(**facts)], SCOPE)
    assert queue([], SCOPE, ranked.scales).with_row(opportunity(**facts)).entries == ranked.entries
    entry = ranked.entries.get(1)
    assert (entry and entry.lane) == lane
    if entry is not None:
        assert reason(ranked, 1).words == words
        assert ranked.counts == {each: int(each is lane) for each in Lane}


@pytest.mark.parametrize(
    ("facts", "fix"),
    [
        ({}, ""),
        ({"stage_id": WON, "owner_id": None}, "won"),
        ({"stage_id": LOST}, "lost"),
        ({"loss_reason": 4}, "reopen"),
        ({"owner_id": None, "value": None}, "owner"),
        ({"value": None, "lead_source": None}, "value"),
        ({"lead_source": None}, "source"),
        ({"status": 2, "stage_id": LOST}, "move"),
        ({"status": 2, "loss_reason": 4}, "won"),
        ({"status": 3}, "lost"),
        ({"status": 3, "loss_reason": 4, "due_on": LATE}, "follow-up"),
    ],
)
def test_what_is_wrong_names_the_command_that_sets_it_right(
    facts: dict[str, Any], fix: str
) -> None:
    assert reason(queue([opportunity(**facts)], SCOPE), 1).fix == fix


def test_a_won_one_is_without_a_date_where_its_record_is_known_to_be() -> None:
    won = opportunity(status=Status.WON.value)
    ranked = queue([won], replace(SCOPE, undated=frozenset([1])))
    assert reason(ranked, 1).words == "won without a date"


def test_that_a_date_is_lacking_may_become_known_later() -> None:
    won, other = opportunity(status=Status.WON.value), opportunity(2)
    before = queue([won, other], SCOPE)
    known = before.with_undated(frozenset([1]), [won, None])
    anew = queue([won, other], replace(SCOPE, undated=frozenset([1])))
    assert tuple(known.ordered) == tuple(anew.ordered)
    assert reason(known, 1).words == "won without a date"
    assert tuple(known.with_undated(frozenset(), [won]).ordered) == tuple(before.ordered)


def test_an_opportunity_with_a_twin_is_found_whatever_its_follow_up() -> None:
    both = [
        opportunity(1, customer_id=7, name="Desk", due_on=SOON),
        opportunity(2, customer_id=7, name=" desk ", due_on=SOON, board_id=2, stage_id=FAR),
    ]
    ranked = queue(both, SCOPE)
    assert reason(ranked, 1).words == "the same customer is open twice under one name"
    assert ranked.counts[Lane.HYGIENE] == 2
    told_apart = ranked.with_row(replace(both[1], name="Office"))
    assert told_apart.counts[Lane.PARKED] == 2
    assert told_apart.with_row(both[1]).counts[Lane.HYGIENE] == 2
    lost = replace(both[1], status=Status.LOST.value, loss_reason=9)
    assert ranked.with_row(lost).counts[Lane.PARKED] == 1
    assert ranked.without(1).counts == queue(both[1:], SCOPE).counts


def test_customers_that_nobody_named_are_no_twins() -> None:
    rows = [opportunity(each, customer_id=0, due_on=SOON) for each in (1, 2)]
    assert queue(rows, SCOPE).counts[Lane.PARKED] == 2


def test_today_is_the_locations_and_so_is_the_day_of_a_follow_up() -> None:
    due = datetime(2026, 11, 21, 12, tzinfo=UTC)  # 01:00 on the 22nd in Auckland, where it is 02:00
    rows = [opportunity(1, due_on=due), opportunity(2, board_id=2, stage_id=FAR, due_on=due)]
    assert queue(rows, SCOPE).counts[Lane.TODAY] == 2
    before = due - timedelta(hours=2)
    late = queue([replace(row, due_on=before) for row in rows], SCOPE)
    assert {each.row.id: each.lane for each in late.order} == {1: Lane.TODAY, 2: Lane.OVERDUE}


def test_on_a_walls_clock_the_digits_are_the_day() -> None:
    due = datetime(2026, 11, 22, 0, tzinfo=UTC)
    row = opportunity(board_id=2, stage_id=FAR, due_on=due)
    assert queue([row], replace(SCOPE, dates=Dates.WALLCLOCK)).counts[Lane.TODAY] == 1
    early = replace(row, due_on=due - timedelta(minutes=1))
    assert queue([early], SCOPE).counts[Lane.TODAY] == 1
    assert queue([early], replace(SCOPE, dates=Dates.WALLCLOCK)).counts[Lane.OVERDUE] == 1


def ids(rows: list[OpportunityRow]) -> list[int]:
    return [entry.row.id for entry in queue(rows, SCOPE).order]


def test_lanes_come_in_order_and_pins_first() -> None:
    rows = [
        opportunity(1, due_on=ago(-61), stage_id=TOUR, stage_since=ago(38)),
        opportunity(2, status=3),
        opportunity(3),
        opportunity(4, due_on=NOW),
        opportunity(5, due_on=LATE),
        opportunity(6, **NEW),
        opportunity(7, due_on=SOON),
    ]
    assert ids(rows) == [6, 5, 4, 3, 1, 2]
    pinned = queue(rows, replace(SCOPE, pinned=frozenset([3, 7])))
    assert [entry.row.id for entry in pinned.order] == [7, 3, 6, 5, 4, 1, 2]
    assert [entry.kind for entry in pinned.lane(Lane.PINNED)] == [Lane.PARKED, Lane.NO_STEP]
    assert reason(pinned, 7).words == "pinned, follow-up on Fri 27 Nov"
    assert tuple(queue(rows, SCOPE).with_pins(frozenset([3, 7, 99])).ordered) == tuple(
        pinned.ordered
    )
    assert tuple(pinned.with_pins(frozenset()).ordered) == tuple(queue(rows, SCOPE).ordered)


def test_within_a_lane_the_day_comes_first_then_the_value_then_who_waits_longest_then_the_id() -> (
    None
):
    late = {"due_on": LATE}
    assert ids([opportunity(1, **late), opportunity(2, due_on=ago(5))]) == [2, 1]
    later_that_day = {"due_on": LATE + timedelta(hours=1), "value": Decimal(101)}
    assert ids([opportunity(1, **late), opportunity(2, **later_that_day)]) == [2, 1]
    assert ids([opportunity(1, value=None), opportunity(2, value=Decimal(0))]) == [2, 1]
    assert ids([opportunity(1), opportunity(2, updated_on=ago(6))]) == [2, 1]
    unwritten = {"updated_on": None}
    moved = [opportunity(each, **unwritten, stage_since=ago(each)) for each in (3, 4)]
    assert ids(moved) == [4, 3]
    made = [replace(row, stage_since=None, created_on=row.stage_since) for row in moved]
    assert ids(made) == [4, 3]
    assert ids([opportunity(2), opportunity(1)]) == [1, 2]


def test_values_of_two_currencies_are_not_compared_but_each_with_its_own() -> None:
    yen = [opportunity(each, value=Decimal(each) * 10_000, currency="JPY") for each in (1, 2, 3)]
    pounds = [opportunity(each, value=Decimal(each), currency="GBP") for each in (11, 12, 13)]
    # The largest of either comes before the second of either, by how long they wait, then by id.
    assert ids([*yen, *pounds]) == [3, 13, 2, 12, 1, 11]


def test_an_amount_that_is_typed_moves_its_own_row_alone() -> None:
    rows = [opportunity(each, value=Decimal(each)) for each in range(1, 6)]
    ranked = queue(rows, SCOPE)
    more = ranked.with_row(replace(rows[0], value=Decimal(100)))
    assert [entry.row.id for entry in more.order] == [1, 5, 4, 3, 2]
