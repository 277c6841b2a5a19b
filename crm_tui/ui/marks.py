"""The signs that stand for what a stage does, one cell each, and what they mean."""

from __future__ import annotations

from typing import Final

from crm_tui.domain.rows import Stage

MEANINGS: Final = {
    "‼": "deletes the customer",
    "✉": "sends a message",
    "☑": "makes tasks",
    "⚑": "confirms the tour",
    "+": "activates the account",
    "-": "deactivates the account",
    "✔": "wins",
    "✖": "loses",
}
"""Sign → what entering the stage does."""


def effect_marks(stage: Stage) -> str:
    """Give the signs of what entering a stage does, gravest first; most stages have none."""
    said = (
        (stage.deletes_customer, "‼"),
        (stage.sends_message, "✉"),
        (stage.makes_tasks, "☑"),
        (stage.confirms_tour, "⚑"),
        (stage.activates_account, "+"),
        (stage.deactivates_account, "-"),
        (stage.wins, "✔"),
        (stage.loses, "✖"),
    )
    return "".join(sign for holds, sign in said if holds)
