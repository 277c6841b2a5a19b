"""Fields with few values: status, lead source, loss reason, yes and no, individual or company.

A value is said by its word, by a part of it that fits no other, or as `#number`, for those that the service added
later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from crm_tui.domain.change import Value
from crm_tui.domain.enums import OPEN, LeadSource, LossReason, Status, label
from crm_tui.domain.fields.field import NONE, BadValue, Field, alike, text_of
from crm_tui.domain.fields.names import Names, found
from crm_tui.domain.fields.relations import compared_with
from crm_tui.domain.nearest import nearest
from crm_tui.domain.query import Comparison, Condition, Test

_NUMBER: Final = r"#?([0-9]{1,19})"

_NAMED_AT_ONCE: Final = 6
"""Values that a message lists."""

STATUS_WORDS: Final = {
    OPEN if status is Status.IN_PROGRESS else label(Status, status).casefold(): int(status)
    for status in Status
}
"""Word → number."""


def _bare(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def _words(kind: type[IntEnum], names: Names) -> dict[int, str]:
    """Give number → word, in the order in which they are listed."""
    if kind is Status:
        return {number: word for word, number in STATUS_WORDS.items()}
    return names.labels.all(kind)


def enumeration(name: str, about: str, kind: type[IntEnum], *, may_lack: bool) -> Field:
    """Make the field of one of the service's enumerations."""

    def read(_operator: str, text: str, names: Names) -> Test:
        if may_lack and text.casefold() == NONE:
            return Condition(about, Comparison.IS_EMPTY)
        if by_number := re.fullmatch(_NUMBER, text):
            return Condition(about, Comparison.IS, int(by_number[1]))
        words = _words(kind, names)
        spelled = [*words.items(), *((int(each), label(kind, each)) for each in kind)]
        hits = found(text, spelled, _bare)
        if len(hits) == 1:
            return Condition(about, Comparison.IS, next(iter(hits)))
        if hits:
            listed = [words.get(number, said) for number, said in hits.items()]
            message = f"{text_of(text)} fits several: {_listed(listed)}"
            raise BadValue(message, choices=tuple(listed))
        message = f"{text_of(text)} is no {name}; there are {_listed(list(words.values()))}"
        raise BadValue(message, nearest(text, words.values()))

    def write(test: Test, names: Names) -> tuple[str, str] | None:
        if may_lack and test == Condition(about, Comparison.IS_EMPTY):
            return ":", NONE
        value = compared_with(about, test)
        if value is None or not re.fullmatch(_NUMBER, f"#{value}"):
            return None
        # The service may call two values alike, or one "none".
        word = _words(kind, names).get(value, "")
        try:
            is_meant = bool(word) and read(":", word, names) == test
        except BadValue:
            is_meant = False
        return ":", word if is_meant else f"#{value}"

    def values(names: Names) -> dict[str, str]:
        return alike([*_words(kind, names).values(), *([NONE] if may_lack else [])])

    example = {Status: OPEN, LeadSource: "referral"}.get(kind, "price")
    return Field(name, f"{name}:{example}", (":",), read, write, values)


def _listed(words: list[str]) -> str:
    more = len(words) - _NAMED_AT_ONCE
    rest = f" and {more} more" if more > 0 else ""
    return ", ".join(words[:_NAMED_AT_ONCE]) + rest


def worded(name: str, about: str, words: Mapping[str, Value]) -> Field:
    """Make the field of a few values of ours, each with one word or more; the first one is written."""

    def read(_operator: str, text: str, _names: Names) -> Test:
        typed = text.casefold()
        if typed not in words:
            message = f"{text_of(text)} is not for {name}; there are {', '.join(words)}"
            raise BadValue(message, nearest(typed, words))
        return Condition(about, Comparison.IS, words[typed])

    def write(test: Test, _names: Names) -> tuple[str, str] | None:
        for word, value in words.items():
            if test == Condition(about, Comparison.IS, value):
                return ":", word
        return None

    return Field(
        name, f"{name}:{next(iter(words))}", (":",), read, write, lambda _names: alike(words)
    )


YES_NO: Final[Mapping[str, Value]] = {"yes": True, "no": False}

KINDS: Final[Mapping[str, Value]] = {"individual": "1", "company": "2"}
"""The service documents the number's text (`eCoworkerRecordType`)."""

CHOICES: Final = (
    enumeration("status", "status", Status, may_lack=False),
    enumeration("source", "lead_source", LeadSource, may_lack=True),
    enumeration("loss", "loss_reason", LossReason, may_lack=True),
    worded("completed", "completed", YES_NO),
    worded("reminded", "reminded", YES_NO),
    worded("kind", "customer_kind", KINDS),
)
