"""Carries a typed command out without a terminal: the same handlers and steps as a key's, and nobody to ask.

What a command would ask for stands in the line, and what it would show before it writes needs to be agreed to
beforehand.  It holds no rules: what may be done was decided by the handler.  It waits for no outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from crm_tui.commands.answering import NotNamed, named
from crm_tui.commands.catalogue import BY_NAME
from crm_tui.commands.here import Here
from crm_tui.commands.parse import NAMED, Typed, last_of
from crm_tui.commands.spec import (
    Act,
    Answer,
    Ask,
    Context,
    Preview,
    Prompt,
    Run,
    Say,
    Step,
    Where,
    Write,
)
from crm_tui.domain.change import Planned
from crm_tui.domain.effects import Severity, counted, severity_of
from crm_tui.domain.intent import Intent
from crm_tui.process import FAILED, USAGE
from crm_tui.service.crm import Crm
from crm_tui.structs import Struct, replace

_THERE: Final = {"stage": "on this board", "type": "at this location"}
"""Where else there may be such a thing."""

Tell = Callable[[str], None]
"""Takes a line for the person, which may hold foreign text."""


class NotDone(Exception):
    """Nothing was asked for; `words` say why and may hold foreign text, `code` is how the process ends."""

    def __init__(self, words: str, code: int = FAILED) -> None:
        super().__init__(words)
        self.words = words
        self.code = code


class Asked(Struct, frozen=True):
    """What a command asked for."""

    intents: tuple[Intent, ...]
    """To be sent; each gets an outcome."""
    cancelled: tuple[Intent, ...] = ()
    """Taken back before the server heard of them."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Whose records stay as they are, and why: foreign texts."""


class Performer:
    """Carries out what is typed on one book."""

    def __init__(self, crm: Crm, here: Here, *, whose: str, is_agreed: bool, tell: Tell) -> None:
        """Take a book; `whose` names its account in what has to be agreed to, `is_agreed` says that it is."""
        self._crm = crm
        self._here = here
        self._whose = whose
        self._is_agreed = is_agreed
        self._tell = tell

    def perform(self, typed: Typed) -> Asked:
        """Carry out a command of the catalogue; raises `NotDone`."""
        handler = BY_NAME[typed.name].handler
        context = self._context(typed)
        step = handler(context)
        if isinstance(step, (Ask, Prompt)):
            context = replace(context, answer=_answer(step, typed))
            step = handler(context)
        if isinstance(step, Ask) and context.answer is not None and step.otherwise is not None:
            step = handler(replace(context, earlier=(context.answer,), answer=step.otherwise))
        if isinstance(step, Prompt):
            raise NotDone(step.title, USAGE)
        return self._carried_out(step)

    def _carried_out(self, step: Step) -> Asked:
        match step:
            case Write(plans):
                self._warn(plans)
                return Asked(tuple(self._crm.submit(plans)))
            case Preview():
                self._show(step)
                return Asked(tuple(self._crm.submit(step.plans)), left_out=step.left_out)
            case Run(Act.UNDO):
                return self._taken(self._crm.undo(), "taken back")
            case Run(Act.REDO):
                return self._taken(self._crm.redo(), "done again")
            case Say(text):
                raise NotDone(text)
        raise NotDone("This can only be done on a screen.", USAGE)

    def _context(self, typed: Typed) -> Context:
        snapshot = self._crm.snapshot
        first = snapshot.row(typed.ids[0]) if typed.ids else None
        return Context(
            snapshot,
            Where.BOARD,
            board_id=first.board_id if first is not None else None,
            record_id=typed.ids[0] if len(typed.ids) == 1 else None,
            marked=typed.ids if len(typed.ids) > 1 else (),
            are_typed=True,
            count=typed.places,
            here=self._here,
        )

    def _warn(self, plans: Sequence[Planned]) -> None:
        """Say beforehand what a move does to the outside world."""
        snapshot = self._crm.snapshot
        for plan in plans:
            stage = snapshot.stages.get(_stage_id(plan))
            if stage is None or severity_of(stage) == Severity.NONE:
                continue
            if snapshot.would_arrive(plan.record_id, stage.id):
                self._tell(f"{plan.subject} {plan.said} — {self._place(plans)}")

    def _show(self, preview: Preview) -> None:
        """Show what would be changed; raises `NotDone` unless it is agreed to."""
        effects = "".join(f", {each}" for each in counted(plan.effects for plan in preview.plans))
        self._tell(f"{preview.title}{effects} — {self._place(preview.plans)}")
        for plan in preview.plans:
            self._tell(f"  #{plan.record_id}  {plan.subject}  {plan.whole}")
        for subject, why in preview.left_out:
            self._tell(f"  left out  {subject}  {why}")
        if not self._is_agreed:
            raise NotDone("Nothing was changed. With --yes this is done.", USAGE)

    def _place(self, plans: Sequence[Planned]) -> str:
        """Say whose records are meant: location, account, and what that is marked with."""
        snapshot = self._crm.snapshot
        rows = (snapshot.row(plan.record_id) for plan in plans)
        boards = (snapshot.boards.get(row.board_id) for row in rows if row is not None)
        places = dict.fromkeys(board.location for board in boards if board is not None)
        return ", ".join([*places, self._whose])

    def _taken(self, intents: Sequence[Intent], done: str) -> Asked:
        if not intents:
            raise NotDone(f"There is nothing that could be {done} here.")
        going = {intent.marker for intent in self._crm.unsettled()}
        return Asked(
            tuple(intent for intent in intents if intent.marker in going),
            tuple(intent for intent in intents if intent.marker not in going),
        )


def _answer(step: Ask | Prompt, typed: Typed) -> Answer:
    """Give what stands in the line for what a command asks; raises `NotDone`."""
    kind = last_of(typed.name)
    if isinstance(step, Ask) and kind in NAMED:
        what = NAMED[kind]
        try:
            return named(step, typed.choice, what, where=_THERE.get(what, "")).answer
        except NotNamed as error:
            raise NotDone(error.words, USAGE if error.is_slip else FAILED) from None
    return typed.choice or (step.otherwise if isinstance(step, Prompt) else "")


def _stage_id(plan: Planned) -> int:
    stage_id = plan.change.assignments().get("stage_id")
    return stage_id if isinstance(stage_id, int) else 0
