"""`is:`, words that say a whole test: how an opportunity stands, whose it is, and what became of its last write.

What another field says too (`status:open`) is the very same test, and is written by that field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from crm_tui.domain.enums import Status
from crm_tui.domain.fields.choices import STATUS_WORDS
from crm_tui.domain.fields.field import BadValue, Field, alike, text_of
from crm_tui.domain.fields.names import Names
from crm_tui.domain.nearest import nearest
from crm_tui.domain.query import STATE, AllOf, AnyOf, Comparison, Condition, Test
from crm_tui.domain.snapshot import TROUBLE, RowState
from crm_tui.domain.when import day_start


def _status(status: int) -> Callable[[Names], Test]:
    return lambda _names: Condition("status", Comparison.IS, status)


def _states(*states: RowState) -> Callable[[Names], Test]:
    tests = tuple(Condition(STATE, Comparison.IS, state.value) for state in states)
    return lambda _names: tests[0] if len(tests) == 1 else AnyOf(tests)


def _mine(names: Names) -> Test:
    if names.me is None:
        message = "nobody is signed in, so nothing is mine"
        raise BadValue(message)
    return Condition("owner_id", Comparison.IS, names.me)


def _overdue(names: Names) -> Test:
    begin = day_start(names.today, names.due_zone)
    is_open = Condition("status", Comparison.IS, Status.IN_PROGRESS.value)
    return AllOf((is_open, Condition("due_on", Comparison.BELOW, begin)))


_WORDS: Final[Mapping[str, Callable[[Names], Test]]] = {
    **{word: _status(status) for word, status in STATUS_WORDS.items()},
    "overdue": _overdue,  # open, and its follow-up lies before today
    "mine": _mine,
    "unassigned": lambda _names: Condition("owner_id", Comparison.IS_EMPTY),
    "held": _states(
        RowState.NOTING, RowState.HELD, RowState.QUEUED, RowState.SENDING
    ),  # on its way
    "failed": _states(*TROUBLE),  # needs somebody
    "changed": _states(RowState.CHANGED, RowState.NEW),  # by others, and not looked at since
    "new": _states(RowState.NEW),
}


def _read(_operator: str, text: str, names: Names) -> Test:
    typed = text.casefold()
    if typed not in _WORDS:
        message = f"{text_of(text)} is not for is; there are {', '.join(_WORDS)}"
        raise BadValue(message, nearest(typed, _WORDS))
    return _WORDS[typed](names)


def _write(test: Test, names: Names) -> tuple[str, str] | None:
    for word, made in _WORDS.items():
        if (word != "mine" or names.me is not None) and made(names) == test:
            return ":", word
    return None


IS: Final = Field("is", "is:overdue", (":",), _read, _write, lambda _names: alike(_WORDS))
