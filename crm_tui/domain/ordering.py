"""Rows in the order that a query asks for.  What is not set comes last, whichever way; ties keep their order."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import compress
from typing import Any, Final

from crm_tui.domain.enums import Status
from crm_tui.domain.matching import reader_of
from crm_tui.domain.query import Query
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot

SORTABLE: Final[Mapping[str, str]] = {
    "value": "value", "due": "due_on", "created": "created_on", "updated": "updated_on",
    "moved": "stage_since", "customer": "customer", "company": "company", "email": "email",
    "name": "name", "owner": "owner", "stage": "stage", "board": "board", "location": "location",
    "status": "status", "source": "lead_source", "loss": "loss_reason", "currency": "currency",
    "position": "position", "id": "id",
}  # fmt: skip
"""Word behind `sort:` → field of a row."""


def ordered(
    rows: Iterable[OpportunityRow], query: Query, snapshot: Snapshot
) -> list[OpportunityRow]:
    """Give rows sorted as a query asks; a query without an order leaves them as they come.

    Texts are sorted whatever their case; stages as they stand on their boards, board by board.
    """
    result = list(rows)
    for order in reversed(query.order):
        get, key = keys_of(order.field, snapshot)
        is_unset = unset_among(result, order.field, get)
        if any(is_unset):
            unset = list(compress(result, is_unset))
            result = list(compress(result, map(operator.not_, is_unset)))
        else:
            unset = []
        result.sort(key=key, reverse=order.descending)
        result += unset
    return result


def unset_among(
    rows: Iterable[OpportunityRow], field: str, get: Callable[[OpportunityRow], Any]
) -> list[bool]:
    """Say of each row whether it lacks a field; `get` is what `keys_of` gives."""
    # Asked of the whole book when it is first searched: as `_follow_up` has it, without a call for each row.
    if field == "due_on":
        return [row.status != _OPEN or row.due_on is None for row in rows]
    return list(map(is_unset_in(field), map(get, rows)))


def is_unset_in(field: str) -> Callable[[Any], bool]:
    """Give what says of a field's value whether that is none."""
    return operator.not_ if field in _TEXTS else _is_none


_is_none = partial(operator.is_, None)


_OPEN: Final = int(Status.IN_PROGRESS)


def _follow_up(row: OpportunityRow) -> Any:
    return row.due_on if row.status == _OPEN else None


_TEXTS: Final = frozenset(
    {"customer", "company", "email", "name", "owner", "board", "location", "currency"}
)


def keys_of(
    field: str, snapshot: Snapshot
) -> tuple[Callable[[OpportunityRow], Any], Callable[[OpportunityRow], Any]]:
    """Give what says whether a row has a field at all, and what it is sorted by if it has."""
    if field == "stage":
        places = {
            stage.id: (stage.board_id, not stage.known, stage.position, stage.id)
            for stage in snapshot.stages.values()
        }
        # Every row's stage is in the book, a stand-in if need be.
        return operator.attrgetter("stage_id"), lambda row: places[row.stage_id]
    if field == "due_on":  # nobody follows up on what is decided
        return _follow_up, _follow_up
    get = reader_of(snapshot)(field)
    return get, (lambda row: str(get(row)).casefold()) if field in _TEXTS else get
