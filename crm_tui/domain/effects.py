"""What entering a stage does to the outside world, in words.  Only says; nothing is run or asked here.

The service acts on a stage's flags when a card arrives (its reference, `CrmBoardColumn`, auto-actions);
writing the old stage back undoes none of it.
"""

from __future__ import annotations

from crm_tui.domain.rows import Stage


def effects_of(stage: Stage) -> tuple[str, ...]:
    """Name the effects of entering a stage, gravest first; none for most stages."""
    said = (
        (stage.deletes_customer, "deletes the customer for good"),
        (stage.deactivates_account, "deactivates the account"),
        (stage.activates_account, "activates the account"),
        (stage.sends_message, "sends a message"),
        (stage.confirms_tour, "confirms the tour"),
        (stage.makes_tasks, "makes tasks"),
        (stage.wins, "marks it won"),
        (stage.loses, "marks it lost"),
    )
    return tuple(words for holds, words in said if holds)
