"""Fitting text into cells as a terminal counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.ui.cells import cut, pad, spread, width_of, wrapped

texts = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=20)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Noor", 4),
        ("दीया पटेल", 8),
        ("ज्योति डिज़ाइन", 12),
        ("สมชาย", 5),
        ("李伟", 4),
        ("한빛", 4),
        ("e\u0301x", 2),
        ("", 0),
    ],
)
def test_vowel_signs_count_as_terminals_count_them(text: str, cells: int) -> None:
    assert width_of(text) == cells


@given(texts, st.integers(0, 30))
def test_a_padded_text_fills_its_cells_exactly(text: str, width: int) -> None:
    assert width_of(pad(text, width)) == width


@given(texts, st.integers(0, 30))
def test_a_cut_text_fits_and_is_whole_or_marked(text: str, width: int) -> None:
    kept = cut(text, width)
    assert width_of(kept) <= width
    assert kept == text or kept == "" or kept.endswith("…")


@given(texts, texts, st.integers(0, 40))
def test_two_ends_fill_their_cells_exactly(left: str, right: str, width: int) -> None:
    assert width_of(spread(left, right, width)) == width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("one two", 4, ["one", "two"]),
        ("one two", 3, ["one", "two"]),
        ("one  two ", 5, ["one", "two"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("ab cdefgh", 4, ["ab", "cdef", "gh"]),
        ("客户希望周五", 5, ["客户", "希望", "周五"]),
        ("客户 ok 希望", 7, ["客户 ok", "希望"]),
        ("客户希望。", 9, ["客户希", "望。"]),
        ("팀입니다.", 8, ["팀입니", "다."]),
        ("noor@example.com", 13, ["noor", "@example.com"]),
        ("e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]),
        ("कि कि", 3, ["कि", "कि"]),
        ("किकि", 3, ["कि", "कि"]),
    ],
)
def test_lines_are_broken_at_words_and_never_inside_a_letter(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrapped(text, width) == lines


@given(texts, st.integers(2, 30))
def test_wrapped_lines_fit_and_nothing_but_spaces_is_lost(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_of(line) <= width for line in lines)
