"""Taking back, doing again and putting back, by key: asks the book for it, and words what came of that.

It decides nothing: which step is the last one is the book's to know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_tui.domain.intent import Intent, Stack
from crm_tui.service.crm import Crm
from crm_tui.service.writer import Outcome
from crm_tui.text import safe
from crm_tui.ui import words
from crm_tui.ui.widgets.line import Pieces


def undo(
    crm: Crm, told: Callable[[Sequence[int]], None], unskip: Callable[[str], bool] | None
) -> Pieces:
    """Take back the last step; `told` hears of which records.  Of what cannot be taken back the book says why.

    In the queue `unskip` goes before: told the last step, it takes in again what was left out behind it, if something
    was, and says so.
    """
    if unskip is not None and unskip(last_step(crm)):
        return words.plain("Back in the queue.")
    taken, why_not = _asked(crm, crm.undo)
    if taken:
        told([intent.record_id for intent in taken])
        return words.taken_back(taken)
    return why_not or words.plain("There is nothing that could be taken back.")


def last_step(crm: Crm) -> str:
    """Name the step that would be taken back next; empty for none."""
    trace = crm.trail.top(Stack.UNDO)
    return trace.step.id if trace is not None else ""


def redo(crm: Crm) -> Pieces:
    """Do again what was taken back last."""
    again, why_not = _asked(crm, crm.redo)
    if again:
        return words.done_again(again)
    return why_not or words.plain("There is nothing that could be done again.")


def _asked(crm: Crm, ask: Callable[[], list[Intent]]) -> tuple[list[Intent], Pieces]:
    """Give the intents that come of it, or what the book says of why there are none."""
    outcomes: list[Outcome] = []
    end = crm.subscribe(lambda outcome: outcomes.append(outcome) if outcome is not None else None)
    intents = ask()
    end()
    return intents, words.outcome(outcomes[-1]) if outcomes and not intents else ()


def restore(crm: Crm) -> Pieces:
    """Put back what our last save wrote over unseen."""
    found = crm.overwritten()
    if not found:
        return words.plain("No save of yours has overwritten anything that could be put back.")
    if crm.restore(found[-1]):
        return words.plain(f"Putting back what {safe(found[-1].by) or 'somebody'} had written.")
    return words.plain("It cannot be told what was there; look at the record in Nexudus.")
