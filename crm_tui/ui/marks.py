"""The signs that stand for what a stage does, one cell each, and what they mean."""

from __future__ import annotations

from typing import Final

from crm_tui.domain.effects import Effect, effects_of
from crm_tui.domain.rows import Stage

_SIGNS: Final = {
    Effect.DELETES: "‼",
    Effect.SENDS: "✉",
    Effect.TASKS: "☑",
    Effect.CONFIRMS: "⚑",
    Effect.ACTIVATES: "+",
    Effect.DEACTIVATES: "-",
    Effect.WINS: "✔",
    Effect.LOSES: "✖",
}

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
    return "".join(_SIGNS[effect] for effect in effects_of(stage))
