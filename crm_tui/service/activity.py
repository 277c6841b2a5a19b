"""What was asked for and what became of it, and how something goes on that waits for a person.

It reads the journal and makes wishes of choices; it sends nothing and words nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from crm_tui.domain.change import Change
from crm_tui.domain.intent import NEEDS_SOMEBODY, Binding, Entry, Intent, IntentState
from crm_tui.domain.merge import Clash, settled
from crm_tui.domain.snapshot import RowState, Snapshot
from crm_tui.domain.wording import NOTHING, field_name
from crm_tui.service.keeping import Keeping
from crm_tui.service.wishes import Wishes
from crm_tui.store import lookups
from crm_tui.structs import replace

BASE: Final = "base"
MINE: Final = "mine"
THEIRS: Final = "theirs"
AGAIN: Final = "again"
DONE: Final = "done"
DROP: Final = "drop"

Sides: TypeAlias = Callable[[Clash], Mapping[str, str]]
"""Side → its value in words."""

_ASKS: Final = (*NEEDS_SOMEBODY, IntentState.FAILED)


class Activity:
    """The journal as a person sees it."""

    def __init__(
        self,
        snapshot: Snapshot,
        keeping: Keeping,
        wishes: Wishes,
        binding: Binding,
        changed: Callable[[], None],
    ) -> None:
        self._snapshot = snapshot
        self._keeping = keeping
        self._wishes = wishes
        self._binding = binding
        self._changed = changed
        self.needs_somebody = 0
        """How many entries wait for somebody, as far as was counted."""

    @property
    def unkept(self) -> str:
        """Say why changes are not kept though there is a file for them; empty when they are, or need not be."""
        return "" if self._keeping.is_kept else " ".join(self._keeping.notices)

    def recount(self) -> None:
        """Count anew what waits for somebody, behind all that is to be written."""

        def counted(count: int) -> None:
            if count != self.needs_somebody:
                self.needs_somebody = count
                self._changed()

        order = lookups.count_needing(self._binding)
        self._keeping.later(order, counted, lambda _words: None)  # the next count may fare better

    async def needing(self) -> list[Entry]:
        """Give the entries that wait for somebody, the newest first; raises `JournalFailed`."""
        return await self._keeping.do(lookups.needing(self._binding))

    async def these(self, numbers: Sequence[int]) -> list[Entry]:
        """Give entries by their numbers as they are now; raises `JournalFailed`."""
        return await self._keeping.do(lookups.these(self._binding, numbers))

    def take_back(self, entry: Entry) -> list[Intent] | str:
        """Take back the step that an entry belongs to, whole; or say why it cannot be, to follow a colon."""
        return self._wishes.take_back(entry.step)

    async def entries(self, limit: int = 100, before: int | None = None) -> list[Entry]:
        """Give the newest entries, below a number if there is one; raises `JournalFailed`."""
        return await self._keeping.do(lookups.newest(self._binding, limit, before))

    async def retry(self, number: int) -> bool:
        """Ask for an entry again as it is; say whether it could be.  Raises `JournalFailed`."""
        return await self.resolve(number, AGAIN)

    async def resolve(
        self,
        number: int,
        choice: str | Mapping[str, str],
        sides: Sides | None = None,
    ) -> bool:
        """Say how an entry goes on; say whether it was one that could.  Raises `JournalFailed`.

        Of a conflict: `MINE`, `THEIRS`, `BASE`, or field → one of them; what is not theirs is written over it.  Of what
        is unknown: `AGAIN`, which looks before it sends, `DONE` or `DROP`.  Of what is parked or failed: `AGAIN` or
        `DROP`.  `sides` gives side → value in words, as it was chosen; without it values are written plainly.
        """
        entry = await self._keeping.do(lookups.numbered(self._binding, number))
        could = (
            entry is not None
            and entry.state in _ASKS
            and self._chosen(entry, choice, sides or _plain)
        )
        self.recount()
        await self._keeping.written()
        return could

    def _chosen(self, entry: Entry, choice: str | Mapping[str, str], sides: Sides) -> bool:
        if entry.state == IntentState.CONFLICT and choice not in (AGAIN, DROP):
            return self._settle(entry, choice, sides)
        if choice == AGAIN:
            self._go_on(entry, entry.change, "asked for again")
            return True
        if choice == DONE and entry.state == IntentState.UNKNOWN:
            self._wishes.give_up(entry.intent(), IntentState.DONE, "somebody says it is done")
            return True
        if choice == DROP:
            self._wishes.give_up(entry.intent(), IntentState.CANCELLED, "dropped")
            return True
        return False

    def _settle(self, entry: Entry, choice: str | Mapping[str, str], sides: Sides) -> bool:
        """Go on after a conflict, field by field."""
        fields = [clash.field for clash in entry.clashes]
        chosen = choice if isinstance(choice, Mapping) else dict.fromkeys(fields, choice)
        if not fields or set(chosen) != set(fields):
            return False
        if not set(chosen.values()) <= {MINE, THEIRS, BASE}:
            return False
        mine, base = (
            frozenset(field for field, side in chosen.items() if side == wanted)
            for wanted in (MINE, BASE)
        )
        change = settled(entry.clashes, entry.change, mine, base)
        # All three stay in the journal, since the change that goes on holds only what was chosen.
        words = "; ".join(
            _decided(clash, chosen[clash.field], sides(clash)) for clash in entry.clashes
        )
        if not change.parts:
            self._wishes.give_up(entry.intent(), IntentState.CANCELLED, words)
            return True
        self._go_on(entry, change, words)
        return True

    def _go_on(self, entry: Entry, change: Change, words: str) -> None:
        intent = replace(entry.intent(self._wishes.number()), tries=max(entry.tries, 1))
        pending = replace(intent.pending, change=change)
        self._wishes.go_on(
            replace(intent, pending=pending),
            words,
            _ASKS,
            lambda: self._snapshot.remember(entry.record_id, RowState.SAVED),
        )


def _decided(clash: Clash, side: str, sides: Mapping[str, str]) -> str:
    """Write down what was chosen of a field, and what was not."""
    others = ", ".join(f"{name} was {value}" for name, value in sides.items() if name != side)
    return f"{field_name(clash.field)}: {side} {sides[side]} taken ({others})"


def _plain(clash: Clash) -> dict[str, str]:
    values = {BASE: clash.base, MINE: clash.mine, THEIRS: clash.theirs}
    return {side: NOTHING if value is None else str(value) for side, value in values.items()}
