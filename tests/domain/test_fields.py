"""The fields of the filter language: what each kind of value means, and how a mistake is told."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

import pytest

from crm_tui.domain.enums import LeadSource
from crm_tui.domain.fields.table import FIELDS
from crm_tui.domain.language import QueryError, read_query, write_query
from crm_tui.domain.query import (
    STATE,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Order,
    Query,
    Test,
)
from crm_tui.structs import replace
from tests.domain.test_language import NAMES, error, owner, read, status
from tests.readme import README

IS, HOLDS = Comparison.IS, Comparison.HOLDS


def ids(field: str, *numbers: int) -> Test:
    tests = tuple(Condition(field, IS, number) for number in numbers)
    return tests[0] if len(tests) == 1 else AnyOf(tests)


def states(*words: str) -> Test:
    return AnyOf(tuple(Condition(STATE, IS, word) for word in words))


def moment(field: str, how: Comparison, text: str) -> Test:
    return Condition(field, how, datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("text", "test"),
    [
        # relations
        ("stage:enquiry", ids("stage_id", 10, 20, 30)),  # it stands on three boards
        ('stage:"office tour"', ids("stage_id", 11)),
        ("stage:office", ids("stage_id", 11)),
        ("stage:#99", ids("stage_id", 99)),
        ("stage~tour", Condition("stage", HOLDS, "tour")),
        ("stage:enquiry,won", AnyOf((ids("stage_id", 10, 20, 30), ids("stage_id", 12)))),
        ("-stage:enquiry", Not(ids("stage_id", 10, 20, 30))),
        ("board:events", ids("board_id", 2)),
        ("board:sales", ids("board_id", 1, 3)),
        ("location:harb", ids("location_id", 8)),
        ("type:day", ids("type_id", 70, 72)),
        ("type:none", Condition("type_id", Comparison.IS_EMPTY)),
        ("team:haddad", ids("team_id", 60)),
        ("team:#61", ids("team_id", 61)),
        ("referrer:noor", ids("referrer_id", 90)),
        ("agent:#44", ids("agent_id", 44)),
        ("customer:#90010", ids("customer_id", 90010)),
        ("customer:noor", Condition("customer", HOLDS, "noor")),
        ("customer~#5", Condition("customer", HOLDS, "#5")),
        ("owner~ana", Condition("owner", HOLDS, "ana")),
        # few values
        ("source:referral,web", ids("lead_source", 5, 1)),
        ('source:"Word of mouth"', ids("lead_source", 8)),
        ("source:word_of_mouth", ids("lead_source", 8)),
        ("source:none", Condition("lead_source", Comparison.IS_EMPTY)),
        ("source:#27", ids("lead_source", 27)),
        ("loss:price", ids("loss_reason", 4)),
        ("completed:yes", Condition("completed", IS, True)),
        ("-reminded:no", Not(Condition("reminded", IS, False))),
        ("kind:company", Condition("customer_kind", IS, "2")),
        # days
        ("created>-30d", moment("created_on", Comparison.FROM, "2026-10-22T22:00Z")),
        ("updated<=yesterday", moment("updated_on", Comparison.BELOW, "2026-11-20T23:00Z")),
        ("moved<-2w", moment("stage_since", Comparison.BELOW, "2026-11-06T23:00Z")),
        ("won:none", Condition("won_on", Comparison.IS_EMPTY)),
        ("lost>=2026-11-01", moment("lost_on", Comparison.FROM, "2026-10-31T23:00Z")),
        # numbers
        ("value=100", Condition("value", IS, Decimal(100))),
        ("id:42,#43", ids("id", 42, 43)),
        ("position>=3", Condition("position", Comparison.FROM, 3)),
        # texts
        ("notes:parking", Condition("notes", HOLDS, "parking")),
        ("name:none", Condition("name", Comparison.IS_EMPTY)),
        ("name~none", Condition("name", HOLDS, "none")),
        ("UTM_Source:newsletter", Condition("utm_source", HOLDS, "newsletter")),
        ("currency:gbp", Condition("currency", IS, "gbp")),
        ("currency:#3005", ids("currency_id", 3005)),
        (
            "guid:A1B2C3D4-e5f6-4890-abcd-ef1234567890",
            Condition("unique_id", IS, "a1b2c3d4-e5f6-4890-abcd-ef1234567890"),
        ),
        # whole tests
        ("is:open", status(1)),
        ("is:mine", owner(3)),
        ("is:unassigned", Condition("owner_id", Comparison.IS_EMPTY)),
        (
            "is:overdue",
            AllOf((status(1), moment("due_on", Comparison.BELOW, "2026-11-20T23:00Z"))),
        ),
        ("is:held", states("held?", "held", "queued", "sending")),
        ("is:failed", states("not saved", "unknown", "conflict", "parked")),
        ("is:changed", states("changed", "new")),
        ("-is:new", Not(Condition(STATE, IS, "new"))),
    ],
)  # fmt: skip
def test_a_field_is_read_and_written(text: str, test: Test) -> None:
    assert read(text) == (test,)
    query = Query((test,))
    assert read_query(write_query(query, NAMES), NAMES) == query


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("board:sales stage:enquiry", (10, 30)),
        ("stage:enquiry board:events", (20,)),
        ("board:events stage:tour", (21,)),  # alone it would fit two
        ("board:events,#3 stage:enquiry", (20, 30)),
        ("-board:events stage:enquiry", (10, 20, 30)),
        ("board~events stage:enquiry", (10, 20, 30)),
    ],
)
def test_a_board_narrows_what_a_stages_name_means(text: str, stages: tuple[int, ...]) -> None:
    query = read_query(text, NAMES)
    assert ids("stage_id", *stages) in query.conditions
    assert read_query(write_query(query, NAMES), NAMES) == query


def test_a_stage_that_the_board_has_not_is_told() -> None:
    assert error("board:events stage:office").message == 'there is no stage "office"'


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("stage:tour", ('"Office tour"', '"Tour done"')),
        ("owner:ana", ('"Ana Ruiz"', '"Diana Prince"')),
        ("owner:jo", ("#6", "#7")),  # the same name
        ("source:we", ("Web", "Webinar")),
        ("agent:weber", ("#91", "#92")),
    ],
)
def test_each_choice_can_be_put_in_the_place_of_what_means_several(
    text: str, choices: tuple[str, ...]
) -> None:
    found = error(text)
    assert tuple(each for each in found.choices if each in choices) == choices
    assert text[found.position : found.end] == text.partition(":")[2]
    for choice in found.choices:
        read_query(text[: found.position] + choice + text[found.end :], NAMES)


@pytest.mark.parametrize(
    ("text", "position", "words", "suggestion"),
    [
        ("is:overdu", 3, '"overdu" is not for is; there are', "overdue"),
        ("source:refferal", 7, "is no source; there are Web, Phone,", "Referral"),
        ("loss:web", 5, '"web" is no loss; there are Timing', ""),
        ("completed:maybe", 10, "there are yes, no", ""),
        ("stage:enqiry", 6, 'there is no stage "enqiry"', "Enquiry"),
        ("guid:12", 5, '"12" is no GUID', ""),
        ("id:x", 3, '"x" is no whole number', ""),
        ("position:1.5", 9, "is no whole number", ""),
        ("created:overdue", 8, '"overdue" is no day', ""),
        ("agent~noor", 5, "agent takes : alone", ""),
        ("sort>value", 4, "sort takes : alone, such as sort:-value", ""),
        ("-sort:value", 6, "sort takes : alone", ""),
        ("sort:valeu", 5, 'nothing is sorted by "valeu"', "value"),
        ("sort:", 5, 'nothing is sorted by ""', ""),
        ("value~5", 5, "value takes : and < and <=", ""),
    ],
)
def test_a_mistake_in_a_field_is_told(
    text: str, position: int, words: str, suggestion: str
) -> None:
    found = error(text)
    assert words in found.message
    assert len(found.message) < 220
    position -= text.startswith("-sort")
    assert (found.position, found.suggestion) == (position, suggestion or found.suggestion)


def test_nothing_is_mine_without_a_user() -> None:
    assert "nobody is signed in" in error("is:mine", replace(NAMES, me=None)).message


def test_where_no_list_is_held_types_and_teams_are_looked_for_by_name() -> None:
    names = replace(NAMES, types={}, teams={})
    query = read_query("-type:day team:#3", names)
    assert query.conditions == (Not(Condition("type", HOLDS, "day")), ids("team_id", 3))
    assert read_query(write_query(query, names), names) == query


def test_the_services_own_names_are_read_too() -> None:
    names = replace(NAMES, labels=type(NAMES.labels)())
    names.labels.lay(LeadSource, {5: "Friends", 40: "Newspaper", 41: "none"})
    assert read_query("source:friends,newspaper", names).conditions == (ids("lead_source", 5, 40),)
    assert read_query("source:referral", names).conditions == (ids("lead_source", 5),)
    assert write_query(Query((ids("lead_source", 40),)), names) == "source:Newspaper"
    assert write_query(Query((ids("lead_source", 41),)), names) == "source:#41"


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("sort:-value", (Order("value", True),)),
        ("sort:due,-value acme", (Order("due_on"), Order("value", True))),
        ("sort:due sort:-due,name", (Order("due_on"), Order("name"))),
    ],
)
def test_an_order_is_read_and_written(text: str, order: tuple[Order, ...]) -> None:
    query = read_query(text, NAMES)
    assert query.order == order
    assert read_query(write_query(query, NAMES), NAMES) == query


def test_an_order_that_cannot_be_said_is_refused() -> None:
    for order in ((Order("notes"),), (Order("value"), Order("value"))):
        with pytest.raises(ValueError, match="a filter cannot say"):
            write_query(Query((), order), NAMES)


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_every_example_can_be_read(field: object) -> None:
    assert isinstance(field, type(FIELDS["value"]))
    assert read_query(field.example, NAMES).conditions
    for operator in field.operators:
        with pytest.raises(QueryError):
            read_query(f"{field.name}{operator}", NAMES)


def test_the_readme_tells_of_every_field() -> None:
    (section,) = re.findall(
        r"^## The filter\n(.*?)^## ", README.read_text(), re.MULTILINE | re.DOTALL
    )
    told = {
        name
        for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert told == set(FIELDS)
