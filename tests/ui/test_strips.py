"""Lines made as wide as their room."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style

from crm_tui.ui.cells import width_of
from crm_tui.ui.strips import fitted

PLAIN, FILLER = Style(), Style(bold=True)


@pytest.mark.parametrize("texts", [["Noor"], ["दीया पटेल", " · Offer"], ["李伟", "£20"], [], [""]])
@pytest.mark.parametrize("width", [0, 1, 5, 14, 40])
def test_a_line_fills_its_room_exactly(texts: list[str], width: int) -> None:
    strip = fitted([Segment(text, PLAIN) for text in texts], width, FILLER)
    assert width_of(strip.text) == strip.cell_length == width


def test_what_is_missing_is_filled_in_the_fillers_style_and_what_is_too_long_is_marked() -> None:
    long, short = [Segment("Tandem", PLAIN), Segment("Capital", PLAIN)], [Segment("ab", PLAIN)]
    assert list(fitted(short, 4, FILLER)) == [Segment("ab", PLAIN), Segment("  ", FILLER)]
    assert fitted(long, 9, FILLER).text == "TandemCa…"
