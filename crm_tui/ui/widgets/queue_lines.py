"""The lines of the triage queue: the heading of a lane, a row with why it is there, and more of the one in hand.

Pure: it is given a row, a width and what is said, and gives pieces; which rows are seen is the view's.
"""

from __future__ import annotations

from typing import Final

from crm_tui.domain.enums import LossReason, Status, label
from crm_tui.domain.money import format_amount
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import TROUBLE, RowState
from crm_tui.domain.triage.lanes import Lane
from crm_tui.domain.triage.reasons import LANE_NAMES, Reason
from crm_tui.structs import Struct
from crm_tui.text import safe
from crm_tui.ui.cells import cut, pad, width_of, wrapped
from crm_tui.ui.widgets.card import MARK
from crm_tui.ui.widgets.line import Pieces

_CURSOR: Final = "▸"

_VALUE: Final = 11
"""Cells of a value."""

_CUSTOMER: Final = (12, 26)
"""Cells of a customer's name: at the least and at the most."""

_WIDE: Final = 100
"""Cells from which on a row has room for its stage, too."""

_STAGE: Final = 18
"""Cells of a stage."""


class Written(Struct, frozen=True):
    """What a row of the queue says."""

    row: OpportunityRow
    state: RowState
    why: Reason
    cure: str
    """The key that sets right what is wrong, and what it is; empty when nothing is."""
    is_current: bool
    is_marked: bool


def heading(lane: Lane, count: int, width: int) -> Pieces:
    """Write what stands over the rows of a lane."""
    head = cut(f" {LANE_NAMES[lane]} {count:,} ", width)
    return (("head", head), ("rule", "─" * (width - width_of(head))))


def row_lines(said: Written, width: int, *, in_full: bool) -> tuple[Pieces, ...]:
    """Write a row into one line; `in_full` into two, with the company and all of the reason that there is room for."""
    row, names = said.row, _names(width)
    edge = f" {_CURSOR if said.is_current else ' '}{MARK if said.is_marked else ' '} "
    left: list[tuple[str, str]] = [
        ("strong", edge + pad(safe(row.customer) or f"#{row.id}", names)),
        ("text", f" {_amount(row)}  "),
    ]
    if width >= _WIDE:
        left.append(("muted", f"{pad(safe(row.stage), _STAGE)}  "))
    begin = _width(left)
    if said.state != RowState.SAVED:
        left.append(("bad" if said.state in TROUBLE else "busy", f"{said.state.value} · "))
    room = max(0, width - _width(left))
    if in_full:
        first, *others = wrapped(said.why.words, room) if room > 1 else [""]
        under = pad(" " * width_of(edge) + safe(row.company), begin - 2) + "  "
        cure = cut(said.cure, max(0, width - begin))
        gap = "  " if others and cure else ""
        rest = cut(" ".join(others), max(0, width - begin - width_of(gap + cure))) + gap
        end = " " * (width - begin - width_of(rest + cure))
        second: Pieces = (("muted", under + rest), ("key", cure), ("text", end))
        lines: list[Pieces] = [(*left, ("muted", pad(first, room))), second]
    else:
        lines = [(*left, ("muted", pad(_as_fits(said.why.facts, room), room)))]
    if said.is_current:
        lines = [tuple((f"cursor-{style}", text) for style, text in line) for line in lines]
    return tuple(lines)


def gone_line(row: OpportunityRow | None, why: Reason, width: int) -> Pieces:
    """Write a row that waits no longer, in its place, with what became of it; none is one that is deleted."""
    if row is None:
        return (("muted", pad("    deleted", width)),)
    names = pad(safe(row.customer) or f"#{row.id}", _names(width))
    return (("muted", pad(f"    {names} {_amount(row)}  → {_became(row, why)}", width)),)


def _became(row: OpportunityRow, why: Reason) -> str:
    if row.status == Status.WON:
        return "won"
    if row.status == Status.LOST:
        reason = "" if row.loss_reason is None else f": {label(LossReason, row.loss_reason)}"
        return f"lost{reason.lower()}"
    return why.facts[0] if why.facts else "waits no longer"


def _as_fits(facts: tuple[str, ...], room: int) -> str:
    """Say the facts that there is room for, and how many there are beside them."""
    for count in range(len(facts), 0, -1):
        more = f" +{len(facts) - count}" if count < len(facts) else ""
        said = ", ".join(facts[:count]) + more
        if width_of(said) <= room:
            return said
    return facts[0] if facts else ""


def _names(width: int) -> int:
    least, most = _CUSTOMER
    return max(least, min(most, width * 3 // 10))


def _amount(row: OpportunityRow) -> str:
    value = "–" if row.value is None else format_amount(row.value, safe(row.currency))
    amount = pad(value, min(width_of(value), _VALUE))
    return " " * (_VALUE - width_of(amount)) + amount


def _width(pieces: list[tuple[str, str]]) -> int:
    return sum(width_of(text) for _, text in pieces)
