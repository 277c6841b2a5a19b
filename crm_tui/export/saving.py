"""Puts what was written down into a file: whole or not at all, for its owner alone, over nothing unasked.

It makes no text, and puts no error into words.  Errors are `OSError`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from crm_tui.config.files import replace


def save(path: Path, pieces: Iterable[str], *, over: bool = False) -> None:
    """Write a file, in UTF-8; what is there stays, unless the new one is to be put `over` it.

    A link stays one: what it leads to is written.  Raises `OSError`: `EEXIST` when something is there, `EINVAL` when
    that is no file at all, such as a device; and whatever the disk says.
    """
    path = Path(os.path.realpath(path))
    if over and path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not a file", str(path))
    data = (piece.encode() for piece in pieces)
    if not replace(path, data, only_new=not over):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def save_beside(path: Path, pieces: Iterable[str]) -> Path:
    """Write a file under a name that nothing has yet, numbered if need be, and give that; raises `OSError`."""
    data = [piece.encode() for piece in pieces]
    names = (f"{path.stem}-{number}{path.suffix}" for number in count(2))
    chosen = path
    while not replace(chosen, data, only_new=True):
        chosen = path.with_name(next(names))
    return chosen
