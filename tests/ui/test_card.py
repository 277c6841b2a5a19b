"""How cards are written: every line exactly as wide as asked, figures whole, states in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState
from crm_tui.structs import replace
from crm_tui.text import UNSAFE
from crm_tui.ui.cells import width_of
from crm_tui.ui.widgets.card import Density, Facts, Seen, card_lines, lines_of
from tests.domain import rows
from tests.payloads import ALL

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEEN = Seen(NOW, UTC)


def a_row(record_id: int, **fields: Any) -> OpportunityRow:
    return replace(rows.a_row(record_id), **fields)


def texts(
    row: OpportunityRow,
    width: int = 22,
    density: Density = Density.CARDS,
    state: RowState = RowState.SAVED,
    *,
    marked: bool = False,
) -> list[str]:
    lines = card_lines(row, Facts(state, marked, SEEN), density, width)
    return ["".join(text for _, text in pieces) for pieces in lines]


def styles(row: OpportunityRow, state: RowState = RowState.SAVED) -> set[str]:
    lines = card_lines(row, Facts(state, False, SEEN), Density.CARDS, 22)
    return {style for pieces in lines for style, _ in pieces}


widths = st.integers(20, 120)


@given(st.text(max_size=60), st.text(max_size=60), widths, st.sampled_from(Density), st.booleans())
def test_every_line_is_exactly_as_wide_as_asked(
    name: str, company: str, width: int, density: Density, marked: bool
) -> None:
    row = a_row(1, customer=name, company=company, name=company, owner=name)
    lines = texts(row, width, density, marked=marked)
    assert len(lines) == lines_of(density, width)
    assert {width_of(line) for line in lines} == {width}


@pytest.mark.parametrize("payload", ALL)
def test_D01_no_payload_leaves_a_card_alive(payload: str) -> None:
    row = a_row(1, customer=payload, company=payload, name=payload, owner=payload, currency=payload)
    for width in (22, 80):
        for density in Density:
            assert not any(UNSAFE.search(line) for line in texts(row, width, density))


def test_a_card_tells_who_what_how_much_when_and_whose() -> None:
    row = a_row(
        1,
        customer="Noor Haddad",
        company="Haddad & Co",
        name="Studio 3",
        value=Decimal(2450),
        owner="Ana Ruiz",
        due_on=NOW - timedelta(days=4),
        stage_since=NOW - timedelta(days=11),
    )
    assert texts(row, 26) == [
        "Noor Haddad               ",
        "Haddad & Co · Studio… 11 d",
        "£2,450         4 d late AR",
    ]


@pytest.mark.parametrize("width", range(12, 30))
def test_an_amount_is_whole_or_the_rest_gives_way(width: int) -> None:
    row = a_row(1, value=Decimal("123456.78"), due_on=NOW + timedelta(days=500))
    assert texts(row, width)[2].startswith("£123,456.78 ")


def test_a_day_of_another_year_says_the_year() -> None:
    assert "2027-11-30" in texts(a_row(1, due_on=datetime(2027, 11, 30, tzinfo=UTC)))[2]


def test_what_is_late_or_due_today_stands_out_in_words_and_style() -> None:
    late, today = a_row(1, due_on=NOW - timedelta(days=2)), a_row(1, due_on=NOW)
    ahead = a_row(1, due_on=NOW + timedelta(days=2))
    assert "2 d late" in texts(late)[2]
    assert "today" in texts(today)[2]
    assert "Mon 23 Nov" in texts(ahead)[2]
    assert "late" in styles(late) & styles(today)
    assert "late" not in styles(ahead)


def test_nobody_follows_up_on_what_is_decided() -> None:
    assert "late" not in texts(a_row(1, status=2, due_on=NOW - timedelta(days=2)))[2]


@pytest.mark.parametrize("state", [state for state in RowState if state != RowState.SAVED])
@pytest.mark.parametrize("density", Density)
@pytest.mark.parametrize("width", [22, 80])
def test_J18_a_state_is_told_in_words(state: RowState, density: Density, width: int) -> None:
    assert state.value in "".join(texts(a_row(1), width, density, state))


@pytest.mark.parametrize("density", Density)
@pytest.mark.parametrize("width", [22, 80])
def test_J18_a_mark_is_a_sign(density: Density, width: int) -> None:
    assert "●" in texts(a_row(1), width, density, marked=True)[0]
    assert "●" not in texts(a_row(1), width, density)[0]
