"""A query as parameters, and the law that nothing is lost on the way out; the rows are in `tests/contract`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.api.client import NexudusClient
from crm_tui.api.params import FILTERS, RANGES, parameters
from crm_tui.domain.change import Value
from crm_tui.domain.query import AllOf, AnyOf, Comparison, Condition, Not, Query, Test, matches
from crm_tui.domain.records.opportunity import OpportunityRecord
from tests.world import running_sandbox


def test_every_field_that_filters_is_a_field_of_the_record() -> None:
    assert set(FILTERS) | set(RANGES) <= set(OpportunityRecord.model_fields)


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (Condition("completed", Comparison.IS, True), {"CrmOpportunity_Completed": "true"}),
        (Condition("value", Comparison.FROM, Decimal("2000.50")), {"from_CrmOpportunity_Value": "2000.50"}),
        (Condition("value", Comparison.FROM, Decimal("1E+3")), {"from_CrmOpportunity_Value": "1000"}),
        (
            Condition("due_on", Comparison.TO, datetime(2026, 3, 9, 23, 59, 30, tzinfo=UTC)),
            {"to_CrmOpportunity_DueDate": "2026-03-10T00:00"},
        ),
        (
            Condition("due_on", Comparison.FROM, datetime.fromisoformat("2026-03-09T10:00:30+01:00")),
            {"from_CrmOpportunity_DueDate": "2026-03-09T09:00"},
        ),
        (
            Condition("customer", Comparison.HOLDS, "O'Brien & Söhne"),
            {"CrmOpportunity_Coworker_FullName": "O'Brien & Söhne"},
        ),
        (Condition("value", Comparison.ABOVE, Decimal(5)), {"from_CrmOpportunity_Value": "5"}),
        (
            Condition("due_on", Comparison.BELOW, datetime(2026, 3, 9, 23, 0, tzinfo=UTC)),
            {"to_CrmOpportunity_DueDate": "2026-03-09T23:00"},
        ),
        (
            AllOf(
                (
                    Condition("value", Comparison.FROM, Decimal(5)),
                    Condition("value", Comparison.BELOW, Decimal(9)),
                )
            ),
            {"from_CrmOpportunity_Value": "5", "to_CrmOpportunity_Value": "9"},
        ),
        (AnyOf((Condition("status", Comparison.IS, 1), Condition("status", Comparison.IS, 2))), {}),
        (Not(Condition("status", Comparison.IS, 1)), {}),
        (Condition("owner_id", Comparison.IS_EMPTY), {}),
        (Condition("name", Comparison.IS, ""), {}),
        (Condition("created_on", Comparison.IS_SET), {}),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_a_test_is_said_in_the_services_words(test: Test, said: dict[str, str]) -> None:
    assert parameters(Query((test,))) == said


def test_where_texts_are_compared_whole_they_are_left_to_us() -> None:
    query = Query(
        (Condition("customer", Comparison.HOLDS, "noor"), Condition("status", Comparison.IS, 1))
    )
    assert parameters(query, texts_are_parts=False) == {"CrmOpportunity_Status": "1"}


class Book:
    """A whole book, and the client it came through."""

    def __init__(
        self,
        runner: asyncio.Runner,
        client: NexudusClient,
        records: dict[int, OpportunityRecord],
    ) -> None:
        self.runner, self.client, self.records = runner, client, records


@pytest.fixture(scope="module")
def book() -> Iterator[Book]:
    """Serve a sandbox in a loop of its own, and fetch every opportunity whole."""
    with asyncio.Runner() as runner:
        serving = running_sandbox(size=150, seed=5)
        sandbox = runner.run(serving.__aenter__())
        client = sandbox.client()
        ids = [row_id for (row_id,) in sandbox.query("SELECT Id FROM crmopportunities")]
        records = {row_id: runner.run(client.opportunities.one(row_id)).record for row_id in ids}
        yield Book(runner, client, records)
        runner.run(client.close())
        runner.run(serving.__aexit__(None, None, None))


FIELDS = sorted(set(FILTERS) | set(RANGES))

picks = st.lists(
    st.tuples(st.sampled_from(FIELDS), st.integers(0, 149), st.integers(0, 5), st.integers(0, 5)),
    min_size=1,
    max_size=3,
)
"""Field, number of a record, how it is compared, how far off its value."""


COMPARED = (
    Comparison.IS, Comparison.FROM, Comparison.TO, Comparison.ABOVE, Comparison.BELOW,
)  # fmt: skip


def condition_of(records: list[OpportunityRecord], pick: tuple[str, int, int, int]) -> Condition:
    """Make a condition near what some record holds, so that it lets something through."""
    field, number, how, off = pick
    value: Value = getattr(records[number % len(records)], field)
    if isinstance(value, str):
        part = value[off : off + 1 + how]
        kinds = (Comparison.IS, Comparison.HOLDS, Comparison.IS_SET)
        kind = kinds[how % 3]
        return Condition(field, kind, value if kind == Comparison.IS else part)
    if value is None or isinstance(value, bool):
        return Condition(field, (Comparison.IS, Comparison.IS_EMPTY)[how % 2], value)
    kind = COMPARED[how % len(COMPARED)]
    if isinstance(value, datetime):
        return Condition(field, kind, value + timedelta(seconds=(0, 1, -1, 59, 3600, -86_400)[off]))
    return Condition(field, kind, value + (0, 0, 1, -1, 10, -10)[off])


@settings(max_examples=150)
@given(chosen=picks)
def test_the_law_nothing_that_matches_is_lost_on_the_way_out(
    book: Book, chosen: list[tuple[str, int, int, int]]
) -> None:
    everything = list(book.records.values())
    query = Query(tuple(condition_of(everything, pick) for pick in chosen))
    answer = book.runner.run(book.client.opportunities.all(parameters(query)))
    found = {record.id for record in answer if matches(query, book.records[record.id])}
    assert found == {record.id for record in everything if matches(query, record)}


def put_together(conditions: list[Test], shape: int) -> Test:
    """Put conditions together in one of the ways there are."""
    whole = AnyOf(tuple(conditions)) if shape & 1 else AllOf(tuple(conditions))
    return Not(whole) if shape & 2 else whole


@settings(max_examples=100)
@given(chosen=st.lists(st.tuples(picks, st.integers(0, 3)), min_size=1, max_size=2))
def test_the_law_holds_for_what_is_put_together(
    book: Book, chosen: list[tuple[list[tuple[str, int, int, int]], int]]
) -> None:
    everything = list(book.records.values())
    query = Query(
        tuple(
            put_together([condition_of(everything, pick) for pick in some], shape)
            for some, shape in chosen
        )
    )
    answer = book.runner.run(book.client.opportunities.all(parameters(query)))
    found = {record.id for record in answer if matches(query, book.records[record.id])}
    assert found == {record.id for record in everything if matches(query, record)}
