"""The filter language: what somebody types, as a `Query`, and a query as text again.

    query  = term …                       all must hold
    term   = [-] (field operator value[,value]… | word) | sort:[-]field[,[-]field]…
    field  = a name of `fields.table.FIELDS`;   operator = :  =  ~  <  <=  >  >=
    word   = text that must occur in customer, company, e-mail or name

Quotes group: ``owner:"Ana Ruiz"``, ``"acme ltd"``; a quote inside quotes is doubled.  What stands in quotes from its
beginning is always a word: ``"due:today"``.  Case never matters.  `=` says what `:` does.  A `board:` that must hold
narrows what the names of stages mean.  What the values mean is `fields`'; it asks neither a clock nor a server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from crm_tui.domain.fields.field import BadValue, Field, as_value, in_quotes, is_bare
from crm_tui.domain.fields.names import Names
from crm_tui.domain.fields.table import FIELDS
from crm_tui.domain.nearest import nearest
from crm_tui.domain.ordering import SORTABLE
from crm_tui.domain.query import (
    AnyOf,
    Comparison,
    Condition,
    Not,
    Order,
    Query,
    Test,
    word,
    word_in,
)
from crm_tui.structs import Struct

SORT: Final = "sort"
"""The name of the term that is no test but an order."""

HEAD: Final = r"([^\W\d_]+(?:_[^\W\d_]+)*)(<=|>=|:|=|~|<|>)"
"""How a term begins that names a field."""

_QUOTED: Final = 30
"""Characters of what was typed that a message repeats."""

_NAMED_AT_ONCE: Final = 6
"""Fields that a message lists."""


class QueryError(ValueError):
    """A filter cannot be read.

    `message` repeats what was typed and may name people, and `suggestion` and `choices` may be such names: all are
    raw, and the ui passes them through `text.safe`.
    """

    def __init__(
        self,
        position: int,
        message: str,
        suggestion: str = "",
        *,
        end: int | None = None,
        choices: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.position = position
        """Place in the text, from 0, where what is wrong begins; the text's length when something is missing there."""
        self.end = position if end is None else end
        """Place behind what is wrong."""
        self.message = message
        """What is wrong, in plain words."""
        self.suggestion = suggestion
        """What was probably meant in its place; often empty."""
        self.choices = choices
        """Texts of which each could stand from `position` to `end`, where what was typed means several."""


class Piece(Struct, frozen=True):
    """A value or a word, its quotes taken off."""

    position: int
    end: int
    text: str


class Term(Struct, frozen=True):
    """A term as it stands in the text."""

    is_negated: bool
    head: re.Match[str] | None
    """None for a word."""
    pieces: tuple[Piece, ...]
    """Values, or the one word."""


def read_query(text: str, names: Names) -> Query:
    """Read a filter; raises `QueryError` and nothing else.  A text without terms lets everything through."""
    terms = list(_terms(text))
    fields = [None if term.head is None else _field(term.head) for term in terms]
    tests: dict[int, Test] = {}
    order: dict[str, Order] = {}
    # Boards first: what a stage's name means depends on them.
    boards = [place for place, field in enumerate(fields) if _name_of(field) == "board"]
    for place in boards:
        tests[place] = _test(terms[place], fields[place], names)
    within = _narrowed(tests.values(), names)
    for place, (term, field) in enumerate(zip(terms, fields, strict=True)):
        if term.head is not None and field is None:
            for each in _orders(term):
                order.setdefault(each.field, each)
        elif place not in tests:
            tests[place] = _test(term, field, within)
    return Query(tuple(tests[place] for place in sorted(tests)), tuple(order.values()))


def write_query(query: Query, names: Names) -> str:
    """Write a query so that `read_query`, given the same names, reads the very same one.

    Raises `ValueError` for a query that the language cannot say; all that it reads can be said.
    """
    names = _narrowed(query.conditions, names)
    terms = [_written(test, names) for test in query.conditions]
    words = {field: name for name, field in SORTABLE.items()}
    if query.order:
        listed = [f"{'-' * each.descending}{words.get(each.field, '')}" for each in query.order]
        if not all(each.strip("-") for each in listed) or len(set(listed)) < len(listed):
            message = f"a filter cannot say {query.order}"
            raise ValueError(message)
        terms.append(f"{SORT}:{','.join(listed)}")
    return " ".join(terms)


def _narrowed(tests: Iterable[Test], names: Names) -> Names:
    """Give the names that hold where some boards alone are looked at."""
    for test in tests:
        some = test.tests if isinstance(test, AnyOf) else (test,)
        boards = [
            each.value
            for each in some
            if isinstance(each, Condition) and (each.field, each.how) == ("board_id", Comparison.IS)
        ]
        if some and len(boards) == len(some):
            names = names.on_boards(frozenset(key for key in boards if isinstance(key, int)))
    return names


# Reading


def _terms(text: str) -> Iterator[Term]:
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        begin = place
        negated = text[begin] == "-" and text[begin + 1 : begin + 2].strip() != ""
        if negated:
            begin += 1
        head = re.compile(HEAD).match(text, begin)
        if head is None:
            piece, place = _piece(text, begin, listed=False)
            if not piece.text:
                message = "there is nothing between these quotes"
                raise QueryError(begin, message, end=place)
            pieces = [piece]
        else:
            pieces, place = _values(text, head.end())
        yield Term(negated, head, tuple(pieces))


