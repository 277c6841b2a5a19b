"""The lines of the triage queue: as wide as they are told, whole facts only, and the cure of what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.snapshot import RowState
from crm_tui.domain.triage.lanes import Lane
from crm_tui.domain.triage.reasons import Reason
from crm_tui.structs import replace
from crm_tui.ui.cells import width_of
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.queue_lines import Written, heading, row_lines
from tests.domain.rows import a_row
from tests.payloads import ALL

WHY = Reason(("due 4 d ago", "27 weekdays in stage", "nobody owns it"), "12 is usual", "owner")
ROW = replace(
    a_row(7, value="2450"), customer="Noor Haddad", company="Haddad & Co", stage="Office tour"
)


def written(*, why: Reason = WHY, state: RowState = RowState.SAVED) -> Written:
    return Written(ROW, state, why, "r owner", is_current=True, is_marked=False)


def read(line: Pieces) -> str:
    return "".join(text for _, text in line).rstrip()


@pytest.mark.parametrize(
    ("width", "reason"),
    [
        (56, "due 4 d ago +2"),
        (76, "due 4 d ago, 27 weekdays in stage +1"),
        (96, "due 4 d ago, 27 weekdays in stage, nobody owns it"),
    ],
)
def test_a_row_tells_whole_facts_and_counts_those_it_leaves_out(width: int, reason: str) -> None:
    (line,) = row_lines(written(), width, in_full=False)
    assert read(line).endswith(f"£2,450  {reason}")


def test_the_row_in_hand_tells_company_all_facts_and_the_key_that_helps() -> None:
    first, second = row_lines(written(), 80, in_full=True)
    assert read(first).split() == [
        *"▸ Noor Haddad £2,450 due 4 d ago, 27 weekdays in stage,".split()
    ]
    assert read(second).split("  ")[-1] == "r owner"
    assert "Haddad & Co" in read(second)
    assert "nobody owns it (12 is usual)" in read(second)
    assert ("cursor-key", "r owner") in second


def test_a_wide_row_tells_the_stage_and_one_that_is_not_saved_its_state() -> None:
    (line,) = row_lines(written(state=RowState.SENDING), 120, in_full=False)
    assert "Office tour" in read(line)
    assert "sending · due 4 d ago" in read(line)


@given(
    width=st.integers(46, 200),
    name=st.sampled_from(ALL),
    company=st.sampled_from(ALL),
    facts=st.lists(st.sampled_from(WHY.facts), max_size=3),
    in_full=st.booleans(),
    state=st.sampled_from(RowState),
)
def test_every_line_is_as_wide_as_it_is_told(
    width: int, name: str, company: str, facts: list[str], in_full: bool, state: RowState
) -> None:
    row = replace(ROW, customer=name, company=company, stage=name)
    why = Reason(tuple(facts), "4 of 5 took 12", "owner")
    said = Written(row, state, why, "r owner", is_current=False, is_marked=True)
    lines = row_lines(said, width, in_full=in_full)
    assert len(lines) == 1 + in_full
    for line in lines:
        assert sum(width_of(text) for _, text in line) == width


@pytest.mark.parametrize("width", [1, 8, 80])
def test_a_heading_fills_its_line(width: int) -> None:
    line = heading(Lane.NO_STEP, 1234, width)
    assert sum(width_of(text) for _, text in line) == width
    assert width < 80 or read(line).startswith(" No next step 1,234 ─")
