"""What the words of a filter stand for here and now: days, the user, and names of everything that has an id.

Names are foreign text.  Which text means which name is decided here, alike for all kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, tzinfo

from crm_tui.domain import when
from crm_tui.domain.enums import Labels
from crm_tui.domain.rows import Board, Stage
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.when import Dates
from crm_tui.structs import Struct, field, replace


def _nobody() -> Mapping[int, str]:
    return {}


class Names(Struct, frozen=True):
    """What the words of a filter stand for."""

    today: date
    """In the location's zone."""
    zone: tzinfo
    """Of the location: it says when a day begins."""
    me: int | None = None
    """Id of the user who is signed in."""
    owners: Mapping[int, str] = field(default_factory=dict)
    """Id of a user → full name."""
    dates: Dates = Dates.UTC
    """How the service writes follow-ups down."""
    boards: Mapping[int, Board] = field(default_factory=dict)
    stages: Mapping[int, Stage] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)
    types: Mapping[int, str] = field(default_factory=dict)
    customers: Callable[[], Mapping[int, str]] = _nobody
    """Gives id of a customer → name; there are thousands, so they are gathered when one is named."""
    labels: Labels = field(default_factory=Labels)
    """Names of statuses, lead sources and loss reasons."""

    @property
    def due_zone(self) -> tzinfo:
        """The zone in which days of follow-ups begin and end."""
        return when.due_zone(self.zone, self.dates)

    @property
    def locations(self) -> dict[int, str]:
        """Id of a location → name."""
        return {board.location_id: board.location for board in self.boards.values()}

    def on_boards(self, board_ids: frozenset[int]) -> Names:
        """Give the same names with the stages of some boards only."""
        stages = {key: stage for key, stage in self.stages.items() if stage.board_id in board_ids}
        return replace(self, stages=stages)


def names_of(
    snapshot: Snapshot, *, today: date, zone: tzinfo, me: int | None, dates: Dates
) -> Names:
    """Gather the names that a book holds; of teams and types it holds none."""
    return Names(
        today=today,
        zone=zone,
        me=me,
        owners=snapshot.owners(),
        dates=dates,
        boards=snapshot.boards,
        stages={key: stage for key, stage in snapshot.stages.items() if stage.known},
        customers=lambda: {row.customer_id: row.customer for row in snapshot.rows()},
        labels=snapshot.labels,
    )


def found(
    typed: str, known: Iterable[tuple[int, str]], fold: Callable[[str], str] = str.casefold
) -> dict[int, str]:
    """Give the ids with the names that a text is, or else is a part of; empty when there are none."""
    wanted = fold(typed)
    folded = [(key, name, fold(name)) for key, name in known]
    exact = {key: name for key, name, each in folded if each == wanted}
    return exact or {key: name for key, name, each in folded if wanted and wanted in each}
