"""The one door from foreign text to a sink (rows D01, D06, D10, D11, D12 of the acceptance matrix)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_tui.text import (
    ELLIPSIS,
    MAX_COMBINING,
    UNSAFE,
    SafeText,
    locale_is_utf8,
    safe,
    to_ascii,
)

anything = st.text(st.characters(exclude_categories=()), max_size=60)
"""Any code points at all, lone surrogates and unassigned ones too."""


@given(anything)
@example("\x1b[31m\x9b6n\x90\x07")
@example("\ud800\udfff")
def test_nothing_that_a_terminal_obeys_gets_through(text: str) -> None:
    shown = safe(text)
    assert not UNSAFE.search(shown)
    assert all(unicodedata.category(character) not in ("Cc", "Cs") for character in shown)
    shown.encode("utf-8")


@given(anything)
def test_what_is_safe_once_stays_as_it_is(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=60))
def test_ordinary_text_of_any_script_is_left_alone(text: str) -> None:
    ordinary = "".join(character for character in text if not UNSAFE.match(character))
    assert safe(ordinary) == ordinary


def test_D06_controls_become_visible_pictures() -> None:
    assert safe("a\x1b[6n\x00\x7f\x9b") == "a␛[6n␀␡‹9B›"
    assert safe("one\r\ntwo\nthree\tfour") == "one⏎two⏎three four"


def test_D10_names_that_a_reordering_character_makes_look_alike_differ() -> None:
    assert safe("abc\u202edef") == "abc‹202E›def"
    assert safe("abc\u202edef") != safe("abcdef")


def test_D11_invisible_characters_leave_a_mark_and_a_row_stays_one_row() -> None:
    for hidden in "\u2800\u200b\u200c\u200d\u2060\u00ad\u3164\ufeff\U000e0041\u2028\u2029":
        shown = safe(f"a{hidden}b")
        assert shown != "ab"
        assert len(shown.splitlines()) == 1


def test_D12_a_tower_of_combining_marks_is_cut_to_three_on_each_base() -> None:
    shown = safe("a" + "\u0301" * 200 + "b")
    assert shown == "a" + "\u0301" * MAX_COMBINING + "b"
    assert safe("\u0301x")[0] == " "


def test_a_long_text_is_cut_and_marked_as_cut() -> None:
    shown = safe("x" * 100, limit=10)
    assert shown == "x" * 10 + ELLIPSIS
    assert isinstance(shown, SafeText)


def test_nothing_is_the_empty_text() -> None:
    assert safe(None) == safe("") == ""


def test_every_format_character_of_unicode_is_marked() -> None:
    hidden = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    assert [hex(ord(character)) for character in hidden if not UNSAFE.match(character)] == []


@given(anything)
def test_ascii_is_ascii_one_for_one(text: str) -> None:
    spelled = to_ascii(text)
    assert spelled.isascii()
    assert len(spelled) == len(text)


def test_accents_and_borders_have_a_spelling() -> None:
    assert to_ascii("Müller ─│▌ 李 £") == "Muller -|[ ? L"


@pytest.mark.parametrize(
    ("environment", "is_utf8"),
    [
        ({}, True),
        ({"LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "C.utf8"}, True),
        ({"LANG": "C"}, False),
        ({"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, False),
        ({"LC_ALL": "", "LC_CTYPE": "de_DE.ISO-8859-1"}, False),
        ({"LANG": "de_DE.UTF-8@euro"}, True),
    ],
)
def test_the_locale_tells_the_encoding(environment: dict[str, str], is_utf8: bool) -> None:
    assert locale_is_utf8(environment) is is_utf8
