"""One column of a board, drawn line by line: a heading that stays, and as many cards as there is room for.

One widget for each column, because a change is sent to the terminal from the left edge of its widget on.  It is
told what to show and repaints only the cards that changed; where the cursor is, is decided above.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from crm_tui.domain.money import format_sums
from crm_tui.domain.pipeline import Column
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState
from crm_tui.structs import Struct
from crm_tui.text import safe
from crm_tui.ui.cells import cut, pad, spread, width_of
from crm_tui.ui.marks import effect_marks
from crm_tui.ui.widgets.card import (
    Density,
    Facts,
    Piece,
    Seen,
    card_lines,
    height_of,
    lines_of,
)
from crm_tui.ui.widgets.kept_lines import KeptLines
from crm_tui.ui.widgets.line import Pieces

HEAD: Final = 3
"""Lines of the heading: name and count, sums, rule."""

_FOOT: Final = 1
"""The last line says how many cards are below."""

_EDGES: Final = "▌▐"
"""Around the card under the cursor, which no terminal may show by colour alone."""

_MOST_DRAWN: Final = 160
"""Lines that are kept drawn, and cards that are kept written, in each column: some screens of them."""

_PARTS: Final = ("title", "second", "third", "late", "state")

STYLES: Final = frozenset(
    {
        *(f"column--{part}" for part in ("name", "current", "sums", "rule", "more")),
        *(f"card--{part}" for part in _PARTS),
        *(f"cursor--{part}" for part in _PARTS),
    }
)
"""The styles a column is drawn in.  They are the board's: working them out for every column would cost a start."""


class ColumnPicture(Struct, frozen=True):
    """Everything a column view draws."""

    column: Column
    states: Mapping[int, RowState]
    """Record → what there is to say of its last write, where there is something."""
    marked: frozenset[int]
    """Those of the cards that are marked."""
    weighted: dict[str, Decimal]
    """What the sums are likely to bring, by currency; empty where nothing is known."""
    partial: bool
    """Not all of the stage's cards have come yet."""
    seen: Seen
    density: Density = Density.CARDS
    scroll: int = 0
    """Cards that are above the first one shown."""
    cursor: int | None = None
    """Place of the card under the cursor; 0 in a column without cards."""


