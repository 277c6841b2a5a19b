"""What entering a stage does to the outside world: how grave it is, and in words.  Only says; nothing is run or asked.

The service acts on a stage's flags when a card arrives (its reference, `CrmBoardColumn`, auto-actions);
writing the old stage back undoes none of it but the outcome.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import Final

from crm_tui.domain.offers import Offers
from crm_tui.domain.rows import Stage

_LONGEST: Final = 40
"""Characters of a name that are said, so that what comes behind it still has room."""


class Severity(IntEnum):
    """How far an effect reaches; of several the gravest counts."""

    NONE = 0
    OUTCOME = 1
    """It is won or lost: moving it back takes that back too."""
    STAFF = 2
    """Somebody is given work."""
    CUSTOMER = 3
    """The customer gets to know, or is let in or shut out."""
    FINAL = 4
    """Nothing brings it back."""


class Effect(StrEnum):
    """What a stage may do, the gravest first; the value says it where no name is known."""

    DELETES = "deletes the customer for good"
    DEACTIVATES = "deactivates the account"
    ACTIVATES = "activates the account"
    SENDS = "sends a message"
    CONFIRMS = "confirms the tour"
    TASKS = "makes tasks"
    WINS = "marks it won"
    LOSES = "marks it lost"


_SEVERITY: Final = {
    Effect.DELETES: Severity.FINAL,
    Effect.TASKS: Severity.STAFF,
    Effect.WINS: Severity.OUTCOME,
    Effect.LOSES: Severity.OUTCOME,
}
"""Of those that do not reach the customer and leave them there."""


_COUNTED: Final = {
    Effect.DELETES: (Effect.DELETES.value, "delete the customer for good"),
    Effect.DEACTIVATES: (Effect.DEACTIVATES.value, "deactivate the account"),
    Effect.ACTIVATES: (Effect.ACTIVATES.value, "activate the account"),
    Effect.SENDS: (Effect.SENDS.value, "send a message"),
    Effect.CONFIRMS: (Effect.CONFIRMS.value, "confirm the tour"),
    Effect.TASKS: (Effect.TASKS.value, "make tasks"),
    Effect.WINS: ("is marked won", "are marked won"),
    Effect.LOSES: ("is marked lost", "are marked lost"),
}
"""Effect → what one does that has it, and what more do, gravest first."""


def effects_of(stage: Stage) -> tuple[Effect, ...]:
    """Name the effects of entering a stage, gravest first; none for most stages."""
    said = (
        (stage.deletes_customer, Effect.DELETES),
        (stage.deactivates_account, Effect.DEACTIVATES),
        (stage.activates_account, Effect.ACTIVATES),
        (stage.macro_id is not None, Effect.SENDS),
        (stage.confirms_tour, Effect.CONFIRMS),
        (stage.task_list_id is not None, Effect.TASKS),
        (stage.wins, Effect.WINS),
        (stage.loses, Effect.LOSES),
    )
    return tuple(effect for holds, effect in said if holds)


def severity_of(stage: Stage) -> Severity:
    """Say how grave it is to enter a stage."""
    return max(map(_severity, effects_of(stage)), default=Severity.NONE)


def effects_in_words(stage: Stage, offers: Offers, *, above: Severity = Severity.NONE) -> str:
    """Say what entering a stage does, the gravest first, as far as it goes beyond a severity; foreign text.

    A message and a list of tasks are named where the service has told their names.
    """
    return ", ".join(
        _worded(effect, stage, offers) for effect in effects_of(stage) if _severity(effect) > above
    )


def _severity(effect: Effect) -> Severity:
    return _SEVERITY.get(effect, Severity.CUSTOMER)


def _worded(effect: Effect, stage: Stage, offers: Offers) -> str:
    if effect is Effect.SENDS and (name := _short(offers.macro_called(stage.macro_id))):
        return f"sends '{name}'"
    if effect is Effect.TASKS and (made := offers.task_list(stage.task_list_id)) is not None:
        name = _short(made.name)
        if made.tasks is None:
            return f"makes the tasks of '{name}'" if name else effect.value
        count = f"makes {made.tasks} {'task' if made.tasks == 1 else 'tasks'}"
        return f"{count} of '{name}'" if name else count
    return effect.value


def _short(name: str) -> str:
    name = name.strip()
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def counted(effects: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Say how many of several records have each effect, gravest first: ``2 send a message``, ``1 makes tasks``."""
    counts = Counter(each for of_one in effects for each in of_one)
    return tuple(
        f"{counts[effect]} {many if counts[effect] > 1 else one}"
        for effect, (one, many) in _COUNTED.items()
        if counts[effect]
    )
