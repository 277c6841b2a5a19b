"""Moves read as stays, and notes with the newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.detail import History, Move, Stay, notes_newest_first, stays


def day(number: int) -> datetime:
    return datetime(2026, 2, number, 9, tzinfo=UTC)


ENQUIRED = Move("", "Enquiry", None, day(1), "")
BOOKED = Move("Enquiry", "Tour booked", day(1), day(4), "Ana Ruiz")
SHOWN = Move("Tour booked", "Office tour", day(4), day(9), "Mina Kovač")


def test_moves_become_stays_with_who_brought_it_there() -> None:
    found = stays(History((SHOWN, BOOKED, ENQUIRED)))
    assert found == [
        Stay("Office tour", day(9), None, "Mina Kovač"),
        Stay("Tour booked", day(4), day(9), "Ana Ruiz"),
        Stay("Enquiry", day(1), day(4), ""),
    ]
    assert [stay.lasted for stay in found] == [None, timedelta(days=5), timedelta(days=3)]


def test_the_stage_before_the_earliest_known_move_is_a_stay_too() -> None:
    assert stays(History((SHOWN, BOOKED)))[-1] == Stay(
        "Enquiry", day(1), day(4), "", by_is_known=False
    )


def test_no_moves_are_no_stays() -> None:
    assert stays(History()) == []


def test_clocks_that_disagree_make_no_negative_time() -> None:
    assert Stay("x", day(5), day(4), "").lasted == timedelta(0)


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("one\ntwo", ["one", "two"]),
        ("one\r\ntwo\rthree", ["one", "two", "three"]),
        ("old\n2026-02-01 a\n2026-02-03 b", ["2026-02-03 b", "2026-02-01 a", "old"]),
        ("2026-02-01 a\nmore\n2026-02-01 b", ["2026-02-01 b", "2026-02-01 a", "more"]),
        ("[2026-02-03 10:00] b\n[2026-02-01] a", ["[2026-02-03 10:00] b", "[2026-02-01] a"]),
        ("1 Feb 2026 a\n12 March 2026 b", ["12 March 2026 b", "1 Feb 2026 a"]),
        ("2026-02-31 a\n99 Foo 2026 b", ["2026-02-31 a", "99 Foo 2026 b"]),
        ("20260201 a\nb", ["20260201 a", "b"]),
    ],
)
def test_dated_notes_come_newest_first_and_others_as_they_are(
    notes: str, expected: list[str]
) -> None:
    assert notes_newest_first(notes) == expected


@given(st.lists(st.sampled_from(["2026-02-01 a", "2025-12-24 b", "1 Mar 2026 c", "more", "x y"])))
def test_no_line_of_the_notes_is_lost(lines: list[str]) -> None:
    assert sorted(notes_newest_first("\n".join(lines))) == sorted(lines)
