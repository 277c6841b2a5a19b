"""Moving cards from stage to stage and inside a stage.  A key that cannot act says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crm_tui.commands.handlers.changing import not_there, subject_of, subjects_of
from crm_tui.commands.spec import Ask, Choice, Confirm, Context, Preview, Say, Step, Write
from crm_tui.domain.change import Change, Place, Planned
from crm_tui.domain.effects import Severity, effects_in_words, effects_of, severity_of
from crm_tui.domain.pipeline import move_to, neighbour_stage
from crm_tui.domain.placing import moved
from crm_tui.domain.rows import OpportunityRow, Stage


def to_next_stage(context: Context) -> Step:
    """Move the card, or every marked one, one stage on."""
    return _moved(context, "the next stage", lambda row: _neighbour(context, row, 1))


def to_previous_stage(context: Context) -> Step:
    """Move the card, or every marked one, one stage back."""
    return _moved(context, "the previous stage", lambda row: _neighbour(context, row, -1))


def to_stage(context: Context) -> Step:
    """Move the card, or every marked one, to a stage that is asked for."""
    row = context.snapshot.row(context.record_id)
    if row is None and not context.marked:
        return Say(_NO_CARD)
    if context.answer is None:
        subject = subjects_of(context)
        return Ask(f"Move {subject} to", tuple(_choices(context, row)))
    stage = context.snapshot.stages.get(int(context.answer))
    if stage is None:
        return Say("That stage is gone; refresh asks the server again.")
    return _moved(context, stage.name, lambda row: _fitting(row, stage), chosen=stage)


def lower(context: Context) -> Step:
    """Move the card down inside its stage."""
    return _reordered(context, context.count)


def higher(context: Context) -> Step:
    """Move the card up inside its stage."""
    return _reordered(context, -context.count)


_NO_CARD = "There is no card here to move."


def _moved(
    context: Context,
    where: str,
    target_of: Callable[[OpportunityRow], Stage | str],
    *,
    chosen: Stage | None = None,
) -> Step:
    """Plan the move of the card under the cursor, or of the marked ones with a preview.

    A `chosen` stage that deletes the customer needs more than a key.
    """
    is_grave = chosen is not None and severity_of(chosen) >= Severity.FINAL
    warning = f"{where} deletes the customer for good: nothing brings them back."
    if context.marked:
        plans, left_out = _planned(context, target_of)
        if not plans:
            return Say(f"None of the {len(left_out)} marked can go to {where}: {left_out[0][1]}")
        title = f"Move {len(plans)} to {where}"
        if is_grave:
            return Confirm(title, tuple(plans), tuple(left_out), warning)
        return Preview(title, tuple(plans), tuple(left_out))
    row = context.snapshot.row(context.record_id)
    if row is None:
        return Say(_NO_CARD)
    target = target_of(row)
    if isinstance(target, str):
        return Say(target)
    plan = _plan(context, row, target)
    if is_grave and context.snapshot.would_arrive(row.id, target.id):
        return Confirm(f"Move {subject_of(row)} to {where}", (plan,), (), warning)
    return Write((plan,))


def _reordered(context: Context, step: int) -> Step:
    """Plan as few writes of positions as put the card where it is wanted."""
    row = context.snapshot.row(context.record_id)
    if row is None:
        return Say(_NO_CARD)
    positions = moved(context.snapshot.cards(row.stage_id), row.id, step)
    if not positions:
        return Say(f"It is the {'last' if step > 0 else 'first'} card of its stage already.")
    said = f"{'down' if step > 0 else 'up'} inside {row.stage}"
    plans = []
    for record_id, position in sorted(positions.items(), key=lambda item: item[0] != row.id):
        other = context.snapshot.row(record_id)
        if other is not None:
            place = Place(other.stage_id, position, other.stage_id, other.position)
            plans.append(Planned(record_id, Change((place,)), subject_of(row), said))
    return Write(tuple(plans))


def _planned(
    context: Context, target_of: Callable[[OpportunityRow], Stage | str]
) -> tuple[list[Planned], list[tuple[str, str]]]:
    plans: list[Planned] = []
    left_out: list[tuple[str, str]] = []
    landed: dict[int, int] = {}
    for record_id in context.marked:
        row = context.snapshot.row(record_id)
        if row is None:
            left_out.append((f"#{record_id}", not_there(context)))
            continue
        target = target_of(row)
        if isinstance(target, str):
            left_out.append((subject_of(row), target))
            continue
        # Several cards that land in one stage go one behind the other, as they were shown.
        ahead = landed.get(target.id, 0)
        landed[target.id] = ahead + 1
        plans.append(_plan(context, row, target, ahead=ahead))
    return plans, left_out


def _plan(context: Context, row: OpportunityRow, stage: Stage, *, ahead: int = 0) -> Planned:
    before = context.snapshot.confirmed(row.id)
    if before is not None and not context.snapshot.would_arrive(row.id, stage.id):
        # Back to where the server has it: the stage does nothing, since nothing arrives there.
        place = Place(stage.id, before.position, row.stage_id, row.position)
        said = f"→ back to {stage.name}"
        return Planned(row.id, Change((place,)), subject_of(row), said, before=row.stage)
    words = effects_in_words(stage, context.snapshot.offers)
    return Planned(
        row.id,
        move_to(context.snapshot, row, stage, ahead=ahead),
        subject=subject_of(row),
        said=f"→ {stage.name}" + (f" ({words})" if words else ""),
        before=row.stage,
        effects=effects_of(stage),
    )


def _choices(context: Context, row: OpportunityRow | None) -> Iterator[Choice]:
    for stage in context.snapshot.stages_of(context.board_id or 0):
        allowed = _fitting(row, stage) if row is not None and not context.marked else stage
        yield Choice(
            stage.id,
            stage.name,
            note=effects_in_words(stage, context.snapshot.offers),
            is_grave=severity_of(stage) >= Severity.FINAL,
            why_not=allowed if isinstance(allowed, str) else "",
        )


def _neighbour(context: Context, row: OpportunityRow, step: int) -> Stage | str:
    """Give the stage beside a card's own, or say why it cannot go there."""
    stage = context.snapshot.stages.get(row.stage_id)
    if stage is None or not stage.known:
        return "This card's stage is not known to the board; refresh asks the server again."
    if step > 0 and (stage.wins or stage.loses):
        return f"{stage.name} is decided; a hint moves it on, one key does not."
    target = neighbour_stage(context.snapshot, stage, step)
    if target is None:
        return f"{stage.name} is the {'last' if step > 0 else 'first'} stage of this board."
    return _allowed(row, target)


def _allowed(row: OpportunityRow, stage: Stage) -> Stage | str:
    """Give the stage back, or say why one key does not move a card to it."""
    if severity_of(stage) >= Severity.FINAL and stage.id != row.stage_id:
        return f"{stage.name} deletes the customer for good, so it has to be chosen by name."
    return _fitting(row, stage)


def _fitting(row: OpportunityRow, stage: Stage) -> Stage | str:
    """Give the stage back, or say why a card cannot be moved to it."""
    if stage.id == row.stage_id:
        return f"It is in {stage.name} already."
    if not stage.known:
        return "This stage is not known to the board; refresh asks the server again."
    if stage.board_id != row.board_id:
        return f"{stage.name} is a stage of another board."
    return stage
