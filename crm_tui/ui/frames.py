"""What the terminal shows and what it should show, cell by cell of its lines; what differs is what is sent.

The toolkit sends whole lines where a panel opens or a widget was touched, and every frame even to a terminal that has
not taken the one before.  Here a frame is only taken note of; how much is sent, and when, is asked for.  Nothing is
drawn here, and nothing decided.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

from crm_tui.ui import pen
from crm_tui.ui.cells import width_of

SURE: Final = (
    *((0x20, 0x7E, 1), (0xA0, 0xAC, 1), (0xAE, 0x2FF, 1)),
    *((0x370, 0x482, 1), (0x48A, 0x52F, 1)),
    *((0x5D0, 0x5EA, 1), (0x620, 0x64A, 1)),
    *((0x2010, 0x2027, 1), (0x2030, 0x205E, 1), (0x20A0, 0x20BF, 1), (0x2190, 0x2319, 1)),
    *((0x2500, 0x25FC, 1), (0x25FF, 0x25FF, 1)),
    *((0x3041, 0x3096, 2), (0x30A1, 0x30FA, 2), (0x30FC, 0x30FC, 2)),
    *((0x3400, 0x4DBF, 2), (0x4E00, 0x9FFF, 2), (0xAC00, 0xD7A3, 2)),
)
"""First and last of characters to which all terminals give the same cells, and how many.

They are letters of Latin, Greek and Cyrillic, of Hebrew and Arabic script, signs, lines and blocks, then letters of
Japanese, Chinese and Korean.  Terminals do not agree about all else: marks, clusters, pictures.
"""

_WIDEST: Final = 2
"""Cells of the widest letter there is."""

_MOVE: Final = 4
"""Bytes of moving the cursor on its line; as many cells that read as they should are rather sent again."""


class Run(NamedTuple):
    """Text in one style."""

    begin: int
    """Its first column, from 0."""
    end: int
    """The column behind it."""
    text: str
    style: Style | None
    """The same object for all that are equal."""


class Piece(NamedTuple):
    """Part of a line."""

    begin: int
    end: int
    strip: Strip
    runs: tuple[Run, ...]
    """What it is made of; read once, since each frame is set against the one before."""


Part = tuple[int, str, Style | None]
"""What is to be written: its first column, the text and the style."""

Line = list[Piece]
"""From left to right; none begins before the one at its left has ended."""


class Frames(CompositorUpdate):
    """An update that brings the terminal from what it shows to what it should show."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._shown: list[Line] = []
        self._wanted: list[Line] = []
        self._due: set[int] = set()
        """Lines that should read otherwise than they do."""

    @property
    def is_due(self) -> bool:
        """Whether something is not shown as it should be."""
        return bool(self._due)

    def take(self, update: LayoutUpdate | ChopsUpdate) -> None:
        """Take note of what the terminal should show."""
        if isinstance(update, LayoutUpdate):
            self._take_whole(update)
        else:
            self._take_parts(update)

    def forget(self) -> None:
        """Take nothing for shown: the terminal may show something else."""
        self._shown = [[] for _ in self._wanted]
        self._due = set(range(len(self._wanted)))

    def render_segments(self, console: Console) -> str:
        """Give what is to be written, and take it for shown."""
        writing = _Writing(console._color_system or ColorSystem.TRUECOLOR)
        for y in sorted(self._due):
            writing.write(y, _differing(self._shown[y], self._wanted[y]))
            self._shown[y] = self._wanted[y]
        self._due.clear()
        return writing.done()

    def _take_whole(self, update: LayoutUpdate) -> None:
        if update.region.size != self._size:
            self._size = update.region.size
            self._shown = [[] for _ in range(self._size.height)]
            self._wanted = [[] for _ in range(self._size.height)]
            self._due.clear()
        for y, strips in enumerate(update.strips):
            known = {piece.begin: piece for piece in self._wanted[y]}
            line, x = [], 0
            for strip in strips:
                piece = known.get(x)
                if piece is None or piece.strip is not strip:
                    piece = _piece(x, strip)
                line.append(piece)
                x = piece.end
            self._want(y, line)

    def _take_parts(self, update: ChopsUpdate) -> None:
        for y, begin, end in update.spans:
            if y >= len(self._wanted):  # the first whole frame has yet to come
                continue
            line = self._wanted[y]
            for right, (x, strip) in zip(
                update.chop_ends[y], update.chops[y].items(), strict=False
            ):
                # All of it, though less may be asked for: a cut could go through a letter of two cells.
                if strip is not None and x < end and right > begin:
                    line = _placed(line, x, strip.crop(0, right - x))
            self._want(y, line)

    def _want(self, y: int, line: Line) -> None:
        self._wanted[y] = line
        if line == self._shown[y]:
            self._due.discard(y)
        else:
            self._due.add(y)


