"""An entry of the journal in words and pieces: as a line of the list, and as its whole history.

Texts of the server and of records come in raw and leave safe.  It knows what an entry holds, and no screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from crm_tui.domain.change import Append, Value
from crm_tui.domain.intent import Entry, IntentState
from crm_tui.domain.merge import Clash
from crm_tui.domain.snapshot import Snapshot
from crm_tui.domain.wording import Wall, field_name, told_apart, value_name
from crm_tui.service.activity import BASE, MINE, THEIRS
from crm_tui.text import safe
from crm_tui.ui.cells import pad, width_of, wrapped
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.record_view import NONE, blank, heading, padded

STATES: Final = {
    IntentState.NOTING: (" ", "held?", "busy"),
    IntentState.HELD: ("…", "held", "busy"),
    IntentState.QUEUED: ("…", "queued", "busy"),
    IntentState.SENDING: ("→", "sending", "busy"),
    IntentState.DONE: ("✓", "saved", "good"),
    IntentState.FAILED: ("✗", "not saved", "bad"),
    IntentState.CONFLICT: ("!", "conflict", "bad"),
    IntentState.UNKNOWN: ("?", "unknown", "bad"),
    IntentState.PARKED: ("!", "parked", "bad"),
    IntentState.CANCELLED: ("–", "cancelled", "muted"),
}
"""State → sign, word and style."""

_STATE_WIDTH: Final = 12
_WHEN_WIDTH: Final = 14

LONG: Final = 400
"""Characters of a value that are shown; the record has the rest."""


_MADE_OF: Final = ("name", "value", "due_on", "owner_id", "stage_id")
"""What is told of a record that is made; the rest are ids that say nothing."""


def when(moment: datetime, now: datetime) -> str:
    """Write when something was, where the user is: the time of a moment today, else the day as well."""
    there = moment.astimezone()
    if there.date() == now.astimezone().date():
        return there.strftime("%H:%M:%S")
    day = f"{there.day} {there:%b}"
    return f"{day} {there:%H:%M}" if there.year == now.astimezone().year else f"{day} {there.year}"


def value_words(snapshot: Snapshot, field: str, value: Value, wall: Wall) -> str:
    """Write the value of a field as people know it, the beginning of a long one; safe."""
    return safe(value_name(snapshot, field, value, wall)[:LONG])


def side_words(snapshot: Snapshot, clash: Clash, wall: Wall) -> dict[str, str]:
    """Write the three values of a clash, by side, so that no two moments read alike; safe."""
    values = (clash.base, clash.mine, clash.theirs)
    said = told_apart(snapshot, clash.field, values, wall)
    return {
        side: safe(words[:LONG]) for side, words in zip((BASE, MINE, THEIRS), said, strict=True)
    }


def entry_line(
    entry: Entry, width: int, now: datetime, *, is_current: bool, overwrote: str = ""
) -> Pieces:
    """Write an entry as a line of the list; `overwrote` says what of others' it replaced unseen."""
    sign, word, style = STATES[entry.state]
    mark = "▸" if is_current else " "
    room = max(width - _STATE_WIDTH - _WHEN_WIDTH - 2, 0)
    what = f"{safe(entry.said)}"
    words = f"  {safe(entry.words)}" if entry.words else ""
    replaced = f" {overwrote}  " if overwrote else ""  # in front: the end of a line is cut
    pieces = (
        (style, pad(f"{mark}{sign} {word}", _STATE_WIDTH)),
        ("muted", f" {pad(when(entry.made, now), _WHEN_WIDTH - 1)} "),
        *_fitted(
            (
                ("strong", f"{safe(entry.subject)} "),
                ("bad", replaced),
                ("text", what),
                ("muted", words),
            ),
            room,
        ),
    )
    if is_current:
        pieces = tuple((f"cursor-{style}", text) for style, text in pieces)
    return padded(pieces, width)


def _fitted(pieces: Pieces, room: int) -> Pieces:
    """Cut pieces where the room ends."""
    return tuple(piece for piece in padded(pieces, room) if piece[1]) if room else ()


def story_lines(
    entry: Entry,
    snapshot: Snapshot,
    wall: Wall,
    width: int,
    now: datetime,
    *,
    overwrote: str = "",
) -> list[Pieces]:
    """Write an entry with its whole history; `overwrote`: what of others' it replaced unseen, and the key for it."""
    sign, word, style = STATES[entry.state]
    lines: list[Pieces] = [
        padded((("strong", f" {text}"),), width)
        for text in _broken(f"{safe(entry.subject)} {safe(entry.said)}", width - 2)
    ]
    made = entry.change.makes
    which = f"record #{entry.record_id}" if made is None else f"a new {made.value}"
    asked = f" asked for {when(entry.made, now)} · {which}"
    lines.append(padded(((style, f" {sign} {word} "), ("muted", f"·{asked}")), width))
    lines += [
        padded((("bad", f" {text}"),), width) for text in _broken(overwrote, width - 2) if overwrote
    ]
    lines += [blank(width), *_change_lines(entry, snapshot, wall, width)]
    lines += [blank(width), heading(" What became of it", width)]
    for passage in entry.passages:
        _, then, colour = STATES[passage.state]
        lead = f" {pad(when(passage.at, now), _WHEN_WIDTH - 2)} {pad(then, 10)} "
        room = max(width - width_of(lead) - 1, 8)
        for number, text in enumerate(_broken(safe(passage.words), room)):
            first: Pieces = (("muted", " " * width_of(lead)),)
            if not number:
                cut = _WHEN_WIDTH
                first = (("muted", lead[:cut]), (colour, lead[cut:]))
            lines.append(padded((*first, ("text", text)), width))
    return lines


def _change_lines(entry: Entry, snapshot: Snapshot, wall: Wall, width: int) -> Iterator[Pieces]:
    """Say what was to be changed, field by field; where two people did, all three versions."""
    if entry.clashes:
        yield heading(" Two people changed it", width)
        for clash in entry.clashes:
            yield padded((("head", f" {field_name(clash.field)}"),), width)
            for name, said in side_words(snapshot, clash, wall).items():
                for number, text in enumerate(_broken(said, width - 12)):
                    lead = "" if number else name
                    yield padded((("muted", f"   {pad(lead, 8)}"), ("text", text)), width)
        return
    yield heading(" What was asked for", width)
    bases = entry.change.bases()
    fields = {
        name: value for name, value in entry.change.assignments().items() if name != "position"
    }
    for name, value in fields.items():
        known = [bases[name], value] if name in bases else [value]
        before, after = (
            safe(each[:LONG]) for each in ["", *told_apart(snapshot, name, known, wall)][-2:]
        )
        said = f"{before} → {after}" if before != after else f"{after}, at another place"
        if name not in bases:
            said = f"→ {after}"
        yield from _labelled(field_name(name), said, width)
    for part in entry.change.texts():
        verb = "add" if isinstance(part, Append) else "take out"
        yield from _labelled(field_name(part.field), f"{verb} {safe(part.block[:LONG])}", width)
    made = entry.change.made or {}
    for name, value in made.items():
        if name in _MADE_OF:
            yield from _labelled(field_name(name), value_words(snapshot, name, value, wall), width)
    if not fields and not made and not entry.change.texts():
        yield padded((("muted", f" {NONE}"),), width)


def _labelled(name: str, said: str, width: int) -> Iterator[Pieces]:
    for number, text in enumerate(_broken(said, max(width - 15, 8))):
        yield padded((("muted", f" {pad('' if number else name, 12)} "), ("text", text)), width)


def _broken(text: str, width: int) -> list[str]:
    return wrapped(text, max(width, 2))
