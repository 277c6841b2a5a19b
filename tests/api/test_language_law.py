"""The law of filters: what is typed finds in the mirror what it finds on the server, and what a plain reading finds.

Three ways to one answer.  The mirror's: rows, with whole records where rows lack a field.  The server's: the filter's
parameters, and the filter again over what came.  The plain one: every test over every whole record.  And each filter
and range of the service's two pages can be said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.api.client import NexudusClient
from crm_tui.api.params import FILTERS, RANGES, parameters
from crm_tui.api.record_fields import reader
from crm_tui.api.rows import opportunity_row
from crm_tui.domain.fields.names import Names, names_of
from crm_tui.domain.fields.table import FIELDS
from crm_tui.domain.flat import flattened
from crm_tui.domain.language import QueryError, read_query
from crm_tui.domain.matching import for_records, predicate, select, settled
from crm_tui.domain.query import AllOf, Query, matches
from crm_tui.domain.records.opportunity import OpportunityRecord
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.when import Dates
from crm_tui.sandbox.dialect import Switches
from tests.contract.pages import FIND, FIND_NEWER
from tests.contract.pages import RANGES as RANGE_ROWS
from tests.domain.test_language import NAMES, quoted
from tests.world import NOW, running_sandbox

BERLIN = ZoneInfo("Europe/Berlin")

SAID = {
    "Id": "id:42",
    "UniqueId": "guid:a1b2c3d4-e5f6-4890-abcd-ef1234567890",
    "CrmOpportunity_SystemId": "system:A-17",
    "CrmOpportunity_CrmBoardColumn": 'stage:"office tour"',
    "CrmOpportunity_Coworker": "customer:#90",
    "CrmOpportunity_Team": "team:haddad",
    "CrmOpportunity_OpportunityType": "type:private",
    "CrmOpportunity_Responsible": "owner:me",
    "CrmOpportunity_Referrer": "referrer:noor",
    "CrmOpportunity_Agent": "agent:#91",
    "CrmOpportunity_Notes": "notes:parking",
    "CrmOpportunity_Completed": "completed:yes",
    "CrmOpportunity_Value": "value:100",
    "CrmOpportunity_LeadSource": "source:referral",
    "CrmOpportunity_LossReason": "loss:price",
    "CrmOpportunity_Status": "status:open",
    "CrmOpportunity_Position": "position:3",
    "CrmOpportunity_CrmBoardColumn_Name": "stage~tour",
    "CrmOpportunity_CrmBoardColumn_CrmBoard_Id": "board:events",
    "CrmOpportunity_CrmBoardColumn_CrmBoard_Name": "board~sales",
    "CrmOpportunity_CrmBoardColumn_CrmBoard_Business_Id": "location:harbour",
    "CrmOpportunity_CrmBoardColumn_CrmBoard_Business_Name": "location~river",
    "CrmOpportunity_CrmBoardColumn_CrmBoard_Business_Currency_Id": "currency:#3005",
    "CrmOpportunity_CrmBoardColumn_CrmBoard_Business_Currency_Code": "currency:GBP",
    "CrmOpportunity_Coworker_FullName": "customer:noor",
    "CrmOpportunity_Coworker_CoworkerType": "kind:company",
    "CrmOpportunity_Coworker_CompanyName": "company:acme",
    "CrmOpportunity_Coworker_Email": "email:@example.com",
    "CrmOpportunity_Team_Name": "team~haddad",
    "CrmOpportunity_Team_Description": "team_description:design",
    "CrmOpportunity_Team_ProfileWebsite": "team_website:example",
    "CrmOpportunity_OpportunityType_Name": "type~office",
    "CrmOpportunity_Responsible_FullName": "owner~ana",
    "CrmOpportunity_Name": "name:studio",
    "CrmOpportunity_Reminded": "reminded:no",
    "CrmOpportunity_UtmSource": "utm_source:newsletter",
    "CrmOpportunity_UtmMedium": "utm_medium:email",
    "CrmOpportunity_UtmCampaign": "utm_campaign:spring",
    "CrmOpportunity_UtmContent": "utm_content:banner",
    "CrmOpportunity_UtmTerm": "utm_term:office",
    "from_CrmOpportunity_CreatedOn": "created>-30d",
    "to_CrmOpportunity_CreatedOn": "created<-30d",
    "from_CrmOpportunity_UpdatedOn": "updated>=yesterday",
    "to_CrmOpportunity_UpdatedOn": "updated<yesterday",
    "from_CrmOpportunity_DueDate": "due>=today",
    "to_CrmOpportunity_DueDate": "due<today",
    "from_CrmOpportunity_Value": "value>2000",
    "to_CrmOpportunity_Value": "value<=2000",
    "from_CrmOpportunity_WonOn": "won>-7d",
    "to_CrmOpportunity_WonOn": "won<-7d",
    "from_CrmOpportunity_LostOn": "lost>-7d",
    "to_CrmOpportunity_LostOn": "lost<-7d",
    "from_CrmOpportunity_Position": "position>3",
    "to_CrmOpportunity_Position": "position<3",
}
"""Parameter → what says it."""

DAYS = {
    "CrmOpportunity_DueDate": "due",
    "CrmOpportunity_WonOn": "won",
    "CrmOpportunity_LostOn": "lost",
}
"""Filters by a moment: nobody types a second, so the day is asked for from both ends."""


@pytest.mark.parametrize("name", [row.name for row in (*FIND, *FIND_NEWER, *RANGE_ROWS)])
def test_each_filter_and_range_of_the_pages_can_be_said(name: str) -> None:
    text = f"{DAYS[name]}:2026-11-20" if name in DAYS else SAID[name]
    said = parameters(read_query(text, NAMES))
    assert set(said) == ({f"from_{name}", f"to_{name}"} if name in DAYS else {name})


class Book:
    """One book three times: on the server, whole, and as a mirror has it."""

    def __init__(
        self, runner: asyncio.Runner, client: NexudusClient, snapshot: Snapshot, names: Names
    ) -> None:
        self.runner, self.client, self.snapshot, self.names = runner, client, snapshot, names
        self.is_nested = False
        self.records: dict[int, OpportunityRecord] = {}
        self.raws: dict[int, dict[str, object]] = {}

    def by_mirror(self, query: Query) -> set[int]:
        """Answer by rows, and by raw records where rows lack a field."""
        passes = predicate(AllOf(for_records(query)), reader)
        ids = frozenset(key for key, raw in self.raws.items() if passes(flattened(raw)))
        return {row.id for row in select(settled(query, ids), self.snapshot)}

    def by_server(self, query: Query) -> set[int]:
        """Answer by what the server lets through, looked at again."""
        listed = self.runner.run(self.client.opportunities.all(parameters(query)))
        return {each.id for each in listed if matches(query, self.records[each.id])}

    def plainly(self, query: Query) -> set[int]:
        """Answer by the meaning of each test."""
        return {key for key, record in self.records.items() if matches(query, record)}


async def _fetched(book: Book) -> None:
    book.snapshot.set_reference(await book.client.boards(), await book.client.stages())
    async for page in book.client.opportunities.pages():
        for raw in page.records:
            book.raws[raw["Id"]] = dict(raw)
            book.records[raw["Id"]] = OpportunityRecord.read(raw)
            book.snapshot.put([opportunity_row(raw)])


@pytest.fixture(scope="module", params=["flat", "nested"])
def book(request: pytest.FixtureRequest) -> Iterator[Book]:
    """Serve a sandbox in a loop of its own, and hold its book as a mirror would."""
    with asyncio.Runner() as runner:
        switches = Switches(light_lists=False, record_shape=request.param)
        serving = running_sandbox(size=150, seed=5, switches=switches)
        sandbox = runner.run(serving.__aenter__())
        sandbox.execute(
            "UPDATE crmopportunities SET UtmTerm = 'Büro', UtmContent = 'Banner', Reminded = 1, "
            "SystemId = 'guid-' || Id, "
            "TeamId = (SELECT min(Id) FROM teams), Notes = 'Parking, 2 desks' WHERE Id % 3 = 0"
        )
        snapshot, client = Snapshot(), sandbox.client()
        kept = Book(runner, client, snapshot, NAMES)
        kept.is_nested = request.param == "nested"
        runner.run(_fetched(kept))
        kept.names = names_of(
            snapshot,
            today=NOW.date(),
            zone=BERLIN,
            me=min(snapshot.owners()),
            dates=Dates.UTC,
        )
        yield kept
        runner.run(client.close())
        runner.run(serving.__aexit__(None, None, None))


PLAIN = sorted(
    name for name in FIELDS if name != "is"  # the server knows nothing of our states
)  # fmt: skip

ABOUT = {
    "owner": "owner_id", "board": "board_id", "stage": "stage_id", "location": "location_id",
    "type": "type_id", "team": "team_id", "referrer": "referrer_id", "agent": "agent_id",
    "source": "lead_source", "loss": "loss_reason", "due": "due_on", "created": "created_on",
    "updated": "updated_on", "moved": "stage_since", "won": "won_on", "lost": "lost_on",
    "system": "system_id", "guid": "unique_id", "kind": "customer_kind",
}  # fmt: skip
"""Field of the language → field of the record, where they are called otherwise."""

NEWER = {
    "name", "reminded", "moved", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term",
}  # fmt: skip
"""What the older, nested shape of a record does not tell."""

CALLED = {"owner", "board", "stage", "location", "type", "team"}

picks = st.tuples(
    st.sampled_from([*PLAIN, "", "is"]),
    st.integers(0, 149),
    st.integers(0, 4),
    st.integers(0, 3),
    st.booleans(),
)


def term(book: Book, pick: tuple[str, int, int, int, bool]) -> str:
    """Write a term near what some record holds, so that it lets something through."""
    name, number, operator, off, negated = pick
    sign = "-" * negated
    record = list(book.records.values())[number % len(book.records)]
    if book.is_nested and name in NEWER:
        return ""  # its records are silent, so that nobody could look again
    if name == "is":
        words = ["open", "won", "lost", "overdue", "mine", "unassigned"]
        return f"{sign}is:{words[number % len(words)]}"
    if not name:
        return sign + quoted((record.company or record.customer or "x")[off : off + 4] or "x")
    operators = FIELDS[name].operators
    how = operators[operator % len(operators)]
    about = name if how == "~" and name in CALLED else ABOUT.get(name, name)
    found = getattr(record, about)
    if found is None or found == "":
        return f"{sign}{name}:none" if name not in ("id", "position", "guid") else ""
    if isinstance(found, bool):
        return f"{sign}{name}:{'yes' if found else 'no'}"
    if isinstance(found, datetime):
        day: date = found.astimezone(BERLIN).date()
        return f"{sign}{name}{how}{day.isoformat()}"
    if name == "kind":
        return f"{sign}kind:{'company' if found == '2' else 'individual'}"
    if isinstance(found, str):
        whole = name in ("currency", "guid")
        return f"{sign}{name}{how}{quoted(found if whole else found[off : off + 5] or found)}"
    if name in ABOUT or name == "status":
        label = getattr(record, name) if name in CALLED and off else None
        return f"{sign}{name}:{quoted(label) if label and name in ('board', 'stage', 'location') else f'#{found}'}"
    return f"{sign}{name}{how}{found}"


@settings(max_examples=120)
@given(some=st.lists(picks, min_size=1, max_size=3))
def test_the_law_mirror_server_and_plain_reading_agree(
    book: Book, some: list[tuple[str, int, int, int, bool]]
) -> None:
    text = " ".join(filter(None, (term(book, pick) for pick in some)))
    try:
        query = read_query(text, book.names)
    except QueryError as refused:
        why = refused.message
    else:
        wanted = book.plainly(query)
        assert book.by_mirror(query) == wanted
        assert book.by_server(query) == wanted
        return
    assert why.startswith("there is no stage")  # on the board of another term


@pytest.mark.parametrize("name", PLAIN)
def test_every_field_finds_some_and_not_all(book: Book, name: str) -> None:
    """A field that finds nothing would keep the law without being tried."""
    texts = {term(book, (name, number, 0, 1, False)) for number in range(150)} - {""}
    found = [book.plainly(read_query(text, book.names)) for text in sorted(texts)]
    if name in NEWER and book.is_nested:
        assert not texts
        return
    assert 0 < min(map(len, filter(None, found))) < len(book.records)


def test_every_filter_of_ours_is_in_the_table() -> None:
    ranges = {f"{end}_CrmOpportunity_{name}" for name in RANGES.values() for end in ("from", "to")}
    assert {*SAID, *DAYS} == {*FILTERS.values()} | ranges
