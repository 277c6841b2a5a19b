"""The service's enumerations."""

from __future__ import annotations

import pytest

from crm_tui.domain.enums import LeadSource, LossReason, Status, label


@pytest.mark.parametrize(("kind", "count"), [(Status, 3), (LeadSource, 27), (LossReason, 21)])
def test_the_tables_are_whole(kind: type[Status | LeadSource | LossReason], count: int) -> None:
    assert len(kind) == count


def test_a_number_the_service_added_later_is_shown_as_it_is() -> None:
    assert label(LeadSource, 8) == "Word of mouth"
    assert label(LeadSource, 27) == "#27"
    assert label(LossReason, None) == ""
