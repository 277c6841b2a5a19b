"""The service's enumerations, as `/api/utils/enums?name=` answers them.

Values and names are documented and the same in every edition unless said below; the labels are inferred from the one
documented sample ("InProgress" is "In progress").
"""

import re

from crm_tui.sandbox.wire import Json

_ENUMS = {
    "eCrmOpportunitySource": """
        1 Web 2 Phone 4 Webinar 5 Referral 6 PrintAdvert 7 PurchasedList 8 WordOfMouth 9 DirectEmail
        10 EmailMarketing 11 Broker 12 PropertyAgent 13 Facebook 14 Linkedin 15 Instagram 16 Twitter
        17 HubbleHq 18 LiquidSpace 19 GoogleSearch 20 SpacePool 21 InstantOffices 22 OfficeFreedom
        23 FlexiOffices 24 Workthere 25 Kontor 26 Valve 98 OtherSocialNetwork 99 Other""",
    "eCrmOpportunityLossReason": """
        1 Timing 2 Need 3 PoorQualification 4 Price 5 Feature 6 LostMomentum 7 Competition
        8 ContractTerm 9 Duplicate 10 Waitlist 11 NotReturningCalls 12 LackOfFacilities 13 NoPetPolicy
        14 NoRightFit 15 Location 16 Entrance 17 Errors 18 Archived 19 SearchOnHold 20 RelocationOnHold
        99 Other""",
    "eCrmOpportunityStatus": "1 InProgress 2 Won 3 Lost",
    "eCoworkerRecordType": "1 Individual 2 Company",
    "eAuditType": "1 Create 2 Update 3 Delete",
    "eFieldType": "1 Text 2 LongText 3 Boolean 4 Dropdown 5 Date 6 Integer 7 Decimal",
    # Its members are documented, its own name is inferred.
    "eProposalStatus": "1 Draft 2 Sent 3 Accepted 4 Rejected",
}


def members(name: str) -> list[Json] | None:
    """Give an enumeration's members, or None when it is unknown. Its name is taken in any case."""
    for known, text in _ENUMS.items():
        if known.lower() == name.lower():
            words = text.split()
            return [
                {"Id": int(number), "Name": word, "Label": _label(word)}
                for number, word in zip(words[::2], words[1::2], strict=True)
            ]
    return None


def _label(name: str) -> str:
    """Turn `NotReturningCalls` into `Not returning calls`."""
    return re.sub(r"(?<=[a-z])[A-Z]", lambda found: f" {found[0].lower()}", name)
