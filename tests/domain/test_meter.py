"""What a sitting comes to: keys and time at work, decisions and what was taken back, percentiles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_tui.domain.triage.meter import Meter, Tally

BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ENDED = BEGAN + timedelta(minutes=10)


def test_nothing_done_comes_to_nothing() -> None:
    assert Meter(BEGAN).tally(ENDED) == Tally(
        began=BEGAN, ended=ENDED, decided=0, keys=0, seconds=0
    )
    assert Meter(BEGAN).tally(ENDED).keys_per_item == 0
    assert Meter(BEGAN).tally(ENDED).seconds_per_item == 0


@pytest.mark.parametrize(
    ("pressed", "seconds"),
    [
        ([5.0], 0.0),
        ([5.0, 6.5, 8.0], 3.0),
        ([5.0, 65.0], 60.0),
        ([5.0, 65.1], 0.0),  # nobody was at work
        ([5.0, 7.0, 300.0, 301.0], 3.0),
    ],
)
def test_gaps_of_over_a_minute_are_no_work(pressed: list[float], seconds: float) -> None:
    meter = Meter(BEGAN)
    for at in pressed:
        meter.press(at)
    tally = meter.tally(ENDED)
    assert (tally.keys, tally.seconds) == (len(pressed), seconds)


def test_what_lies_between_two_looks_is_no_work() -> None:
    meter = Meter(BEGAN)
    meter.press(1.0)
    meter.press(2.0)
    meter.pause()
    meter.press(9.0)
    meter.press(9.5)
    assert meter.tally(ENDED).seconds == 1.5


def test_items_are_counted_once_and_what_was_done_each_time() -> None:
    meter = Meter(BEGAN)
    meter.decide([1], "note")
    meter.decide([1], "next-stage")
    meter.decide([2, 3], "move")
    meter.decide([4], "lost")
    meter.decide([5], "no-such-command")
    tally = meter.tally(ENDED)
    assert tally.decided == 5
    assert tally.done == {"moved": 3, "notes": 1, "lost": 1, "no-such-command": 1}


def test_what_is_taken_back_was_not_decided() -> None:
    meter = Meter(BEGAN)
    meter.decide([1], "note")
    meter.decide([1, 2], "follow-up")
    meter.take_back([1, 2])
    assert meter.tally(ENDED).done == {"notes": 1}
    assert meter.tally(ENDED).decided == 1
    meter.take_back([1])
    meter.take_back([1, 7])
    assert meter.tally(ENDED).decided == 0


def test_percentiles_are_by_nearest_rank_in_milliseconds() -> None:
    meter = Meter(BEGAN)
    for milliseconds in range(100, 0, -1):
        meter.frame(milliseconds / 1000)
    tally = meter.tally(ENDED)
    assert (tally.median_ms, tally.p95_ms, tally.p99_ms) == (50, 95, 99)
