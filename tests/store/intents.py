"""Intents to fill a journal with."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from crm_tui.domain.change import Append, Change, Place, Set
from crm_tui.domain.intent import Binding, Intent, Step
from crm_tui.domain.snapshot import Pending
from crm_tui.store import entries
from crm_tui.store.journal import Journal
from tests.world import NOW

ANA = Binding("https://spaces.example/api", "ana@example.com")


def an_intent(number: int, *, record_id: int | None = None, step: str = "") -> Intent:
    """Make an intent that touches fields of every kind."""
    change = Change(
        (
            Place(2, number, 1, 0),
            Set("value", None, Decimal("12345678901234567.89")),
            Set("due_on", NOW, None),
            Append("notes", f"note {number} \x1b[31m"),
        )
    )
    return Intent(
        Pending(number, record_id or number, change),
        f"Customer {number}",
        "→ Won",
        step or f"step-{number}",
        NOW + timedelta(seconds=3),
        marker=f"marker-{number}",
    )


def fill(journal: Journal, count: int, *, binding: Binding = ANA) -> list[Intent]:
    """Write down some intents, each a step of its own."""
    intents = [an_intent(number) for number in range(1, count + 1)]
    for intent in intents:
        journal.do_now(entries.note(Step(intent.step), [intent], binding, "run", NOW, {}))
    return intents
