"""How the process ends: its exit codes.  Beside them lie `endings` (signals), `crash` (reports) and `terminal`.

None of them decides what is still to be done; whoever is told to leave does that.
"""

from __future__ import annotations

import signal
import sys
from types import TracebackType
from typing import Final

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
"""Wrong usage, or surroundings in which nothing can be drawn."""
SIGN_IN: Final = 4
STOPPED: Final = 130

HUNG_UP: Final = 128 + signal.SIGHUP


def watch_the_process() -> None:
    """Tell what nobody catches as a fault of ours; Python's own way repeats what the error says.

    For the main thread; the process ends with 1.
    """
    sys.excepthook = _uncaught


def _uncaught(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    from crm_tui.process.crash import tell  # noqa: PLC0415 - start-up cost: rarely needed

    tell(error)