class ColumnView(KeptLines):
    """A stage with its cards."""

    def __init__(self, style: Callable[[str], Style]) -> None:
        """Draw in the styles that `style` gives for the names in `STYLES`."""
        self._picture: ColumnPicture | None = None
        super().__init__()
        self._style = style
        self._lines: list[Pieces] = []
        """What is on the screen, line by line."""
        self._written_for = Size(0, 0)
        """The room that the lines are for."""
        self._cards: dict[tuple[int, bool], tuple[object, list[Pieces]]] = {}
        """Record, and whether it is under the cursor → its lines, and what they were written from."""
        self._drawn: dict[Pieces, Strip] = {}
        """Lines as they were drawn, to be drawn again without any work: a card that moves up reads as it did."""

    @staticmethod
    def room_for(density: Density, width: int, height: int) -> int:
        """Say how many whole cards a column of some size shows, at least one."""
        card, gap = _measures(density, width)
        return max(1, (height - HEAD - _FOOT + gap) // (card + gap))

    def show(self, picture: ColumnPicture | None) -> None:
        """Draw this; it costs the lines that read otherwise than before, and nothing where none does."""
        before, self._picture = self._picture, picture
        if before == picture:
            return
        lines = self._lines
        self._write()
        self.refresh_differing(lines, self._lines)

    def notify_style_update(self) -> None:
        """Forget what was written and drawn: the theme or a class has changed."""
        self._written_for = Size(0, 0)
        self._cards.clear()
        self._drawn.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the column."""
        if self._written_for != self.outer_size:
            self._write()
        pieces = self._lines[y]
        strip = self._drawn.get(pieces)
        if strip is None:
            if len(self._drawn) >= _MOST_DRAWN:
                self._drawn.clear()
            segments = [Segment(text, self._style(style)) for style, text in pieces]
            strip = self._drawn[pieces] = Strip(segments, self._written_for.width)
        return strip

    # Writing

    def _write(self) -> None:
        """Write all lines for the room that there is."""
        self._written_for = self.outer_size
        width, height = self._written_for
        picture = self._picture
        blank: Pieces = (("card--third", " " * width),)
        if picture is None:
            self._lines = [blank] * height
            return
        lines = _head(picture, width)
        slots = self.room_for(picture.density, width, height)
        _, gap = _measures(picture.density, width)
        cards = picture.column.cards[picture.scroll : picture.scroll + slots]
        for place, row in enumerate(cards, picture.scroll):
            lines += self._card(picture, row, width, is_current=place == picture.cursor)
            lines += [blank] * gap
        if not picture.column.cards and picture.cursor is not None:
            lines += _no_card(picture, width)
        lines = lines[: max(HEAD, height - _FOOT)]
        lines += [blank] * (height - _FOOT - len(lines))
        lines.append(_foot(len(picture.column.cards) - picture.scroll - slots, width))
        self._lines = lines[:height]

    def _card(
        self, picture: ColumnPicture, row: OpportunityRow, width: int, *, is_current: bool
    ) -> list[Pieces]:
        """Write a card, unless it reads as it did; few runs of style each, since bytes follow runs."""
        state, is_marked = picture.states.get(row.id, RowState.SAVED), row.id in picture.marked
        told = (row, state, is_marked, picture.seen, picture.density, width)
        kept = self._cards.get((row.id, is_current))
        if kept is not None and kept[0] == told:
            return kept[1]
        kind, (left, right) = ("cursor", _EDGES) if is_current else ("card", "  ")
        facts = Facts(state, is_marked, picture.seen)
        lines = [
            tuple((f"{kind}--{part}", text) for part, text in _with_edges(pieces, left, right))
            for pieces in card_lines(row, facts, picture.density, width - len(_EDGES))
        ]
        if len(self._cards) >= _MOST_DRAWN:
            self._cards.clear()
        self._cards[row.id, is_current] = (told, lines)
        return lines


def _head(picture: ColumnPicture, width: int) -> list[Pieces]:
    """Write what stands over the cards: name and count, sums, and how many are above."""
    column = picture.column
    name = "column--name" if picture.cursor is None else "column--current"
    marks = effect_marks(column.stage)
    title = f" {safe(column.stage.name)}" + (f" {marks}" if marks else "")
    sums = format_sums(column.sums)
    likely = f"~{format_sums(picture.weighted)} " if picture.weighted else ""
    left = f" {sums}{_more(picture)}" if sums else ""
    if width_of(left) + width_of(likely) >= width:
        likely = ""
    above = cut(f"  ↑ {picture.scroll} more " if picture.scroll else " ", width)
    rule = "─" * (width - width_of(above) - 1) + " "
    return [
        ((name, spread(title, f"{_count(picture)} ", width)),),
        (("column--sums", spread(left, likely, width)),),
        (("column--more", above), ("column--rule", cut(rule, width - width_of(above)))),
    ]


def _foot(below: int, width: int) -> Pieces:
    """Write how many cards are below."""
    return (("column--more", spread(f"  ↓ {below} more" if below > 0 else "", "", width)),)


def _no_card(picture: ColumnPicture, width: int) -> list[Pieces]:
    """Write the cursor in a stage without cards, or one whose cards have yet to come."""
    said = "no cards" if not picture.column.every else "none match"
    lines, _ = _measures(picture.density, width)
    texts = ["…" if picture.partial else said, "", ""]
    return [
        (("cursor--second", _EDGES[0] + pad(text, width - len(_EDGES)) + _EDGES[1]),)
        for text in texts[:lines]
    ]


def _measures(density: Density, width: int) -> tuple[int, int]:
    """Count the lines of a card in a column so wide, and those of the gap after it."""
    lines = lines_of(density, width - len(_EDGES))
    return lines, height_of(density, width - len(_EDGES)) - lines


def _with_edges(pieces: tuple[Piece, ...], left: str, right: str) -> list[Piece]:
    """Put the card's edges into its first and last piece: a run more would cost bytes."""
    written = [*pieces]
    written[0] = (written[0][0], left + written[0][1])
    written[-1] = (written[-1][0], written[-1][1] + right)
    return written


def _count(picture: ColumnPicture) -> str:
    """Count the cards; where only some match, of how many."""
    shown, every = len(picture.column.cards), len(picture.column.every)
    of = f"/{every:,}" if shown != every else ""
    return f"{shown:,}{of}{_more(picture)}"


def _more(picture: ColumnPicture) -> str:
    """Mark a figure that is still growing."""
    return "…" if picture.partial else ""
