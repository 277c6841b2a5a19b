"""What entering a stage does to the outside world, in words.  Only says; nothing is run or asked here.

The service acts on a stage's flags when a card arrives (its reference, `CrmBoardColumn`, auto-actions);
writing the old stage back undoes none of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from crm_tui.domain.rows import Stage

_DELETES: Final = "deletes the customer for good"
_DEACTIVATES: Final = "deactivates the account"
_ACTIVATES: Final = "activates the account"
_SENDS: Final = "sends a message"
_CONFIRMS: Final = "confirms the tour"
_MAKES: Final = "makes tasks"
_WINS: Final = "marks it won"
_LOSES: Final = "marks it lost"

_COUNTED: Final = {
    _DELETES: ("deletes the customer for good", "delete the customer for good"),
    _DEACTIVATES: ("deactivates the account", "deactivate the account"),
    _ACTIVATES: ("activates the account", "activate the account"),
    _SENDS: ("sends a message", "send a message"),
    _CONFIRMS: ("confirms the tour", "confirm the tour"),
    _MAKES: ("makes tasks", "make tasks"),
    _WINS: ("is marked won", "are marked won"),
    _LOSES: ("is marked lost", "are marked lost"),
}
"""Effect → what one does that has it, and what more do, gravest first."""


def effects_of(stage: Stage) -> tuple[str, ...]:
    """Name the effects of entering a stage, gravest first; none for most stages."""
    said = (
        (stage.deletes_customer, _DELETES),
        (stage.deactivates_account, _DEACTIVATES),
        (stage.activates_account, _ACTIVATES),
        (stage.sends_message, _SENDS),
        (stage.confirms_tour, _CONFIRMS),
        (stage.makes_tasks, _MAKES),
        (stage.wins, _WINS),
        (stage.loses, _LOSES),
    )
    return tuple(words for holds, words in said if holds)


def counted(effects: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Say how many of several records have each effect, gravest first: ``2 send a message``, ``1 makes tasks``."""
    counts = Counter(each for of_one in effects for each in of_one)
    return tuple(
        f"{counts[effect]} {many if counts[effect] > 1 else one}"
        for effect, (one, many) in _COUNTED.items()
        if counts[effect]
    )
