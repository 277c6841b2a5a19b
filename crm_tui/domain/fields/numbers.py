"""Fields that are numbers: amounts, whose currency is another field, and whole numbers such as ids and positions."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from crm_tui.domain.fields.field import COMPARING, NONE, BadValue, Field, alike, text_of
from crm_tui.domain.fields.names import Names
from crm_tui.domain.query import Comparison, Condition, Test

_AMOUNT: Final = r"-?[0-9]{1,18}(\.[0-9]{1,6})?"
# A text, not compiled: `re` does that when it is first used, and a start need not wait for it.
_WHOLE: Final = r"#?(-?[0-9]{1,18})"

HOW: Final = {
    ":": Comparison.IS,
    "<": Comparison.BELOW,
    "<=": Comparison.TO,
    ">": Comparison.ABOVE,
    ">=": Comparison.FROM,
}


def amounts(name: str, about: str) -> Field:
    """Make the field of an amount; it is compared as a number, whatever its currency."""

    def read(operator: str, text: str, _names: Names) -> Test:
        if operator == ":" and text.casefold() == NONE:
            return Condition(about, Comparison.IS_EMPTY)
        if not re.fullmatch(_AMOUNT, text):
            message = f"{text_of(text)} is no amount; write digits alone, such as {name}>2000"
            raise BadValue(message)
        return Condition(about, HOW[operator], Decimal(text))

    def write(test: Test, _names: Names) -> tuple[str, str] | None:
        if test == Condition(about, Comparison.IS_EMPTY):
            return ":", NONE
        if not isinstance(test, Condition) or not isinstance(test.value, Decimal):
            return None
        written = f"{test.value:f}"
        return _compared(about, test, written) if re.fullmatch(_AMOUNT, written) else None

    return Field(name, f"{name}>2000", COMPARING, read, write, lambda _names: alike((NONE,)))


def whole_numbers(name: str, about: str) -> Field:
    """Make the field of a whole number that is always set."""

    def read(operator: str, text: str, _names: Names) -> Test:
        number = re.fullmatch(_WHOLE, text)
        if number is None:
            message = f"{text_of(text)} is no whole number; write digits alone, such as {name}:12"
            raise BadValue(message)
        return Condition(about, HOW[operator], int(number[1]))

    def write(test: Test, _names: Names) -> tuple[str, str] | None:
        if not isinstance(test, Condition) or type(test.value) is not int:
            return None
        written = str(test.value)
        return _compared(about, test, written) if re.fullmatch(_WHOLE, written) else None

    return Field(name, f"{name}:12", COMPARING, read, write, lambda _names: {})


def _compared(about: str, test: Condition, written: str) -> tuple[str, str] | None:
    for operator, how in HOW.items():
        if (test.field, test.how) == (about, how):
            return operator, written
    return None


NUMBERS: Final = (
    amounts("value", "value"),
    whole_numbers("id", "id"),
    whole_numbers("position", "position"),
)
