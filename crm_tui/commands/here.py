"""Under what circumstances a command is given; nothing here knows the book."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from crm_tui.domain.follow_ups import Week
from crm_tui.domain.when import Dates
from crm_tui.structs import Struct


class Here(Struct, frozen=True):
    """When, where and by whom a command is given."""

    now: datetime
    """An aware instant."""
    zone_of: Callable[[int], tzinfo]
    """Id of a board → the zone of its location."""
    dates: Dates = Dates.UTC
    """How the service writes follow-ups down."""
    week: Week = Week()
    """On which days nobody follows up."""
    me: int | None = None
    """Id of the user who is signed in, where it is known."""
    author: str = ""
    """Under which name notes are signed; foreign text."""
