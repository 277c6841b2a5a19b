"""Hint letters: near the label, stable, and never one that means something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.commands.hints import KEYS, hinted
from crm_tui.domain.enums import LeadSource, LossReason, Status, label

labels = st.lists(
    st.text(max_size=12) | st.sampled_from(["Price", "Office tour", "李伟", "Émile"]), max_size=45
)
taken = st.frozensets(st.sampled_from([*KEYS, "T", " ", "0"]), max_size=30)


@pytest.mark.parametrize(
    ("named", "hints"),
    [
        ([], ()),
        (["Tomorrow", "Monday", "Week"], ("t", "m", "w")),
        (["Price", "Phone", "Press"], ("p", "h", "r")),
        (["Not returning calls", "Need", "Number"], ("n", "e", "u")),
        (["Not returning calls", "Nobody rang"], ("n", "r")),  # the second word, before the first one's letters
        (["Émile", "Eva"], ("e", "v")),
        (["ß", "Straße"], ("s", "t")),
        (["李伟", "Ana", "远景"], ("a", "n", "b")),
        (["", "--", "24/7"], ("a", "b", "c")),  # digits come last, whoever has them
        (["a"] * 3, ("a", "b", "c")),
        (["Won't", "T"], ("w", "t")),
    ],
)  # fmt: skip
def test_a_hint_is_a_letter_of_the_label_where_one_is_free(
    named: list[str], hints: tuple[str, ...]
) -> None:
    assert hinted(named) == hints


def test_what_is_taken_is_not_given() -> None:
    assert hinted(["Tomorrow", "Today"], {"t", "o"}) == ("m", "d")
    assert hinted(["Tomorrow"], KEYS) == ("",)
    assert hinted(["Tomorrow"], "T ") == ("t",)  # a capital is another key


def test_beyond_thirty_five_an_entry_is_reached_by_typing() -> None:
    hints = hinted([f"Stage {number}" for number in range(40)])
    assert set(hints[:35]) == set(KEYS)
    assert hints[35:] == ("",) * 5


@pytest.mark.parametrize("kind", [Status, LeadSource, LossReason])
def test_every_list_of_the_service_has_hints(
    kind: type[Status | LeadSource | LossReason],
) -> None:
    hints = hinted([label(kind, member) for member in kind])
    assert all(hints)


@given(labels, taken)
def test_every_hint_is_one_free_key_and_nobody_elses(
    named: list[str], keys: frozenset[str]
) -> None:
    hints = hinted(named, keys)
    given_out = [hint for hint in hints if hint]
    assert len(hints) == len(named)
    assert len(set(given_out)) == len(given_out)
    assert set(given_out) <= set(KEYS) - keys
    assert len(given_out) == min(len(named), len(set(KEYS) - keys))
    assert not set(given_out) & set(" -0")


@given(labels, st.text(max_size=12), taken)
def test_the_same_list_has_the_same_hints_and_an_added_entry_takes_nobodys(
    named: list[str], added: str, keys: frozenset[str]
) -> None:
    assert hinted(named, keys) == hinted(named, keys)
    assert hinted([*named, added], keys)[:-1] == hinted(named, keys)


@given(labels)
def test_letters_go_before_digits(named: list[str]) -> None:
    hints = hinted(["!" * len(each) for each in named])
    assert hints == tuple(KEYS[: len(named)]) + ("",) * (len(named) - len(KEYS))
