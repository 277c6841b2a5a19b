"""The service's enumerations as it publishes them; a number it adds later is shown, never lost.

Tables: the service's own reference for opportunities (`eCrmOpportunityStatus`,
`eCrmOpportunitySource`, `eCrmOpportunityLossReason`).  The live lists are laid over their labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class Status(IntEnum):
    """How an opportunity stands (`eCrmOpportunityStatus`)."""

    IN_PROGRESS = 1
    WON = 2
    LOST = 3


class LeadSource(IntEnum):
    """How an opportunity was acquired (`eCrmOpportunitySource`); 3 is not used."""

    WEB = 1
    PHONE = 2
    WEBINAR = 4
    REFERRAL = 5
    PRINT_ADVERT = 6
    PURCHASED_LIST = 7
    WORD_OF_MOUTH = 8
    DIRECT_EMAIL = 9
    EMAIL_MARKETING = 10
    BROKER = 11
    PROPERTY_AGENT = 12
    FACEBOOK = 13
    LINKEDIN = 14
    INSTAGRAM = 15
    TWITTER = 16
    HUBBLE_HQ = 17
    LIQUID_SPACE = 18
    GOOGLE_SEARCH = 19
    SPACE_POOL = 20
    INSTANT_OFFICES = 21
    OFFICE_FREEDOM = 22
    FLEXI_OFFICES = 23
    WORKTHERE = 24
    KONTOR = 25
    VALVE = 26
    OTHER_SOCIAL_NETWORK = 98
    OTHER = 99


class LossReason(IntEnum):
    """Why an opportunity was lost (`eCrmOpportunityLossReason`)."""

    TIMING = 1
    NEED = 2
    POOR_QUALIFICATION = 3
    PRICE = 4
    FEATURE = 5
    LOST_MOMENTUM = 6
    COMPETITION = 7
    CONTRACT_TERM = 8
    DUPLICATE = 9
    WAITLIST = 10
    NOT_RETURNING_CALLS = 11
    LACK_OF_FACILITIES = 12
    NO_PET_POLICY = 13
    NO_RIGHT_FIT = 14
    LOCATION = 15
    ENTRANCE = 16
    ERRORS = 17
    ARCHIVED = 18
    SEARCH_ON_HOLD = 19
    RELOCATION_ON_HOLD = 20
    OTHER = 99


OPEN: Final = "open"
"""What people call what the service calls "in progress"."""


def number(kind: type[IntEnum], value: object) -> object:
    """Read a value given as a number, as its text, or as a name (``InProgress``, also with a path before it).

    What cannot be read is given back as it is, for whoever judges it.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.removeprefix("-").isdecimal():
        return int(text)
    name = text.rpartition(".")[2].replace("_", "").lower()
    for member in kind:
        if member.name.replace("_", "").lower() == name:
            return int(member)
    return value


def label(kind: type[IntEnum], number: int | None) -> str:
    """Name a value in words ("Word of mouth"); a number we do not know is shown as ``#27``."""
    if number is None:
        return ""
    try:
        member = kind(number)
    except ValueError:
        return f"#{number}"
    return member.name.replace("_", " ").capitalize()


class Labels:
    """Names of the enumerations' values: the shipped ones, with what the service says now laid over them."""

    def __init__(self) -> None:
        self._live: dict[type[IntEnum], dict[int, str]] = {}

    def lay(self, kind: type[IntEnum], live: Mapping[int, str]) -> None:
        """Take over the service's names; foreign texts.

        One that differs from ours by case and spaces only leaves ours: the service may give names of its
        program (``InProgress``) where we have words.
        """
        self._live[kind] = {
            value: name for value, name in live.items() if _bare(name) != _bare(label(kind, value))
        }

    def of(self, kind: type[IntEnum], value: int | None) -> str:
        """Name a value in words; foreign text where the service has a name of its own."""
        own = self._live.get(kind, {}).get(value) if value is not None else None
        return own if own is not None else label(kind, value)

    def all(self, kind: type[IntEnum]) -> dict[int, str]:
        """Give number → name of every value that is known; foreign text where the service has its own."""
        numbers = dict.fromkeys([*map(int, kind), *self._live.get(kind, {})])
        return {number: self.of(kind, number) for number in numbers}


def _bare(name: str) -> str:
    return "".join(name.split()).replace("_", "").casefold()
