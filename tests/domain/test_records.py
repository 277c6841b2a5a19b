"""Records read tolerantly: nested and flat, missing and unknown, enums and dates in every documented form."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crm_tui.api import entities
from crm_tui.api.entities import Entity
from crm_tui.domain.enums import LeadSource, Status, number
from crm_tui.domain.flat import flattened, with_flat_ids
from crm_tui.domain.records.base import Record
from crm_tui.domain.records.opportunity import (
    REQUIRED,
    WRITABLE,
    HistoryRecord,
    OpportunityRecord,
    StageRecord,
)

LEAST: dict[str, Any] = {"Id": 1, "CrmBoardColumnId": 5, "CoworkerId": 9}

BODY_FIELDS = """
    CrmBoardColumnId CoworkerId Status Position Name TeamId OpportunityTypeId ResponsibleId ReferrerId
    AgentId Notes Completed DueDate Value Reminded LeadSource LossReason WonOn LostOn UtmSource
    UtmMedium UtmCampaign UtmContent UtmTerm
""".split()
"""Every field of the reference's create and update bodies."""

KINDS = [value for value in vars(entities).values() if isinstance(value, Entity)]


def test_every_body_field_of_the_reference_can_be_written() -> None:
    keys = OpportunityRecord.wire_keys()
    assert {keys[field] for field in WRITABLE} == {*BODY_FIELDS, "SystemId"}
    assert {keys[field] for field in REQUIRED} == {
        "CrmBoardColumnId", "CoworkerId", "Status", "Position",
    }  # fmt: skip


def test_the_least_record_is_read_with_documented_defaults() -> None:
    record = OpportunityRecord.read(LEAST)
    assert (record.status, record.completed, record.position, record.value) == (1, False, 0, None)


def test_the_nested_form_of_the_older_edition_is_the_flat_one() -> None:
    nested = {
        "Id": 1,
        "CrmBoardColumn": {
            "Id": 5,
            "Name": "Office tour",
            "CrmBoard": {
                "Id": 50,
                "Name": "Sales",
                "Business": {"Id": 500, "Name": "Riverside", "Currency": {"Id": 3, "Code": "GBP"}},
            },
        },
        "Coworker": {"Id": 9, "FullName": "Noor Haddad"},
        "Team": None,
        "Responsible": 77,
    }
    record = OpportunityRecord.read(nested)
    assert (record.stage_id, record.stage, record.board_id, record.board) == (
        5, "Office tour", 50, "Sales",
    )  # fmt: skip
    assert (record.location, record.currency) == ("Riverside", "GBP")
    assert (record.customer_id, record.customer, record.owner_id) == (9, "Noor Haddad", 77)
    assert record.team_id is None


def test_a_flat_key_wins_over_a_nested_one_and_nothing_is_copied_without_need() -> None:
    flat = {"CoworkerId": 1, "Coworker": {"Id": 2}}
    assert flattened(flat)["CoworkerId"] == 1
    plain = {"Id": 1, "CoworkerId": 3}
    assert flattened(plain) is plain


def test_a_nested_relation_is_written_by_its_id_in_its_place_and_nothing_else_is_touched() -> None:
    came = {
        "Id": 1,
        "Coworker": {"Id": 2, "FullName": "Noor"},
        "Team": None,
        "Agent": 5,
        "TeamNames": "x",
        "Referrer": {"Id": 6},
        "ReferrerId": 7,
        "CustomFields": {"Id": 3},
        "New": {"x": [1, None, ""]},
        "Responsible": {"FullName": "without an id"},
    }
    written = with_flat_ids(came)
    assert list(written) == [
        *("Id", "CoworkerId", "TeamId", "AgentId", "TeamNames", "Referrer", "ReferrerId"),
        *("CustomFields", "New", "Responsible"),
    ]
    assert (written["CoworkerId"], written["TeamId"], written["AgentId"]) == (2, None, 5)
    untouched = set(came) - {"Coworker", "Team", "Agent"}
    assert all(written[key] is came[key] for key in untouched)


@pytest.mark.parametrize(
    ("given_as", "read_as"),
    [
        (2, 2),
        ("2", 2),
        ("Won", 2),
        ("won", 2),
        ("InProgress", 1),
        ("Nexudus.Coworking.Core.Enums.eCrmOpportunityStatus.InProgress", 1),
        (27, 27),
    ],
)
def test_an_enum_is_read_as_number_text_or_name(given_as: object, read_as: int) -> None:
    assert OpportunityRecord.read({**LEAST, "Status": given_as}).status == read_as


def test_every_name_of_an_enum_is_known_in_the_services_spelling() -> None:
    for member in LeadSource:
        spelled = member.name.title().replace("_", "")
        assert number(LeadSource, spelled) == member
    assert number(Status, "Unheard") == "Unheard"


@pytest.mark.parametrize(
    "given_as",
    [
        "2026-03-09T09:00:00Z",
        "2026-03-09T09:00:00",
        "2026-03-09T10:00:00+01:00",
        "2026-03-09T09:00:00.000Z",
    ],
)
def test_a_date_is_read_with_and_without_a_zone(given_as: str) -> None:
    record = OpportunityRecord.read({**LEAST, "DueDate": given_as})
    assert record.due_on == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert record.due_on.tzinfo is not None


def test_an_amount_keeps_its_digits() -> None:
    record = OpportunityRecord.read({**LEAST, "Value": Decimal("12345678901234567.89")})
    assert record.value == Decimal("12345678901234567.89")


def test_missing_flags_of_a_stage_are_false() -> None:
    stage = StageRecord.read(
        {"Id": 1, "CrmBoardId": 2, "Name": "x", "Position": 0, "WinOpportunity": None}
    )
    assert not any(value for value in stage.model_dump().values() if isinstance(value, bool))


def test_the_first_placement_has_no_stage_it_came_from() -> None:
    history = HistoryRecord.read({"Id": 1, "NewCrmBoardColumnId": 4, "OldCrmBoardColumnId": None})
    assert history.from_stage_id is None


@pytest.mark.parametrize(
    "broken",
    [{}, {"Id": 1}, {**LEAST, "Id": "x"}, {**LEAST, "DueDate": "soon"}, {**LEAST, "Status": "?"}],
)
def test_what_makes_no_sense_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OpportunityRecord.read(broken)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_the_base_fields_and_distinct_keys(kind: Entity[Record]) -> None:
    keys = kind.record.wire_keys()
    assert len(set(keys.values())) == len(keys)
    assert {"Id", "UniqueId", "CreatedOn", "UpdatedOn", "UpdatedBy", "SystemId"} <= set(
        keys.values()
    )
    assert not any("Password" in key or "Token" in key or "Secret" in key for key in keys.values())


@given(
    st.dictionaries(
        st.sampled_from(sorted(OpportunityRecord.wire_keys().values())),
        st.one_of(st.none(), st.integers(), st.text(max_size=5), st.booleans(), st.just({"Id": 3})),
    )
)
def test_any_shape_is_read_or_refused_and_nothing_else(record: dict[str, Any]) -> None:
    try:
        read = OpportunityRecord.read({**record, "Id": 1})
    except ValidationError:
        return
    assert read.id == 1
