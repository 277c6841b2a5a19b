"""What is known of one opportunity beyond its row: its facts, its moves, and how its customer is reached.

Standard library only, so that who draws a record need not wait for the models of whole records.  Every text is
foreign and as it came.  It must not say anything in words for the screen, nor know how the parts are fetched.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from crm_tui.structs import Struct


class Absent(Struct, frozen=True):
    """Stands for a part that the service does not give this user."""

    role: str = ""
    """The role that is missing; empty when the service has no such record for this user."""


class Facts(Struct, frozen=True):
    """What the whole record tells and a row does not."""

    notes: str = ""
    """Lines of people's own, dated or not."""
    type: str = ""
    team: str = ""
    referrer_id: int | None = None
    """The customer who recommended us; the service gives no name."""
    agent_id: int | None = None
    """The customer who is the broker; the service gives no name."""
    won_on: datetime | None = None
    lost_on: datetime | None = None
    reminded: bool = False
    """Whether a reminder of the follow-up was sent."""
    campaign: tuple[str, ...] = ()
    """Where a web lead came from: UTM source, medium, campaign, content and term, those that are set."""


class Move(Struct, frozen=True):
    """One change of stage."""

    from_stage: str
    """Empty for the first placement."""
    to_stage: str
    entered: datetime | None
    """When the card entered the stage it left; none for the first placement."""
    left: datetime | None
    """When it left that stage and entered the other."""
    user: str
    """Empty when the service moved it by itself."""


class History(Struct, frozen=True):
    """The newest moves of an opportunity."""

    moves: tuple[Move, ...] = ()
    """Newest first."""
    earlier: int = 0
    """Moves before these, which were not fetched."""


class Contact(Struct, frozen=True):
    """How a customer is reached."""

    name: str
    company: str = ""
    email: str = ""
    phones: tuple[str, ...] = ()
    """Mobile first."""
    is_company: bool = False


class Detail(Struct, frozen=True):
    """One opportunity beyond its row; a part is none until it has come."""

    record_id: int
    facts: Facts | Absent | None = None
    history: History | Absent | None = None
    contact: Contact | Absent | None = None


class Stay(Struct, frozen=True):
    """A card's time in one stage."""

    stage: str
    since: datetime | None
    until: datetime | None
    """None while it is still there."""
    by: str
    """Who moved it there; empty when the service did."""
    by_is_known: bool = True
    """False for the earliest stay of a history that was not fetched to its beginning."""

    @property
    def lasted(self) -> timedelta | None:
        """How long it was there; none while it still is, or when nobody noted it."""
        if self.since is None or self.until is None:
            return None
        return max(self.until - self.since, timedelta(0))


def stays(history: History) -> list[Stay]:
    """Read moves as stays, newest first; the first placement is the beginning of one and none itself."""
    found: list[Stay] = []
    until: datetime | None = None
    for move in history.moves:
        found.append(Stay(move.to_stage, move.left, until, move.user))
        until = move.left
    if history.moves and history.moves[-1].from_stage:
        first = history.moves[-1]
        found.append(Stay(first.from_stage, first.entered, first.left, "", by_is_known=False))
    return found


_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)

_ISO_DATE: Final = r"\[?([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])"
_WORDY_DATE: Final = r"\[?([0-9]{1,2}) ([A-Za-z]{3,9})\.? ([0-9]{4})(?![0-9])"

# A text, not compiled: `re` does that when it is first used, and a start need not wait for it.
_LINE_END: Final = r"\r\n|\r|\n"


def notes_newest_first(notes: str) -> list[str]:
    """Give the lines of notes, the newest first where they are dated, else as they are.

    A line that begins with a day (``2026-03-01``, ``1 Mar 2026``) begins a block.  Blocks of one day keep the later
    one first, since notes are appended; what stands before the first date is the oldest.
    """
    lines = re.split(_LINE_END, notes.strip())
    blocks: list[tuple[date, list[str]]] = [(date.min, [])]
    for line in lines:
        day = _day_of(line)
        if day is not None:
            blocks.append((day, []))
        blocks[-1][1].append(line)
    if len(blocks) == 1:
        return lines if notes.strip() else []
    oldest_first = sorted(blocks, key=lambda block: block[0])
    return [line for _, block in reversed(oldest_first) for line in block]


def _day_of(line: str) -> date | None:
    """Read the day that a line begins with; a day that no calendar has is none."""
    try:
        if found := re.match(_ISO_DATE, line):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := re.match(_WORDY_DATE, line):
            month = _MONTHS.index(found[2][:3].casefold()) + 1
            return date(int(found[3]), month, int(found[1]))
    except ValueError:
        return None
    return None
