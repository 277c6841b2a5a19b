"""What could be typed next, in a small panel under the line that is typed into; one of it may be highlighted.

It is told what to offer and where; what is taken, whoever types puts into the line.
"""

from __future__ import annotations

from typing import Final

from crm_tui.domain.completion import Candidate, Completion
from crm_tui.text import safe
from crm_tui.ui.cells import cut, width_of
from crm_tui.ui.widgets.line import Pieces
from crm_tui.ui.widgets.lines_view import LinesView

MOST: Final = 8
"""Candidates that are shown."""

_NARROWEST: Final = 24
_WIDEST: Final = 48
"""Cells of the panel."""

_GAP: Final = 2
"""Cells between a candidate and what is said of it."""


class CompletionPanel(LinesView):
    """A few candidates, the likeliest first."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the framework's name for it
        super().__init__(id=id)
        self._offered = Completion(0, 0, ())
        self._at: int | None = None
        """The place of the one that is highlighted; nothing is before somebody chooses."""
        self._room = (0, 0, 0)

    @property
    def offered(self) -> Completion:
        """What is shown, and which part of the text each would replace."""
        return self._offered

    @property
    def taken(self) -> Candidate | None:
        """What would be taken: what is highlighted, else the first."""
        candidates = self._offered.candidates
        return candidates[self._at or 0] if candidates else None

    def offer(self, completion: Completion, x: int) -> None:
        """Show candidates from the column `x` on; none takes the panel away."""
        self._offered = Completion(completion.begin, completion.end, completion.candidates[:MOST])
        self._at = None
        self._draw(x)

    def withdraw(self) -> None:
        """Take the panel away."""
        self.offer(Completion(0, 0, ()), 0)

    def choose(self, step: int) -> None:
        """Highlight the next candidate, or the one before, round the end."""
        count = len(self._offered.candidates)
        if count:
            before = self._at if self._at is not None else (-1 if step > 0 else 0)
            self._at = (before + step) % count
            self._draw(self._room[0])

    def _draw(self, x: int) -> None:
        candidates = self._offered.candidates
        self.display = bool(candidates)
        if not candidates:
            self._room = (0, 0, 0)
            return
        longest = max(width_of(_text(each)) for each in candidates) + _GAP
        width = max(_NARROWEST, min(longest, _WIDEST))
        x = max(0, min(x, self.screen.size.width - width))
        room = (x, width, len(candidates))
        if room != self._room:
            self._room = room
            self.styles.offset = (x, 0)
            self.styles.width, self.styles.height = width, len(candidates)
        self.show([self._line(n, each, width) for n, each in enumerate(candidates)])

    def _line(self, place: int, candidate: Candidate, width: int) -> Pieces:
        is_current = place == self._at
        text = cut(f" {safe(candidate.text)}", width)
        said = cut(safe(candidate.says), max(0, width - width_of(text) - _GAP))
        pieces = [("strong", text)]
        if said:
            pieces.append(("muted", " " * _GAP + said))
        used = sum(width_of(each) for _, each in pieces)
        pieces[-1] = (pieces[-1][0], pieces[-1][1] + " " * (width - used))
        return tuple((f"cursor-{style}" if is_current else style, each) for style, each in pieces)


def _text(candidate: Candidate) -> str:
    said = f"{' ' * _GAP}{safe(candidate.says)}" if candidate.says else ""
    return f" {safe(candidate.text)}{said}"
