"""What somebody chooses most comes first; its letter is the one that it always had.

Letters are given out before anything is sorted, so that none changes by use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_tui.commands.hints import hinted
from crm_tui.commands.spec import Choice, Context
from crm_tui.structs import replace


def keyed(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Give each choice its key: its own, or one made of its label; none where no key is left."""
    own = [each.key for each in choices if each.key]
    made = iter(hinted([each.label for each in choices if not each.key], own))
    return tuple(each if each.key else replace(each, key=next(made)) for each in choices)


def most_used_first(
    context: Context, habit: str, choices: Sequence[Choice], *, first: int = 0, last: int = 0
) -> tuple[Choice, ...]:
    """Give the choices with their keys, those first that were chosen most, else in the order that they have.

    So many of the `first` and the `last` ones stay where they are.
    """
    taken = context.taken.get(habit, {})
    ready, end = keyed(choices), len(choices) - last
    by_use = sorted(ready[first:end], key=lambda each: -_count(each, taken))
    return (*ready[:first], *by_use, *ready[end:])


def _count(choice: Choice, taken: Mapping[int, int]) -> int:
    return taken.get(choice.answer, 0) if isinstance(choice.answer, int) else 0
