"""Deciding about opportunities: won, lost, open again, and when to follow up.

The card stays in its stage: what wins or loses is the status, and entering a stage may write to the customer, which
one key must not do.  What follows from the status (completed, the dates) goes along with it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from crm_tui.commands.handlers.changing import (
    NO_CARD,
    Wanted,
    changed,
    enumerated,
    here_of,
    is_anything,
    rows_of,
    subjects_of,
)
from crm_tui.commands.handlers.editing import valued
from crm_tui.commands.here import Here
from crm_tui.commands.reading import NO_AMOUNT, amount_reader, day_reader
from crm_tui.commands.spec import Ask, Choice, Context, Prompt, Say, Step
from crm_tui.domain.change import Follow, Part, Set
from crm_tui.domain.enums import LossReason, Status
from crm_tui.domain.follow_ups import CHIPS, Week, by_chip, due_on, typed
from crm_tui.domain.follow_ups import Choice as Chosen
from crm_tui.domain.money import AmountError, read_amount
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.typed_words import EXAMPLES, DayError
from crm_tui.domain.when import absolute_words, follow_up, local_day

REASONS: Final = (
    LossReason.PRICE, LossReason.TIMING, LossReason.NOT_RETURNING_CALLS, LossReason.COMPETITION,
    LossReason.LOCATION, LossReason.DUPLICATE, LossReason.LACK_OF_FACILITIES, LossReason.LOST_MOMENTUM,
    LossReason.NEED, LossReason.FEATURE,
)  # fmt: skip
"""The loss reasons that have the easiest letters, in this order; the others follow in the service's."""

_TYPED: Final = "typed"
"""The answer that asks for a line."""


# Won, lost, open again


def won(context: Context) -> Step:
    """Mark it won; a single one without a value is asked for it."""
    row = context.snapshot.row(context.record_id)
    asks = not context.marked and row is not None and row.value is None
    if asks and row is not None and row.status != Status.WON and context.answer is None:
        return _value_of_it(row, f"Won — what is {subjects_of(context)} worth?")
    amount: Decimal | None = None
    if asks and row is not None and context.answer not in (None, NO_AMOUNT):
        try:
            amount = read_amount(str(context.answer))
        except AmountError as error:
            return _value_of_it(row, error.message, str(context.answer))

    def wanted(each: OpportunityRow) -> Wanted | str:
        is_undated = each.status == Status.WON and each.id in context.undated
        if each.status == Status.WON and each.loss_reason is None and not is_undated:
            return "It is won already."
        parts = _decided(each, Status.WON, here_of(context).now, None)
        if is_undated:
            return _dated(each, parts, here_of(context))
        said = f"{_standing(context.snapshot, each)} → won"
        if amount is not None:
            parts = (*parts, Set("value", each.value, amount))
            before, after = (valued(worth, each.currency) for worth in (each.value, amount))
            said += f", value {before} → {after}"
        return Wanted(parts, said)

    return changed(context, "Won", wanted)


def _dated(row: OpportunityRow, parts: tuple[Part, ...], here: Here) -> Wanted:
    """Write down when a won one was won: when it was decided or moved last, as far as that was noted, else today."""
    moment = (row.stage_since or here.now).replace(microsecond=0)
    zone = here.zone_of(row.board_id)
    day = absolute_words(local_day(moment, zone), local_day(here.now, zone))
    return Wanted((*parts, Set("won_on", None, moment)), f"won on {day}")


def _value_of_it(row: OpportunityRow, title: str, text: str = "") -> Prompt:
    reader = amount_reader((row.currency,), "won, without a value")
    example = f"2500; {NO_AMOUNT} leaves it empty"
    return Prompt(title, example, text, otherwise=NO_AMOUNT, reader=reader)


def lost(context: Context) -> Step:
    """Mark it lost, for a reason that is asked for."""
    if not is_anything(context):
        return Say(NO_CARD)
    if context.answer is None:
        choices = enumerated(context, LossReason, REASONS)
        title = f"Lost — why?  {subjects_of(context)}"
        return Ask(title, choices, habit=LossReason.__name__)
    reason = int(context.answer)
    name = context.snapshot.labels.of(LossReason, reason)

    def wanted(row: OpportunityRow) -> Wanted | str:
        if row.status == Status.LOST and row.loss_reason == reason:
            return f"It is lost for this reason already: {name}."
        parts = _decided(row, Status.LOST, here_of(context).now, reason)
        return Wanted(parts, f"{_standing(context.snapshot, row)} → lost: {name}")

    return changed(context, f"Lost: {name}", wanted)


def reopen(context: Context) -> Step:
    """Open again what was decided."""

    def wanted(row: OpportunityRow) -> Wanted | str:
        if row.status == Status.IN_PROGRESS and row.loss_reason is None:
            return "It is open."
        parts = _decided(row, Status.IN_PROGRESS, here_of(context).now, None)
        return Wanted(parts, f"{_standing(context.snapshot, row)} → open again")

    return changed(context, "Open again", wanted)


