"""Where somebody was on each screen, kept between two starts: the cached state of filter, order, page, cursor, marks.

One small file per profile.  What two windows keep of different screens does not touch each other; of the same screen
the later one stays.  It is a comfort: what cannot be read is as if it had never been, and what cannot be written is
not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from crm_tui.config.files import locked, read_small, replace
from crm_tui.domain.view import Place
from crm_tui.paths import make_private_parent

PATIENCE: Final = 1.0
"""Seconds that other windows are waited for."""

_LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a file that is read; marks on 100,000 records are a fifth of it."""


class Places:
    """The places of one profile."""

    def __init__(self, path: Path | None = None) -> None:
        """Read what was kept; without a path nothing is kept."""
        self._path = path
        self.found: dict[str, Place] = {}
        """What was kept by earlier windows and by this one, by the name of the screen."""
        for screen, raw in _kept(path).items():
            try:
                self.found[screen] = msgspec.json.decode(raw, type=Place)
            except msgspec.MsgspecError:
                continue  # of another version: one begins anew there

    def keep(self, now: Mapping[str, Place]) -> bool:
        """Keep where somebody is on some screens, as far as it has changed; say whether it was.

        Waits for the disk, and a moment for other windows.
        """
        changed = {name: place for name, place in now.items() if self.found.get(name) != place}
        if self._path is None or not changed:
            return False
        self.found |= changed
        try:
            with locked(make_private_parent(self._path), patience=PATIENCE):
                encoded = {name: msgspec.json.encode(place) for name, place in changed.items()}
                kept = _kept(self._path) | {name: msgspec.Raw(raw) for name, raw in encoded.items()}
                return replace(self._path, msgspec.json.encode(kept), lasting=False)
        except OSError:
            return False


def _kept(path: Path | None) -> dict[str, msgspec.Raw]:
    if path is None:
        return {}
    try:
        return msgspec.json.decode(read_small(path, _LARGEST)[0], type=dict[str, msgspec.Raw])
    except (OSError, msgspec.MsgspecError):
        return {}
