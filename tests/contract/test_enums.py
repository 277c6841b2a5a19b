"""The enumerations: every number and name of the current page, at the address that the older page gives."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from crm_tui.domain.enums import LeadSource, LossReason, Status
from tests.contract.matrix import across, rows
from tests.contract.world import World

SOURCES = """
    1 Web 2 Phone 4 Webinar 5 Referral 6 PrintAdvert 7 PurchasedList 8 WordOfMouth 9 DirectEmail
    10 EmailMarketing 11 Broker 12 PropertyAgent 13 Facebook 14 Linkedin 15 Instagram 16 Twitter 17 HubbleHq
    18 LiquidSpace 19 GoogleSearch 20 SpacePool 21 InstantOffices 22 OfficeFreedom 23 FlexiOffices
    24 Workthere 25 Kontor 26 Valve 98 OtherSocialNetwork 99 Other
""".split()
REASONS = """
    1 Timing 2 Need 3 PoorQualification 4 Price 5 Feature 6 LostMomentum 7 Competition 8 ContractTerm
    9 Duplicate 10 Waitlist 11 NotReturningCalls 12 LackOfFacilities 13 NoPetPolicy 14 NoRightFit 15 Location
    16 Entrance 17 Errors 18 Archived 19 SearchOnHold 20 RelocationOnHold 99 Other
""".split()
STATUSES = "1 InProgress 2 Won 3 Lost".split()


@dataclass(frozen=True)
class Member:
    """One line of a table of values."""

    enumeration: str
    value: int
    word: str

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.enumeration}-{self.value}-{self.word}"


def _members(enumeration: str, words: list[str]) -> list[Member]:
    return [
        Member(enumeration, int(value), word)
        for value, word in zip(words[::2], words[1::2], strict=True)
    ]


MEMBERS = [
    *_members("eCrmOpportunitySource", SOURCES),
    *_members("eCrmOpportunityLossReason", REASONS),
    *_members("eCrmOpportunityStatus", STATUSES),
]
FIELDS = {
    "eCrmOpportunitySource": ("lead_source", "LeadSource", LeadSource),
    "eCrmOpportunityLossReason": ("loss_reason", "LossReason", LossReason),
    "eCrmOpportunityStatus": ("status", "Status", Status),
}
"""Enumeration → our field, its column, our table."""


def plain(text: str) -> str:
    """Give a name without spaces, underscores and case."""
    return text.replace("_", "").replace(" ", "").casefold()


@across("v1", "v2")
@rows(MEMBERS)
def test_enum(world: World, row: Member) -> None:
    """It is offered under its name, known to us by the same, and carried there and back."""
    field, column, ours = FIELDS[row.enumeration]
    offered = world.run(world.client.enumeration(row.enumeration))
    (asked,) = world.asked()
    assert asked.line == ("GET", "/api/utils/enums", 200)
    assert asked.query == {"name": row.enumeration}
    assert plain(offered[row.value]) == plain(ours(row.value).name) == plain(row.word)
    record_id = world.made(**{field: row.value})
    assert world.column(record_id, column) == row.value
    whole = world.run(world.client.opportunities.one(record_id))
    assert getattr(whole.record, field) == row.value


@across("v1", "v2")
@pytest.mark.parametrize("enumeration", FIELDS)
def test_enum_is_whole(world: World, enumeration: str) -> None:
    offered = world.run(world.client.enumeration(enumeration))
    wanted = {member.value for member in MEMBERS if member.enumeration == enumeration}
    assert set(offered) == wanted == {member.value for member in FIELDS[enumeration][2]}
