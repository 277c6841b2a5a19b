"""Fields of raw records, read one by one: they say what the whole record says, in every dialect."""

from __future__ import annotations

import pytest

from crm_tui.api.params import FILTERS, RANGES
from crm_tui.api.record_fields import reader, teller
from crm_tui.domain.fields.table import FIELDS
from crm_tui.domain.flat import flattened
from crm_tui.domain.language import read_query
from crm_tui.domain.query import STATE, fields_of
from crm_tui.domain.records.opportunity import OpportunityRecord
from crm_tui.sandbox.dialect import Switches
from tests.domain.test_language import NAMES
from tests.world import running_sandbox

SPOKEN = sorted(
    {*FILTERS, *RANGES}
    | {
        field
        for each in FIELDS.values()
        for test in read_query(each.example, NAMES).conditions
        for field in fields_of(test)
    }
    - {STATE}
)
"""Every field that a filter may ask for."""


@pytest.mark.parametrize("shape", ["flat", "nested"])
async def test_a_field_says_what_the_record_says(shape: str) -> None:
    async with running_sandbox(size=40, switches=Switches(record_shape=shape)) as sandbox:
        client = sandbox.client()
        raws = [raw async for page in client.opportunities.pages() for raw in page.records]
        await client.close()
    assert len(raws) >= 40
    told = set()
    for raw in raws:
        record, flat = OpportunityRecord.read(raw), flattened(raw)
        for field in SPOKEN:
            found = reader(field)(flat)
            assert found == getattr(record, field) or (found == "" and not getattr(record, field))
            told |= {field} if found else set()
    assert len(told) > 35  # most of them are set somewhere


def test_a_record_that_lacks_a_key_does_not_tell() -> None:
    assert teller(["notes"])({"Notes": None})
    assert not teller(["notes", "team_id"])({"Notes": "x"})
    assert reader("customer_kind")({"CoworkerCoworkerType": "Company"}) == "2"
    assert reader("customer_kind")({"CoworkerCoworkerType": 1}) == "1"
