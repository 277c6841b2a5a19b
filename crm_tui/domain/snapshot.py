"""What the screens draw: confirmed rows with a small overlay of pending changes, and a generation number.

It is changed on the event loop only, by the service.  A change that failed simply leaves the overlay: nothing
is patched back.  It must not fetch, send or keep anything on disk, and nothing here is copied per key press.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final

from crm_tui.domain.change import Change
from crm_tui.domain.enums import Labels
from crm_tui.domain.folded import Folded
from crm_tui.domain.lineup import Lineup, Turn
from crm_tui.domain.loads import Loads, Owner
from crm_tui.domain.offers import Offers
from crm_tui.domain.rows import Board, OpportunityRow, Stage
from crm_tui.structs import Struct, fields, replace

_OWNER: Final = attrgetter("owner_id", "owner")

_ROW_FIELDS = frozenset(field.name for field in fields(OpportunityRow))


class RowState(StrEnum):
    """What became of the last write to a record, ours or another's; the value is the word that is shown."""

    SAVED = "saved"
    NOTING = "held?"
    """It is about to be written down; until then nothing is promised."""
    HELD = "held"
    QUEUED = "queued"
    """It goes out when the server can be reached."""
    SENDING = "sending"
    FAILED = "not saved"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    """By somebody else."""
    NEW = "new"
    CONFLICT = "conflict"
    PARKED = "parked"
    """It goes on when somebody has said how."""


LASTING: Final = (RowState.CONFLICT, RowState.PARKED)
"""States that a fresh row does not end: they are of a change that waits for somebody, not of the row."""

TROUBLE: Final = (RowState.FAILED, RowState.UNKNOWN, *LASTING)


class Pending(Struct, frozen=True):
    """A change that shows already and is not confirmed yet."""

    number: int
    """Of the intent; later ones have higher numbers."""
    record_id: int
    change: Change


