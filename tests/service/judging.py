"""Judges a history by the server's own books: what each write of ours replaced, and what had been looked at before.

It holds goal G1 for the fields of `WIRE`.  Every change that a write of ours made there is of one of two kinds:

* What it replaced is what our last look before it had been answered with (`Evidence.replaced`).  Then it was asked for
  by somebody who saw that: the changes that were on their way at the very moment of that write lead from the one value
  to the other (`Wanted.leads`), of a text line by line.  Anything else is an update that was lost in silence.
* It is another one (`Evidence.overwritten`): somebody wrote between our look and our write.  Then a window has told of
  it, with record, field and value, unless the value was back before anybody could look; and nothing else was told of.

No write goes out without a look of its own; only one that was not answered, or was turned away, is sent again as it
is.  What was looked at was looked at after it had been asked for.  All that was asked for is in the journal, has ended
in one outcome, was at the server where it says so, and was made once.

It does not hold: places inside a stage, which are nobody's conflict; who is named beside the value, which the tests of
F15 hold; and that somebody who has seen a conflict chose well.

Two triggers in the sandbox's database take down in which order requests and changes came, so that nothing is guessed:
a look saw what was there when it was answered, and a write replaced what was there when it came.  The journal is asked
only for what people wanted.  Nothing here knows how a save is made.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from crm_tui.domain.change import Append, Change, Cut, Value
from crm_tui.domain.intent import ENDS, UNSETTLED, Entry, IntentState
from crm_tui.structs import Struct
from tests.service.journals import OPPORTUNITIES
from tests.world import SIGN_IN, Sandbox

WIRE: Final = {
    "value": "Value",
    "due_on": "DueDate",
    "stage_id": "CrmBoardColumnId",
    "notes": "Notes",
}
"""Field → its name at the service, of those that histories are about."""

_WITNESS: Final = (
    "CREATE TABLE came (entry INTEGER PRIMARY KEY, request INTEGER)",
    "CREATE TABLE told (request INTEGER PRIMARY KEY, entry INTEGER)",
    "CREATE TRIGGER comes AFTER INSERT ON audittrailentries BEGIN"
    " INSERT INTO came SELECT new.Id, coalesce(max(Id), 0) FROM requests; END",
    "CREATE TRIGGER tells AFTER UPDATE OF Status ON requests WHEN new.Status = 200 BEGIN"
    " INSERT OR REPLACE INTO told SELECT new.Id, coalesce(max(Id), 0) FROM audittrailentries; END",
)


def take_down_the_order(sandbox: Sandbox) -> None:
    """Have the database note behind which request a change came, and behind which change a request was answered."""
    for statement in _WITNESS:
        sandbox.execute(statement)


class Written(Struct, frozen=True):
    """One property that was changed at the server."""

    number: int
    record_id: int
    field: str
    before: Value
    after: Value
    is_ours: bool


class Put(Struct, frozen=True):
    """One write of ours that arrived."""

    number: int
    record_id: int
    values: Mapping[str, Value]
    at: datetime
    """When it came, in whole seconds."""


class Replaced(Struct, frozen=True):
    """What a write of ours replaced, and what had been seen there."""

    written: Written
    seen: Value
    looked_at: datetime
    """When it was looked at, in whole seconds."""
    sent_at: datetime
    """When it was replaced, in whole seconds."""


class Told(Struct, frozen=True):
    """What was said to have been written over."""

    record_id: int
    field: str
    theirs: Value


def read(field: str, spelled: object) -> Value:
    """Read a value as the trail or a request spells it."""
    if spelled is None:
        return None
    text = str(spelled)
    if field == "value":
        return Decimal(text)
    if field == "stage_id":
        return int(text)
    if field == "due_on":
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return text


class Evidence:
    """What the server's books say of some records."""

    def __init__(self, sandbox: Sandbox, records: list[int]) -> None:
        self.written = trail(sandbox, records)
        """Every change, in its order."""
        self._came = dict(sandbox.query("SELECT entry, request FROM came"))
        """Change → the newest request when it came."""
        self._puts = _puts(sandbox, records)
        self._looks = {each: _looks(sandbox, each) for each in records}

    def replaced(self) -> list[Replaced]:
        """Give what our writes replaced; fails when one was sent without a look of its own."""
        return [self._seen(each) for each in self.written if each.is_ours]

    def _seen(self, written: Written) -> Replaced:
        """Say what a look saw before somebody of us changed it."""
        puts = [each for each in self._puts if each.record_id == written.record_id]
        behind = [each for each in puts if each.number <= self._came[written.number]]
        put = next(
            (each for each in reversed(behind) if each.values[written.field] == written.after), None
        )
        assert put is not None, f"nobody sent {written}"
        looks = [each for each in self._looks[written.record_id] if each[0] < put.number]
        assert looks, f"nobody looked before {put}"
        look, newest, looked_at = looks[-1]
        # One that was not answered, or turned away, may be sent again as it is.
        since = [each for each in puts if look < each.number < put.number]
        assert all(each.values == put.values for each in since), (
            f"nobody looked between {since}, {put}"
        )
        seen = next(
            each.before
            for each in self.written
            if (each.record_id, each.field) == (written.record_id, written.field)
            and each.number > newest
        )
        return Replaced(written, seen, looked_at, put.at)

    def overwritten(self) -> list[Written]:
        """Give what others had written between our look and our write, and was replaced."""
        return [each.written for each in self.replaced() if each.written.before != each.seen]

    def is_put_back(self, written: Written) -> bool:
        """Say whether what was replaced came back later, so that nobody needs to be told any more."""
        key = (written.record_id, written.field, written.before)
        later = [each for each in self.written if each.number > written.number]
        return any((each.record_id, each.field, each.after) == key for each in later)