def _values(text: str, place: int) -> tuple[list[Piece], int]:
    """Read values up to the end of the term."""
    pieces = []
    while True:
        piece, place = _piece(text, place, listed=True)
        pieces.append(piece)
        if text[place : place + 1] != ",":
            return pieces, place
        place += 1


def _piece(text: str, place: int, *, listed: bool) -> tuple[Piece, int]:
    """Read up to a space, or a comma in a list; give what was read and where it ends."""
    begin = place
    kept: list[str] = []
    opened: int | None = None
    while place < len(text):
        character = text[place]
        if character == '"':
            if opened is None:
                opened = place
            elif text[place + 1 : place + 2] == '"':
                kept.append(character)
                place += 1
            else:
                opened = None
        elif opened is None and (character.isspace() or (listed and character == ",")):
            break
        else:
            kept.append(character)
        place += 1
    if opened is not None:
        raise QueryError(opened, "this quote is not closed", end=len(text))
    return Piece(begin, place, "".join(kept)), place


def _name_of(field: Field | None) -> str:
    return field.name if field is not None else ""


def _field(head: re.Match[str]) -> Field | None:
    """Give the field that a term names; none for the order."""
    name = head[1].casefold()
    if name == SORT:
        return None
    if name in FIELDS:
        return FIELDS[name]
    shown = head[1] if len(head[1]) <= _QUOTED else f"{head[1][:_QUOTED]}…"
    listed = list(FIELDS)[:_NAMED_AT_ONCE]
    message = (
        f'there is no field "{shown}"; there are {", ".join(listed)} and '
        f"{len(FIELDS) - len(listed)} more. Quotes around it look for the words"
    )
    guess = nearest(name, [*FIELDS, SORT])
    raise QueryError(head.start(1), message, guess, end=head.end(1))


def _test(term: Term, field: Field | None, names: Names) -> Test:
    test = word(term.pieces[0].text) if field is None else _field_test(term, field, names)
    return Not(test) if term.is_negated else test


def _field_test(term: Term, field: Field, names: Names) -> Test:
    head, pieces = term.head, term.pieces
    operator = ":" if head is None or head[2] == "=" else head[2]
    begin = pieces[0].position
    if operator not in field.operators:
        said = (
            " and ".join(field.operators)
            if len(field.operators) > 1
            else f"{field.operators[0]} alone"
        )
        message = f"{field.name} takes {said}, such as {field.example}"
        raise QueryError(begin - len(operator), message, end=begin)
    if len(pieces) > 1 and operator != ":":
        message = f"{operator} takes one value; several go with {field.name}:"
        raise QueryError(pieces[1].position - 1, message, end=pieces[-1].end)
    # The same value twice says nothing more, and a list of one is that one.
    tests = list(dict.fromkeys(_value(field, operator, piece, names) for piece in pieces))
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def _value(field: Field, operator: str, piece: Piece, names: Names) -> Test:
    if not piece.text:
        message = f"{field.name}{operator} needs a value, such as {field.example}"
        raise QueryError(piece.position, message, end=piece.end)
    try:
        return field.read(operator, piece.text, names)
    except BadValue as bad:
        choices = tuple(map(as_value, bad.choices))
        raise QueryError(
            piece.position, bad.message, bad.suggestion, end=piece.end, choices=choices
        ) from None


def _orders(term: Term) -> Iterator[Order]:
    begin = term.pieces[0].position
    operator = term.head[2] if term.head is not None else ""
    if term.is_negated or operator not in (":", "="):
        message = f"{SORT} takes : alone, such as {SORT}:-value"
        raise QueryError(begin - len(operator), message, end=begin)
    for piece in term.pieces:
        name = piece.text.removeprefix("-").casefold()
        if name not in SORTABLE:
            shown = piece.text[:_QUOTED]
            listed = ", ".join(list(SORTABLE)[:_NAMED_AT_ONCE])
            message = (
                f'nothing is sorted by "{shown}"; write {listed} or {len(SORTABLE) - _NAMED_AT_ONCE} more, '
                "a - before it for the largest first"
            )
            guess = nearest(name, SORTABLE)
            meant = f"{'-' * piece.text.startswith('-')}{guess}" if guess else ""
            raise QueryError(piece.position, message, meant, end=piece.end)
        yield Order(SORTABLE[name], piece.text.startswith("-"))


# Writing


def _written(test: Test, names: Names) -> str:
    if isinstance(test, Not):
        if isinstance(test.test, Not):
            raise _unsayable(test)
        return f"-{_written(test.test, names)}"
    if (text := word_in(test)) is not None:
        is_plain = not text.startswith("-") and re.match(HEAD, text) is None
        return text if is_plain and is_bare(text) else in_quotes(text)
    several = isinstance(test, AnyOf) and len(set(test.tests)) == len(test.tests) > 1
    for field in FIELDS.values():
        if (said := field.write(test, names)) is not None:
            return f"{field.name}{said[0]}{as_value(said[1])}"
        if several and isinstance(test, AnyOf):
            written = [field.write(value, names) for value in test.tests]
            values = [each[1] for each in written if each is not None and each[0] == ":"]
            if len(values) == len(test.tests):
                return f"{field.name}:{','.join(map(as_value, values))}"
    raise _unsayable(test)


def _unsayable(test: Test) -> ValueError:
    return ValueError(f"a filter cannot say {test}")