class Snapshot:
    """The book as it looks now: boards, stages, and opportunities with what is pending laid over them."""

    def __init__(self) -> None:
        self.generation = 0
        """Grows with everything that may change a picture, and tells what was asked for before a write."""
        self.labels = Labels()
        """Names of statuses, lead sources and loss reasons."""
        self.offers = Offers()
        """What verbs offer beside the book."""
        self.folded = Folded()
        """Words of the rows, for free words of a filter."""
        self.boards: dict[int, Board] = {}
        self.stages: dict[int, Stage] = {}
        self._confirmed: dict[int, OpportunityRow] = {}
        self._pending: dict[int, list[Pending]] = {}
        self._states: dict[int, RowState] = {}
        """Record → what became of its last write, where nothing is pending."""
        self._phases: dict[int, RowState] = {}
        """Number of what is pending → how far it is."""
        self._written: dict[int, int] = {}
        """Record → generation in which a write to it was confirmed."""
        self._rows: dict[int, OpportunityRow] = {}
        self._owners: dict[int, str] = {}
        """User → name, of everybody who was seen to own an opportunity."""
        self._lineup = Lineup()
        self._loads = Loads()
        self._told: tuple[int, dict[int, dict[int, RowState]]] = (-1, {})
        """The generation in which it was gathered, and stage → record → state."""

    # What screens and handlers ask

    def __len__(self) -> int:
        """Count the opportunities."""
        return len(self._rows)

    def row(self, record_id: int | None) -> OpportunityRow | None:
        """Give an opportunity with what is pending laid over it, or nothing when it is not in the book."""
        return None if record_id is None else self._rows.get(record_id)

    def confirmed(self, record_id: int) -> OpportunityRow | None:
        """Give an opportunity as the server has it, as far as is known, without what is pending."""
        return self._confirmed.get(record_id)

    def rows(self) -> Iterable[OpportunityRow]:
        """Give every opportunity of the book, in no order."""
        return self._rows.values()

    def state(self, record_id: int) -> RowState:
        """Say how far the last change of a record is, or what became of it."""
        pending = self._pending.get(record_id)
        if pending:
            return self._phases.get(pending[-1].number, RowState.HELD)
        return self._states.get(record_id, RowState.SAVED)

    def states(self) -> dict[int, RowState]:
        """Give the state of every record of which there is more to say than that it is saved."""
        return {key: self.state(key) for key in (*self._states, *self._pending)}

    def would_arrive(self, record_id: int, stage_id: int) -> bool:
        """Say whether the server would see a card come into a stage that it was put into now.

        What is on its way counts as there: the stage that it left would be entered anew.
        """
        row = self._confirmed.get(record_id)
        for pending in self._pending.get(record_id, ()):
            if row is not None and self._phases.get(pending.number) == RowState.SENDING:
                row = self._changed(row, pending.change)
        return row is None or row.stage_id != stage_id

    def cards(self, stage_id: int) -> tuple[OpportunityRow, ...]:
        """Give a stage's opportunities in order; the same object until one of them changes."""
        return self._lineup.cards(stage_id)

    def turn(self, stage_id: int) -> Turn | None:
        """Say how a stage's cards, as they were given last, differ from those given before."""
        return self._lineup.turn(stage_id)

    def told(self, stage_id: int) -> Mapping[int, RowState]:
        """Give record → state of those of a stage of which there is more to say than that they are saved."""
        if self._told[0] != self.generation:
            told: dict[int, dict[int, RowState]] = {}
            for record_id in {**self._states, **self._pending}:
                row = self._rows.get(record_id)
                if row is not None:
                    told.setdefault(row.stage_id, {})[record_id] = self.state(record_id)
            self._told = (self.generation, told)
        return self._told[1].get(stage_id, {})

    def stages_of(self, board_id: int) -> list[Stage]:
        """Give a board's stages in order, stand-ins for unknown ones last, as long as they have cards."""
        stages = [
            stage
            for stage in self.stages.values()
            if stage.board_id == board_id and (stage.known or self.cards(stage.id))
        ]
        return sorted(stages, key=lambda stage: (not stage.known, stage.position, stage.id))

    def owners(self) -> dict[int, str]:
        """Give id → name of everybody who owns an opportunity in the book; foreign texts."""
        return {row.owner_id: row.owner for row in self._rows.values() if row.owner_id is not None}

    def known_owners(self) -> dict[int, str]:
        """Give id → name of everybody who was seen to own an opportunity, in the order of their ids; foreign texts."""
        return dict(sorted(self._owners.items()))

    def owner_called(self, owner_id: int | None) -> str:
        """Name an owner: foreign text; `#` and the id for one who was not seen yet, empty for none."""
        return "" if owner_id is None else self._owners.get(owner_id) or f"#{owner_id}"

    def loads(self) -> Mapping[Owner, int]:
        """Give owner → how many open opportunities of the book they have; of who has none nothing is said."""
        return self._loads.of(self._rows.values())

    def ids_of(self, board_id: int) -> list[int]:
        """Give the ids of a board's opportunities as the server has them, in order."""
        return sorted(row.id for row in self._confirmed.values() if row.board_id == board_id)

    def sizes(self) -> Counter[int]:
        """Count the opportunities of each board as the server has them."""
        return Counter(row.board_id for row in self._confirmed.values())

    def is_pending(self, record_id: int) -> bool:
        """Say whether a change of a record is not confirmed yet."""
        return record_id in self._pending

    def pending_count(self) -> int:
        """Count the changes that are not confirmed yet."""
        return sum(len(changes) for changes in self._pending.values())

    # What the service tells

    def set_reference(self, boards: Iterable[Board], stages: Iterable[Stage]) -> None:
        """Replace boards and stages by what the server lists now."""
        self.boards = {board.id: board for board in boards}
        self.stages = {stage.id: stage for stage in stages}
        for row in self._rows.values():
            self._ensure_stage(row)
        self.generation += 1

    def put(self, rows: Iterable[OpportunityRow], *, asked_at: int | None = None) -> None:
        """Take over rows as the server has them; what is pending stays laid over them.

        `asked_at` is the generation in which they were asked for: a row that was written since is newer
        than its answer, and stays.  What was said of an earlier write is over: the row now shows what
        became of it.
        """
        come = {row.id: row for row in rows}
        if asked_at is not None:
            for record_id in come.keys() & self._written.keys():
                if self._written[record_id] >= asked_at:
                    del come[record_id]
        self._confirmed.update(come)
        owners = dict(map(_OWNER, come.values()))
        owners.pop(None, None)
        self._owners.update(owners)
        for record_id in come.keys() & self._states.keys():
            if record_id not in self._pending and self._states[record_id] not in LASTING:
                del self._states[record_id]
        for record_id in (come.keys() & self._rows.keys()) | (come.keys() & self._pending.keys()):
            self._redo(record_id)
            del come[record_id]
        self._add(come)
        self.generation += 1

    def keep_only(self, board_id: int, record_ids: set[int], *, asked_at: int) -> None:
        """Drop the opportunities of a board that a whole listing of it, asked for then, no longer held.

        A record with a pending change stays, and one that was written since: it may have come after.
        """
        gone = [
            row.id
            for row in self._confirmed.values()
            if row.board_id == board_id
            and row.id not in record_ids
            and row.id not in self._pending
            and self._written.get(row.id, -1) < asked_at
        ]
        for record_id in gone:
            self.drop(record_id)
        self.generation += 1

    def forget(self, record_ids: Iterable[int]) -> None:
        """Drop records that were deleted elsewhere; of one with a pending change its writer finds out."""
        for record_id in record_ids:
            if record_id in self._confirmed and record_id not in self._pending:
                self.drop(record_id)

    def drop(self, record_id: int) -> None:
        """Take a record out of the book, with all that was pending on it."""
        self._confirmed.pop(record_id, None)
        for pending in self._pending.pop(record_id, ()):
            self._phases.pop(pending.number, None)
        self._states.pop(record_id, None)
        self._redo(record_id)
        self.generation += 1

    def lay(self, pending: Pending, state: RowState = RowState.HELD) -> None:
        """Lay a change over its record, in the order of its number."""
        changes = self._pending.setdefault(pending.record_id, [])
        changes.append(pending)
        changes.sort(key=lambda each: each.number)
        self._phases[pending.number] = state
        self._redo(pending.record_id)
        self.generation += 1

    def tell(self, pending: Pending, state: RowState) -> None:
        """Say how far a change is; nothing when it is no longer pending."""
        if pending in self._pending.get(pending.record_id, ()):
            self._phases[pending.number] = state
            self.generation += 1

    def remember(self, record_id: int, state: RowState) -> None:
        """Say what became of the last write to a record, where nothing is pending."""
        self._set_state(record_id, state)
        self.generation += 1

    def mark_elsewhere(self, record_ids: Iterable[int], state: RowState) -> None:
        """Mark what others wrote, until somebody looks at it; what became of a write of ours goes first."""
        for record_id in record_ids:
            if self.state(record_id) == RowState.SAVED:
                self.remember(record_id, state)

    def look_at(self, record_id: int) -> None:
        """Take off the mark that others wrote a record: it has been seen."""
        if self.state(record_id) in (RowState.CHANGED, RowState.NEW):
            self.remember(record_id, RowState.SAVED)

    def confirm(self, pending: Pending, row: OpportunityRow | None) -> None:
        """Make a change part of the confirmed row: `row` as the server has it now, else as it was asked for."""
        confirmed = self._confirmed.get(pending.record_id)
        if row is None and confirmed is not None:
            row = self._changed(confirmed, pending.change)
        if row is not None and row.id == pending.record_id:
            self._confirmed[row.id] = row
        self._written[pending.record_id] = self.generation
        self.lift(pending, RowState.SAVED)

    def lift(self, pending: Pending, state: RowState) -> None:
        """Take a change off its record again, whatever became of it, and remember the outcome."""
        left = [
            other
            for other in self._pending.get(pending.record_id, [])
            if other.number != pending.number
        ]
        self._phases.pop(pending.number, None)
        # Of several changes the last one counts, unless an earlier one waits for somebody.
        if self._states.get(pending.record_id) not in LASTING or state != RowState.SAVED:
            self._set_state(pending.record_id, state)
        if left:
            self._pending[pending.record_id] = left
        else:
            self._pending.pop(pending.record_id, None)
        self._redo(pending.record_id)
        self.generation += 1

    def _set_state(self, record_id: int, state: RowState) -> None:
        """Keep a state, unless there is nothing to say: of a book's every record one may be told in a sitting."""
        if state == RowState.SAVED:
            self._states.pop(record_id, None)
        else:
            self._states[record_id] = state

    # Indexes

    def _redo(self, record_id: int) -> None:
        """Bring one record and the indexes up to date with confirmed row and overlay."""
        before = self._rows.get(record_id)
        self.folded.forget(record_id)
        confirmed = self._confirmed.get(record_id)
        after = None if confirmed is None else self._laid_over(confirmed)
        if before is not None:
            self._lineup.take(before)
            self._loads.take(before)
        if after is None:
            self._rows.pop(record_id, None)
            return
        self._rows[record_id] = after
        self._lineup.put((after,))
        self._loads.put((after,))
        self._ensure_stage(after)

    def _add(self, come: Mapping[int, OpportunityRow]) -> None:
        """Take in records that the book does not have, and on which nothing is pending: most, when it is loaded."""
        self._rows.update(come)
        self._lineup.put(come.values())
        self._loads.put(come.values())
        for row in {row.stage_id: row for row in come.values()}.values():
            self._ensure_stage(row)

    def _laid_over(self, row: OpportunityRow) -> OpportunityRow:
        for pending in self._pending.get(row.id, ()):
            row = self._changed(row, pending.change)
        return row

    def _changed(self, row: OpportunityRow, change: Change) -> OpportunityRow:
        assignments: dict[str, Any] = {
            field: value for field, value in change.assignments().items() if field in _ROW_FIELDS
        }
        stage = self.stages.get(assignments.get("stage_id", row.stage_id))
        if stage is not None:
            assignments["stage"] = stage.name
        if "owner_id" in assignments:
            assignments["owner"] = self.owner_called(assignments["owner_id"])
        return replace(row, **assignments)

    def _ensure_stage(self, row: OpportunityRow) -> None:
        """Stand in for a stage the server did not list, so that its cards are not lost."""
        if row.stage_id not in self.stages:
            self.stages[row.stage_id] = Stage(
                id=row.stage_id,
                board_id=row.board_id,
                name=row.stage or f"Stage #{row.stage_id}",
                position=0,
                currency=row.currency,
                known=False,
            )
