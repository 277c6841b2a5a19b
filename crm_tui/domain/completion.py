"""What could be typed next in a filter: fields, operators, values and names, ranked, with the place they go to.

Pure: text and cursor in, candidates out.  It never changes a text and never says that one is wrong; that is
`language.py`'s.  Names are foreign text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from heapq import nsmallest
from typing import Final

from crm_tui.domain.fields.field import Field, alike, as_value
from crm_tui.domain.fields.names import Names
from crm_tui.domain.fields.table import FIELDS
from crm_tui.domain.language import HEAD, SORT
from crm_tui.domain.ordering import SORTABLE
from crm_tui.structs import Struct

MOST: Final = 50
"""Candidates that are given at once."""

_SORT_EXAMPLE: Final = "sort:-value"


class Candidate(Struct, frozen=True):
    """Something that could stand in the place of what was typed."""

    text: str
    """As it is written in a filter, in quotes where it needs them."""
    says: str = ""
    """What it is, where the text does not say it: how a field goes on, as a whole term; the name behind an id."""


class Completion(Struct, frozen=True):
    """Candidates for the place of the cursor, the likeliest first."""

    begin: int
    end: int
    """The text from `begin` to `end` is what a candidate replaces."""
    candidates: tuple[Candidate, ...]


def complete(text: str, cursor: int, names: Names) -> Completion:
    """Give what could stand where the cursor is; one beyond the text, which may be older, stands at its end."""
    cursor = min(cursor, len(text))
    begin = _term_begin(text, cursor)
    if text[begin : begin + 1] == "-" and begin < cursor:
        begin += 1
    head = re.compile(HEAD).match(text, begin)
    if head is None or head.end() > cursor:
        typed = text[begin:cursor]
        end = head.end() if head is not None else _end(text, cursor, opened='"' in typed)
        return Completion(begin, end, _fields(typed))
    name = head[1].casefold()
    listed = head[2] in (":", "=")
    begin, opened = _value_begin(text, head.end(), cursor, listed=listed)
    typed = _unquoted(text[begin:cursor])
    end = _end(text, cursor, opened=opened)
    if name == SORT:
        begin += text[begin:cursor].startswith("-")
        return Completion(begin, end, _ranked(typed.removeprefix("-"), alike(SORTABLE)))
    field = FIELDS.get(name)
    if field is None or head[2] == "~":
        return Completion(begin, end, ())
    return Completion(begin, end, _ranked(typed, field.values(names)))


def _term_begin(text: str, cursor: int) -> int:
    """Give where the term begins in which the cursor stands; a quote that is open keeps spaces in it."""
    begin, is_open = 0, False
    for place in range(cursor):
        if text[place] == '"':
            is_open = not is_open
        elif text[place].isspace() and not is_open:
            begin = place + 1
    return begin


def _value_begin(text: str, begin: int, cursor: int, *, listed: bool) -> tuple[int, bool]:
    """Give where the value begins in which the cursor stands, and whether a quote is open there."""
    is_open = False
    for place in range(begin, cursor):
        if text[place] == '"':
            is_open = not is_open
        elif text[place] == "," and listed and not is_open:
            begin = place + 1
    return begin, is_open


def _end(text: str, cursor: int, *, opened: bool) -> int:
    """Give where the value ends in which the cursor stands; an open quote without an end ends with the cursor."""
    if opened:
        closing = text.find('"', cursor)
        return cursor if closing < 0 else closing + 1
    end = cursor
    while end < len(text) and not text[end].isspace() and text[end] != ",":
        end += 1
    return end


def _unquoted(typed: str) -> str:
    return typed.removeprefix('"').removesuffix('"').replace('""', '"')


def _fields(typed: str) -> tuple[Candidate, ...]:
    """Give fields that a word may begin; of one that is typed whole, what may come behind it."""
    wanted = typed.casefold()
    found: list[Candidate] = []
    if wanted in FIELDS:
        found += _behind(FIELDS[wanted])
    terms = {**{name: field.example for name, field in FIELDS.items()}, SORT: _SORT_EXAMPLE}
    for rank in range(_NO_RANK):
        found += [
            Candidate(f"{name}:", example)
            for name, example in terms.items()
            if _rank(wanted, name) == rank and name != wanted
        ]
    return tuple(found[:MOST])


def _behind(field: Field) -> Iterator[Candidate]:
    return (Candidate(f"{field.name}{operator}", field.example) for operator in field.operators)


def _ranked(typed: str, values: Mapping[str, str]) -> tuple[Candidate, ...]:
    """Give the values that what was typed begins, or is part of, the best first."""
    wanted = typed.casefold()
    fitting = (
        (rank, place, value, called)
        for place, (value, called) in enumerate(values.items())
        if (rank := _rank(wanted, called.casefold())) < _NO_RANK
    )
    return tuple(
        Candidate(as_value(value), called if called != value else "")
        for _, _, value, called in nsmallest(MOST, fitting)
    )


_NO_RANK: Final = 4


def _rank(wanted: str, word: str) -> int:
    """Say how well a word fits: the same, begun, a word of it begun, a part of it, or not at all; from 0."""
    if word == wanted:
        return 0
    if word.startswith(wanted):
        return 1
    place = word.find(wanted)
    if place < 0:
        return _NO_RANK
    return 2 if f" {wanted}" in word or f"_{wanted}" in word else 3
