"""Completion of filters: what is offered where, and that whatever is offered can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.completion import MOST, complete
from crm_tui.domain.language import QueryError, read_query
from crm_tui.structs import replace
from tests.domain.test_language import NAMES, fragments


def offered(marked: str) -> tuple[str, list[str]]:
    """Give what would be replaced where `|` stands, and the first candidates for it."""
    text, cursor = marked.replace("|", ""), marked.index("|")
    found = complete(text, cursor, NAMES)
    return text[found.begin : found.end], [each.text for each in found.candidates]


@pytest.mark.parametrize(
    ("marked", "replaced", "first"),
    [
        ("|", "", ["status:", "owner:", "due:", "value:", "stage:", "is:"]),
        ("st|", "st", ["status:", "stage:"]),
        ("acme own|", "own", ["owner:"]),
        ("-own|", "own", ["owner:"]),
        ("so|", "so", ["source:", "sort:"]),
        ("sou|", "sou", ["source:", "utm_source:"]),
        ("value|", "value", ["value:", "value<", "value<=", "value>", "value>="]),
        ("st|atus:open", "status:", ["status:", "stage:"]),
        ("status:|", "", ["open", "won", "lost"]),
        ("status:w|", "w", ["won"]),
        ("status:won,l|", "l", ["lost"]),
        ("status:o| acme", "o", ["open", "won", "lost"]),
        ("status:w|on acme", "won", ["won"]),
        ("status=w|", "w", ["won"]),
        ("owner:|", "", ["me", "none", '"Ana Ruiz"']),
        ("owner:ana|", "ana", ['"Ana Ruiz"', '"Diana Prince"']),
        ('owner:"ana r|', '"ana r', ['"Ana Ruiz"']),
        ('owner:"ana |x" acme', '"ana x"', ['"Ana Ruiz"']),
        ("owner:j|", "j", ["#6", "#7"]),
        ("owner:ruiz|", "ruiz", ['"Ana Ruiz"']),
        ('owner:"Weber,T|', '"Weber,T', ['"Weber,Tom"']),
        ("owner:weber|", "weber", ['"Weber,Tom"']),
        ("stage:enq|", "enq", ["Enquiry"]),
        ("type:day|", "day", ['"Day office"']),
        ("due<to|", "to", ["today", "tomorrow"]),
        ("is:un|", "un", ["unassigned"]),
        ("source:word|", "word", ['"Word of mouth"']),
        ("sort:va|", "va", ["value"]),
        ("sort:due,-va|", "va", ["value"]),
        ("stage~to|", "to", []),
        ("nonsense:x|", "x", []),
        ("zzz|", "zzz", []),
        ('"acme s|', '"acme s', []),
    ],
)
def test_what_is_offered(marked: str, replaced: str, first: list[str]) -> None:
    found, texts = offered(marked)
    assert found == replaced
    assert texts[: len(first)] == first
    assert bool(texts) == bool(first)


@pytest.mark.parametrize("marked", ["owner:j|", "type:day|", "owner:weber|"])
def test_namesakes_are_offered_as_what_finds_them(marked: str) -> None:
    text, cursor = marked.replace("|", ""), marked.index("|")
    found = complete(text, cursor, NAMES)
    for each in found.candidates:
        read_query(text[: found.begin] + each.text + text[found.end :], NAMES)


@given(st.text(alphabet='own er:",-=<>~#sort\u202e', max_size=30), st.integers(0, 40))
def test_whatever_is_typed_something_within_it_is_replaced(text: str, cursor: int) -> None:
    found = complete(text, cursor, NAMES)
    assert 0 <= found.begin <= found.end <= len(text)


def test_an_id_says_whose_it_is_and_a_field_how_it_goes_on() -> None:
    names = complete("owner:j", 7, NAMES).candidates
    assert [(each.text, each.says) for each in names] == [("#6", "Jo"), ("#7", "Jo")]
    (field,) = complete("own", 3, NAMES).candidates
    assert (field.text, field.says) == ("owner:", "owner:me")


def test_of_very_many_the_best_fifty_are_offered() -> None:
    names = replace(NAMES, customers=lambda: {key: f"Tom {key}" for key in range(5_000)})
    found = complete("agent:4999", len("agent:4999"), names)
    assert [each.text for each in found.candidates] == ['"Tom 4999"']
    assert len(complete("agent:tom", len("agent:tom"), names).candidates) == MOST


@given(
    st.lists(fragments, max_size=8).map("".join) | st.text(max_size=20),
    st.integers(0, 200),
)
def test_the_law_whatever_is_typed_candidates_have_a_place(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    found = complete(text, cursor, NAMES)
    assert 0 <= found.begin <= cursor <= found.end <= len(text)
    assert len(found.candidates) <= MOST


def is_read(text: str) -> bool:
    try:
        read_query(text, NAMES)
    except QueryError:
        return False
    return True


@pytest.mark.parametrize(
    "term",
    ["status:", "owner:", "due:", "created>=", "stage:", "board:", "location:", "type:", "team:", "agent:",
     "source:", "loss:", "completed:", "reminded:", "kind:", "is:", "value:", "notes:", "currency:", "sort:"],
)  # fmt: skip
def test_whatever_is_offered_can_be_read(term: str) -> None:
    found = complete(term, len(term), NAMES)
    assert found.candidates
    refused = [each.text for each in found.candidates if not is_read(term + each.text)]
    # A bound is a day; "none" says that there is none.
    assert refused == (["none"] if ">" in term else [])
