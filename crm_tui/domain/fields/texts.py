"""Fields that are texts: part of one is enough, whatever the case; and the customer, a text that also has an id.

`:none` asks for an empty one, and `~` takes any text as it stands.
"""

from __future__ import annotations

import re
from typing import Final

from crm_tui.domain.fields.field import HOLDING, NONE, BadValue, Field, alike, text_of
from crm_tui.domain.fields.names import Names
from crm_tui.domain.fields.relations import compared_with
from crm_tui.domain.query import Comparison, Condition, Test

_ID: Final = r"#([0-9]{1,19})"

_GUID: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def text(name: str, about: str, example: str, *, about_id: str = "", whole: bool = False) -> Field:
    """Make the field of a text; with `about_id` `#12` asks for an id instead, and `whole` wants all of it."""
    how = Comparison.IS if whole else Comparison.HOLDS

    def read(operator: str, typed: str, _names: Names) -> Test:
        if operator == ":":
            if typed.casefold() == NONE:
                return Condition(about, Comparison.IS_EMPTY)
            if about_id and (by_id := re.fullmatch(_ID, typed)):
                return Condition(about_id, Comparison.IS, int(by_id[1]))
        return Condition(about, how, typed)

    def write(test: Test, _names: Names) -> tuple[str, str] | None:
        if test == Condition(about, Comparison.IS_EMPTY):
            return ":", NONE
        number = compared_with(about_id, test) if about_id else None
        if number is not None:
            return (":", f"#{number}") if re.fullmatch(_ID, f"#{number}") else None
        if not isinstance(test, Condition) or (test.field, test.how) != (about, how):
            return None
        if not isinstance(test.value, str) or not test.value:
            return None
        is_word = test.value.casefold() == NONE or (about_id and re.fullmatch(_ID, test.value))
        return "~" if is_word else ":", test.value

    return Field(name, f"{name}:{example}", HOLDING, read, write, lambda _names: alike((NONE,)))


def guid(name: str, about: str) -> Field:
    """Make the field of a GUID, which is compared whole."""

    def read(_operator: str, typed: str, _names: Names) -> Test:
        if not re.fullmatch(_GUID, typed.casefold()):
            message = f"{text_of(typed)} is no GUID; one is 36 characters long"
            raise BadValue(message)
        return Condition(about, Comparison.IS, typed.casefold())

    def write(test: Test, _names: Names) -> tuple[str, str] | None:
        if not isinstance(test, Condition) or (test.field, test.how) != (about, Comparison.IS):
            return None
        is_one = isinstance(test.value, str) and re.fullmatch(_GUID, test.value)
        return (":", test.value) if is_one and isinstance(test.value, str) else None

    example = f"{name}:a1b2c3d4-e5f6-4890-abcd-ef1234567890"
    return Field(name, example, (":",), read, write, lambda _names: {})
