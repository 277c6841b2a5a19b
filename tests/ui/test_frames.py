"""What is sent of a frame: the terminal shows the same as if all of it were sent, for fewer bytes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from random import Random

import pyte
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip
from wcwidth import wcwidth

from crm_tui.ui.cells import width_of
from crm_tui.ui.frames import SURE, Frames

WIDTH, HEIGHT = 12, 4

UNSURE = "दी"
"""A letter with a vowel sign: for us two cells."""

CONSOLE = Console(color_system="truecolor", force_terminal=True, width=WIDTH)

STYLES = (
    Style(color="red"),
    Style(bold=True),
    Style(bgcolor="blue"),
    Style(color="red", reverse=True),
    Style(color="#102030", bgcolor="blue", bold=True, dim=True),
)


class Drawn:
    """What a screen of widgets looks like, and how the toolkit tells of it."""

    def __init__(self, chance: Random, letters: str = "ab世") -> None:
        self._chance = chance
        self._letters = letters.split("|") if "|" in letters else list(letters)
        self._lines: list[dict[int, Strip]] = [{} for _ in range(HEIGHT)]

    def whole(self) -> LayoutUpdate:
        """Tell all of it."""
        lines: list[Iterable[Strip]] = [list(line.values()) for line in self._lines]
        return LayoutUpdate(lines, Region(0, 0, WIDTH, HEIGHT))

    def laid_out_anew(self) -> LayoutUpdate:
        """Change where the widgets are."""
        for line in self._lines:
            line.clear()
            cuts = sorted(self._chance.sample(range(1, WIDTH), self._chance.randint(0, 3)))
            for begin, end in pairwise([0, *cuts, WIDTH]):
                line[begin] = self._strip(end - begin)
        return self.whole()

    def changed(self) -> ChopsUpdate:
        """Change what some widgets show."""
        spans = []
        for y in sorted(self._chance.sample(range(HEIGHT), self._chance.randint(1, HEIGHT))):
            line = self._lines[y]
            x = self._chance.choice(list(line))
            line[x] = self._strip(line[x].cell_length)
            ends = [begin + strip.cell_length for begin, strip in line.items() if begin >= x]
            somewhere = self._chance.randint(x + 1, WIDTH)  # within a letter of two cells, too
            spans.append((y, x, self._chance.choice([*ends, somewhere])))
        ends_of_all = [[x + strip.cell_length for x, strip in line.items()] for line in self._lines]
        return ChopsUpdate([dict(line) for line in self._lines], spans, ends_of_all)

    def unsure(self) -> set[tuple[int, int]]:
        """Give row and column of what is left to the terminal: where a text of unsure width stands."""
        found = set()
        for y, line in enumerate(self._lines):
            for begin, strip in line.items():
                x = begin
                for text, _, _ in strip:
                    if UNSURE in text:
                        found |= {(y, column) for column in range(x, x + width_of(text))}
                    x += width_of(text)
        return found

    def _strip(self, width: int) -> Strip:
        """Give two runs of few letters and styles, so that much is as it was."""
        runs = []
        for cells in (width // 2, width - width // 2):
            letter = self._chance.choice(self._letters)
            text = letter * self._chance.choice((cells // width_of(letter), cells // 5))
            runs.append(Segment(text + " " * (cells - width_of(text)), self._chance.choice(STYLES)))
        return Strip(runs, width)


class Shown:
    """A terminal's screen, a little wider than what is drawn: what runs over the edge is not wrapped."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH * 2, HEIGHT)
        self._stream = pyte.Stream(self.screen)

    def feed(self, data: str) -> None:
        self._stream.feed(data)

    def cells(self) -> list[tuple[object, ...]]:
        """Every cell with its look; of a blank only its ground is seen, unless it is turned round."""
        return [tuple(map(self._look, range(WIDTH), [y] * WIDTH)) for y in range(HEIGHT)]

    def _look(self, x: int, y: int) -> object:
        cell = self.screen.buffer[y][x]
        return (" ", cell.bg) if cell.data == " " and not cell.reverse else cell


