"""What is typed and what is pasted, told apart however the input is cut (D19)."""

from __future__ import annotations

import random

import pytest

from crm_tui.ui.paste import LONGEST, Pasted, Pastes, Typed

BEGIN, END = "\x1b[200~", "\x1b[201~"


def read(*pieces: str) -> tuple[str, list[str]]:
    """Give all that was typed, marks left out, and the pastes."""
    pastes, typed, pasted = Pastes(), "", []
    for piece in pieces:
        for each in pastes.read(piece):
            if isinstance(each, Typed):
                typed += each.text
            else:
                assert isinstance(each, Pasted)
                pasted.append(each.text)
    return typed.replace(BEGIN, "").replace(END, ""), pasted


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("plain", "plain"),
        ("a\x1bb\x1b[Ac\x1b", "ab[Ac"),
        ("a\x1b[200~b", "a[200~b"),
        ("two\nlines\r\tand a tab", "two\nlines\r\tand a tab"),
        ("\x00\x04\x7f\x85\x9b2Jq", "2Jq"),
        ("\x1b[20", "[20"),
        ("\x1b[201", "[201"),
        ("", ""),
    ],
)
def test_D19_a_paste_is_text_whatever_bytes_are_in_it(inside: str, text: str) -> None:
    assert read(f"j{BEGIN}{inside}{END}k") == ("jk", [text])


def test_D19_however_the_input_is_cut_it_reads_the_same() -> None:
    generator = random.Random(19)
    whole = f"jk\x1b[A{BEGIN}one\x1b[201\x1b[B.y{END}l\x1b{BEGIN}two{END}{BEGIN}{END}q"
    expected = ("jk\x1b[Al\x1bq", ["one[201[B.y", "two", ""])
    assert read(whole) == expected
    assert read(*whole) == expected
    for _ in range(200):
        cuts = sorted(generator.sample(range(len(whole)), 5))
        pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
        assert read(*pieces) == expected


def test_an_escape_is_typed_at_once_whatever_may_follow() -> None:
    pastes = Pastes()
    assert list(pastes.read("\x1b")) == [Typed("\x1b")]
    assert list(pastes.read("[20")) == [Typed("[20")]
    assert list(pastes.read("0~x")) == [Typed("0~")]
    assert list(pastes.read(f"{END}j")) == [Typed(END), Pasted("x"), Typed("j")]


def test_a_paste_without_an_end_takes_no_more_memory_than_a_long_one() -> None:
    pastes = Pastes()
    assert list(pastes.read(BEGIN)) == [Typed(BEGIN)]
    for _ in range(30):
        assert list(pastes.read("x" * 100_000)) == []
    (_, pasted) = pastes.read(END)
    assert isinstance(pasted, Pasted)
    assert len(pasted.text) == LONGEST
