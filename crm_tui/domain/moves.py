"""Moves between stages as the service's history tells them, read as visits (what a stage is worth) and as stays.

A stay that is not over is no move yet, and neither is what was won in the stage where it stood.  It judges nothing:
what visits and stays teach is `insight`'s and `ageing`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, tzinfo

from crm_tui.domain.when import local_day
from crm_tui.structs import Struct


class Moved(Struct, frozen=True):
    """One change of stage of one opportunity (the service's `CrmOpportunityHistory`)."""

    record_id: int
    """0 where none is named."""
    left: int | None
    """The stage that it left; none for the first placement."""
    entered: int | None
    since: datetime | None
    """When it had come into the stage that it left, as an instant in UTC; none where nobody noted it."""
    until: datetime | None
    """When it left that stage."""


def visits(moves: Iterable[Moved]) -> Iterator[tuple[int, int]]:
    """Give pairs of opportunity and stage, both stages of each move; the same pair may come again."""
    for move in moves:
        for stage_id in (move.left, move.entered):
            if stage_id is not None:
                yield move.record_id, stage_id


def stays(
    moves: Iterable[Moved], zone_of: Callable[[int], tzinfo]
) -> Iterator[tuple[int, int, date, date]]:
    """Give each stay that is over: opportunity, stage, and its first and last day where the stage is.

    A move without both moments, or with the later one first, tells of no stay.  `zone_of` takes a stage.
    """
    for move in moves:
        if move.left is None or move.since is None or move.until is None:
            continue
        if move.since <= move.until:
            zone = zone_of(move.left)
            days = (local_day(move.since, zone), local_day(move.until, zone))
            yield (move.record_id, move.left, *days)