def trail(sandbox: Sandbox, records: list[int], since: int = 0) -> list[Written]:
    """Give what happened at the server to some records, behind an entry of its trail."""
    names = {wire: field for field, wire in WIRE.items()}
    rows = sandbox.query(
        "SELECT Id, EntityId, PropertyName, OldValue, NewValue, ActionBy FROM audittrailentries"
        " WHERE EntityShortName = 'CrmOpportunity' AND AuditType = 2 AND Id > ? ORDER BY Id",
        since,
    )
    return [
        Written(number, record, field, read(field, a), read(field, b), by == SIGN_IN.user)
        for number, record, name, a, b, by in rows
        if record in records and (field := names.get(name)) is not None
    ]


def _puts(sandbox: Sandbox, records: list[int]) -> list[Put]:
    rows = sandbox.query(
        "SELECT Id, Body, At FROM requests WHERE Method = 'PUT' AND Path = ? ORDER BY Id",
        OPPORTUNITIES,
    )
    found: list[Put] = []
    for number, text, at in rows:
        body: dict[str, Any] = json.loads(text, parse_float=Decimal)
        if body["Id"] in records:
            values = {field: read(field, body[wire]) for field, wire in WIRE.items()}
            found.append(Put(number, body["Id"], values, datetime.fromisoformat(at)))
    return found


def _looks(sandbox: Sandbox, record_id: int) -> list[tuple[int, int, datetime]]:
    """Give the looks of ours at a record: the request, the newest change when it was answered, and when that was."""
    return [
        (look, newest, datetime.fromisoformat(at))
        for look, newest, at in sandbox.query(
            "SELECT Id, entry, At FROM requests JOIN told ON request = Id"
            " WHERE Method = 'GET' AND Path = ? AND Status = 200 AND User = ? ORDER BY Id",
            f"{OPPORTUNITIES}/{record_id}",
            SIGN_IN.user,
        )
    ]


_Flights = tuple[tuple[datetime, datetime | None], ...]


class _Wish(Struct, frozen=True):
    """That a field that was seen so should become another."""

    seen: Value
    wanted: Value
    flights: _Flights

    def was_on_its_way(self, at: datetime | None) -> bool:
        """Say whether it was being sent at a moment, or ever."""
        return at is None or any(
            begin <= at and (end is None or at <= end) for begin, end in self.flights
        )


def _flights(entry: Entry) -> _Flights:
    """Give from when until when it was on its way, each time, in whole seconds."""
    whens = [passage.at.replace(microsecond=0) for passage in entry.passages]
    ends = [*whens[1:], None]
    return tuple(
        (begin, end)
        for passage, begin, end in zip(entry.passages, whens, ends, strict=True)
        if passage.state == IntentState.SENDING
    )


