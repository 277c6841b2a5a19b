"""How an account is treated on screen, as its profile wants it: how it is marked, where to begin, what dates mean.

What an account is marked with is on screen at all times and in every confirmation, in words as well as in style.  It
draws nothing, and knows neither the profile nor the book.
"""

from __future__ import annotations

from typing import Final

from crm_tui.domain.follow_ups import Week
from crm_tui.domain.when import Dates
from crm_tui.structs import Struct
from crm_tui.text import safe
from crm_tui.ui.widgets.line import Pieces


class Treatment(Struct, frozen=True, kw_only=True):
    """What a profile says about the account on screen."""

    production: bool = False
    """Real customers."""
    read_only: bool = False
    """Nothing is ever written to it."""
    location: int | str | None = None
    """Id or name of the location whose boards are shown first; none is all of them."""
    dates: Dates = Dates.UTC
    """How the service writes follow-ups down."""
    week: Week = Week()
    """On which days nobody follows up."""

    @property
    def marks(self) -> Pieces:
        """What the line of chrome carries before the name of the account; nothing for a plain one."""
        marks: list[tuple[str, str]] = []
        if self.production:
            marks += [("production", " PRODUCTION "), ("muted", " ")]
        if self.read_only:
            marks += [("read-only", " read only "), ("muted", " ")]
        return tuple(marks)

    def account(self, source: str, place: str) -> str:
        """Say in a confirmation whose data is meant: the account, the location, and what it is marked with."""
        marks = ["production" * self.production, "read only" * self.read_only]
        return ", ".join(filter(None, [safe(source), safe(place), *marks]))


PLAIN: Final = Treatment()
"""For an account of which no profile says anything."""
