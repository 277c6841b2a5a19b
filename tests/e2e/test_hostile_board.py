"""Hostile records on all that lies over and beside the board, judged by the raw bytes (rows D01, D06, D08, D10 to D12).

Panels of choices, preview, stage strip, record, filter line, status and chrome are gone through once, by keys; each
row then asks what came of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from tests import payloads
from tests.e2e.board import LAUNCHER
from tests.e2e.hostile import connection, plant, seen_in, wrapped
from tests.e2e.surroundings import throwaway_environment
from tests.e2e.terminal import Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.xdist_group("hostile board")]

EVERYTHING = set(range(len(payloads.ALL)))
LINE_ENDS = {n for n in EVERYTHING if re.search("[\n\r\x0b\x0c\x85\u2028\u2029]", payloads.ALL[n])}
"""Payloads that notes show on two lines."""

CUT = {payloads.ALL.index("[@click=app.quit]x[/]")}
"""The one that is longer than the preview gives a name room for."""

FIELDS = {
    "UPDATE crmopportunities SET UtmSource = ?": "x",
    "UPDATE crmopportunities SET UtmCampaign = ?": "y",
    "UPDATE opportunitytypes SET Name = ?": "t",
    "UPDATE coworkers SET Email = ?": "e",
    "UPDATE coworkers SET MobilePhone = ?": "p",
    "UPDATE users SET FullName = ?": "u",
}
"""What only the record shows, with the letters of its nonces."""

TWINS = ("Ann\u202ea Berg", "Ann\u2066a Berg", "Anna Berg")
TOWER = "To" + "\u0301" * 200 + "wer"


@dataclass
class Crawl:
    """What came out of each surface, and the rows of the screen there."""

    raw: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)

    def note(self, surface: str, terminal: Terminal, begin: int) -> None:
        """Keep what was written since there were so many chunks."""
        data = b"".join(chunk.data for chunk in terminal.chunks[begin:])
        self.raw[surface] = self.raw.get(surface, "") + data.decode(errors="ignore")
        self.rows.setdefault(surface, []).extend(terminal.lines())


def press(terminal: Terminal, *keys: str) -> None:
    """Press keys, each once the last one is drawn; soon after escape a key would be another one."""
    for key in keys:
        terminal.press(key)
        terminal.wait_byte(1.0)
        terminal.wait_quiet(250 if key == "escape" else 60)


def plant_more(environment: dict[str, str]) -> None:
    """Put payloads into what only the record shows, and two names that look alike at the top."""
    lines = "\n".join(wrapped("o", number) for number in sorted(EVERYTHING - LINE_ENDS))
    with connection(environment) as database:
        database.execute("UPDATE crmopportunities SET Notes = ?", (lines,))
        for place, (statement, letter) in enumerate(FIELDS.items()):
            database.execute(statement, (wrapped(letter, 13 * place),))
        first = database.execute(
            """SELECT o.CoworkerId FROM crmopportunities o JOIN crmboardcolumns c
               ON c.Id = o.CrmBoardColumnId WHERE c.Name = ? ORDER BY o.Position, o.Id LIMIT 9""",
            (wrapped("s", 0),),
        ).fetchall()
        for name, (customer,) in zip((*TWINS, TOWER), first[5:], strict=True):
            database.execute(
                "UPDATE coworkers SET FullName = ?, CompanyName = NULL WHERE Id = ?",
                (name, customer),
            )


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """Go through everything that the board opens, on a demo whose every text is hostile."""
    environment = throwaway_environment(tmp_path_factory.mktemp("hostile") / "home")
    plant(environment)
    plant_more(environment)
    found = Crawl()
    with Terminal.start([LAUNCHER, "demo"], environment, cols=120, rows=44) as terminal:
        terminal.wait_for(r"as of \d\d:\d\d")
        terminal.wait_quiet(1000)
        _panels(terminal, found)
        _status(terminal, found)
        _record(terminal, found)
        _filter(terminal, found)
        _preview(terminal, found)
        begin = len(terminal.chunks)
        terminal.resize(80, 24)
        terminal.wait_quiet(500)
        press(terminal, "l", "l", "l")
        found.note("strip", terminal, begin)
        terminal.press("q")
        assert terminal.wait_exit(40) == 0
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw
    assert terminal.left_behind == []
    return found


def _panels(terminal: Terminal, found: Crawl) -> None:
    for keys in ("m", "B", "g l"):
        begin = len(terminal.chunks)
        press(terminal, *keys.split())
        terminal.wait_for("a letter chooses")
        terminal.wait_quiet(60)
        found.note(f"panel {keys}", terminal, begin)
        press(terminal, "escape")
        terminal.wait_until(lambda: "a letter chooses" not in terminal.text(), "the panel's end")
    press(terminal, "g", "g")  # what came after the first cards may stand above the cursor
    for _ in range(12):
        begin = len(terminal.chunks)
        press(terminal, "j", "m")
        terminal.wait_for(r"^ Move .* to [ ─]*\n[\s\S]*a letter chooses")
        terminal.wait_quiet(60)
        found.note("title", terminal, begin)
        press(terminal, "escape")
        terminal.wait_until(lambda: "a letter chooses" not in terminal.text(), "the panel's end")
    press(terminal, "g", "g")


def _status(terminal: Terminal, found: Crawl) -> None:
    for _ in range(6):
        begin = len(terminal.chunks)
        press(terminal, ".")
        terminal.wait_for("to send")
        found.note("status", terminal, begin)
        press(terminal, "u")
        terminal.wait_for("taken back")
        press(terminal, "j")


def _record(terminal: Terminal, found: Crawl) -> None:
    begin = len(terminal.chunks)
    press(terminal, "g", "g", "Z")
    terminal.wait_for(r"\{o\d\d")
    terminal.wait_quiet(600)
    found.note("record", terminal, begin)
    for _ in range(24):
        begin = len(terminal.chunks)
        press(terminal, "ctrl+e", "ctrl+l")  # all of it, not only what differs from the line before
        found.note("record", terminal, begin)
    press(terminal, "Z", "Z")


def _filter(terminal: Terminal, found: Crawl) -> None:
    begin = len(terminal.chunks)
    press(terminal, "F")
    for number in (0, 16, 39, 52, len(payloads.CONTROL), len(payloads.CONTROL) + 2):
        terminal.paste(wrapped("f", number).replace("\x1b", ""))
        terminal.wait_quiet(60)
    terminal.type(" :(")
    terminal.wait_quiet(100)
    found.note("filter", terminal, begin)
    press(terminal, "escape")


def _preview(terminal: Terminal, found: Crawl) -> None:
    begin = len(terminal.chunks)
    press(terminal, "A", ".")
    terminal.wait_for("to write")
    for _ in range(30):
        found.note("preview", terminal, begin)
        begin = len(terminal.chunks)
        press(terminal, "pagedown")
    press(terminal, "escape", "M")


def test_D01_D06_no_control_byte_comes_out_of_what_the_board_opens(crawl: Crawl) -> None:
    seen = {surface: seen_in(raw) for surface, raw in crawl.raw.items()}
    assert seen["panel m"]["s"] == {0, 7, 14, 21}
    assert seen["panel B"]["b"] == {3}
    assert seen["panel g l"]["l"] == {24}
    assert len(seen["title"]["n"]) >= 8
    assert seen["status"]["n"]
    assert seen["record"]["o"] == EVERYTHING - LINE_ENDS
    for place, letter in enumerate(FIELDS.values()):
        assert seen["record"][letter] == {13 * place}
    assert seen["preview"]["n"] == EVERYTHING - CUT
    assert seen["strip"]["s"]
    assert "filter" in crawl.raw


def test_D08_markup_is_shown_as_it_is_wherever_it_stands(crawl: Crawl) -> None:
    preview = "\n".join(crawl.rows["preview"])
    record = "\n".join(crawl.rows["record"])
    for markup in payloads.MARKUP:
        assert markup in preview
        assert markup in record


def test_D10_names_that_a_reordering_character_makes_look_alike_differ(crawl: Crawl) -> None:
    titles = {row.strip(" ─") for row in crawl.rows["title"] if "Berg to" in row}
    assert titles == {"Move Ann‹202E›a Berg to", "Move Ann‹2066›a Berg to", "Move Anna Berg to"}


def test_D11_what_takes_no_room_leaves_a_mark_and_one_row_stays_one_row(crawl: Crawl) -> None:
    for surface, raw in crawl.raw.items():
        assert not re.search("[\u00ad\u200b\u2028\u2029\ufeff\U000e0041]", raw), surface
    rows = "\n".join(crawl.rows["preview"])
    for number in range(len(payloads.CONTROL), len(payloads.CONTROL + payloads.HIDDEN)):
        row = rf"\{{n{number}\S+n{number}\}} +\{{s\S+ → \{{s"
        assert re.search(row, rows), payloads.ALL[number]


def test_D12_a_tower_of_marks_is_cut_and_its_neighbours_are_untouched(crawl: Crawl) -> None:
    for surface, raw in crawl.raw.items():
        assert "\u0301" * 4 not in raw, surface
    assert "Tó\u0301\u0301wer" in "\n".join(crawl.rows["title"])
