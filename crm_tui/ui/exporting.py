"""Writes opportunities into a file of the user's own, off the event loop, and says in words what became of it.

It is given values that nothing changes meanwhile.  It draws nothing, and no fault of the disk comes out of it.
"""

from __future__ import annotations

from crm_tui.config.files import reason
from crm_tui.domain.rows import OpportunityRow
from crm_tui.export.columns import Told
from crm_tui.export.formats import Format, written
from crm_tui.export.saving import save_beside
from crm_tui.paths import export_file
from crm_tui.structs import Struct


class Order(Struct, frozen=True):
    """What is to be written."""

    how: Format
    rows: tuple[OpportunityRow, ...]
    told: Told
    day: str
    """As ISO 8601, for the file's name."""
    about: str
    """What was looked for, for the file's name; foreign text."""


def carried_out(order: Order) -> str:
    """Write the file, and say where it is and how much is in it, or why it is not; may hold foreign text."""
    if not order.rows:
        return "There is nothing to write."
    path = export_file(order.day, order.about, order.how.ending)
    try:
        path = save_beside(path, written(order.how, order.rows, order.told))
    except OSError as error:
        return f"Nothing was written to {path.parent}: {reason(error)}."
    count = "1 opportunity" if len(order.rows) == 1 else f"{len(order.rows):,} opportunities"
    return f"Written: {count} in {path}"