def _standing(snapshot: Snapshot, row: OpportunityRow) -> str:
    """Say how it stands, with a loss reason whether or not it should have one; may hold foreign text."""
    known = {Status.IN_PROGRESS: "open", Status.WON: "won", Status.LOST: "lost"}
    status = next((said for each, said in known.items() if each == row.status), "")
    status = status or snapshot.labels.of(Status, row.status)
    reason = snapshot.labels.of(LossReason, row.loss_reason)
    if not reason:
        return status
    return f"{status}: {reason}" if row.status == Status.LOST else f"{status}, loss reason {reason}"


def _decided(
    row: OpportunityRow, status: Status, now: datetime, reason: int | None
) -> tuple[Part, ...]:
    """Give what makes it so, with what follows; of a row only the status tells what the dates were."""
    parts: list[Part] = []
    if row.status != status:
        moment = now.replace(microsecond=0)
        parts.append(Set("status", row.status, int(status)))
        was_done, is_done = row.status != Status.IN_PROGRESS, status != Status.IN_PROGRESS
        parts.append(Follow("completed", "status", was_done, is_done))
        for field, which in (("won_on", Status.WON), ("lost_on", Status.LOST)):
            before = row.stage_since if row.status == which else None
            parts.append(Follow(field, "status", before, moment if status == which else None))
    if row.loss_reason != reason:
        parts.append(Set("loss_reason", row.loss_reason, reason))
    return tuple(parts)


# Follow-up


def follow_up_on(context: Context) -> Step:
    """Follow up on a day that is asked for, by a chip or typed; or no more."""
    if not is_anything(context):
        return Say(NO_CARD)
    here, answer = here_of(context), context.answer
    if answer is None:
        return Ask(f"Follow up  {_before(context, here)}", _chips(_today(context, here), here.week))
    if answer == _TYPED:
        return _day_of_it(context, f"Follow up {subjects_of(context)} on")
    try:
        asked = _chosen(answer, _today(context, here), here.week)
    except DayError as error:
        return _day_of_it(context, error.message, str(answer))

    def wanted(row: OpportunityRow) -> Wanted | str:
        zone = here.zone_of(row.board_id)
        today = local_day(here.now, zone)
        chosen = _chosen(answer, today, here.week)
        day = chosen.day
        before = follow_up(row.due_on, here.now, zone, here.dates).day
        if day == before and (day is not None or row.due_on is None):
            return "It has this follow-up already." if day else "It has no follow-up."
        due = None if day is None else due_on(day, zone, here.dates)
        said = f"follow-up {_said(before, today)} → {_chosen_said(chosen)}"
        parts = (
            Set("due_on", row.due_on, due),
            Follow("reminded", "due_on", False, False),
        )
        return Wanted(parts, said)

    return changed(context, f"Follow-up {_chosen_said(asked)}", wanted)


def _chips(today: date, week: Week) -> tuple[Choice, ...]:
    chips = [
        Choice(number, chip.words, by_chip(chip.key, today, week).words, key=chip.key)
        for number, chip in enumerate(CHIPS)
    ]
    return (*chips, Choice(_TYPED, "another day", "12 nov, +10d", key="space"))


def _day_of_it(context: Context, title: str, text: str = "") -> Prompt:
    here = here_of(context)
    todays = {local_day(here.now, here.zone_of(row.board_id)) for row in rows_of(context)}
    reader = day_reader(sorted(todays), lambda text, today: _chosen(text, today, here.week))
    return Prompt(title, EXAMPLES, text, reader=reader)


def _chosen(answer: str | int, today: date, week: Week) -> Chosen:
    """Give the day that was asked for, or the next open one; raises `DayError` for a text that is none."""
    if isinstance(answer, int):
        return by_chip(CHIPS[answer].key, today, week)
    if answer.casefold() in (NO_AMOUNT, "none", "clear"):
        return Chosen(today, None, None)
    return typed(answer, today, week)


def _chosen_said(chosen: Chosen) -> str:
    return "none" if chosen.day is None else chosen.words


def _today(context: Context, here: Here) -> date:
    """Give the day where the record under the cursor is, or the first marked one."""
    first = context.marked[0] if context.marked else context.record_id
    row = context.snapshot.row(first)
    board_id = row.board_id if row is not None else context.board_id or 0
    return local_day(here.now, here.zone_of(board_id))


def _before(context: Context, here: Here) -> str:
    """Say what is asked about, with the follow-up that it has."""
    row = context.snapshot.row(context.record_id)
    if context.marked or row is None:
        return subjects_of(context)
    day = follow_up(row.due_on, here.now, here.zone_of(row.board_id), here.dates).day
    return f"{subjects_of(context)}, now {_said(day, _today(context, here))}"


def _said(day: date | None, today: date) -> str:
    return "none" if day is None else absolute_words(day, today)
