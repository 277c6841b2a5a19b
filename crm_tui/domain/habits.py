"""What was chosen how often where a command asks, which says what comes first the next time.

Plain numbers about one user on one machine.  It decides no letter and knows no panel.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Taken = Mapping[str, Mapping[int, int]]
"""By what it is kept → answer → how often it was chosen."""

NEVER: Final[Taken] = MappingProxyType({})
"""Nothing was chosen yet."""
