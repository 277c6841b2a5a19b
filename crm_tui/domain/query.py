"""What somebody is looking for: tests of opportunities, all of which must hold, and in which order they are shown.

The same query filters what we hold and becomes the service's parameters (`api/params.py`).  Fields are named as in
`records.opportunity.OpportunityRecord`; `STATE` is the one that no record has.  `passes` says plainly what a test
means; over thousands of rows `matching.select` decides the same in a fraction of the time.  It reads no text: the
typed language comes above this (`language.py`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from crm_tui.domain.change import Value
from crm_tui.domain.rows import OpportunityRow
from crm_tui.structs import Struct, fields

WORD_FIELDS: Final = ("customer", "company", "email", "name")
"""Fields of an opportunity in which a free word is looked for."""

STATE: Final = "state"
"""The field of what became of the last write to a record (`snapshot.RowState`), which the book knows and no record."""

FIELDS_OF_A_ROW: Final = frozenset(
    {each.name for each in fields(OpportunityRow)} | {"board", "location", "location_id", STATE}
)
"""What the book can tell of an opportunity without its whole record: the row's, its board's, and the state."""


class Comparison(StrEnum):
    """How a field is compared."""

    IS = "is"
    HOLDS = "holds"
    """The text is part of the field's, whatever the case."""
    FROM = "from"
    """At or after, at least: inclusive."""
    TO = "to"
    """At or before, at most: inclusive."""
    ABOVE = "above"
    """After, more than."""
    BELOW = "below"
    """Before, less than: what a day's end is, since the next day begins there."""
    IS_SET = "is set"
    IS_EMPTY = "is empty"


class Condition(Struct, frozen=True):
    """One test of one field."""

    field: str
    how: Comparison
    value: Value = None

    def passes(self, opportunity: object) -> bool:
        """Decide for an opportunity; raises `AttributeError` where it does not have the field."""
        return self.holds_for(getattr(opportunity, self.field))

    def holds_for(self, found: Value) -> bool:
        """Decide for a field's value; a field that is not set passes only where that is asked for."""
        if self.how == Comparison.IS_EMPTY:
            return found is None or found == ""
        if self.how == Comparison.IS_SET:
            return found is not None and found != ""
        if found is None or self.value is None:
            return False
        if self.how == Comparison.IS:
            return _alike(found) == _alike(self.value)
        if self.how == Comparison.HOLDS:
            return str(self.value).casefold() in str(found).casefold()
        return _lies(found, self.how, self.value)


class Among(Struct, frozen=True):
    """Is one of these records: what a test came to that was answered elsewhere."""

    ids: frozenset[int]

    def passes(self, opportunity: object) -> bool:
        """Decide for an opportunity, whole or as a row."""
        return getattr(opportunity, "id", None) in self.ids


class Not(Struct, frozen=True):
    """Lets through what a test does not; so a field that is not set passes the opposite of a comparison."""

    test: Test

    def passes(self, opportunity: object) -> bool:
        """Decide for an opportunity, whole or as a row."""
        return not self.test.passes(opportunity)


class AnyOf(Struct, frozen=True):
    """At least one test holds: one of several values, or one value in any of several fields."""

    tests: tuple[Test, ...]

    def passes(self, opportunity: object) -> bool:
        """Decide for an opportunity, whole or as a row."""
        return any(test.passes(opportunity) for test in self.tests)


class AllOf(Struct, frozen=True):
    """All tests hold, taken as one: the two ends of a day, which are negated and listed together."""

    tests: tuple[Test, ...]

    def passes(self, opportunity: object) -> bool:
        """Decide for an opportunity, whole or as a row."""
        return all(test.passes(opportunity) for test in self.tests)


Test = Condition | Among | Not | AnyOf | AllOf


class Order(Struct, frozen=True):
    """A field to sort by."""

    field: str
    descending: bool = False


class Query(Struct, frozen=True):
    """Tests that must all hold; none lets everything through."""

    conditions: tuple[Test, ...] = ()
    order: tuple[Order, ...] = ()
    """What is sorted by first comes first; none leaves the order to whoever asks."""


def matches(query: Query, opportunity: object) -> bool:
    """Decide whether an opportunity, whole or as a row, is what is looked for.

    Raises `AttributeError` where it does not have a field that is asked for, see `needs`.
    """
    return all(test.passes(opportunity) for test in query.conditions)


def needs(query: Query) -> frozenset[str]:
    """Give the fields that a query asks for and only whole records have."""
    return frozenset(field for test in query.conditions for field in missing_in(test))


def missing_in(test: Test) -> Iterator[str]:
    """Give the fields that a test asks for and only whole records have."""
    return (field for field in fields_of(test) if field not in FIELDS_OF_A_ROW)


def fields_of(test: Test) -> Iterator[str]:
    """Give the fields that a test looks at."""
    match test:
        case Condition(field=field):
            yield field
        case Not(test=inner):
            yield from fields_of(inner)
        case AnyOf(tests=tests) | AllOf(tests=tests):
            for each in tests:
                yield from fields_of(each)


def reads_states(query: Query) -> bool:
    """Say whether an answer may change without any row's changing."""
    return any(STATE in fields_of(test) for test in query.conditions)


def word(text: str) -> Test:
    """Make the test of a free word."""
    return AnyOf(tuple(Condition(field, Comparison.HOLDS, text) for field in WORD_FIELDS))


def word_in(test: Test) -> str | None:
    """Give the free word that a test looks for; none when it is another test."""
    first = test.tests[0] if isinstance(test, AnyOf) and test.tests else None
    if isinstance(first, Condition) and isinstance(first.value, str) and first.value:
        return first.value if test == word(first.value) else None
    return None


def _alike(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


def _lies(found: Value, how: Comparison, bound: Value) -> bool:
    """Compare two moments or two numbers; anything else lies nowhere."""
    both = (found, bound)
    comparable = all(isinstance(each, datetime) for each in both) or all(
        isinstance(each, (int, Decimal)) for each in both
    )
    return comparable and ORDERS[how](found, bound)


ORDERS: Final[dict[Comparison, Callable[[Any, Any], bool]]] = {
    Comparison.FROM: operator.ge,
    Comparison.TO: operator.le,
    Comparison.ABOVE: operator.gt,
    Comparison.BELOW: operator.lt,
}
