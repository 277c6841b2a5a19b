"""What can be written to the journal, each as one transaction.

Every function gives an order that `Journal.do` carries out.  Who may change what is decided here by the state that a
row has at that very moment, since several windows share one journal: what one has begun to send, no other can cancel.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from crm_tui.domain.change import Change, Value
from crm_tui.domain.intent import (
    MAY_HAVE_BEEN_SENT,
    UNSETTLED,
    WAITING,
    Binding,
    Intent,
    IntentState,
    Stack,
    Step,
)
from crm_tui.domain.merge import Clash
from crm_tui.store.encoding import change_out, clashes_out, values_out
from crm_tui.store.files import transaction
from crm_tui.store.journal import Order
from crm_tui.store.reading import COLUMNS, SEALED, digest

_NEVER_NOTED: Final = ""
"""The state of what was never written down."""

_ONCE: Final = "it was on its way already, and is asked for once"


def note(
    step: Step,
    intents: Sequence[Intent],
    binding: Binding,
    instance: str,
    at: datetime,
    restacked: Mapping[str, Stack],
    again: Mapping[str, Sequence[str]] | None = None,
) -> Order[set[str]]:
    """Write down a step with its intents, as held; `restacked` are the steps that it moves to another stack.

    `again`: marker → those of what it does once more; unless all of these were taken back it is so itself.  Gives the
    markers of what is held.
    """
    befores = again or {}

    def order(connection: sqlite3.Connection) -> set[str]:
        with transaction(connection):
            held = {
                each.marker
                for each in intents
                if all(
                    _state(connection, before) in (IntentState.CANCELLED, _NEVER_NOTED)
                    for before in befores.get(each.marker, ())
                )
            }
            for intent in intents:
                _insert(connection, intent, binding, instance, at)
                if intent.marker not in held:
                    _pass(connection, intent.marker, IntentState.CANCELLED, _ONCE, at)
            _put_step(connection, step, binding)
            _restack(connection, restacked)
            return held

    return order


def restack(stacks: Mapping[str, Stack]) -> Order[None]:
    """Put steps on other stacks."""

    def order(connection: sqlite3.Connection) -> None:
        with transaction(connection):
            _restack(connection, stacks)

    return order


def claim(
    markers: Sequence[str], sent: Mapping[str, Value], before: Mapping[str, Value], at: datetime
) -> Order[set[str]]:
    """Take intents to be sent now, with what is sent and what was there before.

    Gives those that may be sent; they are claimed only if that is all of them, since what was merged is one write.
    """

    def order(connection: sqlite3.Connection) -> set[str]:
        with transaction(connection):
            states = {marker: _state(connection, marker) for marker in markers}
            if not all(state in UNSETTLED for state in states.values()):
                return {marker for marker, state in states.items() if state in UNSETTLED}
            for marker in markers:
                connection.execute(
                    "UPDATE intents SET tries = tries + 1, sent = ?, before = ? WHERE marker = ?",
                    (values_out(sent), values_out(before), marker),
                )
                _pass(connection, marker, IntentState.SENDING, "", at)
            return set(markers)

    return order


def advance(
    markers: Sequence[str],
    state: IntentState,
    at: datetime,
    *,
    words: str = "",
    clashes: Sequence[Clash] = (),
    inverses: Mapping[str, Change] | None = None,
) -> Order[None]:
    """Write down what became of intents."""

    def order(connection: sqlite3.Connection) -> None:
        with transaction(connection):
            for marker in markers:
                _pass(connection, marker, state, words, at)
                if state not in MAY_HAVE_BEEN_SENT:
                    connection.execute("UPDATE intents SET sent = NULL WHERE marker = ?", (marker,))
                if clashes:
                    connection.execute(
                        "UPDATE intents SET clashes = ? WHERE marker = ?",
                        (clashes_out(clashes), marker),
                    )
                if inverses is not None and marker in inverses:
                    connection.execute(
                        "UPDATE intents SET inverse = ? WHERE marker = ?",
                        (change_out(inverses[marker]), marker),
                    )

    return order


def cancel(
    markers: Sequence[str], at: datetime, restacked: Mapping[str, Stack], words: str = ""
) -> Order[set[str]]:
    """Take back what nobody has begun to send; gives what will not be sent, by this or by something before it."""

    def order(connection: sqlite3.Connection) -> set[str]:
        with transaction(connection):
            states = {marker: _state(connection, marker) for marker in markers}
            for marker, state in states.items():
                if state in WAITING:
                    _pass(connection, marker, IntentState.CANCELLED, words, at)
            _restack(connection, restacked)
            never = (*WAITING, IntentState.CANCELLED, _NEVER_NOTED)
            return {marker for marker, state in states.items() if state in never}

    return order


def take_up(
    intents: Sequence[Intent], words: str, at: datetime, froms: Sequence[IntentState]
) -> Order[list[Intent]]:
    """Hold intents again, with the change and the time that they have now; gives those that were in `froms`."""

    def order(connection: sqlite3.Connection) -> list[Intent]:
        taken: list[Intent] = []
        with transaction(connection):
            for intent in intents:
                if _state(connection, intent.marker) not in froms:
                    continue
                connection.execute(
                    "UPDATE intents SET change = ?, due = ?, clashes = NULL WHERE marker = ?",
                    (change_out(intent.pending.change), intent.due.isoformat(), intent.marker),
                )
                _seal(connection, intent.marker)
                _pass(connection, intent.marker, IntentState.HELD, words, at)
                taken.append(intent)
        return taken

    return order


def _insert(
    connection: sqlite3.Connection, intent: Intent, binding: Binding, instance: str, at: datetime
) -> None:
    sealed = (
        intent.marker,
        intent.step,
        binding.origin,
        binding.user,
        binding.business,
        instance,
        intent.record_id,
        change_out(intent.pending.change),
        intent.subject,
        intent.said,
        at.isoformat(),
    )
    connection.execute(
        "INSERT INTO intents (marker, step, origin, user, business, instance, record_id, change,"
        " subject, said, made, digest, due, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*sealed, digest(sealed), intent.due.isoformat(), IntentState.HELD),
    )
    _pass(connection, intent.marker, IntentState.HELD, "", at)


def _seal(connection: sqlite3.Connection, marker: str) -> None:
    row = connection.execute(
        f"SELECT {COLUMNS} FROM intents WHERE marker = ?",  # noqa: S608 - our names
        (marker,),
    ).fetchone()
    connection.execute(
        "UPDATE intents SET digest = ? WHERE marker = ?", (digest(row[SEALED]), marker)
    )


def _pass(
    connection: sqlite3.Connection, marker: str, state: IntentState, words: str, at: datetime
) -> None:
    connection.execute(
        "UPDATE intents SET state = ?, words = ? WHERE marker = ?", (state, words, marker)
    )
    connection.execute(
        "INSERT INTO passages SELECT number, ?, ?, ? FROM intents WHERE marker = ?",
        (at.isoformat(), state, words, marker),
    )


def _state(connection: sqlite3.Connection, marker: str) -> str:
    row = connection.execute("SELECT state FROM intents WHERE marker = ?", (marker,)).fetchone()
    return str(row[0]) if row is not None else _NEVER_NOTED


def _put_step(connection: sqlite3.Connection, step: Step, binding: Binding) -> None:
    connection.execute(
        "INSERT INTO steps SELECT ?, coalesce(max(turn), 0) + 1, ?, ?, ?, ?, ? FROM steps",
        (step.id, step.stack, step.undoes, binding.origin, binding.user, binding.business),
    )


def _restack(connection: sqlite3.Connection, stacks: Mapping[str, Stack]) -> None:
    for step_id, stack in stacks.items():
        connection.execute(
            "UPDATE steps SET stack = ?, turn = (SELECT max(turn) + 1 FROM steps) WHERE id = ?",
            (stack, step_id),
        )
