"""What earlier sittings came to, kept between two starts: one small file per profile, on this machine alone.

It is for the one who sat: it holds numbers and no name, and nothing sends it anywhere.  What cannot be read is as if it
had never been, and what cannot be written is not kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from crm_tui.config.files import locked, read_small, replace
from crm_tui.domain.triage.meter import Tally
from crm_tui.paths import make_private_parent

MOST: Final = 1000
"""Sittings that are kept: some years of them.  The oldest go first."""

PATIENCE: Final = 0.2
"""Seconds that other windows are waited for: less than anybody notices."""

_LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a file that is read."""


class Sittings:
    """The sittings of one profile."""

    def __init__(self, path: Path | None = None) -> None:
        """Keep them in a file; without a path none is kept."""
        self._path = path

    def found(self) -> tuple[Tally, ...]:
        """Give what was kept, the oldest first; waits for the disk."""
        if self._path is None:
            return ()
        try:
            raw, _ = read_small(self._path, _LARGEST)
            return msgspec.json.decode(raw, type=tuple[Tally, ...])
        except (OSError, msgspec.MsgspecError):
            return ()

    def keep(self, tally: Tally) -> bool:
        """Keep what a sitting came to, in the place of what it had come to before; say whether it was.

        Waits for the disk, and a moment for other windows.
        """
        if self._path is None:
            return False
        try:
            with locked(make_private_parent(self._path), patience=PATIENCE):
                others = [each for each in self.found() if each.began != tally.began]
                kept = sorted([*others, tally], key=lambda each: each.began)[-MOST:]
                return replace(self._path, msgspec.json.encode(kept), lasting=False)
        except OSError:
            return False