@pytest.mark.parametrize("seed", range(40))
def test_a_terminal_shows_what_it_would_if_all_were_sent(seed: int) -> None:
    """Some frames are kept from a terminal that is behind; it shows the last one all the same."""
    chance = Random(seed)
    drawn, frame, less = Drawn(chance), Frames(), Shown()
    frame.take(drawn.laid_out_anew())
    for _ in range(20):
        frame.take(chance.choice((drawn.laid_out_anew, drawn.changed, drawn.changed))())
        if chance.random() < 0.7:
            full = Shown()
            full.feed(drawn.whole().render_segments(CONSOLE))
            less.feed(frame.render_segments(CONSOLE))
            assert less.cells() == full.cells()
            assert not frame.is_due


@pytest.mark.parametrize("seed", range(10))
def test_what_is_shown_already_is_not_sent_until_it_is_forgotten(seed: int) -> None:
    drawn, frame, again, full = Drawn(Random(seed)), Frames(), Shown(), Shown()
    frame.take(drawn.laid_out_anew())
    frame.take(drawn.changed())
    assert frame.render_segments(CONSOLE) != ""
    frame.take(drawn.whole())
    assert frame.render_segments(CONSOLE) == ""
    frame.forget()
    again.feed(frame.render_segments(CONSOLE))
    full.feed(drawn.whole().render_segments(CONSOLE))
    assert again.cells() == full.cells()


def test_another_size_begins_anew() -> None:
    frame = Frames()
    line = [Strip([Segment("a" * WIDTH)], WIDTH)]
    for height in (HEIGHT, HEIGHT + 1, HEIGHT):
        frame.take(LayoutUpdate([line] * height, Region(0, 0, WIDTH, height)))
        assert frame.render_segments(CONSOLE).count("a") == WIDTH * height


@pytest.mark.parametrize("taken_for", ["x", "xy", "xyz"])
@pytest.mark.parametrize("seed", range(30))
def test_a_text_of_unsure_width_spoils_nothing_beside_it(taken_for: str, seed: int) -> None:
    """The terminal gives some letters fewer or more cells than we do, or the same."""
    chance = Random(seed)
    drawn, frame, less = Drawn(chance, f"a|b|{UNSURE}|世"), Frames(), Shown()
    frame.take(drawn.laid_out_anew())
    for _ in range(20):
        frame.take(chance.choice((drawn.laid_out_anew, drawn.changed, drawn.changed))())
        full = Shown()
        full.feed(drawn.whole().render_segments(CONSOLE).replace(UNSURE, "xy"))
        less.feed(frame.render_segments(CONSOLE).replace(UNSURE, taken_for))
        left_out = drawn.unsure()
        for y, (shown, wanted) in enumerate(zip(less.cells(), full.cells(), strict=True)):
            for x, (is_there, should_be) in enumerate(zip(shown, wanted, strict=True)):
                assert is_there == should_be or (y, x) in left_out, (y, x)


def test_every_character_that_is_sure_has_the_cells_that_it_is_given() -> None:
    for first, last, cells in SURE:
        assert {width_of(chr(number)) for number in range(first, last + 1)} == {cells}, hex(first)
        for number in (first, last):
            assert wcwidth(chr(number)) == cells, "a terminal's own reckoning"


def test_of_a_line_with_a_text_of_unsure_width_only_what_it_can_reach_is_sent_with_it() -> None:
    frame, sent = Frames(), []
    for name in ("ab", "दी", "cd", "ef"):
        runs = [Segment(name), Segment("|12", STYLES[0]), Segment("  end", STYLES[1])]
        frame.take(LayoutUpdate([[Strip(runs)]], Region(0, 0, WIDTH, 1)))
        sent.append(frame.render_segments(CONSOLE))
    assert [["12" in each, "end" in each] for each in sent] == [
        [True, True],
        [False, False],
        [False, False],
        [False, False],
    ]
    assert "|1" in sent[1]
    assert sent[1].index("  ") < sent[1].index("दी"), "it may come out shorter"


def test_a_style_costs_what_differs_from_the_one_before() -> None:
    red, ground = Style.parse("#ff0000 on #000010"), Style.parse("#00ff00 on #000010")
    bold, plain = Style.parse("bold #00ff00 on #000010"), None
    frame = Frames()
    styles = (red, ground, bold, plain)
    line = Strip([Segment(letter, style) for letter, style in zip("abcd", styles, strict=True)])
    frame.take(LayoutUpdate([[line]], Region(0, 0, WIDTH, 1)))
    assert frame.render_segments(CONSOLE) == (
        "\x1b[1H\x1b[38;2;255;0;0;48;2;0;0;16ma\x1b[38;2;0;255;0mb\x1b[1mc\x1b[md"
    )
