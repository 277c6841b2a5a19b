"""What the program says about loading, failing and writing, as pieces that chrome can draw.

Every state is a sentence and the key that helps, as the user has it.  Server's words come in here raw and leave
safe; nothing is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from crm_tui.api.errors import ApiError, Unanswered, Unreached
from crm_tui.api.pacing import Waiting
from crm_tui.commands.keys import written
from crm_tui.commands.spec import Command
from crm_tui.domain.audit import Overwrite
from crm_tui.domain.change import Planned
from crm_tui.domain.intent import Intent
from crm_tui.domain.nearest import nearest
from crm_tui.domain.progress import Progress
from crm_tui.domain.rows import Board
from crm_tui.domain.snapshot import LASTING, RowState
from crm_tui.domain.wording import field_name
from crm_tui.service.load import Load, Phase
from crm_tui.service.writer import Outcome
from crm_tui.text import ELLIPSIS, safe
from crm_tui.ui.cells import width_of
from crm_tui.ui.keys import KeyNames
from crm_tui.ui.widgets.line import Pieces

NOTHING: Final[Pieces] = ()

_MANY: Final = 10
"""Changes of which it is said how far they are; of fewer, how many are left."""

_NAME: Final = 24
"""Characters of somebody's name or address before what is more urgent."""

_SOON: Final = 90
"""Seconds up to which the time that is left is said in seconds."""


STANDS_STILL: Final = "By a fault of the program nothing is loaded or sent any more."

FAULT: Final = "Something has failed by a fault of the program; what it was is told when you leave."

LEAVING_SOON: Final = "Told to end: waiting a moment for what is being sent."

LEAVING_KEPT: Final = "Leaving: waiting a moment for what is being sent; the rest is kept."

NO_SHELL: Final = "There is no shell behind this program that could continue it."


def width(pieces: Pieces) -> int:
    """Count the cells of some pieces."""
    return sum(width_of(text) for _, text in pieces)


def clock_time(moment: datetime, *, seconds: bool = False) -> str:
    """Write a time of day where the user is."""
    return moment.astimezone().strftime("%H:%M:%S" if seconds else "%H:%M")


def error_sentence(error: ApiError) -> str:
    """Say what went wrong in one line: "The server cannot be reached (connection refused)"."""
    return error.title + (f" ({safe(error.detail)})" if error.detail else "")


def as_of(load: Load) -> Pieces:
    """Say from when what is shown is, and whether the server is out of reach."""
    if load.as_of is None:
        return NOTHING
    when = f" · as of {clock_time(load.as_of)} "
    if isinstance(load.error, (Unreached, Unanswered)):
        return (("bad", f" · offline{when}"),)
    return (("bad" if load.error is not None else "muted", when),)


def nothing_here(keys: KeyNames, *, filtered: bool) -> Pieces:
    """Say that a board has no cards, or none that match, and what helps."""
    if filtered:
        return (("text", " No card matches. "), ("key", "esc "), ("muted", "shows all again"))
    said = " This board has no cards yet. "
    return (("text", said), ("key", f"{keys.refresh} "), ("muted", "asks again"))


def beyond(arrow: str, count: int) -> str:
    """Say how many stages are off the screen on the side that an arrow points to."""
    if count == 0:
        return ""
    stages = f"{count} more stage{'' if count == 1 else 's'}"
    return f"{arrow} {stages}" if arrow == "←" else f"{stages} {arrow}"


def where(board: Board, boards: Sequence[Board]) -> list[tuple[str, str]]:
    """Name the board that is shown, and its place among those that are stepped through."""
    number = next((n for n, other in enumerate(boards, 1) if other.id == board.id), None)
    place = f"{number} of {len(boards)}" if number is not None else "archived"
    if number is None and not board.archived:
        place = "another location"
    return [
        ("text", f"  {safe(board.location)}  "),
        ("strong", safe(board.name)),
        ("muted", f"  {place}"),
    ]


def no_location(wanted: int | str, known: Iterable[str]) -> str:
    """Say that the profile's location has no boards; `known` are the names of those that have, raw."""
    near = nearest(str(wanted), known)
    guess = f" Did you mean {near}?" if near else ""
    return f"The profile's location {wanted} has no board here.{guess} All locations are shown."


def no_key(key: str, keys: KeyNames) -> Pieces:
    """Say that a key does nothing here, and where those that do are listed."""
    return (
        ("text", f" {safe(written(key))} does nothing here. "),
        ("key", f"{keys.help} "),
        ("muted", "lists all keys"),
    )


def pending(typed: str, follow: Sequence[Command], keys: KeyNames) -> Pieces:
    """Say what was typed so far, and what can follow."""
    if not follow:
        rest = f"then a motion, such as {keys.down}; esc drops it"
        return (("key", f" {typed} "), ("muted", rest))
    pieces: list[tuple[str, str]] = [("key", f" {typed} … ")]
    for command in follow:
        key = next(key for key in command.keys if key.startswith(f"{typed} "))
        pieces += [("key", f" {written(key.rpartition(' ')[2])} "), ("muted", f"{command.title}; ")]
    return (*pieces, ("muted", "esc drops it"))


