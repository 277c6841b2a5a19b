"""One sitting at the board, by keys only: in a plain terminal, and in tmux on a small one.

What was decided is compared with the sandbox's database afterwards, which nobody on the way has touched.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.board import (
    LAUNCHER,
    current_card,
    demo_data,
    hint_of,
    said_of,
    wait_for_board,
)
from tests.e2e.terminal import Terminal
from tests.e2e.tmux import in_tmux, needs_tmux
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.terminal

MOVES = """
SELECT w.FullName, c.Name FROM crmopportunityhistories h
JOIN crmopportunities o ON o.Id = h.CrmOpportunityId JOIN coworkers w ON w.Id = o.CoworkerId
JOIN crmboardcolumns c ON c.Id = h.NewCrmBoardColumnId
WHERE h.CreatedOn >= (SELECT min(At) FROM requests) ORDER BY h.Id
"""

ORDER = """
SELECT w.FullName FROM crmopportunities o JOIN coworkers w ON w.Id = o.CoworkerId
JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
WHERE c.Id = (SELECT c.Id FROM crmboardcolumns c JOIN crmboards b ON b.Id = c.CrmBoardId
              WHERE b.Archived = 0 ORDER BY b.BusinessId, b.Id, c.Position LIMIT 1)
ORDER BY o.Position, o.Id LIMIT 3
"""


@dataclass
class Tour(Visitor):
    """Somebody who goes over the whole board, and what they have decided."""

    moved: list[tuple[str, str]] = field(default_factory=list)
    """Customer and stage, in the order of the keys."""
    first: list[str] = field(default_factory=list)
    """The customers at the top of the first stage in the end."""

    def name(self) -> str:
        """The customer under the cursor."""
        first = current_card(self.terminal)[0].removeprefix("● ")
        return re.split("  |●", first)[0].strip()

    def not_in_chrome(self, text: str) -> None:
        """Wait until the first line does not say something any more."""
        self.terminal.wait_until(lambda: text not in self.terminal.lines()[0], f"no {text}")

    def move_cards(self) -> None:
        """Move a card by one key, one by a letter, and take one move back within its hold."""
        name = self.name()
        self.press(".")
        self.see(rf"(to send|saved [\d:]+) · {said_of(name, '→ Tour booked')}")
        self.moved.append((name, "Tour booked"))
        self.press("h", "g", "g")
        kept = self.name()
        self.press(".")
        self.see("u undo")
        self.press("u")
        self.see(f"taken back · {said_of(kept, '→ Tour booked')}")
        assert self.name() == kept
        self.press("h", "g", "g")
        assert self.name() == kept
        self.press("j")
        name = self.name()
        self.press("m")
        self.press(hint_of(self.terminal, "Move", "Office tour"))
        self.see(rf"(to send|saved [\d:]+) · {said_of(name, '→ Office tour')}")
        self.moved.append((name, "Office tour"))
        self.press("h", "h", "g", "g")

    def put_in_order(self) -> None:
        """Put the first card behind the second."""
        name = self.name()
        self.press("j")
        second = self.name()
        self.press("k", "J")
        self.see("down inside Enquiry")
        self.press("J", "K")
        assert self.name() == name
        self.press("g", "g")
        assert self.name() == second
        self.first = [second, name]

    def move_marked(self) -> None:
        """Mark three cards, look at what would be written, and leave one of them out."""
        self.press("j", "j")
        names = []
        for _ in range(3):
            names.append(self.name())
            self.press("space")
        self.see("3 marked")
        self.press(".")
        self.see("Move 3 to the next stage.*: 3 to write")
        self.press("d")
        self.see(
            r"2 to write,\s+2\s+confirm\s+the\s+tour,\s+1\s+stays"
        )  # it may be broken anywhere
        self.press("enter")
        self.see(
            "to send · 2 records|saved .* → Tour booked"
        )  # an earlier one may just have arrived
        self.press("M")
        self.not_in_chrome("marked")
        self.moved += [(name, "Tour booked") for name in names[1:]]
        self.press("g", "g")
        self.first.append(names[0])

    def narrow(self) -> None:
        """Filter by something that cannot be read, then by what can."""
        self.press("F")
        self.terminal.type("valeu>500")
        self.see(r"^ F valeu>500 .* there is no field")
        self.press("enter")
        assert self.terminal.lines()[1].startswith(" F ")
        self.press("ctrl+u")
        self.terminal.type("value>500")
        self.press("enter")
        self.see(r"^ crm-tui .*  value>500")
        self.see(r"\d+/\d+")
        self.press("escape")
        self.not_in_chrome("value>500")

    def change_boards(self) -> None:
        """Go to a board by its letter, and to the boards of one location and of all."""
        self.press("B")
        self.press(hint_of(self.terminal, "Show board", "Event space"))
        self.see("^ crm-tui  Riverside  Event space")
        self.press("B")
        self.press(hint_of(self.terminal, "Show board", "Sales pipeline"))
        self.see("^ crm-tui  Riverside  Sales pipeline  1 of 4")
        self.press("g", "l")
        self.press(hint_of(self.terminal, "Show the boards of", "Riverside"))
        self.see("1 of 2")
        self.press("g", "l")
        self.press(hint_of(self.terminal, "Show the boards of", "all locations"))
        self.see("1 of 4")

    def look(self, places: int) -> None:
        """Have the record in all its places, and a line for each card."""
        for _ in range(places - 1):
            self.press("Z")
            self.see("Stage     Enquiry")
        self.press("Z")
        assert "Stage     " not in self.terminal.text()
        name = self.name()
        self.press("z")
        self.terminal.wait_until(
            lambda: len(current_card(self.terminal)) == 1, "a line for each card"
        )
        self.press("?")
        self.see("type to search")
        self.terminal.type("a line for each")
        self.see("Show cards, or a line for each")
        self.press("enter")
        self.terminal.wait_until(lambda: len(current_card(self.terminal)) > 1, "cards again")
        assert self.name() == name

    def resize(self, cols: int, rows: int) -> None:
        """Make the window small, huge and what it was: the cursor stays on its record."""
        self.press("j")
        name = self.name()
        for size in ((60, 20), (300, 100), (cols, rows)):
            self.terminal.resize(*size)
            self.terminal.wait_until(partial(self._is_drawn, size[1]), f"all of it at {size}", 60)
            self.terminal.wait_quiet(300, timeout=60)
            assert self.name() == name, size
        self.press("k")

    def _is_drawn(self, rows: int) -> bool:
        lines = self.terminal.lines()
        return len(lines) == rows and lines[-1].rstrip().endswith("q quit")

    def leave(self) -> None:
        """Leave while something is held."""
        self.press("g", "g")  # a filter that hid the first card has moved the cursor
        name = self.name()
        # What becomes of earlier moves is said in the same place, and may be said right after this one.
        self.terminal.wait_until(self._is_all_sent, "all sent", 60)
        self.press(".")
        self.see(f"to send · {said_of(name, '→ Tour booked')}")
        self.moved.append((name, "Tour booked"))
        self.first.remove(name)
        self.terminal.press("q")
        self.see("Not sent yet")
        self.terminal.press("s")

    def _is_all_sent(self) -> bool:
        status = self.terminal.lines()[-2]
        return "held" not in status and "sending" not in status

    def take(self, cols: int, rows: int, places: int) -> None:
        """Do all of it."""
        wait_for_board(self.terminal)
        self.see(r"as of \d\d:\d\d")
        self.move_cards()
        self.put_in_order()
        self.move_marked()
        self.narrow()
        self.change_boards()
        self.look(places)
        self.resize(cols, rows)
        self.leave()

    def compare(self, environment: Mapping[str, str]) -> None:
        """Ask the database whether it was told all of this, and nothing else."""
        assert sorted(demo_data(environment, MOVES)) == sorted(self.moved)
        shown = [name for (name,) in demo_data(environment, ORDER)]
        assert shown[: len(self.first)] == self.first
        assert demo_data(
            environment, "SELECT DISTINCT Status FROM requests WHERE Method='PUT'"
        ) == [(200,)]


def test_a_tour_of_the_board_by_keys_alone(environment: dict[str, str]) -> None:
    with Terminal.start([LAUNCHER, "demo"], environment, cols=120, rows=36) as terminal:
        tour = Tour(terminal)
        tour.take(120, 36, places=3)
        assert terminal.wait_exit(60) == 0
        assert terminal.unrestored() == []
        assert terminal.family() == []
        assert b"Traceback" not in terminal.raw
    assert terminal.left_behind == []
    tour.compare(environment)


@needs_tmux
def test_the_same_tour_in_tmux_on_a_small_terminal(environment: dict[str, str]) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="crm-") as folder,
        in_tmux([LAUNCHER, "demo"], environment, Path(folder), 80, 24) as tmux,
    ):
        tour = Tour(tmux.terminal)
        tour.take(80, 24, places=2)
        tmux.terminal.wait_exit(60)
        assert tmux.exit_status() == 0
        assert tmux.terminal.unrestored() == []
        assert tmux.terminal.family() == []
    assert tmux.terminal.left_behind == []
    tour.compare(environment)
