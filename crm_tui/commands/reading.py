"""What a typed line means, said before it is taken: a day by weekday and date, an amount with its currency.

It says of a text what would come of it, or why nothing would; it takes nothing and asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from crm_tui.domain.follow_ups import Choice
from crm_tui.domain.money import AmountError, format_amount, read_amount
from crm_tui.domain.typed_words import DayError
from crm_tui.structs import Struct

NO_AMOUNT: Final = "-"
"""Typed for no value."""


class Reading(Struct, frozen=True):
    """What a text means, or what is wrong with it."""

    words: str
    """May quote foreign text; empty where there is nothing to say."""
    wrong_from: int | None = None
    """Place in the text, from 0, of what was not understood; none where all was."""


Reader = Callable[[str], Reading]
"""Reads a text without spaces around it, as the answer would be."""


def day_reader(todays: Iterable[date], chosen: Callable[[str, date], Choice]) -> Reader:
    """Make what says a day; `todays` are those of all records in question, whose locations may differ in zone."""
    days = tuple(dict.fromkeys(todays))

    def read(text: str) -> Reading:
        try:
            found = [chosen(text, today).whole_words for today in days]
        except DayError as error:
            return Reading(error.message, error.position)
        return Reading(_either(found))

    return read


def amount_reader(currencies: Iterable[str], none: str) -> Reader:
    """Make what says an amount in each of these currencies; `none` says what `NO_AMOUNT` does."""
    known = tuple(dict.fromkeys(currencies))

    def read(text: str) -> Reading:
        if text == NO_AMOUNT:
            return Reading(none)
        try:
            amount = read_amount(text)
        except AmountError as error:
            return Reading(error.message, 0)
        return Reading(_either(format_amount(amount, currency) for currency in known))

    return read


def _either(found: Iterable[str]) -> str:
    """Say what it comes to, or what to for one record and what for another."""
    return " or ".join(dict.fromkeys(found))