def progress(
    load: Load,
    sending: Progress,
    held: float,
    keys: KeyNames,
    waiting: Waiting | None = None,
    *,
    is_stuck: bool = False,
) -> Pieces:
    """Say what is going on, for the right end of the status line; `held` in seconds.

    `is_stuck`: of what has no outcome nothing is on its way.
    """
    words: list[tuple[str, str]] = []
    if waiting is not None:
        until = clock_time(waiting.until, seconds=True)
        words.append(("busy", f"waiting until {until}, {waiting.why} · "))
    if held > 0:
        words.append(("busy", f"held {math.ceil(held)} s "))
        words += [("key", f"{keys.undo} "), ("muted", "undo ")]
    elif sending.left and is_stuck:
        words.append(("busy", f"{sending.left:,} unsent "))
    elif sending.left:
        words.append(("busy", f"{_how_far(sending)} "))
    if load.phase == Phase.LOADING:
        of = f" of {load.total:,}" if load.total else ""
        words.append(("busy", f"loading {load.loaded:,}{of} "))
    elif load.phase == Phase.WAITING:
        words.append(("busy", "waiting to load "))
    return tuple(words)


def _how_far(sending: Progress) -> str:
    """Say of a few how many are left, and of many how far they are."""
    if sending.total < _MANY:
        return f"{sending.left} sending"
    said = f"{sending.over:,} of {sending.total:,} sent"
    if sending.remaining is None:
        return said
    seconds = math.ceil(sending.remaining.total_seconds())
    left = f"{math.ceil(seconds / 60):,} min" if seconds > _SOON else f"{seconds} s"
    return f"{said}, {sending.in_a_minute:,.0f} a minute, {left} left"


def trouble(reference: Load, load: Load, keys: KeyNames, *, gone: str = "") -> Pieces:
    """Say what is wrong with what is on the screen, for the left end of the status line.

    `gone` says why a server of our own has ended; asking it again would not help.
    """
    error = reference.error or load.error
    if gone:
        return (("bad", f" ✗ {safe(gone)} {keys.quit} leaves; start again then."),)
    if error is not None:
        said = f" ✗ {error_sentence(error)}. {keys.refresh} tries again; "
        if load.as_of is not None:
            return (("bad", said + f"this is as of {clock_time(load.as_of)}."),)
        of = f" of {load.total:,}" if load.total else ""
        return (("bad", said + f"only {load.loaded:,}{of} cards came."),)
    if load.unreadable:
        cards = "1 card" if load.unreadable == 1 else f"{load.unreadable} cards"
        return (("bad", f" ✗ {cards} could not be read and cannot be shown here."),)
    return NOTHING


def hints(pairs: Iterable[tuple[str, str]], room: int) -> Pieces:
    """Write keys and what they do, for the footer: as many as fit whole."""
    pieces: list[tuple[str, str]] = []
    for key, word in pairs:
        room -= width_of(key) + width_of(word) + 3
        if room < 0:
            break
        pieces += [("key", f" {key} "), ("muted", f"{word} ")]
    return tuple(pieces)


def held(plans: Sequence[Planned]) -> Pieces:
    """Say what will be sent."""
    if len({plan.subject for plan in plans}) > 1:
        return (("busy", " to send · "), ("strong", f"{len(plans)} records"))
    return (("busy", " to send · "), *_about(plans[0].subject, plans[0].said))


def taken_back(intents: Sequence[Intent]) -> Pieces:
    """Say what the server will never hear of, or what is written back since it has heard."""
    done = " taken back · "
    if any(intent.takes_back for intent in intents):
        done = " taking back · "
    if len({intent.subject for intent in intents}) > 1:
        return (("good", done), ("strong", f"{len(intents)} records"))
    return (("good", done), *_about(intents[-1].subject, intents[-1].said))


def done_again(intents: Sequence[Intent]) -> Pieces:
    """Say what goes out again."""
    if len({intent.subject for intent in intents}) > 1:
        return (("good", " again · "), ("strong", f"{len(intents)} records"))
    return (("good", " again · "), *_about(intents[-1].subject, intents[-1].said))


def left_over(held: Sequence[Intent], begun: Sequence[Intent], undo: str) -> str:
    """Say what an earlier run left to be sent, and what it had begun to send, which nothing takes back now; raw.

    `undo` is the key that takes the last of what is held back; empty when none does.
    """
    key = f" ({undo} takes it back)" if undo else ""
    parts = ((held, f"held afresh{key}"), (begun, "perhaps sent already, so looked into first"))
    return " ".join(
        f"Left over from last time, {how}: {_counted(intents)}."
        for intents, how in parts
        if intents
    )


def _counted(intents: Sequence[Intent]) -> str:
    what = f"{intents[-1].subject} {intents[-1].said}"
    return what if len(intents) == 1 else f"{len(intents)} changes, the last {what}"


