"""What a typed line means, said before it is taken: the days of the records in question, and their currencies."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crm_tui.commands.handlers.deciding import follow_up_on
from crm_tui.commands.handlers.editing import value
from crm_tui.commands.handlers.tasks import task
from crm_tui.commands.here import Here
from crm_tui.commands.reading import Reading
from crm_tui.commands.spec import Context, Handler, Prompt, Where
from crm_tui.domain.follow_ups import Week
from crm_tui.domain.snapshot import Snapshot
from crm_tui.structs import replace
from tests.domain.rows import a_board, a_row, a_stage

LATE = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
"""Monday in London, and Tuesday in Auckland."""


def read(
    handler: Handler, text: str, *answers: str, records: tuple[int, ...], week: Week | None = None
) -> Reading:
    """Type a text where a verb asks for a line; record 1 is in London, 2 in Auckland."""
    book = Snapshot()
    book.set_reference([a_board(1), a_board(2)], [a_stage(10), a_stage(20, board_id=2)])
    book.put([a_row(1), a_row(2, stage_id=20, board_id=2, currency="NZD")])
    zones = {1: ZoneInfo("Europe/London"), 2: ZoneInfo("Pacific/Auckland")}
    here = Here(LATE, zones.__getitem__, week=week or Week(), me=3)
    marked = records if len(records) > 1 else ()
    answer = answers[-1] if answers else None
    at = Context(book, Where.BOARD, 1, records[0], marked, here=here, answer=answer)
    step = handler(replace(at, earlier=answers[:-1]))
    assert isinstance(step, Prompt)
    assert step.reader is not None
    return step.reader(text)


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ((1,), "Tue 3 Mar 2026, +1d"),
        ((2,), "Wed 4 Mar 2026, +1d"),
        ((1, 2), "Tue 3 Mar 2026, +1d or Wed 4 Mar 2026, +1d"),
    ],
)
def test_a_day_is_that_of_each_location(records: tuple[int, ...], words: str) -> None:
    assert read(follow_up_on, "tomorrow", "typed", records=records) == Reading(words)


def test_a_date_is_the_same_everywhere_though_it_is_not_as_far_off() -> None:
    said = read(follow_up_on, "12 nov", "typed", records=(1, 2))
    assert said == Reading("Thu 12 Nov 2026, +255d or Thu 12 Nov 2026, +254d")


def test_what_is_read_is_what_is_taken_on_closed_days_too() -> None:
    said = read(follow_up_on, "sat", "typed", records=(1,), week=Week(frozenset((5, 6))))
    assert said == Reading("Mon 9 Mar 2026, +7d, since Sat 7 Mar is closed as all Saturdays are")


@pytest.mark.parametrize(
    ("records", "text", "reading"),
    [
        ((1,), "2,500", Reading("£2,500")),
        ((1, 2), "2500", Reading("£2,500 or NZD 2,500")),
        ((1,), "-", Reading("no value")),
        ((1,), "2,50", Reading('"2,50" is no amount; write it as 2500 or 99.50', 0)),
    ],
)
def test_an_amount_is_said_in_each_currency(
    records: tuple[int, ...], text: str, reading: Reading
) -> None:
    assert read(value, text, records=records) == reading


def test_of_a_task_the_day_and_the_name_are_said_and_a_slip_has_its_place() -> None:
    assert read(task, "call back", records=(1,)) == Reading("")
    said = read(task, "call back @fri @ana", records=(1,))
    assert said == Reading("by Fri 6 Mar 2026, +4d, for Ana Ruiz")
    assert read(task, "call back @fir", records=(1,)).wrong_from == len("call back @")
    assert read(task, "call back @12 nvo", records=(1,)).wrong_from == len("call back @12 ")
    assert read(task, "fri", "call", "typed", records=(1,)) == Reading("Fri 6 Mar 2026, +4d")
