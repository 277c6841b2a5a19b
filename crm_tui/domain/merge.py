"""Merges a change with what the server has by now: three ways, field by field.

What nobody else touched becomes mine; what is there already need not be sent; what both touched, each in another way,
is a clash, and then nothing at all is sent.  Pure: it fetches, sends and asks nothing, and it compares values only.

Some fields have rules of their own.  The place of a card in its stage is moved by everybody who drags another card, so
it is never a clash.  What the server derives from a stage (`DERIVED`) is the server's where it says something new.
What is decided along with the status (`DECIDED`) goes its way: a record that is won has not been lost for a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from crm_tui.domain.change import Append, Change, Cut, Follow, Part, Place, Set, Value
from crm_tui.structs import Struct, field

DERIVED: Final = ("completed", "won_on", "lost_on")
"""Fields that follow from the status; they are written only to restore what a stage did."""

DECIDED: Final = ("loss_reason",)
"""Fields that are part of what a new status says; whose status is chosen after a clash, of them it is as well."""

FOLLOWING: Final = ("status", *DERIVED)
"""What a stage sets by itself when a card arrives."""


class Clash(Struct, frozen=True):
    """One field that two people changed, each in another way."""

    field: str
    base: Value
    """As the user saw it."""
    mine: Value
    theirs: Value


class Merged(Struct, frozen=True):
    """What is to be sent, or why nothing is."""

    to_send: Mapping[str, Value]
    """Field → new value; empty when the record already is as it should be."""
    clashes: tuple[Clash, ...] = ()
    gone: tuple[Cut, ...] = field(default=())
    """Blocks that were to be cut and are no longer there as they were written."""

    @property
    def is_clean(self) -> bool:
        """Say whether it may be sent, or is done already."""
        return not self.clashes and not self.gone


def merge(change: Change, theirs: Mapping[str, Value]) -> Merged:
    """Merge a change with the record's fields as the server has them now."""
    base, mine = change.bases(), change.assignments()
    to_send: dict[str, Value] = {}
    clashes: list[Clash] = []
    for name, wanted in mine.items():
        if name == "position" or name not in base:
            continue
        seen, found = base[name], theirs.get(name)
        if found == wanted or (wanted == seen and not _is_inside(change, name)):
            continue
        if found == seen:
            to_send[name] = wanted
        elif name not in DERIVED:
            clashes.append(Clash(name, seen, wanted, found))
    if any(clash.field == "status" for clash in clashes):
        clashes = [clash for clash in clashes if clash.field not in DECIDED]
    if "position" in mine and not clashes:
        to_send |= _position(change, to_send, theirs)
    to_send |= _following(change, to_send, theirs)
    gone = _texts(change, to_send, theirs)
    return Merged({} if clashes or gone else to_send, tuple(clashes), gone)


def _is_inside(change: Change, name: str) -> bool:
    """Say whether a card was only put elsewhere in its own stage, which makes no sense in another one."""
    is_elsewhere = name == "stage_id" and not change.moves_stage
    return is_elsewhere and _first_position(change) != change.assignments()["position"]


def _first_position(change: Change) -> Value:
    return next(part.from_position for part in change.parts if isinstance(part, Place))


def _position(
    change: Change, to_send: Mapping[str, Value], theirs: Mapping[str, Value]
) -> dict[str, Value]:
    """Send the place along with a new stage, or when it is all that the change is about."""
    wanted = change.assignments()["position"]
    if "stage_id" in to_send:
        return {"position": wanted}
    if not change.moves_stage and wanted not in (_first_position(change), theirs.get("position")):
        return {"position": wanted}
    return {}


def _following(
    change: Change, to_send: Mapping[str, Value], theirs: Mapping[str, Value]
) -> dict[str, Value]:
    """Give what goes along with the fields that are written."""
    parts = [part for part in change.parts if isinstance(part, Follow) and part.of in to_send]
    last = {part.field: part.after for part in parts if part.field not in to_send}
    return {name: value for name, value in last.items() if theirs.get(name) != value}


def _texts(
    change: Change, to_send: dict[str, Value], theirs: Mapping[str, Value]
) -> tuple[Cut, ...]:
    """Append and cut in their order, each to what the one before left; give the cuts that found nothing."""
    gone: list[Cut] = []
    for part in change.texts():
        found = to_send.get(part.field, theirs.get(part.field))
        after = part.applied(found if isinstance(found, str) else "")
        if after is None:
            assert isinstance(part, Cut)  # noqa: S101 - only a cut can find nothing
            gone.append(part)
        else:
            to_send[part.field] = after
    for part in change.texts():
        sent = to_send.get(part.field)
        if part.field in to_send and (sent or "") == (theirs.get(part.field) or ""):
            del to_send[part.field]
    return tuple(gone)


