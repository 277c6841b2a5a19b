"""Opportunities of a listing: the row made straight from the text is the one that the whole record makes (F08, F09)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.api import wire
from crm_tui.api.errors import BadAnswer
from crm_tui.api.listed import listed, listed_of
from crm_tui.api.rows import opportunity_row

PLAIN: Final[dict[str, Any]] = {
    "Name": "Tour", "CrmBoardColumnId": 12, "CrmBoardColumnName": "Lost",
    "CrmBoardColumnCrmBoardId": 5, "CrmBoardColumnCrmBoardBusinessCurrencyCode": "GBP",
    "CoworkerId": 9, "CoworkerFullName": "Zoë", "CoworkerCompanyName": None,
    "CoworkerEmail": "z@example.com", "OpportunityTypeId": None, "ResponsibleId": 3,
    "ResponsibleFullName": "Ana", "DueDate": "2025-03-20T23:56:46Z", "Value": Decimal("90.00"),
    "LeadSource": 11, "LossReason": None, "Status": 3, "CrmUpdatedOn": "2025-03-20T23:56:46.1234567Z",
    "Position": 0, "Id": 1, "CreatedOn": "2025-03-03", "UpdatedOn": "2025-03-20T23:56:46+02:00",
    "Notes": "a\u2028b",
}  # fmt: skip

values = st.sampled_from(
    [None, True, 0, 7, -1, 1 << 70, "", "7", " 7", "x", "InProgress", "eStatus.Won", "2025-02-30",
     "2025-03-03T13:44:37.9999999Z", "20250303T134437Z", Decimal("1.0"), Decimal("-0.0"), [], {},
     {"Id": 4, "Name": "N", "FullName": "F", "CrmBoard": {"Id": 6}}, [{"Id": 1}]]
)  # fmt: skip
keys = st.sampled_from(
    [
        *PLAIN,
        "CrmBoardColumn",
        "CrmBoardColumnCrmBoard",
        "Coworker",
        "Responsible",
        "OpportunityType",
    ]
)


def told(make: Callable[[], Any]) -> Any:
    """Give a row, or none where the record has no place on a board."""
    try:
        return make()
    except BadAnswer:
        return None


@given(st.dictionaries(keys, values, max_size=4), st.sets(keys, max_size=3))
def test_the_row_of_the_text_is_the_row_of_the_record(
    other: dict[str, Any], missing: set[str]
) -> None:
    record = {key: value for key, value in (PLAIN | other).items() if key not in missing}
    text = wire.encode(record)
    found = listed(text)
    assert found is not None
    row = told(lambda: opportunity_row(wire.decode(text)))
    assert found.row == row
    assert repr(found.row) == repr(row)
    assert (found.id, found.text) == (wire.key_of(record), text)
    assert listed_of(wire.decode(text)) == found


def test_F09_the_text_is_kept_to_the_letter() -> None:
    text = '{ "Id":1,"CrmBoardColumnId" : 2,"x":1.50e3,"y":"\\u00e9é" }'.encode()
    found = listed(text)
    assert found is not None
    assert found.row is not None
    assert found.text == text


@pytest.mark.parametrize("text", [b"7", b"null", b"[]", b'"x"'])
def test_what_is_no_record_is_left_out(text: bytes) -> None:
    assert listed(text) is None


@pytest.mark.parametrize("spoilt", [b"\xff", b"\\ud800", b"\\q", b"\n"])
def test_H12_what_no_row_needs_must_be_readable_too(spoilt: bytes) -> None:
    with pytest.raises(BadAnswer):
        listed(b'{"Id":1,"CrmBoardColumnId":2,"Notes":"' + spoilt + b'"}')
