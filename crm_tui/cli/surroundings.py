"""Whether there is a terminal that the board can be drawn on; when not, why, in words.

It only looks: not one byte is written to the terminal.
"""

from __future__ import annotations

import os
import sys
from typing import Final

_POOR: Final = frozenset({"dumb", "unknown"})


def what_is_missing() -> str:
    """Say why the board cannot be drawn here and what helps; empty when it can."""
    streams = ((sys.stdin, "input"), (sys.stdout, "output"), (sys.stderr, "error output"))
    for stream, name in streams:
        if stream is None or not stream.isatty():
            return (
                f"its {name} is not a terminal. Start it in a terminal, without pipes or redirection; "
                "over ssh, with `ssh -t`."
            )
    term = os.environ.get("TERM", "")
    if not term:
        return "TERM is not set, so nobody knows what this terminal can do. Try `TERM=xterm-256color crm-tui …`."
    if term in _POOR:
        return (
            f"this terminal says that it cannot place text (TERM={term}). "
            "Use another one, or, if it can after all, try `TERM=xterm-256color crm-tui …`."
        )
    return ""
