"""Finds in the audit trail what a write of ours overwrote unseen: what others wrote between our look and our write.

The trail tells it without any clock: an entry of ours that none of our writes meant, and that replaced another value
than the one that was found before the write, replaced what somebody else had written in between.  Pure: it asks and
restores nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from crm_tui.domain.change import Value
from crm_tui.structs import Struct

_AMOUNTS: Final = ("value",)
_MOMENTS: Final = ("due_on", "won_on", "lost_on")
_FLAGS: Final = ("completed", "reminded")
_NUMBERS: Final = ("status", "lead_source", "loss_reason", "position")


class AuditEntry(Struct, frozen=True):
    """One property of an opportunity that somebody changed; texts are foreign."""

    id: int
    """Later entries have higher ones."""
    record_id: int
    field: str
    """As in the record's model, or the service's name where the model has none."""
    before: str | None
    after: str | None
    by: str


class Overwrite(Struct, frozen=True):
    """What somebody had written and our write replaced."""

    record_id: int
    field: str
    theirs: str | None
    """As the trail spells it; foreign text."""
    mine: Value
    """What our write put there."""
    by: str
    """Who had written it; foreign text, empty when the trail does not tell."""
    at: int = 0
    """The entry of the trail that tells it."""
    sent: Mapping[str, Value] = MappingProxyType({})
    """What our write sent."""
    marker: str = ""
    """Our change, by its name in the journal; empty when it is not found there."""


class Written(Struct, frozen=True):
    """One write of ours."""

    sent: Mapping[str, Value]
    before: Mapping[str, Value]
    """Every field as it was when it was checked, as far as that is known."""

    def put(self, field: str) -> Value:
        """Give what it put into a field: a write is always whole."""
        return self.sent[field] if field in self.sent else self.before[field]

    def explains(self, entry: AuditEntry) -> bool:
        """Say whether an entry is what was meant."""
        return entry.field in self.sent and self._did(entry) and self._found(entry)

    def marks(self, ordered: Sequence[AuditEntry]) -> list[int]:
        """Give the places of the entries that tell when it was carried out; `ordered` are ours and all others'."""
        return [
            place
            for place, entry in enumerate(ordered)
            if entry.field in self.sent
            and self._did(entry)
            and (self._found(entry) or self._was_left(entry.field, ordered[:place]))
        ]

    def overwrote(self, place: int, ordered: Sequence[AuditEntry], marks: Sequence[int]) -> bool:
        """Say whether it made an entry of ours over something that it had not found."""
        entry = ordered[place]
        if entry.field not in self.before or not self._did(entry) or self._found(entry):
            return False
        # Somebody must be seen to have changed what was found; else it is another's entry that looks like ours.
        if not self._was_left(entry.field, ordered[:place]):
            return False
        return not marks or any(_is_one(ordered, place, mark) for mark in marks)

    def _was_left(self, field: str, earlier: Sequence[AuditEntry]) -> bool:
        """Say whether what was found is seen to have been changed."""
        return field in self.before and any(
            each.field == field and self._found(each) for each in earlier
        )

    def _did(self, entry: AuditEntry) -> bool:
        field = entry.field
        known = field in self.sent or field in self.before
        return known and _is_same(field, entry.after, self.put(field))

    def _found(self, entry: AuditEntry) -> bool:
        field = entry.field
        return field not in self.before or _is_same(field, entry.before, self.before[field])


def overwritten(
    entries: Iterable[AuditEntry], me: str, writes: Sequence[Written]
) -> list[Overwrite]:
    """Say what others had written to a record and our writes replaced, and nobody has put back since.

    `entries` are those of the record; `writes` are all of ours to it that they may tell of, the oldest first.
    """
    ordered = sorted(entries, key=lambda entry: entry.id)
    ours = [place for place, entry in enumerate(ordered) if _is_by(entry, me)]
    marks = [[place for place in each.marks(ordered) if place in ours] for each in writes]
    found: list[Overwrite] = []
    for place in ours:
        entry = ordered[place]
        if entry.field == "position" or any(write.explains(entry) for write in writes):
            continue
        pairs = zip(writes, marks, strict=True)
        write = next((each for each, at in pairs if each.overwrote(place, ordered, at)), None)
        later = [each for each in ordered[place + 1 :] if each.field == entry.field]
        if write is None or any(each.after == entry.before for each in later):
            continue
        earlier = [each for each in ordered[:place] if each.field == entry.field]
        by = next((each.by for each in reversed(earlier) if not _is_by(each, me)), "")
        mine = write.put(entry.field)
        found.append(
            Overwrite(
                entry.record_id, entry.field, entry.before, mine, by, entry.id, sent=write.sent
            )
        )
    return found


def _is_one(ordered: Sequence[AuditEntry], place: int, mark: int) -> bool:
    """Say whether two entries can be of one write: nothing of anybody else between, and no field twice."""
    between = ordered[min(place, mark) : max(place, mark) + 1]
    fields = [entry.field for entry in between]
    return len({entry.by for entry in between}) == 1 and len(fields) == len(set(fields))


def is_told(entries: Iterable[AuditEntry], me: str, writes: Sequence[Written]) -> bool:
    """Say whether the trail tells already of the last of some writes to one record; late entries come later."""
    last = writes[-1]
    entries = [entry for entry in entries if _is_by(entry, me)]
    for field, value in last.sent.items():
        alike = [each for each in writes if field in each.sent and each.sent[field] == value]
        changing = [each for each in alike if each.before.get(field) != value]
        told = [
            each for each in entries if each.field == field and _is_same(field, each.after, value)
        ]
        if last in changing and len(told) >= len(changing):
            return True
    return False


def _is_by(entry: AuditEntry, me: str) -> bool:
    return entry.by.casefold() == me.casefold()


def _is_same(field: str, spelled: str | None, value: Value) -> bool:
    if spelled == value or (not spelled and not value and value is not False):
        return True
    read = value_of(field, spelled)
    return read == value or (read is None and bool(spelled))  # what cannot be read raises no alarm


def value_of(field: str, spelled: str | None) -> Value:
    """Read a value as the trail spells it; none when it is empty or cannot be read."""
    if spelled is None or spelled == "":
        return None
    try:
        if field in _AMOUNTS:
            return Decimal(spelled)
        if field in _FLAGS:
            return {"true": True, "1": True, "false": False, "0": False}.get(spelled.casefold())
        if field in _NUMBERS or field.endswith("_id"):
            return spelled if field == "system_id" else int(spelled)
        if field in _MOMENTS:
            moment = datetime.fromisoformat(spelled)
            return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, InvalidOperation):
        return None
    return spelled
