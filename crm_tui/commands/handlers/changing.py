"""What every verb on records has in common: on which it acts, and what comes of several at once.

One record is written at once; marked ones are shown first.  What is changed is each verb's own.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Final

from crm_tui.commands.habits import most_used_first
from crm_tui.commands.here import Here
from crm_tui.commands.hints import hinted
from crm_tui.commands.spec import Choice, Context, Preview, Say, Step, Write
from crm_tui.domain.change import Change, Part, Planned
from crm_tui.domain.enums import label
from crm_tui.domain.rows import OpportunityRow
from crm_tui.structs import Struct

NO_CARD: Final = "There is no card here to change."


class Wanted(Struct, frozen=True):
    """What a verb does to one record."""

    parts: tuple[Part, ...]
    said: str
    """In words that follow the subject; may hold foreign text."""


def subject_of(row: OpportunityRow) -> str:
    """Name a record by its customer: foreign text."""
    return row.customer or f"#{row.id}"


def subjects_of(context: Context) -> str:
    """Name what a question is about: foreign text; empty when there is nothing."""
    if context.marked:
        return f"{len(context.marked)} marked"
    row = context.snapshot.row(context.record_id)
    return "" if row is None else subject_of(row)


def not_there(context: Context) -> str:
    """Say of one of several records why nothing is done to it: it is not in the book."""
    return "There is no opportunity of this id." if context.are_typed else "It is gone."


def rows_of(context: Context) -> tuple[OpportunityRow, ...]:
    """Give the records in question: the marked ones, or the one under the cursor; those that are gone are left out."""
    found = map(context.snapshot.row, context.marked or (context.record_id,))
    return tuple(row for row in found if row is not None)


def here_of(context: Context) -> Here:
    """Give when and where the command is given; raises `LookupError` where whoever asked did not say."""
    if context.here is None:
        raise LookupError("a command that needs the time was given without it")
    return context.here


def changed(context: Context, what: str, wanted: Callable[[OpportunityRow], Wanted | str]) -> Step:
    """Change the record under the cursor, or every marked one; `wanted` says how, or why not.

    `what` names it in the title of a preview, such as ``Won``; it may hold foreign text.
    """
    if not context.marked:
        row = context.snapshot.row(context.record_id)
        if row is None:
            return Say(NO_CARD)
        found = wanted(row)
        return Say(found) if isinstance(found, str) else Write((_planned(row, found),))
    plans: list[Planned] = []
    left_out: list[tuple[str, str]] = []
    for record_id in context.marked:
        row = context.snapshot.row(record_id)
        if row is None:
            left_out.append((f"#{record_id}", not_there(context)))
            continue
        found = wanted(row)
        if isinstance(found, str):
            left_out.append((subject_of(row), found))
        else:
            plans.append(_planned(row, found))
    if not plans:
        return Say(f"None of the {len(left_out)} marked can be changed so: {left_out[0][1]}")
    return Preview(f"{what}: {len(plans)}", tuple(plans), tuple(left_out))


def is_anything(context: Context) -> bool:
    """Say whether there is anything to change: marks, or a record under the cursor."""
    return bool(context.marked) or context.snapshot.row(context.record_id) is not None


def _planned(row: OpportunityRow, wanted: Wanted) -> Planned:
    return Planned(row.id, Change(wanted.parts), subject_of(row), wanted.said)


def enumerated(
    context: Context, kind: type[IntEnum], first: tuple[IntEnum, ...], *none: Choice
) -> tuple[Choice, ...]:
    """Give the values of an enumeration to choose from: most used ones, then the `first` ones, and `none` last.

    The keys are made of our own names, so that they stay when the service's come, or are others.
    """
    names = context.snapshot.labels.all(kind)
    order = list(dict.fromkeys([*map(int, first), *names]))
    keys = hinted([label(kind, number) for number in order])
    choices = [
        Choice(number, names.get(number) or label(kind, number), key=key)
        for number, key in zip(order, keys, strict=True)
    ]
    return most_used_first(context, kind.__name__, (*choices, *none), last=len(none))
