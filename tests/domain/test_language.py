"""The filter language: every kind of term, every kind of mistake, and the laws of reading and writing."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_tui.domain.fields.names import Names
from crm_tui.domain.fields.table import FIELDS
from crm_tui.domain.language import QueryError, read_query, write_query
from crm_tui.domain.ordering import SORTABLE
from crm_tui.domain.query import (
    WORD_FIELDS,
    AllOf,
    Among,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Query,
    Test,
    matches,
)
from crm_tui.domain.rows import Board, OpportunityRow, Stage
from crm_tui.domain.when import EARLIEST, LATEST, Dates
from crm_tui.structs import replace
from tests.domain.rows import a_row

BERLIN = ZoneInfo("Europe/Berlin")

OWNERS = {
    3: "Ana Ruiz", 4: "Mika Kallio", 5: "Diana Prince", 6: "Jo", 7: "Jo", 8: "Me", 9: 'Al "Bo" Lee',
    10: "Kim", 11: "Kim Park", 12: "Weber,Tom",
}  # fmt: skip

BOARDS = {
    1: Board(1, "Sales", 7, "Riverside", archived=False),
    2: Board(2, "Events", 7, "Riverside", archived=False),
    3: Board(3, "Sales", 8, "Harbour", archived=False),
}

STAGES = {
    stage.id: stage
    for stage in (
        Stage(10, 1, "Enquiry", 0, "GBP"),
        Stage(11, 1, "Office tour", 1, "GBP"),
        Stage(12, 1, "Won", 2, "GBP"),
        Stage(20, 2, "Enquiry", 0, "GBP"),
        Stage(21, 2, "Tour done", 1, "GBP"),
        Stage(30, 3, "Enquiry", 0, "EUR"),
    )
}

NAMES = Names(
    today=date(2026, 11, 21),
    zone=BERLIN,
    me=3,
    owners=OWNERS,
    boards=BOARDS,
    stages=STAGES,
    teams={60: "Haddad & Co", 61: "none"},
    types={70: "Day office", 71: "Private office", 72: "Day office"},
    customers=lambda: {90: "Noor Haddad", 91: "Tom Weber", 92: "Tom Weber"},
)
"""A Saturday in Berlin, which is an hour ahead of UTC."""


def read(text: str) -> tuple[Test, ...]:
    return read_query(text, NAMES).conditions


def error(text: str, names: Names = NAMES) -> QueryError:
    with pytest.raises(QueryError) as caught:
        read_query(text, names)
    return caught.value


def word(text: str) -> Test:
    return AnyOf(tuple(Condition(field, Comparison.HOLDS, text) for field in WORD_FIELDS))


def status(number: int) -> Test:
    return Condition("status", Comparison.IS, number)


def owner(number: int) -> Test:
    return Condition("owner_id", Comparison.IS, number)


def value(how: Comparison, amount: str) -> Test:
    return Condition("value", how, Decimal(amount))


def due(how: Comparison, moment: str) -> Test:
    return Condition("due_on", how, datetime.fromisoformat(moment))


NO_DUE = Condition("due_on", Comparison.IS_EMPTY)
NO_OWNER = Condition("owner_id", Comparison.IS_EMPTY)
TODAY = AllOf(
    (due(Comparison.FROM, "2026-11-20T23:00Z"), due(Comparison.BELOW, "2026-11-21T23:00Z"))
)


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("", ()),
        ("  \t\n", ()),
        ("acme", (word("acme"),)),
        ("acme  Ltd", (word("acme"), word("Ltd"))),
        ('"acme ltd"', (word("acme ltd"),)),
        ('ac"me l"td', (word("acme ltd"),)),
        ('"the ""best"" desk"', (word('the "best" desk'),)),
        ('"due:today"', (word("due:today"),)),
        ("ana@example.com, 12:30", (word("ana@example.com,"), word("12:30"))),
        ("-acme", (Not(word("acme")),)),
        ("- -30d --x", (word("-"), Not(word("30d")), Not(word("-x")))),
        ("status:open", (status(1),)),
        ("STATUS:Won", (status(2),)),
        ("status:won,lost", (AnyOf((status(2), status(3))),)),
        ("status:won,won", (status(2),)),
        ("-status:won,lost", (Not(AnyOf((status(2), status(3)))),)),
        ('status:"in progress"', (status(1),)),
        ("status:#9", (status(9),)),
        ("owner:me", (owner(3),)),
        ("owner:none", (NO_OWNER,)),
        ("owner:mika", (owner(4),)),
        ('owner:"ana ruiz"', (owner(3),)),
        ("owner:kal,none", (AnyOf((owner(4), NO_OWNER)),)),
        ("owner:kim", (owner(10),)),  # a whole name goes before a part of one
        ('owner:"weber,tom",me', (AnyOf((owner(12), owner(3))),)),
        ("owner:#77", (owner(77),)),
        ("value>2000", (value(Comparison.ABOVE, "2000"),)),
        ("value>=2000.50", (value(Comparison.FROM, "2000.50"),)),
        ("value<5 value<=6", (value(Comparison.BELOW, "5"), value(Comparison.TO, "6"))),
        ("value:100,200", (AnyOf((value(Comparison.IS, "100"), value(Comparison.IS, "200"))),)),
        ("value:none", (Condition("value", Comparison.IS_EMPTY),)),
        ("due:none", (NO_DUE,)),
        ("-due:none", (Not(NO_DUE),)),
        ("due:today", (TODAY,)),
        ("-due:today", (Not(TODAY),)),
        ("due:2026-11-21,none", (AnyOf((TODAY, NO_DUE)),)),
        ("due<today", (due(Comparison.BELOW, "2026-11-20T23:00Z"),)),
        ("due:overdue", (due(Comparison.BELOW, "2026-11-20T23:00Z"),)),
        ("due<=today", (due(Comparison.BELOW, "2026-11-21T23:00Z"),)),
        ("due>today", (due(Comparison.FROM, "2026-11-21T23:00Z"),)),
        ("due>=today", (due(Comparison.FROM, "2026-11-20T23:00Z"),)),
        ("due<fri", (due(Comparison.BELOW, "2026-11-26T23:00Z"),)),
        ("due>-30d", (due(Comparison.FROM, "2026-10-22T22:00Z"),)),  # summer time
        ('due<="12 dec"', (due(Comparison.BELOW, "2026-12-12T23:00Z"),)),
        (
            "status:open owner:me value>2000 due<today -acme",
            (
                status(1), owner(3), value(Comparison.ABOVE, "2000"),
                due(Comparison.BELOW, "2026-11-20T23:00Z"), Not(word("acme")),
            ),
        ),
    ],
)  # fmt: skip
def test_a_filter_is_read(text: str, tests: tuple[Test, ...]) -> None:
    assert read(text) == tests


@pytest.mark.parametrize(
    ("text", "position", "words", "suggestion"),
    [
        ("acme statsu:open", 5, 'there is no field "statsu"; there are status, owner,', "status"),
        ("-onwer:me", 1, 'there is no field "onwer"', "owner"),
        ("http://x", 0, "Quotes around it look for the words", ""),
        ("x" * 9_000 + ":y", 0, "there is no field", ""),
        ("status:opne", 7, '"opne" is no status; there are open, won, lost', "open"),
        ("status:won,opne", 11, '"opne" is no status', "open"),
        ("status:" + "1" * 5_000, 7, "is no status", ""),
        ("status:٣x", 7, "is no status", ""),
        ("owner:zzz", 6, 'there is no owner "zzz"', ""),
        ("owner:anna", 6, 'there is no owner "anna"', "Ana Ruiz"),
        ("owner:kalio", 6, 'there is no owner "kalio"', "Mika Kallio"),
        ("owner:ana", 6, '"ana" fits several owners: Ana Ruiz (#3), Diana Prince (#5)', ""),
        ("owner:jo", 6, '"jo" fits several owners: Jo (#6), Jo (#7)', ""),
        ("owner>me", 5, "owner takes : and ~, such as owner:me", ""),
        ("status<won", 6, "status takes : alone", ""),
        ("due<soon", 4, '"soon" is no day; write today, tomorrow,', ""),
        ("due:tomorow", 4, '"tomorow" is no day', "tomorrow"),
        ("due<none", 4, '"none" is no day', "none"),
        ("due<overdue", 4, '"overdue" is no day', "overdue"),
        ("due<fri,mon", 7, "< takes one value; several go with due:", ""),
        ("value>abc", 6, '"abc" is no amount; write digits alone, such as value>2000', ""),
        ("value:NaN", 6, "is no amount", ""),
        ("value>1e5", 6, "is no amount", ""),
        ("value>" + "9" * 19, 6, "is no amount", ""),
        ("value>", 6, "value> needs a value, such as value>2000", ""),
        ("due:", 4, "due: needs a value, such as due<today", ""),
        ("status:won, lost", 11, "status: needs a value", ""),
        ('owner:""', 6, "owner: needs a value", ""),
        ('acme "office', 5, "this quote is not closed", ""),
        ('owner:"ana', 6, "this quote is not closed", ""),
        ('"a""', 0, "this quote is not closed", ""),
        ('acme ""', 5, "there is nothing between these quotes", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_was_meant(
    text: str, position: int, words: str, suggestion: str
) -> None:
    found = error(text)
    assert words in found.message
    assert (found.position, found.suggestion) == (position, suggestion)
    assert str(found) == found.message
    assert len(found.message) < 200


def test_without_a_user_nobody_is_me_and_without_owners_nobody_is_found() -> None:
    nobody = Names(today=NAMES.today, zone=BERLIN)
    assert error("owner:me", nobody).message == 'nobody is signed in, so nobody is "me"'
    assert error("owner:ana", nobody).message == 'there is no owner "ana"'
    crowd = replace(nobody, owners={number: f"Ana {number}" for number in range(9)})
    assert error("owner:ana", crowd).message.endswith("Ana 4 (#4) and 4 more")


ROW = replace(
    a_row(1, value="2450", customer="Noor Haddad"),
    due_on=datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
    name="Studio 3",
)
"""Its follow-up is half past midnight today in Berlin; the owner is Ana Ruiz, the status open."""


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("", True),
        ("noor studio", True),
        ("HADDAD EXAMPLE.COM", True),
        ("noor acme", False),
        ("-acme", True),
        ("status:open owner:me due:today value>2000", True),
        ("due<today", False),
        ("due<=today", True),
        ("due>=today", True),
        ("due:yesterday", False),
        ("due:tomorrow,today", True),
        ("-due:none", True),
        ("value>2450", False),
        ("value>=2450", True),
        ("value:2450.00", True),
        ("-owner:mika", True),
        ("owner:none,mika", False),
    ],
)
def test_what_is_typed_finds_what_it_says(text: str, is_found: bool) -> None:
    assert matches(read_query(text, NAMES), ROW) is is_found


def test_what_is_not_set_is_neither_before_nor_after() -> None:
    row: OpportunityRow = replace(ROW, due_on=None, value=None, owner_id=None)
    for text in ("due<today", "due>=today", "value<5", "value>=5", "owner:me"):
        assert not matches(read_query(text, NAMES), row)
        assert matches(read_query(f"-{text}", NAMES), row)
    assert matches(read_query("due:none value:none owner:none", NAMES), row)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('owner:"ana ruiz"', "owner:me"),
        ('owner:"mika kallio"', 'owner:"Mika Kallio"'),
        ("owner:#8", "owner:#8"),  # the name is the word for somebody else
        ("owner:#7,#99", "owner:#7,#99"),
        ('owner:weber,"kim park"', 'owner:"Weber,Tom","Kim Park"'),
        ("owner:bo", 'owner:"Al ""Bo"" Lee"'),
        ("Due<Today", "due<2026-11-21"),
        ("due<=today", "due<2026-11-22"),
        ("due:today,none", "due:2026-11-21,none"),
        ("due<=2999-12-31", "due<=2999-12-31"),
        ("status:#9,2", "status:#9,won"),
        ("value>=2000.50", "value>=2000.50"),
        ("stage:enquiry board:sales", "stage:Enquiry board:Sales"),
        ("board:sales stage:#10", "board:Sales stage:#10"),
        ("sort:-due value=5 SORT:value", "value:5 sort:-due,value"),
        ('"-x" "a:b" a,b', '"-x" "a:b" a,b'),
    ],
)
def test_a_query_is_written_plainly(text: str, written: str) -> None:
    assert write_query(read_query(text, NAMES), NAMES) == written


@pytest.mark.parametrize(
    "test",
    [
        Condition("label", Comparison.HOLDS, "parking"),
        Condition("notes", Comparison.IS, "parking"),
        Among(frozenset({1})),
        Condition("due_on", Comparison.BELOW, datetime(2026, 11, 21, 9, tzinfo=UTC)),
        Condition("due_on", Comparison.BELOW, datetime.min.replace(tzinfo=UTC)),
        Condition("due_on", Comparison.IS_SET),
        Condition("value", Comparison.IS, Decimal("1e30")),
        Condition("value", Comparison.IS, "5"),
        Condition("owner_id", Comparison.IS, -5),
        Not(Not(word("x"))),
        AnyOf((status(1),)),
        AnyOf((status(1), status(1))),
        AnyOf((status(1), owner(4))),
        AnyOf((value(Comparison.ABOVE, "5"), value(Comparison.ABOVE, "6"))),
        AnyOf(()),
        AllOf(()),
        AllOf((status(1), owner(3))),
    ],
    ids=repr,
)
def test_what_the_language_cannot_say_is_refused(test: Test) -> None:
    with pytest.raises(ValueError, match="a filter cannot say"):
        write_query(Query((test,)), NAMES)


# Laws

ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "America/Santiago")
]

some_days = st.dates(EARLIEST, LATEST).map(date.isoformat)
some_days_said = some_days | st.sampled_from(["today", "tomorrow", "fri", "+10d", "-1m", "12 nov"])
some_texts = st.text(min_size=1, max_size=8) | st.sampled_from(["none", "#12", "a,b", "-x"])
some_ids = st.integers(0, 10**18).map(lambda number: f"#{number}")
some_values: dict[str, st.SearchStrategy[str]] = {
    "status": st.sampled_from(["open", "won", "lost", "#4", "77", "in progress"]),
    "owner": some_ids
    | st.sampled_from(
        ["me", "none", "Mika", "prince", "ana ruiz", "#6", "#8", "#123", 'al "bo"', "kim", "weber,"]
    ),
    "board": some_ids | st.sampled_from(["sales", "events", "#1"]),
    "stage": some_ids | st.sampled_from(["enquiry", "#10", "#11", "#20"]),
    "location": some_ids | st.sampled_from(["riverside", "harb", "#7"]),
    "type": some_ids | st.sampled_from(["none", "day office", "private", "#70"]),
    "team": some_ids | st.sampled_from(["none", "haddad", "#61"]),
    "referrer": some_ids | st.sampled_from(["none", "noor", "#91"]),
    "agent": some_ids | st.sampled_from(["none", "noor", "#91"]),
    "source": some_ids | st.sampled_from(["none", "web", "word of mouth", "wordofmouth", "referral"]),
    "loss": some_ids | st.sampled_from(["none", "price", "timing", "other"]),
    "completed": st.sampled_from(["yes", "no"]),
    "reminded": st.sampled_from(["yes", "no"]),
    "kind": st.sampled_from(["individual", "company"]),
    "value": st.decimals(-(10**9), 10**9, places=2).map(str),
    "id": st.integers(-(10**18) + 1, 10**18 - 1).map(str),
    "position": st.integers(-(10**18) + 1, 10**18 - 1).map(str),
    "guid": st.uuids().map(str),
    "is": st.sampled_from(
        ["open", "won", "lost", "overdue", "mine", "unassigned", "held", "failed", "changed", "new"]
    ),
    **dict.fromkeys(("due", "created", "updated", "moved", "won", "lost"), some_days_said),
    **dict.fromkeys(
        (
            "customer", "company", "email", "name", "notes", "currency", "team_description",
            "team_website", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term",
            "system",
        ),
        some_texts,
    ),
}  # fmt: skip
"""Field → values that can be read, given `NAMES`."""


def test_the_law_is_tried_with_every_field() -> None:
    assert set(some_values) == set(FIELDS)


def refusal(text: str, names: Names) -> str:
    """Say why a filter cannot be read; empty when it can."""
    try:
        read_query(text, names)
    except QueryError as error:
        return error.message
    return ""


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@st.composite
def terms(draw: st.DrawFn) -> str:
    """Draw a term that can be read."""
    name = draw(st.sampled_from(["", *some_values]))
    sign = draw(st.sampled_from(["", "-"]))
    if not name:
        return sign + quoted(draw(st.text(min_size=1, max_size=8)))
    operator = draw(st.sampled_from(FIELDS[name].operators))
    choice = some_values[name]
    if operator == ":" and ">" in FIELDS[name].operators and name not in ("id", "position"):
        choice |= st.just("none")
    if operator == "~":
        choice = some_texts
    count = draw(st.integers(1, 3)) if operator == ":" else 1
    if operator == ":":
        operator = draw(st.sampled_from(":="))
    return f"{sign}{name}{operator}" + ",".join(quoted(draw(choice)) for _ in range(count))


sorts = st.lists(
    st.tuples(st.sampled_from(["", "-"]), st.sampled_from(sorted(SORTABLE))).map("".join),
    max_size=3,
).map(lambda some: [f"sort:{','.join(some)}"] if some else [])


@settings(max_examples=400)
@given(
    st.tuples(st.lists(terms(), max_size=5), sorts).map(lambda parts: parts[0] + parts[1]),
    st.sampled_from(ZONES),
    st.dates(EARLIEST, LATEST),
)
def test_the_law_a_written_query_is_read_as_itself(
    some: list[str], zone: ZoneInfo, today: date
) -> None:
    far_from_the_end = min(max(today, EARLIEST + timedelta(60)), LATEST - timedelta(3000))
    names = replace(NAMES, zone=zone, today=far_from_the_end)
    if why := refusal(" ".join(some), names):
        assert why.startswith("there is no stage")  # on the boards that are named
        return
    query = read_query(" ".join(some), names)
    written = write_query(query, names)
    assert read_query(written, names) == query
    assert write_query(read_query(written, names), names) == written


fragments = st.sampled_from(
    ["due", "owner", "status", "value", ":", "<", ">", "<=", ",", '"', '""', "-", " ", "me", "open",
     "today", "none", "12 nov", "2026-12-01", "2000", "ana", "acme", "\t", "#3", "é", "\ud800", "~",
     "=", "sort", "is", "overdue", "stage", "board", "notes", "utm_source", "created", "source", "\x1b",
     "\u202e", "e\u0301", "\0", "guid", "id", "yes"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.text() | st.lists(fragments, max_size=12).map("".join))
@example("-")
@example('"')
@example("due:2011-12-30")
def test_the_law_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    names = replace(NAMES, zone=ZoneInfo("Pacific/Apia"))
    try:
        query = read_query(text, names)
    except QueryError as refused:
        place = refused.position
    else:
        place = 0
        assert read_query(write_query(query, names), names) == query
    assert 0 <= place <= len(text)


@pytest.mark.parametrize(
    "piece",
    ["a", " ", "a ", '"a" ', '"', '""', "-", ":", "a:", "due:", "status:won,", "status:won ", "value>1 ",
     "due:today ", "owner:me,", "owner:#1,", "owner:zz,", "<", "12 nov ", "sort:value,", "sort:due ", "a_", "_",
     "stage:enquiry ", "board:sales ", "stage:tour,", "is:held ", "notes~", "source:web,", "referrer:noor ",
     "\u202e", "e\u0301", "\x1b[31m", "id:1,"],
)  # fmt: skip
def test_ten_thousand_characters_are_read_or_refused(piece: str) -> None:
    """The time is linear; the run's own time limit would see it if it were not."""
    for text in (piece * (10_000 // len(piece)), "status:" + piece * (10_000 // len(piece))):
        with suppress(QueryError):
            query = read_query(text, NAMES)
            assert query.conditions or query.order or not text.strip()
            write_query(query, NAMES)


def test_days_of_a_walls_clock_begin_and_end_by_its_digits() -> None:
    names = replace(NAMES, dates=Dates.WALLCLOCK)
    for text, condition in (
        ("due<today", due(Comparison.BELOW, "2026-11-21T00:00Z")),
        ("due:overdue", due(Comparison.BELOW, "2026-11-21T00:00Z")),
        ("due>today", due(Comparison.FROM, "2026-11-22T00:00Z")),
    ):
        query = read_query(text, names)
        assert query.conditions == (condition,)
        assert read_query(write_query(query, names), names) == query
