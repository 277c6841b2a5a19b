"""Who a record is about and what is known of it, written as labelled facts in their own places.

What has to be fetched has its place from the start, so that nothing moves when it comes.  Notes and history are
`record_story`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crm_tui.domain.detail import Absent, Contact, Facts
from crm_tui.domain.effects import Severity, severity_of
from crm_tui.domain.enums import LeadSource, LossReason, Status, label
from crm_tui.domain.money import format_amount
from crm_tui.domain.snapshot import TROUBLE, RowState
from crm_tui.structs import Struct
from crm_tui.text import safe
from crm_tui.ui.cells import pad, width_of, wrapped
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.record_view import NONE, PaneView, blank, day, padded, waiting, weekday

_LABEL: Final = 10


class _Fact(Struct, frozen=True):
    label: str
    text: str
    style: str = "text"


def fact_lines(view: PaneView, width: int, *, paired: bool, is_tall: bool) -> list[Pieces]:
    """Write who it is, where it is, what it is worth and how its customer is reached.

    `paired` facts stand side by side; where it `is_tall` they stand in groups, and none is cut.
    """
    lines = _head(view, width, whole=is_tall)
    groups = (_place(view, apart=is_tall), _deal(view), _people(view), _origin(view))
    for number, group in enumerate(groups):
        if is_tall:
            lines.append(blank(width))
        across = 2 if paired and number else 1
        lines += _laid_out(group, width, across, whole=is_tall)
    return lines


def _head(view: PaneView, width: int, *, whole: bool) -> list[Pieces]:
    """Write who it is, and what became of the last write unless it is saved."""
    row = view.row
    name = safe(row.customer) or f"#{row.id}"
    company = "" if row.company == row.customer else safe(row.company)
    second = _joined(company, safe(row.name))
    lines: list[Pieces] = [(("strong", pad(name, width)),)]
    if second or whole:
        lines.append((("text", pad(second, width)),))
    if view.state != RowState.SAVED:
        state = f"{view.state.value} "
        style = "bad" if view.state in TROUBLE else "busy"
        lines[0] = (("strong", pad(name, width - width_of(state))), (style, state))
    return lines


def _place(view: PaneView, *, apart: bool) -> list[_Fact]:
    """Say where it is, what comes next, and what going there would do: there, or on a line apart."""
    row, stage = view.row, view.next_stage
    here = safe(view.stage.name if view.stage is not None else row.stage)
    facts = [_Fact("Stage", _joined(here, safe(view.age)), "strong")]
    if row.status != Status.IN_PROGRESS:
        facts.append(_Fact("Outcome", _outcome(view)))
    name = safe(stage.name) if stage is not None else ""
    effects = safe(view.next_does)
    is_final = stage is not None and severity_of(stage) >= Severity.FINAL
    style = "bad" if is_final else "busy"
    if apart:
        return [*facts, _optional("Next", name), _Fact("", effects, style)]
    return [*facts, _optional("Next", _joined(name, effects), style if effects else "text")]


def _outcome(view: PaneView) -> str:
    row, facts = view.row, _facts(view)
    is_lost = row.status == Status.LOST
    moment = None
    if isinstance(facts, Facts):
        moment = facts.lost_on if is_lost else facts.won_on
    return _joined(
        label(Status, row.status),
        label(LossReason, row.loss_reason) if is_lost else "",
        day(moment, view.zone) if moment is not None else "",
    )


def _deal(view: PaneView) -> list[_Fact]:
    """Say what it is worth, whose it is, when to act and what is wanted."""
    row, facts = view.row, _facts(view)
    amount = format_amount(row.value, safe(row.currency)) if row.value is not None else ""
    kind = view.type or (facts.type if isinstance(facts, Facts) else "")
    return [
        _optional("Value", amount, "strong"),
        _optional("Owner", safe(row.owner)),
        _optional("Follow-up", _follow_up(view), "bad" if view.follow_up_is_late else "text"),
        _fetched(view, "Type", view.type or facts, safe(kind)),
    ]


def _follow_up(view: PaneView) -> str:
    due, said = view.row.due_on, safe(view.follow_up)
    if due is None:
        return said
    date = f"{weekday(due, view.due_zone)} {day(due, view.due_zone)}"
    return said if said and date.startswith(said) else _joined(said, date)


def _people(view: PaneView) -> list[_Fact]:
    """Say how the customer is reached."""
    contact = view.detail.contact if view.detail is not None else None
    email, phones = view.row.email, ""
    if isinstance(contact, Contact):
        email = email or contact.email
        phones = _joined(*map(safe, contact.phones))
    return [_optional("E-mail", safe(email)), _fetched(view, "Phone", contact, phones)]


def _origin(view: PaneView) -> list[_Fact]:
    """Say where it came from and when."""
    row, facts = view.row, _facts(view)
    source, team = label(LeadSource, row.lead_source), ""
    if isinstance(facts, Facts):
        source = _joined(source, *map(safe, facts.campaign))
        team = safe(facts.team)
    created = day(row.created_on, view.zone) if row.created_on is not None else ""
    found = [_optional("Source", source), _optional("Created", created)]
    return [*found, _Fact("Team", team)] if team else found


def _facts(view: PaneView) -> Facts | Absent | None:
    return view.detail.facts if view.detail is not None else None


def _joined(*texts: str) -> str:
    return " · ".join(text for text in texts if text)


def _optional(name: str, text: str, style: str = "text") -> _Fact:
    return _Fact(name, text, style) if text else _Fact(name, NONE, "muted")


def _fetched(view: PaneView, name: str, part: object, text: str) -> _Fact:
    """Write a fact that has to be fetched, or how far it is."""
    if part is None or isinstance(part, Absent):
        return _Fact(name, waiting(view, part), "muted")
    return _optional(name, text)


def _laid_out(facts: Sequence[_Fact], width: int, across: int, *, whole: bool) -> list[Pieces]:
    """Write facts, one or two to a line; where they stand alone a long one may go on below."""
    room = width // across - _LABEL - 1
    if across == 1 and whole:
        return [
            padded((("muted", pad(name, _LABEL)), (fact.style, text)), width)
            for fact in facts
            for number, text in enumerate(wrapped(fact.text, room))
            for name in ("" if number else fact.label,)
        ]
    return [
        padded(
            tuple(
                piece
                for fact in facts[start : start + across]
                for piece in (
                    ("muted", pad(fact.label, _LABEL)),
                    (fact.style, pad(fact.text, room) + " "),
                )
            ),
            width,
        )
        for start in range(0, len(facts), across)
    ]
