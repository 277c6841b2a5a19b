"""Why an opportunity is in the queue, in words, with the facts behind it.

The words hold nothing foreign: names of stages and people are left to whoever shows the row.  It must not decide
where an opportunity stands.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from crm_tui.domain.ageing import limit_of
from crm_tui.domain.enums import LeadSource, Status, label
from crm_tui.domain.triage.lanes import Entry, Lane, Scope, days_in_stage, is_ageing
from crm_tui.domain.triage.queue import Queue
from crm_tui.domain.when import FollowUp, absolute_words, age, follow_up, local_day
from crm_tui.structs import Struct

LANE_NAMES: Final = {
    Lane.PINNED: "Pinned",
    Lane.NEW: "New",
    Lane.OVERDUE: "Overdue",
    Lane.TODAY: "Today",
    Lane.NO_STEP: "No next step",
    Lane.AGEING: "Ageing",
    Lane.HYGIENE: "Hygiene",
    Lane.PARKED: "Parked",
}

SHORT_LANE_NAMES: Final = LANE_NAMES | {
    Lane.PINNED: "Pin",
    Lane.OVERDUE: "Over",
    Lane.NO_STEP: "No step",
    Lane.AGEING: "Age",
    Lane.HYGIENE: "Hyg",
    Lane.PARKED: "Park",
}
"""The same for whoever lacks room, near to where a lane is named whole."""


class Reason(Struct, frozen=True):
    """Why an opportunity stands where it stands."""

    facts: tuple[str, ...]
    """The one that put it into its lane first; whoever lacks room leaves out from the end."""
    behind: str = ""
    """What too long in a stage is measured by, where that is one of the facts; the first to be left out."""
    fix: str = ""
    """Name of the command that sets right what is wrong first; empty when nothing is."""

    @property
    def words(self) -> str:
        """Say it in one line: ``due 4 d ago, nothing written since, 38 weekdays in stage (…)``."""
        return ", ".join(self.facts) + (f" ({self.behind})" if self.behind else "")


UNKNOWN: Final = Reason(())
"""Of an opportunity that is not in the queue."""

SKIPPED: Final = Reason(("left out for this sitting",))
"""Of one that somebody does not want to see now."""


def reason(queue: Queue, record_id: int) -> Reason:
    """Say why an opportunity is in the queue or parked; raises `KeyError` when it is neither."""
    entry = queue.entries[record_id]
    findings = queue.findings(record_id)
    is_late = entry.row.status == Status.IN_PROGRESS and is_ageing(entry.row, queue.scope)
    late = [f"{days_in_stage(entry.row, queue.scope)} weekdays in stage"] if is_late else []
    wrong = [finding.words for finding in findings]
    facts = ["pinned"] if entry.lane is Lane.PINNED else []
    if entry.kind is Lane.HYGIENE:
        facts += wrong + late
    elif entry.kind is Lane.AGEING:
        facts += [*late, *_about_lane(entry, queue.scope), *wrong]
    else:
        facts += [*_about_lane(entry, queue.scope), *late, *wrong]
    behind = _usual(entry, queue.scope) if is_late else ""
    return Reason(tuple(facts), behind, findings[0].fix if findings else "")


def _about_lane(entry: Entry, scope: Scope) -> list[str]:
    row = entry.row
    due = follow_up(row.due_on, scope.now, scope.zones[row.board_id], scope.dates)
    match entry.kind:
        case Lane.NEW:
            source = label(LeadSource, row.lead_source).lower()
            came = age(row.created_on, scope.now)
            said = "came just now" if came == "now" else f"came {came} ago"
            return [f"{said} by {source}" if source else said, "untouched"]
        case Lane.OVERDUE:
            return [f"due {-due.days} d ago", *_quiet_since(entry)]
        case Lane.TODAY:
            return ["due today"]
        case Lane.NO_STEP:
            return ["no follow-up", *_untouched(entry, scope)]
        case Lane.AGEING | Lane.PARKED:
            return [_ahead(due)]
    return []  # What is wrong says it all.


def _ahead(due: FollowUp) -> str:
    return f"follow-up on {_day(due)}"


def _day(due: FollowUp) -> str:
    """Name the day of a follow-up that there is."""
    day = due.day or date.max
    return absolute_words(day, day - timedelta(days=due.days))


def _quiet_since(entry: Entry) -> list[str]:
    """Say that nobody wrote to it since its follow-up, where that is so."""
    due, written = entry.row.due_on, entry.row.updated_on
    return ["nothing written since"] if due and written and written < due else []


def _untouched(entry: Entry, scope: Scope) -> list[str]:
    """Say for how many days nobody has written to it, where there are any."""
    written = entry.row.updated_on or entry.row.stage_since or entry.row.created_on
    if written is None:
        return []
    zone = scope.zones[entry.row.board_id]
    days = (local_day(scope.now, zone) - local_day(written, zone)).days
    return [f"untouched for {days} d"] if days > 0 else []


def _usual(entry: Entry, scope: Scope) -> str:
    """Say how long is usual in the stage of an opportunity, and how that is known."""
    limit = limit_of(scope.limits, entry.row.stage_id)
    if not limit.stays:
        return f"over {limit.weekdays} is long; too few were won to tell"
    return f"4 of 5 won ones took {limit.weekdays} at most"