class Wanted:
    """What our people wanted to be written over what they saw, of all that may have been sent."""

    def __init__(self, entries: Iterable[Entry], asked: Mapping[str, Change]) -> None:
        self._steps: dict[tuple[int, str], list[_Wish]] = {}
        self._made: dict[tuple[int, str, Value], datetime] = {}
        self._added: Counter[tuple[int, str]] = Counter()
        self._cut: Counter[tuple[int, str]] = Counter()
        for entry in entries:
            flights = _flights(entry)
            # After a conflict it goes on with what was chosen; it may have been sent before that, too.
            for change in dict.fromkeys([entry.change, asked.get(entry.marker, entry.change)]):
                if flights:
                    self._take(entry, change)
                # There and back again is done, and nothing of it is ever on its way.
                if flights or entry.state == IntentState.DONE:
                    self._wish(entry, change, flights)

    def _take(self, entry: Entry, change: Change) -> None:
        record_id, made = entry.record_id, entry.made
        for part in change.parts:
            if isinstance(part, Append):
                self._added[record_id, part.block] += 1
            elif isinstance(part, Cut):
                self._cut[record_id, part.block] += 1
            wanted = part.assignments()
            for field in part.bases().keys() & WIRE.keys():
                key = (record_id, field, wanted[field])
                self._made[key] = min(self._made.get(key, made), made)

    def _wish(self, entry: Entry, change: Change, flights: _Flights) -> None:
        for part in change.parts:
            bases, wanted = part.bases(), part.assignments()
            for field in bases.keys() & WIRE.keys():
                wish = _Wish(bases[field], wanted[field], flights)
                self._steps.setdefault((entry.record_id, field), []).append(wish)

    def is_older(self, replaced: Replaced) -> bool:
        """Say whether it was looked at before anybody had asked for what was written then."""
        written = replaced.written
        if written.after == replaced.seen:  # nobody asked for it then: a write is always whole
            return False
        made = self._made.get((written.record_id, written.field, written.after))
        return made is not None and replaced.looked_at < made.replace(microsecond=0)

    def leads(
        self, record_id: int, field: str, before: Value, after: Value, at: datetime | None = None
    ) -> bool:
        """Say whether somebody who saw `before` wanted `after`, perhaps by way of others.

        `at`: by what was on its way then, in whole seconds; without it by anything that ever was.
        """
        if field == "notes" and self._leads_text(record_id, lines(before), lines(after)):
            return True
        wishes = self._steps.get((record_id, field), [])
        steps = {(each.seen, each.wanted) for each in wishes if each.was_on_its_way(at)}
        reached, edge = {before}, [before]
        while edge:
            here = edge.pop()
            if here == after:
                return True
            new = {b for a, b in steps if a == here} - reached
            reached |= new
            edge += new
        return False

    def _leads_text(self, record_id: int, before: Counter[str], after: Counter[str]) -> bool:
        """Of a text only what was added or cut may differ, and nothing is in it twice that was added once."""
        added, cut = after - before, before - after
        return all(
            count == 1 and (self._added[record_id, line] or self._cut[record_id, line])
            for line, count in (added + cut).items()
        )


def newest_of_trail(sandbox: Sandbox) -> int:
    """Say where the trail ends now."""
    ((number,),) = sandbox.query("SELECT coalesce(max(Id), 0) FROM audittrailentries")
    return int(number)


def lines(text: Value) -> Counter[str]:
    """Count the lines of a text."""
    return Counter(str(text or "").splitlines())


def unended(entries: Iterable[Entry]) -> list[Entry]:
    """Give the entries that have not ended in exactly one outcome."""
    return [
        each
        for each in entries
        if each.state in UNSETTLED
        or each.state not in ENDS
        or each.passages[-1].state != each.state
        or sum(passage.state == IntentState.DONE for passage in each.passages) > 1
    ]


def idle(
    entries: Iterable[Entry],
    had: Mapping[tuple[int, str], Value],
    written: Iterable[Written],
    wanted: Wanted,
) -> list[Entry]:
    """Give the entries that are said to be done though the server never had what they asked for.

    `had` is what it had at first.
    """
    kept = {key: {value} for key, value in had.items()}
    for each in written:
        kept.setdefault((each.record_id, each.field), set()).update((each.before, each.after))
    return [
        entry
        for entry in entries
        if entry.state == IntentState.DONE
        and entry.words != "somebody says it is done"
        and not all(_was_there(entry.record_id, part, kept, wanted) for part in entry.change.parts)
    ]


def _was_there(
    record_id: int, part: Any, kept: Mapping[tuple[int, str], set[Value]], wanted: Wanted
) -> bool:
    if isinstance(part, Append):
        return any(part.block in lines(text) for text in kept[record_id, part.field])
    bases, assigned = part.bases(), part.assignments()
    return all(
        bases[field] == assigned[field]
        # Two that went out together left only what the second one wanted.
        or any(
            wanted.leads(record_id, field, assigned[field], value)
            for value in kept[record_id, field]
        )
        for field in bases.keys() & WIRE.keys()
    )


def wrongly_made(sandbox: Sandbox, entries: Iterable[Entry]) -> list[tuple[Entry, int]]:
    """Give what was to be made and was not made as often as its outcome says, with how often it was."""
    found: list[tuple[Entry, int]] = []
    for entry in entries:
        if entry.change.made is None:
            continue
        ((count,),) = sandbox.query(
            "SELECT count(*) FROM crmopportunities WHERE SystemId = ?", entry.marker
        )
        is_sure = entry.state == IntentState.DONE and entry.words != "somebody says it is done"
        was_sent = any(passage.state == IntentState.SENDING for passage in entry.passages)
        if count > 1 or (is_sure and not count) or (count and not was_sent):
            found.append((entry, count))
    return found
