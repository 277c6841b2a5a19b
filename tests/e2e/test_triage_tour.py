"""One sitting at the triage queue, by keys only: in a plain terminal, and in tmux on a small one.

What was decided is compared with the demo's database afterwards, all of whose opportunities were read before.  Which
opportunities wait at which place depends on the day and the hour, so that names are read from the screen.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.board import LAUNCHER, STARTED, demo_data, hint_of, said_of
from tests.e2e.surroundings import write_settings
from tests.e2e.terminal import Terminal
from tests.e2e.tmux import in_tmux, needs_tmux
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.terminal

SETTINGS = 'start = "triage"\nhold_seconds = 60\n'
"""The hold outlasts the tour: what is taken back was never sent, and leaving has something to ask about."""

CARDS = """
SELECT o.Id, w.FullName, z.Iana, o.DueDate, o.Status, o.LossReason, o.CrmBoardColumnId, o.ResponsibleId, o.Value,
       o.Notes
FROM crmopportunities o JOIN coworkers w ON w.Id = o.CoworkerId JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
JOIN crmboards b ON b.Id = c.CrmBoardId JOIN businesses p ON p.Id = b.BusinessId
JOIN simpletimezones z ON z.Id = p.SimpleTimeZoneId
"""

NOTE = "called, nobody there"

PUT_OFF = "in a week"
"""Stands for a day that depends on when the tour is taken, and where."""

Decided = tuple[str, str]
"""A customer, and what became of the opportunity."""


@dataclass
class Sitting(Visitor):
    """Somebody who goes through the queue, and what they have decided."""

    decided: list[Decided] = field(default_factory=list)

    def name(self) -> str:
        """The customer of the row in hand; two blanks follow a name."""
        line = next(line for line in self.terminal.lines() if line.startswith(" ▸"))
        return re.split("  |▏", line[4:])[0].strip()

    def beside(self) -> str:
        """The customer whose record is beside the queue, or below it."""
        _, first, *lines = self.terminal.lines()
        if "▏" in first:
            return first.split("▏")[1].strip()
        rule = next(place for place, line in enumerate(lines) if line and not line.strip("─"))
        return lines[rule + 1].strip()

    def names(self, count: int) -> list[str]:
        """So many customers from the one in hand on, and the one behind them."""
        names = [self.name()]
        for _ in range(count):
            self.press("j")
            names.append(self.name())
        self.press(*["k"] * count)
        assert self.name() == names[0]
        return names

    def see_in_hand(self, name: str) -> None:
        """Wait until the cursor is there, and the record with it."""
        self.terminal.wait_until(
            lambda: (self.name(), self.beside()) == (name, name), f"{name} in hand, and beside"
        )
        self.terminal.wait_quiet(100)

    def begin(self) -> None:
        """Wait until the program has opened with the queue, and go to what is late: its follow-ups lie behind."""
        self.terminal.wait_for(r"^ ▸", STARTED)
        self.see(r"as of \d\d:\d\d")
        self.terminal.wait_until(
            lambda: "loading" not in self.terminal.text(), "the whole book", STARTED
        )
        self.terminal.wait_quiet(500)
        for _ in range(8):
            if re.search(r"^ ▸ .*due \d+ d ago", self.terminal.text(), re.MULTILINE):
                return
            self.press("tab")
        raise AssertionError(f"nothing is late\n{self.terminal.text()}")

    def follow_up(self) -> None:
        """Put one off by a chip, and one to a day that is typed."""
        name, following, third = self.names(2)
        self.press("f")
        self.see(rf"^ Follow up +{re.escape(name)}")
        self.press("w")
        self.see(said_of(name, "follow-up"))
        self.see_in_hand(following)
        day = str((datetime.now(UTC) + timedelta(days=10)).date())
        self.press("f", "space")
        self.terminal.type(day)
        self.see(day)
        self.press("enter")
        self.see(said_of(following, "follow-up"))
        self.see_in_hand(third)
        self.decided += [(name, PUT_OFF), (following, day)]

    def lose(self) -> None:
        """Lose one, take that back, and lose it for another reason."""
        name, following = self.names(1)
        self.press("x")
        self.press(hint_of(self.terminal, "Lost — why\\?", "Timing"))
        self.see(said_of(name, "open → lost: Timing"))
        self.see_in_hand(following)
        self.press("u")
        self.see(f"taken back · {said_of(name, 'open → lost: Timing')}")
        self.see_in_hand(name)
        self.press("x")
        self.press(hint_of(self.terminal, "Lost — why\\?", "Price"))
        self.see(said_of(name, "open → lost: Price"))
        self.see_in_hand(following)
        self.decided.append((name, "lost for 4"))

    def note(self) -> None:
        """Add a note: the record stays in the queue, and the next one is in hand."""
        name, following = self.names(1)
        self.press("a")
        self.terminal.type(NOTE)
        self.press("enter")
        self.see(said_of(name, "note: called"))
        self.see_in_hand(following)
        self.decided.append((name, "note"))

    def skip(self) -> None:
        """Leave one out, and take it in again."""
        name, following = self.names(1)
        self.press("S")
        self.see("1 skipped")
        self.see_in_hand(following)
        self.press("u")
        self.see_in_hand(name)
        assert "skipped" not in self.terminal.lines()[-3]

    def decide_together(self) -> None:
        """Decide about three and take it back; again, with one of them left out after a look at what would be."""
        *names, following = self.names(3)
        self._mark(3)
        self.press("f", "w")
        self.see(r"Follow-up .*: 3 to write")
        self.press("enter")
        self.see("3 records")
        self.see_in_hand(following)
        self.press("u")
        self.see("taken back")
        self.see_in_hand(names[0])
        self._mark(3)
        self.press("f", "w")
        self.see("3 to write")
        self.press("d")
        self.see(r"2 to write,\s+1 stay")  # wrapped or not, as names have it
        self.press("enter")
        self.see("2 records")
        self.decided += [(name, PUT_OFF) for name in names[1:]]
        self.press("M")
        self.terminal.wait_until(lambda: "marked" not in self.terminal.text(), "no marks")
        self.see_in_hand(following)

    def _mark(self, count: int) -> None:
        self.press("M", *["space"] * count)
        self.see(f"{count} marked")

    def burst(self) -> None:
        """Put off two whose keys come at once, as they do over a slow link."""
        *names, following = self.names(2)
        self.terminal.type_bytes(b"fwfw")
        self.see(said_of(names[1], "follow-up"))
        self.see_in_hand(following)
        self.decided += [(name, PUT_OFF) for name in names]

    def leave(self) -> None:
        """Leave, and have all that is held sent."""
        self.terminal.press("q")
        self.see("Not sent yet")
        self.terminal.press("s")

    def take(self) -> None:
        """Do all of it."""
        self.begin()
        self.follow_up()
        self.lose()
        self.note()
        self.skip()
        self.decide_together()
        self.burst()
        self.leave()


Cards = dict[int, tuple[object, ...]]


def cards(environment: Mapping[str, str]) -> Cards:
    """Every opportunity of the demo, by its id."""
    return {int(str(each[0])): each[1:] for each in demo_data(environment, CARDS)}


def changes(before: Cards, after: Cards, began: datetime) -> list[Decided]:
    """What the database has otherwise now, in the words of the tour."""
    assert before.keys() == after.keys()
    found = []
    for record_id, now in after.items():
        if now != before[record_id]:
            found.append((str(now[0]), _change(before[record_id], now, began)))
    return found


def _change(before: tuple[object, ...], now: tuple[object, ...], began: datetime) -> str:
    _, zone, due, status, reason, *others = now
    was_due, was_status, was_reason, *were = before[2:]
    if others[:-1] != were[:-1] or before[:2] != now[:2]:
        return f"{before} → {now}"
    if others != were:
        (*_, old), (*_, new) = were, others
        line = str(new).removeprefix(str(old or "")).strip()
        is_alone = (due, status, reason) == (was_due, was_status, was_reason)
        return "note" if is_alone and line.endswith(f": {NOTE}") else f"{old} → {new}"
    if due == was_due:
        return f"lost for {reason}" if status == 3 else f"status {status}"
    place = ZoneInfo(str(zone))
    day = datetime.fromisoformat(str(due)).astimezone(place).date()
    first = began.astimezone(place).date()
    in_a_week = {first + timedelta(days=7), datetime.now(place).date() + timedelta(days=7)}
    return PUT_OFF if day in in_a_week else str(day)


def compare(sitting: Sitting, found: list[Decided]) -> None:
    """See that the database was told all of this, and nothing else; a terminal may have left blanks in a name."""
    assert Counter(map(_spelled, found)) == Counter(map(_spelled, sitting.decided))


def _spelled(decided: Decided) -> Decided:
    return "".join(decided[0].split()), decided[1]


def test_a_sitting_at_the_queue_by_keys_alone(environment: dict[str, str]) -> None:
    write_settings(environment, SETTINGS)
    began = datetime.now(UTC)
    with Terminal.start([LAUNCHER, "demo"], environment, cols=120, rows=36) as terminal:
        sitting = Sitting(terminal)
        sitting.begin()
        before = cards(environment)
        sitting.take()
        assert terminal.wait_exit(60) == 0
        assert re.search(r"\d+ items decided in ", terminal.text())
        assert terminal.unrestored() == []
        assert terminal.family() == []
        assert b"Traceback" not in terminal.raw
    assert terminal.left_behind == []
    compare(sitting, changes(before, cards(environment), began))


@needs_tmux
def test_the_same_sitting_in_tmux_on_a_small_terminal(environment: dict[str, str]) -> None:
    write_settings(environment, SETTINGS)
    began = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory(prefix="crm-") as folder,
        in_tmux([LAUNCHER, "demo"], environment, Path(folder), 80, 24) as tmux,
    ):
        sitting = Sitting(tmux.terminal)
        sitting.begin()
        before = cards(environment)
        sitting.take()
        tmux.terminal.wait_exit(60)
        assert tmux.exit_status() == 0
        assert tmux.terminal.unrestored() == []
        assert tmux.terminal.family() == []
    assert tmux.terminal.left_behind == []
    compare(sitting, changes(before, cards(environment), began))
