"""Keeps what is in the process's memory, passwords among it, out of files and of other programs' hands."""

from __future__ import annotations

import ctypes
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def guard_memory() -> None:
    """Have no core written of this process, and no debugger of the same user look into it.

    Where the system knows no such wish, nothing is changed.  Programs that are started later write no cores either.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
