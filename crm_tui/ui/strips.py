"""A line of segments made as wide as its room, as the terminal counts cells.  Knows no widget and chooses no style.

The toolkit's own fitting measures clusters: a line with vowel signs of Devanagari comes out too long by as many cells,
and pushes what stands at its right.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from crm_tui.ui.cells import cut, width_of


def fitted(segments: Iterable[Segment], width: int, filler: Style) -> Strip:
    """Fill a line with blanks in the filler's style, or cut it, to exactly `width` cells."""
    room = width
    kept: list[Segment] = []
    for segment in segments:
        cells = width_of(segment.text)
        if cells > room:
            text = cut(segment.text, room)
            kept.append(Segment(text, segment.style))
            room -= width_of(text)
            break
        kept.append(segment)
        room -= cells
    if room:
        kept.append(Segment(" " * room, filler))
    return Strip(kept, width)
