"""Queries over thousands of rows: tests made into functions, the cheapest first, each over what the last has left.

It decides exactly what `query.matches` does.  What a row cannot tell is never guessed: that is refused, for whoever
has the whole records to answer first (`settled`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from itertools import compress, repeat
from operator import attrgetter
from typing import Any, Final

from crm_tui.domain.change import Value
from crm_tui.domain.folded import BETWEEN, Folded
from crm_tui.domain.query import (
    ORDERS,
    STATE,
    AllOf,
    Among,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Query,
    Test,
    missing_in,
    needs,
    word_in,
)
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState, Snapshot

Reader = Callable[[str], Callable[[Any], Value]]
"""Field → what reads it from an opportunity."""

Rows = list[OpportunityRow] | tuple[OpportunityRow, ...]

Predicate = Callable[[Any], bool]


class NeedsRecords(LookupError):
    """A query asks for fields that only whole records have: `fields`."""

    def __init__(self, fields: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = fields


def select(
    query: Query, snapshot: Snapshot, rows: Iterable[OpportunityRow] | None = None
) -> list[OpportunityRow]:
    """Give those of a book's rows, all or some, that a query lets through, in the order in which they come.

    Raises `NeedsRecords` when rows cannot tell; see `settled`.
    """
    if missing := needs(query):
        raise NeedsRecords(missing)
    chosen: Rows = (
        rows if isinstance(rows, tuple) else list(snapshot.rows() if rows is None else rows)
    )
    read = reader_of(snapshot)
    for test in sorted(query.conditions, key=_cost):
        if not chosen:
            break
        chosen = _passing(test, chosen, snapshot, read)
    return list(chosen)


def settled(query: Query, ids: frozenset[int]) -> Query:
    """Give a query that rows can answer: `ids` are of the records that pass `for_records` of it."""
    kept = tuple(test for test in query.conditions if not any(missing_in(test)))
    return query if kept == query.conditions else Query((*kept, Among(ids)), query.order)


def for_records(query: Query) -> tuple[Test, ...]:
    """Give the tests that need whole records."""
    return tuple(test for test in query.conditions if any(missing_in(test)))


def reader_of(snapshot: Snapshot) -> Reader:
    """Make what reads the fields of a book's rows as they are now; board, location and state come from the book."""
    boards, states = snapshot.boards, snapshot.states()

    def location_id(row: OpportunityRow) -> Value:
        board = boards.get(row.board_id)
        return board.location_id if board is not None else None

    def location(row: OpportunityRow) -> Value:
        board = boards.get(row.board_id)
        return board.location if board is not None else None

    def board_name(row: OpportunityRow) -> Value:
        board = boards.get(row.board_id)
        return board.name if board is not None else None

    def state(row: OpportunityRow) -> Value:
        return states.get(row.id, RowState.SAVED)

    ours: dict[str, Callable[[OpportunityRow], Value]] = {
        "location_id": location_id,
        "location": location,
        "board": board_name,
        STATE: state,
    }
    return lambda field: ours.get(field) or attrgetter(field)


def predicate(test: Test, read: Reader) -> Predicate:
    """Make one function of a test."""
    match test:
        case Condition():
            return _condition(test, read(test.field))
        case Among(ids=ids):
            of_id = read("id")
            return lambda row: of_id(row) in ids
        case Not(test=inner):
            passes = predicate(inner, read)
            return lambda row: not passes(row)
        case AnyOf(tests=tests):
            if (several := _one_of(tests)) is not None:
                get, values = read(several[0]), several[1]
                return lambda row: get(row) in values
            some = [predicate(each, read) for each in sorted(tests, key=_cost)]
            return lambda row: any(passes(row) for passes in some)
        case AllOf(tests=tests):
            every = [predicate(each, read) for each in sorted(tests, key=_cost)]
            return lambda row: all(passes(row) for passes in every)


def _one_of(tests: tuple[Test, ...]) -> tuple[str, frozenset[Value]] | None:
    """Give the field and the whole numbers, or states, of which it must be one, if that is what is asked."""
    field = tests[0].field if tests and isinstance(tests[0], Condition) else ""
    values: set[Value] = set()
    for each in tests:
        if not isinstance(each, Condition) or (each.field, each.how) != (field, Comparison.IS):
            return None
        if not isinstance(each.value, int) and field != STATE:
            return None
        values.add(each.value)
    return (field, frozenset(values)) if values else None


