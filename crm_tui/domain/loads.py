"""How many open opportunities each owner has, kept up as they come and go; reckoned when it is first asked for.

It knows nothing of boards, nor of what is pending.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from crm_tui.domain.enums import Status
from crm_tui.domain.rows import OpportunityRow

Owner = int | None
"""Id of a user; none is nobody."""

_OPEN: Final = int(Status.IN_PROGRESS)


class Loads:
    """Owner → open opportunities."""

    def __init__(self) -> None:
        self._counts: Counter[Owner] | None = None
        """None until somebody asks, so that a start reckons nothing that may never be shown."""

    def of(self, rows: Iterable[OpportunityRow]) -> Mapping[Owner, int]:
        """Give how many each has; `rows` is the whole book, which is gone through once."""
        if self._counts is None:
            self._counts = Counter(row.owner_id for row in rows if row.status == _OPEN)
        return self._counts

    def put(self, rows: Iterable[OpportunityRow]) -> None:
        """Count rows that came."""
        if self._counts is not None:
            self._counts.update(row.owner_id for row in rows if row.status == _OPEN)

    def take(self, row: OpportunityRow) -> None:
        """Count a row no longer, as it was when it came."""
        if self._counts is not None and row.status == _OPEN:
            self._counts[row.owner_id] -= 1