def overwritten(found: Overwrite, theirs: str, subject: str, keys: KeyNames) -> str:
    """Say what somebody had written that our save replaced unseen, and which key puts it back; raw.

    The key comes first and the value, `theirs`, late: a narrow screen cuts the end.
    """
    return f"Overwritten ({keys.restore} restores): {whose(found)} {theirs}, of {subject}."


def whose(found: Overwrite, *, is_short: bool = False) -> str:
    """Name who had written what was overwritten, and the field: ``ana@example.com's value``, short ``ana's``; raw."""
    by = found.by or "somebody"
    if is_short:
        by = by.partition("@")[0] or by
    by = by if len(by) <= _NAME else f"{by[: _NAME - 1]}{ELLIPSIS}"
    return f"{by}'s {field_name(found.field)}"


def plain(text: str) -> Pieces:
    """Say something in plain style; foreign text has to be safe already."""
    return (("text", f" {text}"),)


def not_taken_back(why: str) -> Pieces:
    """Say why a step stays; the reason may quote foreign text."""
    return (("bad", " ✗ not taken back"), ("text", f": {safe(why)}"))


def needing(count: int) -> str:
    """Say how many changes need somebody; empty for none."""
    if not count:
        return ""
    return "1 change needs you" if count == 1 else f"{count} changes need you"


def needs_you(count: int, keys: KeyNames) -> Pieces:
    """Say how many changes need somebody, and the key that shows them, for the right end of the status line."""
    if not count:
        return NOTHING
    return (("bad", f"{needing(count)} · "), ("key", f"{keys.activity} "))


def banner(unkept: str) -> Pieces:
    """Say, as long as it is so, that changes do not outlive this run, and why; may quote names of files."""
    if not unkept:
        return NOTHING
    return (("bad", " ✗ Changes are not kept: "), ("text", safe(unkept)))


def unsent(count: int, load: Load) -> Pieces:
    """Say how many changes wait for the server, when it is out of reach."""
    if not count or not isinstance(load.error, (Unreached, Unanswered)):
        return NOTHING
    return (("bad", f"· {count} unsent "),)


def outcome(result: Outcome) -> Pieces:
    """Say what became of a change: first what happened, then to what, since a narrow screen cuts the end."""
    words = f" ({safe(result.words)})" if result.words else ""
    about = _about(result.intent.subject, result.intent.said)
    if result.is_moot:
        return (("text", f" nothing to take back{words} · "), *about)
    if result.state == RowState.SAVED:
        return (("good", f" saved {clock_time(result.at, seconds=True)}{words} · "), *about)
    if result.state == RowState.UNKNOWN:
        return (("bad", f" ✗ nobody knows whether it was saved{words} · "), *about)
    if result.state in (RowState.QUEUED, RowState.SENDING):
        return (("busy", f" not sent yet, kept for later{words} · "), *about)
    said = "not saved, put back" if result.put_back else "not saved"
    if result.state in LASTING:
        said = f"not saved, {result.state.value}"
    return (("bad", f" ✗ {said}{words} · "), *about)


def leaving(count: int, keys: KeyNames) -> str:
    """Say that the program leaves when what is on its way has arrived."""
    changes = "1 change" if count == 1 else f"{count} changes"
    now = f"{keys.quit} leaves now, without knowing whether they were saved."
    return f"Sending {changes}, then leaving. {now}"


def _about(subject: str, said: str) -> Pieces:
    return (("strong", safe(subject)), ("text", f" {safe(said)}"))


def not_on_cards(fields: Iterable[str]) -> str:
    """Say that a filter asks for what cards do not have."""
    listed = ", ".join(each.replace("_", " ") for each in sorted(fields))
    return f"cards do not tell {listed}; leave it out here"


_NO_ROW: Final = "There is no row here."


def unseen(count: int, unmark: str) -> str:
    """Say that a verb is for marked records of which none is shown, and the key that takes the marks off."""
    are = "1 record is marked" if count == 1 else f"{count:,} records are marked"
    return f"{are} and not shown here, so nothing was done; {unmark} takes the marks off."


def root(quitting: str, board: str) -> Pieces:
    """Say where one can go from the screen that one began with."""
    return (("text", f" {board} shows the board, {quitting} leaves."),)


def skipped(undo: str, *, is_row: bool) -> str:
    """Say that a row of the queue is skipped, or that there is none; and the key that takes it in again."""
    return f"Skipped until the next sitting; {undo} takes it in again." if is_row else _NO_ROW


def pinned(is_pinned: bool | None, refresh: str) -> str:
    """Say whether a row of the queue is pinned now; none is for no row."""
    said = {True: f"Pinned; {refresh} puts it first.", False: "No longer pinned.", None: _NO_ROW}
    return said[is_pinned]


def parked(*, are_shown: bool) -> str:
    """Say whether the rows whose follow-up lies ahead are shown now."""
    return "Parked rows are shown, too." if are_shown else "Parked rows are hidden."
