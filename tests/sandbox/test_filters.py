"""How filters of opportunities are read; each of them is tried in `tests/contract`."""

from contextlib import closing
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from crm_tui.sandbox.app import close_app, create_app
from crm_tui.sandbox.database import connect
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.entities import AUDIT, OPPORTUNITY
from crm_tui.sandbox.fields import Entity
from crm_tui.sandbox.filters import parse
from crm_tui.sandbox.records import read_list
from crm_tui.sandbox.roles import EVERYTHING
from tests.sandbox.driving import Sandbox, SetClock


async def test_filters_are_anded_and_text_matches_a_part_in_any_case(sandbox: Sandbox) -> None:
    sandbox.change("UPDATE coworkers SET FullName = 'ÅSA Ødegård', CompanyName = 'Fjäll_100%'")
    everyone = await sandbox.ids()
    assert await sandbox.ids(CrmOpportunity_Coworker_FullName="øDEGÅ") == everyone
    assert await sandbox.ids(CrmOpportunity_Coworker_CompanyName="l_100%") == everyone
    assert await sandbox.ids(CrmOpportunity_Coworker_CompanyName="%") == everyone
    assert await sandbox.ids(CrmOpportunity_Coworker_CompanyName="jäl%0") == []
    both = await sandbox.ids(CrmOpportunity_Coworker_FullName="åsa", CrmOpportunity_Status=2)
    assert both == await sandbox.ids(CrmOpportunity_Status=2)
    assert 0 < len(both) < len(everyone)


async def test_moments_are_read_with_minutes_and_with_offsets(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    await sandbox.saved({**record, "DueDate": "2031-03-09T09:00:00Z"})
    for spelling in ("2031-03-09T09:00", "2031-03-09T10:00:00+01:00", "2031-03-09T09:00:00.000Z"):
        assert await sandbox.ids(CrmOpportunity_DueDate=spelling) == [record["Id"]]
    assert await sandbox.ids(from_CrmOpportunity_DueDate="2031-03-09T09:01") == []
    assert await sandbox.ids(from_CrmOpportunity_DueDate="2031-03-09") == [record["Id"]]


async def test_amounts_are_compared_as_numbers(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    await sandbox.saved({**record, "Value": Decimal("100000.50")})
    assert await sandbox.ids(CrmOpportunity_Value="100000.500") == [record["Id"]]
    assert await sandbox.ids(from_CrmOpportunity_Value="99999") == [record["Id"]]


async def test_unknown_and_empty_parameters_are_ignored(sandbox: Sandbox) -> None:
    everyone = await sandbox.ids()
    assert await sandbox.ids(CrmOpportunity_Colour="red", CrmOpportunity_Name="") == everyone
    # In the records, but nothing says that it is a filter.
    assert await sandbox.ids(from_CrmOpportunity_CrmUpdatedOn="2099-01-01T00:00") == everyone


async def test_changes_can_be_polled(sandbox: Sandbox) -> None:
    record = await sandbox.card("Enquiry")
    moment = sandbox.clock.advance(minutes=5)
    await sandbox.saved({**record, "Name": "polled"})
    assert await sandbox.ids(from_CrmOpportunity_UpdatedOn=moment[:16]) == [record["Id"]]


@pytest.mark.parametrize(
    ("entity", "parameters"),
    [
        (OPPORTUNITY, {"from_CrmOpportunity_UpdatedOn": "2026-11-20T15:00"}),
        (
            AUDIT,
            {
                "AuditTrailEntry_EntityShortName": "CrmOpportunity",
                "AuditTrailEntry_AuditType": "3",
                "from_AuditTrailEntry_CreatedOn": "2026-11-20T15:00",
            },
        ),
    ],
    ids=["changes", "deletions"],
)
def test_to_look_for_what_is_new_costs_the_same_in_a_large_book(
    tmp_path: Path, entity: Entity, parameters: dict[str, str]
) -> None:
    steps = []
    for size in (100, 1000):
        path = tmp_path / f"{size}.sqlite3"
        close_app(create_app(path, clock=SetClock(), size=size, seed=7))
        query = parse(entity, [*parameters.items(), ("size", "1000")], Switches())
        with closing(connect(path)) as connection:
            taken: list[None] = []
            connection.set_progress_handler(partial(taken.append, None), 1)
            read_list(connection, entity, query, EVERYTHING, Switches())
        steps.append(len(taken))
    assert steps[0] == steps[1] > 0
