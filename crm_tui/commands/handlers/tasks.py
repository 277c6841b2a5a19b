"""Something to do for a customer: what is typed; by when is chosen or typed; it is yours unless somebody is named.

The service hangs tasks on the customer, not on the opportunity (`CoworkerTask`), so that nothing of the opportunity
changes.  What was made stays: only what was not sent yet can be taken back.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from crm_tui.commands.handlers.changing import (
    NO_CARD,
    Wanted,
    changed,
    here_of,
    is_anything,
    subjects_of,
)
from crm_tui.commands.reading import Reader, Reading, day_reader
from crm_tui.commands.spec import Answer, Ask, Choice, Context, Prompt, Say, Step
from crm_tui.domain.change import Make, Makes, Value
from crm_tui.domain.follow_ups import CHIPS, Week, by_chip, due_on, typed
from crm_tui.domain.follow_ups import Choice as Chosen
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.typed_words import EXAMPLES, DayError, quoted
from crm_tui.domain.when import Dates, local_day
from crm_tui.structs import Struct, replace

_TYPED: Final = "typed"
"""The answer that asks for a day to be typed."""

_NO_DAY: Final = next(number for number, chip in enumerate(CHIPS) if chip.key == "0")

_SAID: Final = r"\s+@(?=\S)"
"""Stands before a day or a name behind a task: ``call back @fri @ana``."""

_ME: Final = "me"


class _Wish(Struct, frozen=True):
    """What somebody wants done."""

    name: str
    day: Chosen | None = None
    owner_id: int | None = None
    """Who is to do it; none is who asks for it."""

    @property
    def due(self) -> date | None:
        """By when it is to be done."""
        return self.day.day if self.day is not None else None


def task(context: Context) -> Step:
    """Make a task for the customer, of a text and a day that are asked for."""
    if not is_anything(context):
        return Say(NO_CARD)
    here = here_of(context)
    answers = () if context.answer is None else (*context.earlier, context.answer)
    wish = _wish(context, answers, _today(context))
    if not isinstance(wish, _Wish):
        return wish
    owner_id = here.me if wish.owner_id is None else wish.owner_id
    if owner_id is None:
        return Say("It is not known yet who you are; refresh asks the server again.")
    who = context.snapshot.owner_called(owner_id) if wish.owner_id not in (None, here.me) else ""
    boards = context.snapshot.boards

    def wanted(row: OpportunityRow) -> Wanted | str:
        board = boards.get(row.board_id)
        if not row.customer_id or board is None:
            return "Its customer or its location is not known."
        values: dict[str, Value] = {
            "name": wish.name,
            "customer_id": row.customer_id,
            "location_id": board.location_id,
            "owner_id": owner_id,
        }
        said = f"task: {wish.name}" + (f", for {who}" if who else "")
        if wish.day is not None and wish.due is not None:
            # Documented as UTC, with a twin in local time: nothing of a clock on the wall here.
            values["due_on"] = due_on(wish.due, here.zone_of(row.board_id), Dates.UTC)
            said += f", by {wish.day.words}"
        return Wanted((Make(tuple(sorted(values.items())), Makes.TASK),), said)

    return changed(context, "Task", wanted)


def _wish(context: Context, answers: tuple[Answer, ...], today: date) -> _Wish | Step:
    """Read what was answered so far: a text, then a chip or a day; give what is still to be asked otherwise."""
    left = list(answers)
    reader = _reader(context, today)
    step: Step = Prompt(
        f"Task for {subjects_of(context)}",
        "call back; or with a day, and who: call back @fri @ana",
        reader=reader,
    )
    while left:
        text = str(left.pop(0))
        try:
            wish = _taken_apart(text, context, today)
        except DayError as error:
            step = Prompt(error.message, EXAMPLES, text, reader=reader)
            continue
        return wish if wish.day is not None else _dated(context, wish, left, today)
    return step


def _reader(context: Context, today: date) -> Reader:
    """Make what says by when, and for whom, is what stands behind a text; of a text alone there is nothing to say."""

    def read(text: str) -> Reading:
        try:
            wish = _taken_apart(text, context, today)
        except DayError as error:
            return Reading(error.message, error.position)
        said = (
            [f"by {wish.day.whole_words}"] if wish.due is not None and wish.day is not None else []
        )
        if wish.owner_id is not None:
            said.append(f"for {context.snapshot.owner_called(wish.owner_id)}")
        return Reading(", ".join(said))

    return read


def _taken_apart(text: str, context: Context, today: date) -> _Wish:
    """Read a text with or without a day and a name behind it; raises `DayError` for what is neither."""
    name, *said = re.split(_SAID, text)
    wish = _Wish(name)
    for each in said:
        if (owner_id := _somebody(each, context, is_whole=True)) is not None:
            wish = replace(wish, owner_id=owner_id)
            continue
        try:
            wish = replace(wish, day=typed(each, today, here_of(context).week))
        except DayError as error:
            owner_id = _somebody(each, context, is_whole=False)
            if owner_id is None:
                message = f"{quoted(each)} is no day, and nobody's name; write {EXAMPLES}"
                place = text.index(f"@{each}") + len("@")
                raise DayError(message, place + error.position, error.example) from None
            wish = replace(wish, owner_id=owner_id)
    return wish


def _somebody(name: str, context: Context, *, is_whole: bool) -> int | None:
    """Give the id of the one owner who is called so, or has such a word in their name, whole or begun so.

    Tom is somebody before ``tom`` is tomorrow, where there is one Tom.
    """
    name = name.strip().casefold()
    if name == _ME:
        return here_of(context).me
    found = []
    for owner_id, called in context.snapshot.known_owners().items():
        words = [called.casefold(), *called.casefold().split()]
        if name in words if is_whole else any(word.startswith(name) for word in words):
            found.append(owner_id)
    return found[0] if len(found) == 1 else None


def _dated(context: Context, wish: _Wish, answers: list[Answer], today: date) -> _Wish | Step:
    week = here_of(context).week
    if not answers:
        title = f"{wish.name} — by when?  {subjects_of(context)}"
        return Ask(title, _chips(today, week), otherwise=_NO_DAY)
    chosen, *days = answers
    if isinstance(chosen, int):
        return replace(wish, day=by_chip(CHIPS[chosen].key, today, week))
    reader = day_reader([today], lambda text, day: typed(text, day, week))
    step = Prompt(f"{wish.name} — by", EXAMPLES, reader=reader)
    for text in map(str, days):
        try:
            return replace(wish, day=typed(text, today, week))
        except DayError as error:
            step = Prompt(error.message, EXAMPLES, text, reader=reader)
    return step


def _chips(today: date, week: Week) -> tuple[Choice, ...]:
    chips = [
        Choice(number, chip.words, by_chip(chip.key, today, week).words, key=chip.key)
        for number, chip in enumerate(CHIPS)
        if number != _NO_DAY
    ]
    no_day = Choice(_NO_DAY, "no day", key=CHIPS[_NO_DAY].key)
    return (*chips, no_day, Choice(_TYPED, "another day", "12 nov, +10d", key="space"))


def _today(context: Context) -> date:
    """Give the day where the record under the cursor is, or the first marked one."""
    here = here_of(context)
    row = context.snapshot.row(context.marked[0] if context.marked else context.record_id)
    board_id = row.board_id if row is not None else context.board_id or 0
    return local_day(here.now, here.zone_of(board_id))