def _condition(condition: Condition, get: Callable[[Any], Value]) -> Predicate:
    how, value = condition.how, condition.value
    if how == Comparison.IS_EMPTY:
        return lambda row: get(row) in _EMPTY
    if how == Comparison.IS_SET:
        return lambda row: get(row) not in _EMPTY
    if value is None:
        return lambda _row: False
    if how == Comparison.IS:
        return _equal(value, get)
    if how == Comparison.HOLDS:
        return _holding(str(value).casefold(), get)
    return _lying(how, value, get)


_EMPTY: Final = (None, "")


def _equal(value: Value, get: Callable[[Any], Value]) -> Predicate:
    if not isinstance(value, str):
        return lambda row: get(row) == value
    folded = value.casefold()

    def passes(row: Any) -> bool:
        found = get(row)
        return isinstance(found, str) and found.casefold() == folded

    return passes


def _holding(folded: str, get: Callable[[Any], Value]) -> Predicate:
    def passes(row: Any) -> bool:
        found = get(row)
        return found is not None and folded in str(found).casefold()

    return passes


def _lying(how: Comparison, bound: Value, get: Callable[[Any], Value]) -> Predicate:
    lies: Callable[[Any, Any], bool] = ORDERS[how]
    kinds: tuple[type, ...] = (int, Decimal)
    if isinstance(bound, datetime):
        kinds = (datetime,)
    elif not isinstance(bound, kinds):
        return lambda _row: False

    def passes(row: Any) -> bool:
        found = get(row)
        return isinstance(found, kinds) and lies(found, bound)

    return passes


def _passing(test: Test, rows: Rows, snapshot: Snapshot, read: Reader) -> Rows:
    """Let a test choose among rows; what is asked most goes through all of them without a call for each."""
    match test:
        case AllOf(tests=tests):
            for each in sorted(tests, key=_cost):
                rows = _passing(each, rows, snapshot, read)
            return rows
        case Condition(field=field, how=Comparison.IS, value=value) if not isinstance(value, str):
            if value is None:
                return []
            return list(compress(rows, map(operator.eq, map(read(field), rows), repeat(value))))
        case Condition(field=field, how=how, value=value) if _is_comparable(field, value):
            lies = ORDERS.get(how)
            if lies is not None:
                found = map(read(field), rows)
                return [
                    row
                    for row, each in zip(rows, found, strict=True)
                    if each is not None and lies(each, value)
                ]
        case AnyOf(tests=tests) if (several := _one_of(tests)) is not None:
            is_one = map(several[1].__contains__, map(read(several[0]), rows))
            return list(compress(rows, is_one))
    inner = test.test if isinstance(test, Not) else test
    word = word_in(inner)
    if word is None or BETWEEN in word:
        passes = predicate(test, read)
        return [row for row in rows if passes(row)]
    texts = _texts(rows, snapshot.folded, is_whole=len(snapshot.folded.texts) >= len(snapshot))
    holds = map(operator.contains, texts, repeat(word.casefold()))
    return list(compress(rows, holds if inner is test else map(operator.not_, holds)))


def _texts(rows: Rows, folded: Folded, *, is_whole: bool) -> Iterable[str]:
    """Give the words of rows, which whoever asks again and again keeps in a tuple."""
    if isinstance(rows, tuple):
        return folded.along(rows)
    if not is_whole:
        folded.fill(rows)
    return map(folded.texts.__getitem__, map(attrgetter("id"), rows))


def _is_comparable(field: str, bound: Value) -> bool:
    """Say whether every value of a row's field can be compared with a bound."""
    if isinstance(bound, datetime):
        return field in _MOMENTS
    return field in _NUMBERS and isinstance(bound, (int, Decimal))


_MOMENTS: Final = frozenset({"due_on", "created_on", "updated_on", "stage_since"})
_NUMBERS: Final = frozenset({"value", "id", "position", "status"})


def _cost(test: Test) -> int:
    """Guess what a test costs for a row, against others."""
    match test:
        case Condition(how=Comparison.HOLDS):
            return 6
        case Condition(field=field, how=how, value=value):
            is_text = how == Comparison.IS and isinstance(value, str)
            return 4 if is_text or field == STATE else 2 if how in ORDERS else 1
        case Among():
            return 1
        case Not(test=inner):
            return _cost(inner)
        case AnyOf(tests=tests) | AllOf(tests=tests):
            return 5 if word_in(test) is not None else 1 + sum(map(_cost, tests))