def is_done(
    change: Change,
    sent: Mapping[str, Value],
    before: Mapping[str, Value],
    now: Mapping[str, Value],
) -> bool:
    """Say whether a record shows that a write of `sent` happened, though its answer never came.

    The place in a stage counts only when nothing else was sent.  Of a text it is enough that the block is there, or is
    not, since others may have written since; unless the same block was there before.
    """
    parts = {part.field: part for part in change.texts()}
    for name, value in sent.items():
        found = now.get(name)
        if found == value:
            continue
        if name == "position" and len(sent) > 1:
            continue
        part = parts.get(name)
        if part is None or _stands(part.block, before.get(name)) == isinstance(part, Append):
            return False
        if _stands(part.block, found) != isinstance(part, Append):
            return False
    return True


def _stands(block: str, text: Value) -> bool:
    return Cut("", block).applied(text if isinstance(text, str) else "") is not None


def inverse(
    change: Change,
    sent: Mapping[str, Value],
    before: Mapping[str, Value],
    after: Mapping[str, Value],
) -> Change:
    """Make the change that takes back what a write did: `sent` to a record that was `before` and is `after`.

    What the server set by itself because of it (`FOLLOWING`) is taken back too.  A field that was not sent is left
    alone: it was as it should be before anybody wrote.
    """
    parts: list[Part] = [part.inverse() for part in reversed(change.texts())]
    names = [name for name in sent if name not in {part.field for part in change.texts()}]
    places = [part for part in change.parts if isinstance(part, Place)]
    if places and ("stage_id" in sent or "position" in sent):
        parts.append(
            Place(
                stage_id=_number(before, "stage_id", places[0].from_stage_id),
                position=_number(before, "position", places[0].from_position),
                from_stage_id=_number(sent, "stage_id", places[-1].stage_id),
                from_position=_number(sent, "position", places[-1].position),
            )
        )
        names = [name for name in names if name not in ("stage_id", "position")]
        names += [
            name for name in FOLLOWING if name not in sent and after.get(name) != before.get(name)
        ]
    parts += [Set(name, sent.get(name, after.get(name)), before.get(name)) for name in names]
    return Change(tuple(parts))


def _number(values: Mapping[str, Value], name: str, otherwise: int) -> int:
    value = values.get(name, otherwise)
    return value if isinstance(value, int) else otherwise


def _going_with_status(part: Part) -> Part:
    if isinstance(part, Set) and part.field in DECIDED:
        return Follow(part.field, "status", part.before, part.after)
    return part


def settled(
    clashes: tuple[Clash, ...],
    change: Change,
    mine: frozenset[str],
    base: frozenset[str] = frozenset(),
) -> Change:
    """Give the change that goes on after a conflict: of the fields that clash only those in `mine`, over theirs.

    Those in `base` are written back to what was there before both.  What did not clash is kept as it was asked for.
    """
    theirs = {clash.field: clash.theirs for clash in clashes}
    if "status" in theirs and "status" not in mine:
        change = Change(tuple(map(_going_with_status, change.parts)))
    at_first = {clash.field: clash.base for clash in clashes if clash.field in base}
    parts: list[Part] = []
    followed: list[Follow] = []
    """What followed, as it was at first."""
    for part in change.parts:
        if isinstance(part, Place):
            stage = theirs.get("stage_id", part.from_stage_id)
            if "stage_id" not in theirs:
                parts.append(part)
            elif "stage_id" in mine and isinstance(stage, int):
                parts.append(Place(part.stage_id, part.position, stage, part.from_position))
                theirs["stage_id"] = part.stage_id  # the next part goes on from here
            elif isinstance(was := at_first.pop("stage_id", None), int) and isinstance(stage, int):
                parts.append(Place(was, part.from_position, stage, part.from_position))
        elif isinstance(part, Set) and part.field in theirs:
            if part.field in mine:
                parts.append(Set(part.field, theirs[part.field], part.after))
                theirs[part.field] = part.after
            elif part.field in at_first:
                parts.append(Set(part.field, theirs[part.field], at_first.pop(part.field)))
        elif not isinstance(part, Follow) or part.of not in theirs or part.of in mine:
            parts.append(part)
        elif part.of in base and part.field not in (each.field for each in followed):
            followed.append(part.inverse())
    return Change((*parts, *followed))
