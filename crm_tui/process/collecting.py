"""Garbage collection put off at the start: imports leave nothing to collect, and looking for it is an eighth of it.

It decides nothing about memory later on.
"""

from __future__ import annotations

import gc


def put_off() -> None:
    """Collect nothing until further notice."""
    gc.disable()


def resume() -> None:
    """Collect again, if it was put off, and never look at what there is by now: it stays to the end."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