def _piece(begin: int, strip: Strip) -> Piece:
    runs, x = [], begin
    for text, style, _ in strip:
        if text:
            runs.append(Run(x, x + width_of(text), text, _known(style)))
            x = runs[-1].end
    return Piece(begin, begin + strip.cell_length, strip, tuple(runs))


def _placed(line: Line, begin: int, strip: Strip) -> Line:
    """Put a strip where it belongs, over what was there."""
    end = begin + strip.cell_length
    placed: Line = []
    for place, other in enumerate(line):
        if other.begin == begin and other.end == end:  # as long as nothing is laid out anew
            is_there = other.strip is strip
            return line if is_there else [*line[:place], _piece(begin, strip), *line[place + 1 :]]
        if other.end <= begin or other.begin >= end:
            placed.append(other)
            continue
        if other.begin < begin:
            placed.append(_piece(other.begin, other.strip.crop(0, begin - other.begin)))
        if other.end > end:
            placed.append(_piece(end, other.strip.crop(end - other.begin)))
    placed.append(_piece(begin, strip))
    return sorted(placed, key=itemgetter(0))


def _differing(shown: Line, wanted: Line) -> Iterator[Part]:
    """Give what of a line is not shown yet.

    A text on whose width terminals do not agree is given whole, and over blanks, since it may come out shorter; what
    it may have run into is given again behind it.
    """
    before = {run.begin: run for piece in shown for run in piece.runs}
    after = [run for piece in wanted for run in piece.runs]
    are_kept = [before.get(run.begin) == run for run in after]
    for run, is_kept in zip(after, are_kept, strict=True):
        if is_kept:
            before.pop(run.begin, None)
    left = [run for run in before.values() if _is_sure(run.text)]
    reached = 0
    for run, is_kept in zip(after, are_kept, strict=True):
        if is_kept and run.begin >= reached:
            continue
        if _is_sure(run.text):
            yield from _parts(run, [run] if is_kept else left, reached)
        else:
            text = run.text.rstrip()
            yield run.begin, " " * (run.end - run.begin), run.style
            yield run.begin, text, run.style
            reached = max(reached, run.begin + _WIDEST * len(text))


def _parts(run: Run, shown: Sequence[Run], reached: int) -> Iterator[Part]:
    """Give those parts of a run that are not among what is shown, or that were `reached` by what stands before them.

    A short one between two of them goes along.  All texts are of sure width.
    """
    spans: list[tuple[int, int]] = []
    for begin, end in _unlike(run, shown, reached):
        if spans and begin - spans[-1][1] <= _MOVE:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    letters = _by_cell(run)
    for begin, end in spans:
        yield begin, "".join(letters[begin - run.begin : end - run.begin]), run.style


def _unlike(run: Run, shown: Sequence[Run], reached: int) -> Iterator[tuple[int, int]]:
    """Give from where to where a run reads otherwise than what is shown, or was reached, from left to right."""
    at = max(run.begin, min(reached, run.end))
    if at > run.begin:
        yield run.begin, at
    letters = _by_cell(run)
    for other in shown:
        begin, end = max(at, other.begin), min(run.end, other.end)
        if begin >= end:
            continue
        if at < begin:
            yield at, begin
        at = end
        mine = letters[begin - run.begin : end - run.begin]
        theirs = _by_cell(other)[begin - other.begin : end - other.begin]
        if other.style is run.style:
            if mine != theirs:
                for place, (one, another) in enumerate(zip(mine, theirs, strict=True), begin):
                    if one != another:
                        yield place, place + 1
        elif _on_blanks(other.style) is _on_blanks(run.style):
            for place, (one, another) in enumerate(zip(mine, theirs, strict=True), begin):
                if one != another or one != " ":
                    yield place, place + 1
        else:
            yield begin, end
    if at < run.end:
        yield at, run.end


