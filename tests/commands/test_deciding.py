"""Won without a date: what the key writes down, and for which ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crm_tui.commands.handlers.deciding import won
from crm_tui.commands.here import Here
from crm_tui.commands.spec import Context, Preview, Say, Where, Write
from crm_tui.domain.change import Set
from crm_tui.domain.enums import Status
from crm_tui.structs import replace
from tests.domain.rows import a_book, a_row
from tests.world import clock

MOVED = datetime(2026, 2, 20, 23, 30, 5, 1234, tzinfo=UTC)


def asked(*, undated: tuple[int, ...], marked: tuple[int, ...] = (), record_id: int = 1) -> Context:
    """Stand on won ones, of which some lack the date; nobody noted when the second one was moved."""
    rows = [replace(a_row(each), status=int(Status.WON), stage_since=MOVED) for each in (1, 2, 3)]
    book = a_book(rows[0], replace(rows[1], stage_since=None), rows[2])
    here = Here(clock(), lambda _board_id: UTC)
    known = frozenset(undated)
    return Context(book, Where.TRIAGE, 1, record_id, marked=marked, undated=known, here=here)


def test_it_was_won_when_it_was_decided_or_moved_last() -> None:
    step = won(asked(undated=(1,)))
    assert isinstance(step, Write)
    (plan,) = step.plans
    assert plan.change.parts == (Set("won_on", None, MOVED.replace(microsecond=0)),)
    assert plan.said == "won on Fri 20 Feb"


def test_where_nobody_noted_that_it_is_today() -> None:
    step = won(asked(undated=(2,), record_id=2))
    assert isinstance(step, Write)
    assert step.plans[0].change.assignments() == {"won_on": clock().replace(microsecond=0)}
    assert clock() - MOVED > timedelta(days=1)


def test_of_one_whose_record_is_not_known_to_lack_it_nothing_is_written() -> None:
    assert won(asked(undated=(2,))) == Say("It is won already.")


def test_of_marked_ones_those_that_lack_it_get_it() -> None:
    step = won(asked(undated=(1, 3), marked=(1, 2, 3)))
    assert isinstance(step, Preview)
    assert [plan.record_id for plan in step.plans] == [1, 3]
    assert [why for _, why in step.left_out] == ["It is won already."]