def _by_cell(run: Run) -> Sequence[str]:
    """Give what stands in each cell of a text of sure width; in the second one of a letter of two, nothing."""
    if run.end - run.begin == len(run.text):
        return run.text
    wide = {
        character: (character, "") for character in run.text if _sure_cells(character) == _WIDEST
    }
    return [cell for each in run.text for cell in wide.get(each, (each,))]


@lru_cache(2048)
def _known(style: Style | None) -> Style | None:
    """Give the same object for all styles that are equal."""
    return style


@lru_cache(2048)
def _on_blanks(style: Style | None) -> Style | None:
    """Give what of a style is seen of a blank: its ground."""
    if style is None or pen.marks_blanks(style):
        return style
    return _known(Style(bgcolor=style.bgcolor))


def _is_sure(text: str) -> bool:
    """Say whether all terminals give each character of a text the same cells."""
    return text.isascii() or _is_sure_throughout(text)


@lru_cache(4096)
def _is_sure_throughout(text: str) -> bool:
    return all(map(_sure_cells, text))


@lru_cache(4096)
def _sure_cells(character: str) -> int:
    """Give the cells of a character of which terminals are sure, else none."""
    number = ord(character)
    last = bisect_right(SURE, number, key=itemgetter(0)) - 1
    return SURE[last][2] if last >= 0 and number <= SURE[last][1] else 0


def _along(at: int | None, begin: int) -> str:
    """Give what moves the terminal's cursor on its line, from a column that may not be known."""
    if at is None or begin < at:
        return f"\x1b[{begin + 1}G"
    return f"\x1b[{begin - at}C" if begin - at > 1 else "\x1b[C"


class _Writing:
    """A frame as it is written: where the terminal's cursor stands, and with what pen.

    Taking another pen costs more than going to another place, so all that is of one pen is written together.
    """

    def __init__(self, system: ColorSystem) -> None:
        self._system = system
        self._pen = pen.PLAIN
        self._at: tuple[int, int | None] = (-1, None)
        """Line, and column where that is sure."""
        self._written: list[str] = []
        self._waiting: dict[pen.Pen, list[tuple[int, int, str]]] = {}
        """Pen → line, first column and text of what is written with it."""

    def write(self, y: int, parts: Iterable[Part]) -> None:
        """Take in what is to be written on a line; what has to come in its order is written at once."""
        line = [(begin, text, pen.pen_of(style, self._system)) for begin, text, style in parts]
        if all(_is_sure(text) for _, text, _ in line):
            for begin, text, wanted in _joined(line):
                self._waiting.setdefault(wanted, []).append((y, begin, text))
        else:
            for begin, text, wanted in line:
                self._put(y, begin, text, wanted)

    def done(self) -> str:
        """Give all of it; the terminal's pen is a plain one again."""
        for wanted, parts in self._waiting.items():
            for y, begin, text in parts:
                self._put(y, begin, text, wanted)
        return "".join([*self._written, pen.change(self._pen, pen.PLAIN)])

    def _put(self, y: int, begin: int, text: str, wanted: pen.Pen) -> None:
        on_line, at = self._at
        if on_line != y:
            self._written.append(f"\x1b[{y + 1};{begin + 1}H" if begin else f"\x1b[{y + 1}H")
        elif begin != at:
            self._written.append(_along(at, begin))
        if text.isspace():
            wanted = pen.for_blanks(self._pen, wanted)
        self._written.append(pen.change(self._pen, wanted) + text)
        self._pen = wanted
        self._at = (y, begin + width_of(text) if _is_sure(text) else None)


Inked = tuple[int, str, pen.Pen]
"""A part with the pen that it is written with."""


def _joined(parts: Iterable[Inked]) -> list[Inked]:
    """Have blanks written along with what stands right before them, where they look the same so."""
    joined: list[Inked] = []
    for begin, text, wanted in parts:
        if joined and text.isspace():
            first, before, held = joined[-1]
            if first + width_of(before) == begin and pen.for_blanks(held, wanted) == held:
                joined[-1] = (first, before + text, held)
                continue
        joined.append((begin, text, wanted))
    return joined
